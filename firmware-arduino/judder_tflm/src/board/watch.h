// Sample -> window -> score -> verdict -> alert: what the board does, in one place.
#ifndef JUDDER_WATCH_H
#define JUDDER_WATCH_H

#include <Arduino.h>

#include "../core/judge.h"
#include "../core/sampler.h"
#include "alert_responder.h"
#include "finder.h"
#include "sampling.h"
#include "settings.h"
#include "uplink.h"

namespace judder {

class Watch {
 public:
  Watch(const Settings& settings, const Secrets& secrets, AnyJudge& judge);

  // Checks the model, sets up bus, sensor, timer and tasks. What fails is said and blinked: where the model
  // does, for ever; else it is tried again until it works.
  void begin();

  // Takes the next window, if there is one, through to its alert. Returns at once but for a sensor that
  // failed.
  void step();

 private:
  using Attempt = const char* (*)(Watch& watch);

  void greet();
  void check_model();
  void selftest();
  [[noreturn]] void stop(Code code);
  void insist(Code code, Attempt attempt);
  bool has_network() const { return settings_.protocol != Protocol::kNone; }
  void start_uplink();
  void start_sensor();
  void sensor_failed(const char* why);
  void retry_sensor();
  void judge(Window& window);
  void announce(Level before) const;
  bool may_be_judged(const Window& window) const;
  void stamp(Window& window);
  void report(char* out, size_t room);

  const Settings& settings_;
  AnyJudge& judge_;
  const AnyModel& model_;
  Decision decision_;
  I2c i2c_;
  Finder finder_;
  Sampler sampler_;
  Sampling sampling_;
  AlertResponder responder_;
  Uplink uplink_;
  TaskHandle_t task_ = nullptr;
  const char* state_ = "starting";
  bool mounting_changed_ = false;
  const char* uplink_fails_ = nullptr;
  uint32_t uplink_tried_ms_ = 0;
  const char* sensor_ = "none";
  bool sensor_runs_ = false;
  // Of the sensor, until a window comes. A report made as it changes may mix two, and no more: it ends in 0.
  char fault_[200] = "";
  uint32_t windows_ = 0;
  uint32_t unjudged_ = 0;
  uint32_t last_window_ms_ = 0;
  uint8_t device_id_[6] = {};
};

}  // namespace judder

#endif
