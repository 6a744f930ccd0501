// Which sensor is there: by its address on the bus and its id register.
#ifndef JUDDER_FINDER_H
#define JUDDER_FINDER_H

#include "../sensors/lis3dh.h"
#include "../sensors/mpu6050.h"
#include "../sensors/msa3xx.h"
#include "i2c.h"
#include "settings.h"

namespace judder {

class Finder {
 public:
  Finder(I2c& i2c, const Settings& settings) : i2c_(i2c), bus_(i2c), settings_(settings) {}

  // Finds the sensor that the settings name, any for "auto", and sets it up: one near sample_rate_hz, at the
  // settings' range. Returns null, or why there is none, in words that hold until the next call.
  const char* start(float sample_rate_hz);

  // The sensor that start() set up.
  Sensor& sensor() { return *found_; }
  uint8_t address() const { return bus_.address(); }

 private:
  bool find(float sample_rate_hz);
  bool is_there(const Part& part);
  const char* set_up(float sample_rate_hz);
  const char* explain();
  void describe(uint8_t address);
  void append(const char* format, ...) __attribute__((format(printf, 2, 3)));

  I2c& i2c_;
  I2cBus bus_;
  const Settings& settings_;
  Lis3dh lis3dh_;
  Mpu6050 mpu6050_;
  Msa3xx msa301_{parts::msa301, 14};
  Msa3xx msa311_{parts::msa311, 12};
  // Those that keep samples for a board that is busy come first.
  Sensor* const all_[4] = {&lis3dh_, &mpu6050_, &msa301_, &msa311_};
  Sensor* found_ = nullptr;
  char why_[200] = "";
};

}  // namespace judder

#endif
