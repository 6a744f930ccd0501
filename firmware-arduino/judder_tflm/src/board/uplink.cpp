#include "uplink.h"

#include <Arduino.h>
#include <esp_random.h>
#include <esp_timer.h>
#include <stdio.h>
#include <string.h>

#include "../core/answer.h"
#include "../core/reference.h"

namespace judder {
namespace {

constexpr uint32_t kStackBytes = 6144;
constexpr uint32_t kTlsStackBytes = 12288;  // the Arduino loop's 8 kB are said to do for a handshake alone
constexpr UBaseType_t kPriority = 1;
constexpr BaseType_t kCore = 0;  // every chip has one
constexpr uint32_t kIdleMs = 5;
constexpr uint32_t kReportEveryMs = 10000;
constexpr uint32_t kBackoffMs[] = {500, 1000, 2000, 4000, 8000, 15000, 30000};
constexpr uint32_t kLongestPauseS = 60;
constexpr int kOk = 200;
constexpr const char* kWindowsPath = "/api/v1/windows";
constexpr const char* kJson = "application/json";
constexpr uint64_t kYear2020Us = 1577836800000000;
constexpr uint64_t kYear2100Us = 4102444800000000;

TaskHandle_t task = nullptr;

Piece piece(const char* text) { return {reinterpret_cast<const uint8_t*>(text), strlen(text)}; }

// Whether the window itself is at fault: the server would say the same to it for ever.
bool is_final(int status) {
  return status == 400 || status == 409 || status == 413 || status == 415 || status == 422;
}

// Whether it is our server's answer: a portal's sign-in page says 200, too.
bool is_our_servers(const Answer& answer) {
  return answer.status == kOk && number_in(answer.body, "server_time_us", 0) != 0;
}

}  // namespace

const char* Uplink::begin(const uint8_t (&device_id)[6]) {
  snprintf(report_path_, sizeof report_path_, "/api/v1/devices/%02x%02x%02x%02x%02x%02x/status", device_id[0],
           device_id[1], device_id[2], device_id[3], device_id[4], device_id[5]);
  if (const char* why = http_.begin(device_id)) return why;
  if (const char* why = radio_.begin()) return why;
  const uint32_t boot_id = esp_random() | 1;  // only now: it takes its chance from the radio
  const uint32_t stack_bytes = secrets_.securely == nullptr ? kStackBytes : kTlsStackBytes;
  if (xTaskCreatePinnedToCore([](void* self) { static_cast<Uplink*>(self)->run(); }, "uplink", stack_bytes,
                              this, kPriority, &task, kCore) != pdPASS) {
    return "no memory for the network's task";
  }
  boot_id_ = boot_id;
  return nullptr;
}

void Uplink::offer(const Window& window) {
  const std::lock_guard<std::mutex> guard(lock_);
  queue_.push(window);
}

int Uplink::queued() {
  const std::lock_guard<std::mutex> guard(lock_);
  return queue_.queued();
}

uint32_t Uplink::dropped() {
  const std::lock_guard<std::mutex> guard(lock_);
  return queue_.dropped();
}

uint32_t Uplink::stack_left() const { return uxTaskGetStackHighWaterMark(task); }

void Uplink::run() {
  while (true) {
    keep_wifi();
    const bool due = !reported_ || millis() - report_ms_ >= kReportEveryMs;
    if (due && settings_.protocol == Protocol::kFrames) send_report();
    if (!send_oldest()) delay(kIdleMs);
  }
}

// Returns when there is Wi-Fi, however long that takes.
void Uplink::keep_wifi() {
  while (!radio_.is_joined()) {
    if (const char* why = radio_.join()) say(why);
  }
}

// Returns whether windows were there to be sent.
bool Uplink::send_oldest() {
  const bool reference = settings_.protocol == Protocol::kReference;
  int held = 0;
  {
    const std::lock_guard<std::mutex> guard(lock_);
    held = queue_.hold(reference ? 1 : most_at_once_);
  }
  if (held == 0) return false;
  bool finished = false;
  if (reference) {
    finished = send_as_reference();
  } else {
    Piece frames[kMostHeld];
    for (int k = 0; k < held; k++) frames[k].bytes = queue_.frame(k, frames[k].size);
    finished = took(http_.request("POST", kWindowsPath, kFrameContentType, frames, held), held);
  }
  const std::lock_guard<std::mutex> guard(lock_);
  queue_.release(finished);
  return true;
}

// Returns whether the server has said its last word on the windows; else waits.
bool Uplink::took(const Answer& answer, int windows) {
  if (is_our_servers(answer)) {
    take_time(answer);
    done(windows);
    return true;
  }
  if (is_final(answer.status)) {
    const bool alone = windows == 1;
    most_at_once_ = 1;  // which one of them it is, they must show one by one
    if (!alone) return false;
    refused_++;
    Serial.printf("uplink: server says %d to a window: %s\n", answer.status, answer.body);
    return true;
  }
  say(hindrance(answer));
  wait_before_next_try(answer.retry_after_s);
  return false;
}

void Uplink::done(int windows) {
  failures_ = 0;
  most_at_once_ = kMostHeld;
  sent_ += static_cast<uint32_t>(windows);
  say(nullptr);
}

bool Uplink::send_report() {
  report_(report_text_, sizeof report_text_);
  const Piece body = piece(report_text_);
  const Answer& answer = http_.request("POST", report_path_, kJson, &body, 1);
  report_ms_ = millis();
  reported_ = true;
  take_time(answer);
  return answer.status == kOk;
}

// Asks the reference project's server whether it wants windows, and posts the oldest as its sketch would.
// Returns whether the window is done with.
bool Uplink::send_as_reference() {
  static char json[reference_size(kMaxWindowLen)];
  size_t size = 0;
  const uint8_t* frame = queue_.frame(0, size);
  int status = 0;
  {
    const Answer& wanted = http_.request("GET", "/", kJson);
    status = wanted.status;
    if (status == kOk && wanted.body[0] == '0') return true;
  }
  if (status == kOk) {
    const Piece body = {reinterpret_cast<const uint8_t*>(json), encode_reference(window_in(frame), json)};
    status = http_.request("POST", "/", kJson, &body, 1).status;
    if (status / 100 == 2) {
      done(1);
      return true;
    }
  }
  say(status == 0 ? http_.error() : "the server does not take the window");
  wait_before_next_try(0);
  return false;
}

void Uplink::take_time(const Answer& answer) {
  const uint64_t time_us = is_our_servers(answer) ? number_in(answer.body, "server_time_us", 0) : 0;
  if (time_us < kYear2020Us || time_us > kYear2100Us) return;
  clock_offset_us_ = time_us - static_cast<uint64_t>(esp_timer_get_time());
}

void Uplink::wait_before_next_try(uint32_t at_least_s) {
  constexpr uint32_t kLast = sizeof kBackoffMs / sizeof *kBackoffMs - 1;
  const uint32_t backoff_ms = kBackoffMs[failures_ < kLast ? failures_ : kLast];
  failures_++;
  const auto spread_ms = static_cast<uint32_t>(random(static_cast<long>(backoff_ms)));
  const uint32_t pause_ms = backoff_ms / 2 + spread_ms / 2;  // a hall of boards does not come back at once
  const uint32_t least_ms = 1000 * (at_least_s < kLongestPauseS ? at_least_s : kLongestPauseS);
  delay(pause_ms > least_ms ? pause_ms : least_ms);
}

// Returns what keeps the server from taking windows, to judge by an answer that is not its own.
const char* Uplink::hindrance(const Answer& answer) const {
  switch (answer.status) {
    case 0:
      return http_.error();
    case 401:
    case 403:
      return secrets_.key[0] == '\0' ? "the server wants the board's key in secrets.h"
                                     : "the server does not take the key in secrets.h";
    case 404:
    case 405:
      return "another service answers at the server's address";
    case 429:
    case 503:
      return "server is busy";
    default:
      return answer.status / 100 == 5 ? "server is in trouble" : "another page answers: a portal, or a move?";
  }
}

// Says what holds the windows up, once for each cause, and when nothing does any more (null).
void Uplink::say(const char* what) {
  if (what != nullptr && what != said_) Serial.printf("uplink: %s; it goes on trying\n", what);
  if (what == nullptr && said_ != nullptr) Serial.println("uplink: windows go through again");
  said_ = what;
}

}  // namespace judder
