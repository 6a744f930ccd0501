// A hardware timer wakes a task of its own that reads the sensor: neither scoring nor the network stops it.
#ifndef JUDDER_SAMPLING_H
#define JUDDER_SAMPLING_H

#include <Arduino.h>

#include <atomic>

#include "../core/sampler.h"
#include "sensor_provider.h"

namespace judder {

class Sampling {
 public:
  Sampling(SensorProvider& sensor, Sampler& sampler, float sample_rate_hz)
      : sensor_(sensor), sampler_(sampler), sample_rate_hz_(sample_rate_hz) {}

  // Starts the timer and the task; once.
  void begin();

  // Lets the task read, after the sensor was set up, or not, while it is.
  void resume();
  void pause();

  uint32_t bus_errors() const { return bus_errors_; }

 private:
  [[noreturn]] void run();
  void look();

  SensorProvider& sensor_;
  Sampler& sampler_;
  float sample_rate_hz_;
  std::atomic<bool> reading_{false};
  std::atomic<bool> looking_{false};
  std::atomic<bool> fresh_start_{false};
  std::atomic<uint32_t> bus_errors_{0};
};

}  // namespace judder

#endif
