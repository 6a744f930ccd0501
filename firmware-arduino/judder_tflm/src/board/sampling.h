// A hardware timer wakes a task of its own that reads the sensor: neither scoring nor the network stops it.
#ifndef JUDDER_SAMPLING_H
#define JUDDER_SAMPLING_H

#include <Arduino.h>

#include <atomic>

#include "../core/sampler.h"
#include "../sensors/sensor.h"

namespace judder {

class Sampling {
 public:
  Sampling(Sampler& sampler, float sample_rate_hz) : sampler_(sampler), sample_rate_hz_(sample_rate_hz) {}

  // Starts the timer and the task. Returns null, or why that failed, in words; it may be tried again.
  const char* begin();

  // Lets the task read sensor, which was set up, or nothing, while it is.
  void resume(Sensor& sensor);
  void pause();

  uint32_t bus_errors() const { return bus_errors_; }

  // Whether the bus, and not the sensor, was the last to fail.
  bool bus_fails() const { return failures_ > 0; }

  // Bytes of the task's stack that it never used.
  uint32_t stack_left() const;

 private:
  [[noreturn]] void run();
  void look();
  int take(uint32_t now_us);
  void bus_failed();

  Sampler& sampler_;
  float sample_rate_hz_;
  Sensor* sensor_ = nullptr;
  hw_timer_t* timer_ = nullptr;
  uint32_t wait_until_ms_ = 0;
  std::atomic<uint32_t> failures_{0};  // in a row
  std::atomic<bool> reading_{false};
  std::atomic<bool> looking_{false};
  std::atomic<bool> fresh_start_{false};
  std::atomic<uint32_t> bus_errors_{0};
};

}  // namespace judder

#endif
