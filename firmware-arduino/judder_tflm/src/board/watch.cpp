#include "watch.h"

#include <esp_mac.h>
#include <esp_timer.h>
#include <stdio.h>
#include <string.h>

namespace judder {
namespace {

constexpr float kMaxLateShare = 0.02F;
constexpr float kRateTolerance = 0.05F;  // a sensor's own clock differs by percents
constexpr uint32_t kSensorRetryMs = 1000;
constexpr uint32_t kUplinkRetryMs = 5000;

Watch* the_watch = nullptr;  // for the report, which a task of the uplink asks for

// Windows that a model takes longer than three of to come have stopped coming.
uint32_t stall_ms(const AnyModel& model) {
  return static_cast<uint32_t>(3000.0F * model.window_len / model.sample_rate_hz) + 1000;
}

// Returns the state of the machine: that of its last window, or the debounced level where this is higher.
State shown(const Verdict& verdict, Level level) {
  const bool plain = verdict.state == state_of(verdict.level);
  return plain && level > verdict.level ? state_of(level) : verdict.state;
}

Judgement judgement_of(const Verdict& verdict, Level level, const AnyModel& model) {
  Judgement result;
  result.level = static_cast<uint8_t>(level);
  result.state = verdict.state;
  result.mode = verdict.mode;
  result.score = verdict.score;
  result.threshold = model.threshold;
  result.combined_score = verdict.combined_score;
  result.combined_threshold = model.combined_threshold;
  result.alarm_score = verdict.alarm_score;
  result.alarm_threshold = model.alarm_threshold;
  return result;
}

uint16_t flags_of(Level level, bool mounting_changed) {
  const int notice = level >= Level::kNotice ? kFlagNotice : 0;
  const int alarm = level == Level::kAlarm ? kFlagAlert : 0;
  return static_cast<uint16_t>(notice | alarm | (mounting_changed ? kFlagMounting : 0));
}

}  // namespace

Watch::Watch(const Settings& settings, const Secrets& secrets, AnyJudge& judge)
    : settings_(settings),
      judge_(judge),
      model_(judge.model()),
      decision_(model_.rule),
      i2c_(Wire, settings.sda_pin, settings.scl_pin, settings.i2c_hz),
      finder_(i2c_, settings),
      sampler_(model_.window_len, model_.sample_rate_hz,
               static_cast<int>(static_cast<float>(model_.window_len) * kMaxLateShare)),
      sampling_(sampler_, model_.sample_rate_hz),
      responder_(settings),
      uplink_(settings, secrets, [](char* out, size_t room) { the_watch->report(out, room); }) {}

void Watch::begin() {
  the_watch = this;
  task_ = xTaskGetCurrentTaskHandle();
  Serial.begin(115200);
  responder_.begin();
  greet();
  check_model();
  if (settings_.task == Task::kSelftest) selftest();
  esp_read_mac(device_id_, ESP_MAC_WIFI_STA);
  insist(Code::kConfig, [](Watch& watch) { return watch.i2c_.begin(); });
  insist(Code::kBoard, [](Watch& watch) { return watch.sampling_.begin(); });
  start_sensor();
}

void Watch::step() {
  if (has_network() && !uplink_.runs()) start_uplink();
  if (!sensor_runs_) {
    retry_sensor();
    return;
  }
  Window window;
  if (!sampler_.take(window)) {
    if (millis() - last_window_ms_ > stall_ms(model_)) {
      sensor_failed(sampling_.bus_fails() ? "it does not answer any more" : "no samples come");
    }
    delay(1);
    return;
  }
  last_window_ms_ = millis();
  if (fault_[0] != '\0') Serial.println("sensor: samples come again");
  fault_[0] = '\0';
  window.scale_g = finder_.sensor().scale_g();
  windows_++;
  if (settings_.task == Task::kDetect) {
    judge(window);
  } else {
    state_ = "collecting";
  }
  stamp(window);
  if (uplink_.runs()) uplink_.offer(window);
  sampler_.release();
}

// Tries again what the board cannot do without until it works; says and blinks why it does not.
void Watch::insist(Code code, Attempt attempt) {
  while (const char* why = attempt(*this)) {
    Serial.printf("judder: %s; it goes on trying\n", why);
    responder_.blink(code);
  }
}

// The board watches without a network, too.
void Watch::start_uplink() {
  if (uplink_fails_ != nullptr && millis() - uplink_tried_ms_ < kUplinkRetryMs) return;
  uplink_tried_ms_ = millis();
  const char* why = uplink_.begin(device_id_);
  if (why != nullptr && why != uplink_fails_) Serial.printf("uplink: %s; it goes on trying\n", why);
  uplink_fails_ = why;
}

void Watch::start_sensor() {
  if (const char* why = finder_.start(model_.sample_rate_hz)) {
    sensor_failed(why);
    return;
  }
  sensor_ = finder_.sensor().part().name;
  if (fault_[0] == '\0') {
    Serial.printf("sensor: %s at 0x%02x\n", sensor_, static_cast<unsigned>(finder_.address()));
  }
  last_window_ms_ = millis();
  sensor_runs_ = true;
  sampling_.resume(finder_.sensor());
}

// Says why, once for each cause, and blinks it.
void Watch::sensor_failed(const char* why) {
  sampling_.pause();
  sensor_runs_ = false;
  if (strcmp(why, fault_) != 0) Serial.printf("sensor: %s; it goes on trying\n", why);
  snprintf(fault_, sizeof fault_, "%s", why);
  state_ = "sensor fault";
  responder_.blink(Code::kSensor);
}

// A sensor may come back.
void Watch::retry_sensor() {
  delay(kSensorRetryMs);
  const char* why = i2c_.recover();
  if (why == nullptr) {
    start_sensor();
  } else {
    sensor_failed(why);
  }
}

// Whether all samples are there, at the rate that the model was trained for.
bool Watch::may_be_judged(const Window& window) const {
  const float off = window.sample_rate_hz / model_.sample_rate_hz - 1;
  return (window.flags & kFlagLost) == 0 && off <= kRateTolerance && off >= -kRateTolerance;
}

void Watch::judge(Window& window) {
  if (!may_be_judged(window)) {
    state_ = "not judged";
    unjudged_++;
    return;
  }
  judge_.follow(uplink_.boot_id(), window.seq);
  const Verdict verdict = judge_.update(window);
  const Level before = decision_.level();
  if (verdict.state != State::kStandstill) decision_.update(verdict.level);
  responder_.show(decision_.level());
  announce(before);
  mounting_changed_ = verdict.mounting_changed;
  state_ = name_of(shown(verdict, decision_.level()));
  window.judgement = judgement_of(verdict, decision_.level(), model_);
  window.flags |= kFlagLocalScore;
  memcpy(window.model_hash, model_.hash, sizeof window.model_hash);
}

void Watch::announce(Level before) const {
  const Level now = decision_.level();
  const bool notice = now >= Level::kNotice;
  if (notice != (before >= Level::kNotice)) Serial.println(notice ? "notice on" : "notice off");
  const bool alarm = now == Level::kAlarm;
  if (alarm != (before == Level::kAlarm)) Serial.println(alarm ? "alert on" : "alert off");
}

// Writes into window what the server should know of it.
void Watch::stamp(Window& window) {
  window.sensor = finder_.sensor().part().code;
  window.boot_id = uplink_.boot_id();
  memcpy(window.device_id, device_id_, sizeof window.device_id);
  window.flags |= flags_of(decision_.level(), mounting_changed_);
  const uint64_t offset_us = uplink_.clock_offset_us();
  if (offset_us == 0) return;
  const auto samples_us = static_cast<uint64_t>(1e6F * window.window_len / window.sample_rate_hz);
  const uint32_t since_end_us = micros() - sampler_.end_us();
  window.timestamp_us = offset_us + static_cast<uint64_t>(esp_timer_get_time()) - since_end_us - samples_us;
  window.flags |= kFlagClockSynced;
}

}  // namespace judder
