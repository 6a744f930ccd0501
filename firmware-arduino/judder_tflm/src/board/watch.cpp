#include "watch.h"

#include <Arduino.h>
#include <esp_mac.h>
#include <esp_random.h>
#include <esp_timer.h>
#include <stdio.h>
#include <string.h>

#include "../core/golden.h"

namespace judder {
namespace {

constexpr float kMaxLateShare = 0.02F;
constexpr float kRateTolerance = 0.05F;  // a sensor's own clock differs by percents
constexpr uint32_t kSensorRetryMs = 1000;
constexpr uint16_t kI2cTimeoutMs = 50;

Watch* the_watch = nullptr;  // for the report, which a task of the uplink asks for

// Windows that a model takes longer than three of to come have stopped coming.
uint32_t stall_ms(const Model& model) {
  return static_cast<uint32_t>(3000.0F * model.window_len / model.sample_rate_hz) + 1000;
}

}  // namespace

Watch::Watch(const Settings& settings, const Secrets& secrets, const Model& model, Scorer& scorer)
    : settings_(settings),
      model_(model),
      scorer_(scorer),
      judge_(model, scorer),
      decision_(model.rule),
      sensor_(Wire),
      sampler_(model.window_len, model.sample_rate_hz, static_cast<int>(model.window_len * kMaxLateShare)),
      sampling_(sensor_, sampler_, model.sample_rate_hz),
      responder_(settings),
      uplink_(settings, secrets, [](char* out, size_t room) { the_watch->report(out, room); }) {}

void Watch::begin() {
  the_watch = this;
  Serial.begin(115200);
  responder_.begin();
  Serial.printf("judder: model %s, features %s, %u samples at %.2f Hz\n", model_.id,
                model_.detector.features->name, static_cast<unsigned>(model_.window_len),
                static_cast<double>(model_.sample_rate_hz));
  if (const char* why = scorer_.begin()) {
    Serial.printf("judder: %s\n", why);
    stop(Code::kModel);
  }
  if (const Network* network = model_.detector.network) {
    Serial.printf("judder: its network takes %u of %u bytes of arena\n",
                  static_cast<unsigned>(scorer_.arena_used()), static_cast<unsigned>(network->arena_size));
  }
  check_model();
  if (settings_.task == Task::kSelftest) selftest();
  esp_read_mac(device_id_, ESP_MAC_WIFI_STA);
  boot_id_ = esp_random();
  Wire.begin(settings_.sda_pin, settings_.scl_pin, settings_.i2c_hz);
  Wire.setTimeOut(kI2cTimeoutMs);
  sampling_.begin();
  start_sensor();
  if (settings_.protocol != Protocol::kNone) uplink_.begin(device_id_);
}

void Watch::step() {
  Window window;
  if (!sampler_.take(window)) {
    if (millis() - last_window_ms_ > stall_ms(model_)) sensor_failed("no samples come");
    delay(1);
    return;
  }
  last_window_ms_ = millis();
  window.scale_g = sensor_.scale_g();
  windows_++;
  if (settings_.task == Task::kDetect) {
    judge(window);
  } else {
    state_ = "collecting";
  }
  stamp(window);
  if (settings_.protocol != Protocol::kNone) uplink_.offer(window);
  sampler_.release();
}

void Watch::check_model() {
  const Mismatch mismatch = check_goldens(model_, scorer_);
  if (mismatch.what == nullptr) return;
  Serial.printf("judder: model fails its check: %s %d is %g here, %g where it was made\n", mismatch.what,
                mismatch.index, static_cast<double>(mismatch.found), static_cast<double>(mismatch.expected));
  Serial.println("  hint: export model_data.h again, from the Judder that this sketch came with");
  stop(Code::kModel);
}

// Judges the two windows that came with the model, and ends.
void Watch::selftest() {
  for (int k = 0; k < model_.golden_count; k++) {
    const float score = golden_score(model_, model_.goldens[k], scorer_);
    const bool anomaly = score > model_.detector.threshold;
    Serial.printf("selftest: window %d scores %.6g, threshold %.6g: %s\n", k, static_cast<double>(score),
                  static_cast<double>(model_.detector.threshold), anomaly ? "anomaly" : "normal");
    responder_.show(anomaly);
    delay(1000);
  }
  responder_.show(false);
  Serial.println("selftest: passed");
  while (true) delay(1000);
}

void Watch::stop(Code code) {
  while (true) responder_.blink(code);
}

void Watch::start_sensor() {
  const char* why = sensor_.start(model_.sample_rate_hz, settings_.range_g);
  if (why != nullptr) {
    sensor_failed(why);
    return;
  }
  last_window_ms_ = millis();
  sampling_.resume();
}

// Says and blinks it, and tries again: a sensor may come back.
void Watch::sensor_failed(const char* why) {
  sampling_.pause();
  if (strcmp(state_, "sensor fault") != 0) Serial.printf("sensor: %s; it goes on trying\n", why);
  state_ = "sensor fault";
  responder_.blink(Code::kSensor);
  last_window_ms_ = millis();
  why = sensor_.start(model_.sample_rate_hz, settings_.range_g);
  if (why == nullptr) {
    sampling_.resume();
  } else {
    last_window_ms_ -= stall_ms(model_);  // the next step comes here again
    delay(kSensorRetryMs);
  }
}

void Watch::judge(Window& window) {
  const float off = window.sample_rate_hz / model_.sample_rate_hz - 1;
  if (off > kRateTolerance || off < -kRateTolerance) {
    state_ = "not judged";
    return;
  }
  if (window.seq != next_seq_) judge_.restart();  // samples were lost in between
  next_seq_ = window.seq + 1;
  const Verdict verdict = judge_.update(window);
  const bool before = decision_.alert();
  const bool alert = decision_.update(verdict.alarming);
  responder_.show(alert);
  if (alert != before) Serial.println(alert ? "alert on" : "alert off");
  const bool plain = verdict.state == State::kNormal || verdict.state == State::kSuspect;
  state_ = alert && plain ? "anomaly" : name_of(verdict.state);
  window.local_score = verdict.score;
  window.flags |= kFlagLocalScore;
  memcpy(window.model_hash, model_.hash, sizeof window.model_hash);
}

// Writes into window what the server should know of it.
void Watch::stamp(Window& window) {
  window.sensor = kSensorMsa301;
  window.boot_id = boot_id_;
  memcpy(window.device_id, device_id_, sizeof window.device_id);
  if (decision_.alert()) window.flags |= kFlagAlert;
  const uint64_t offset_us = uplink_.clock_offset_us();
  if (offset_us == 0) return;
  const auto samples_us = static_cast<uint64_t>(1e6F * window.window_len / window.sample_rate_hz);
  const uint32_t since_end_us = micros() - sampler_.end_us();
  window.timestamp_us = offset_us + static_cast<uint64_t>(esp_timer_get_time()) - since_end_us - samples_us;
  window.flags |= kFlagClockSynced;
}

void Watch::report(char* out, size_t room) {
  const SamplerCounts counts = sampler_.counts();
  const bool detects = settings_.task == Task::kDetect;
  snprintf(
      out, room,
      "{\"name\":\"%s\",\"task\":\"%s\",\"state\":\"%s\",\"alert\":%s,\"judged_by\":\"board\","
      "\"boot_id\":%lu,\"windows\":%lu,\"sample_rate_hz\":%.3f,\"nominal_rate_hz\":%.3f,"
      "\"late_samples\":%lu,\"lost_samples\":%lu,\"lost_windows\":%lu,\"bus_errors\":%lu,\"queued\":%d,"
      "\"dropped\":%lu,\"refused\":%lu,\"free_memory\":%lu,\"model_id\":\"%s\",\"firmware\":\"judder_tflm\"}",
      settings_.name, detects ? "detect" : "collect", state_, decision_.alert() ? "true" : "false",
      static_cast<unsigned long>(boot_id_), static_cast<unsigned long>(windows_),
      static_cast<double>(sampler_.sample_rate_hz()), static_cast<double>(model_.sample_rate_hz),
      static_cast<unsigned long>(counts.late), static_cast<unsigned long>(counts.lost_samples),
      static_cast<unsigned long>(counts.lost_windows), static_cast<unsigned long>(sampling_.bus_errors()),
      uplink_.queued(), static_cast<unsigned long>(uplink_.dropped()),
      static_cast<unsigned long>(uplink_.refused()), static_cast<unsigned long>(ESP.getFreeHeap()),
      model_.id);
}

}  // namespace judder
