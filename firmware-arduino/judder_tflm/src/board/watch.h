// Sample -> window -> score -> verdict -> alert: what the board does, in one place.
#ifndef JUDDER_WATCH_H
#define JUDDER_WATCH_H

#include "../core/judge.h"
#include "../core/sampler.h"
#include "alert_responder.h"
#include "sampling.h"
#include "sensor_provider.h"
#include "settings.h"
#include "uplink.h"

namespace judder {

class Watch {
 public:
  Watch(const Settings& settings, const Secrets& secrets, const Model& model, Scorer& scorer);

  // Checks the model, sets up sensor, timer and tasks. Blinks for ever where the model fails its check.
  void begin();

  // Takes the next window, if there is one, through to its alert. Returns at once but for a sensor that
  // failed.
  void step();

 private:
  void selftest();
  void check_model();
  [[noreturn]] void stop(Code code);
  void start_sensor();
  void sensor_failed(const char* why);
  void judge(Window& window);
  void stamp(Window& window);
  void report(char* out, size_t room);

  const Settings& settings_;
  const Model& model_;
  Scorer& scorer_;
  Judge judge_;
  Decision decision_;
  SensorProvider sensor_;
  Sampler sampler_;
  Sampling sampling_;
  AlertResponder responder_;
  Uplink uplink_;
  const char* state_ = "starting";
  uint32_t next_seq_ = 0;
  uint32_t windows_ = 0;
  uint32_t boot_id_ = 0;
  uint32_t last_window_ms_ = 0;
  uint8_t device_id_[6] = {};
};

}  // namespace judder

#endif
