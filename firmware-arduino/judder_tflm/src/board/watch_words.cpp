// What the board says of itself: on the serial monitor as it starts, and in its reports.
#include <stdio.h>

#include "../core/golden.h"
#include "watch.h"

namespace judder {
namespace {

constexpr uint32_t kRemindMs = 30000;

unsigned long whole(uint32_t number) { return number; }

}  // namespace

void Watch::greet() {
  Serial.printf("judder: model %s, features %s, %u samples at %.2f Hz\n", model_.id, model_.features->name,
                static_cast<unsigned>(model_.window_len), static_cast<double>(model_.sample_rate_hz));
}

void Watch::check_model() {
  if (Autoencoder* autoencoder = judge_.autoencoder()) {
    if (const char* why = autoencoder->begin()) {
      Serial.printf("judder: %s\n", why);
      stop(Code::kModel);
    }
    Serial.printf("judder: its network takes %lu of %lu bytes of arena\n", whole(autoencoder->arena_used()),
                  whole(model_.network->arena_size));
  }
  const Mismatch mismatch = check_goldens(judge_);
  if (mismatch.what == nullptr) return;
  Serial.printf("judder: model fails its check: %s %d is %g here, %g where it was made\n", mismatch.what,
                mismatch.index, static_cast<double>(mismatch.found), static_cast<double>(mismatch.expected));
  Serial.println("  hint: export model_data.h again, from the Judder that this sketch came with");
  stop(Code::kModel);
}

// Judges the two windows that came with the model, and ends.
void Watch::selftest() {
  for (int k = 0; k < model_.golden_count; k++) {
    const float score = golden_scores(judge_, model_.goldens[k]).score;
    const bool anomaly = score > model_.threshold;
    Serial.printf("selftest: window %d scores %.6g, threshold %.6g: %s\n", k, static_cast<double>(score),
                  static_cast<double>(model_.threshold), anomaly ? "anomaly" : "normal");
    responder_.show(anomaly ? Level::kAlarm : Level::kNormal);
    delay(1000);
  }
  responder_.show(Level::kNormal);
  Serial.println("selftest: passed");
  while (true) delay(1000);
}

// Blinks for ever, and says so to whoever looks later.
void Watch::stop(Code code) {
  while (true) {
    const uint32_t began_ms = millis();
    while (millis() - began_ms < kRemindMs) responder_.blink(code);
    Serial.printf("judder: it watches nothing: %d blinks, see firmware-arduino/README.md\n",
                  static_cast<int>(code));
  }
}

void Watch::report(char* out, size_t room) {
  const SamplerCounts counts = sampler_.counts();
  const bool detects = settings_.task == Task::kDetect;
  snprintf(
      out, room,
      "{\"name\":\"%s\",\"task\":\"%s\",\"state\":\"%s\",\"alert\":%s,\"judged_by\":\"board\","
      "\"boot_id\":%lu,\"windows\":%lu,\"unjudged\":%lu,\"sample_rate_hz\":%.3f,\"nominal_rate_hz\":%.3f,"
      "\"late_samples\":%lu,\"lost_samples\":%lu,\"lost_windows\":%lu,\"bus_errors\":%lu,\"queued\":%d,"
      "\"dropped\":%lu,\"refused\":%lu,\"free_memory\":%lu,\"largest_free\":%lu,\"stack_left\":%lu,"
      "\"sampling_stack_left\":%lu,\"uplink_stack_left\":%lu,\"sensor\":\"%s\",\"sensor_error\":\"%s\","
      "\"model_id\":\"%s\",\"firmware\":\"judder_tflm\"}",
      settings_.name, detects ? "detect" : "collect", state_, decision_.alert() ? "true" : "false",
      whole(uplink_.boot_id()), whole(windows_), whole(unjudged_),
      static_cast<double>(sampler_.sample_rate_hz()), static_cast<double>(model_.sample_rate_hz),
      whole(counts.late), whole(counts.lost_samples), whole(counts.lost_windows),
      whole(sampling_.bus_errors()), uplink_.queued(), whole(uplink_.dropped()), whole(uplink_.refused()),
      whole(ESP.getFreeHeap()), whole(ESP.getMaxAllocHeap()), whole(uxTaskGetStackHighWaterMark(task_)),
      whole(sampling_.stack_left()), whole(uplink_.stack_left()), sensor_, fault_, model_.id);
}

}  // namespace judder
