#include "uplink.h"

#include <Arduino.h>
#include <esp_timer.h>
#include <stdio.h>
#include <string.h>

#include "../core/answer.h"
#include "../core/reference.h"

namespace judder {
namespace {

constexpr uint32_t kStackBytes = 6144;
constexpr UBaseType_t kPriority = 1;
constexpr BaseType_t kCore = 0;
constexpr uint32_t kIdleMs = 5;
constexpr uint32_t kReportEveryMs = 10000;
constexpr uint32_t kWifiPatienceMs = 15000;  // then once more from the start
constexpr uint32_t kBackoffMs[] = {500, 1000, 2000, 4000, 8000, 15000, 30000};
constexpr uint32_t kLongestPauseMs = 60000;
constexpr int kOk = 200;
constexpr const char* kWindowsPath = "/api/v1/windows";
constexpr const char* kJson = "application/json";

}  // namespace

void Uplink::begin(const uint8_t (&device_id)[6]) {
  snprintf(report_path_, sizeof report_path_, "/api/v1/devices/%02x%02x%02x%02x%02x%02x/status", device_id[0],
           device_id[1], device_id[2], device_id[3], device_id[4], device_id[5]);
  WiFi.mode(WIFI_STA);
  xTaskCreatePinnedToCore([](void* self) { static_cast<Uplink*>(self)->run(); }, "uplink", kStackBytes, this,
                          kPriority, nullptr, kCore);
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
  while (WiFi.status() != WL_CONNECTED) {
    say("no Wi-Fi");
    WiFi.disconnect();
    WiFi.begin(secrets_.ssid, secrets_.password);
    const uint32_t began_ms = millis();
    while (WiFi.status() != WL_CONNECTED && millis() - began_ms < kWifiPatienceMs) delay(50);
  }
}

// Returns whether a window was there to be sent.
bool Uplink::send_oldest() {
  uint32_t seq = 0;
  size_t size = 0;
  {
    const std::lock_guard<std::mutex> guard(lock_);
    size = queue_.peek(frame_, seq);
  }
  if (size == 0) return false;
  bool done = false;
  if (settings_.protocol == Protocol::kReference) {
    done = send_as_reference(frame_);
  } else {
    done = took(http_.request("POST", kWindowsPath, kFrameContentType, frame_, size), seq);
  }
  if (done) {
    const std::lock_guard<std::mutex> guard(lock_);
    queue_.pop(seq);
  }
  return true;
}

// Returns whether the server has said its last word on the window; else waits.
bool Uplink::took(const Answer& answer, uint32_t seq) {
  if (answer.status == 0 || answer.status == 429 || answer.status >= 500) {
    say(answer.status == 0 ? http_.error() : "server is busy");
    wait_before_next_try(answer.retry_after_s);
    return false;
  }
  failures_ = 0;
  if (answer.status == kOk) {
    sent_++;
    take_time(answer);
    say(nullptr);
  } else {  // sending it again would not change the server's mind
    refused_++;
    Serial.printf("uplink: server says %d to window %u: %s\n", answer.status, static_cast<unsigned>(seq),
                  answer.body);
  }
  return true;
}

bool Uplink::send_report() {
  char report[640];
  report_(report, sizeof report);
  const auto* body = reinterpret_cast<const uint8_t*>(report);
  const Answer answer = http_.request("POST", report_path_, kJson, body, strlen(report));
  report_ms_ = millis();
  reported_ = true;
  take_time(answer);
  return answer.status == kOk;
}

// Asks the reference project's server whether it wants windows, and posts this one as its sketch would.
// Returns whether the window is done with.
bool Uplink::send_as_reference(const uint8_t* frame) {
  static char json[reference_size(kMaxWindowLen)];
  const Answer wanted = http_.request("GET", "/", kJson, nullptr, 0);
  if (wanted.status == kOk && wanted.body[0] == '0') return true;
  if (wanted.status == kOk) {
    const size_t size = encode_reference(window_in(frame), json);
    const Answer answer = http_.request("POST", "/", kJson, reinterpret_cast<const uint8_t*>(json), size);
    if (answer.status / 100 == 2) {
      failures_ = 0;
      sent_++;
      say(nullptr);
      return true;
    }
  }
  say(http_.error());
  wait_before_next_try(0);
  return false;
}

void Uplink::take_time(const Answer& answer) {
  const uint64_t server_us = number_in(answer.body, "server_time_us", 0);
  if (answer.status == kOk && server_us > 0) {
    clock_offset_us_ = server_us - static_cast<uint64_t>(esp_timer_get_time());
  }
}

void Uplink::wait_before_next_try(uint32_t at_least_s) {
  constexpr uint32_t kLast = sizeof kBackoffMs / sizeof *kBackoffMs - 1;
  const uint32_t backoff_ms = kBackoffMs[failures_ < kLast ? failures_ : kLast];
  failures_++;
  const auto spread_ms = static_cast<uint32_t>(random(static_cast<long>(backoff_ms)));
  uint32_t pause_ms = backoff_ms / 2 + spread_ms / 2;  // a hall of boards does not come back at once
  if (at_least_s * 1000 > pause_ms) pause_ms = at_least_s * 1000;
  delay(pause_ms < kLongestPauseMs ? pause_ms : kLongestPauseMs);
}

// Says what holds the windows up, once for each cause, and when nothing does any more (null).
void Uplink::say(const char* what) {
  if (what != nullptr && what != said_) Serial.printf("uplink: %s; it goes on trying\n", what);
  if (what == nullptr && said_ != nullptr) Serial.println("uplink: windows go through again");
  said_ = what;
}

}  // namespace judder
