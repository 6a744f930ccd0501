// MEMSensing MSA301, 14 bit, +-2 to 16 g, over I2C. Register names are the data sheet's (v1.3).
#ifndef JUDDER_SENSOR_PROVIDER_H
#define JUDDER_SENSOR_PROVIDER_H

#include <Wire.h>
#include <stdint.h>

namespace judder {

class SensorProvider {
 public:
  explicit SensorProvider(TwoWire& wire) : wire_(wire) {}

  // Sets output rate and bandwidth from the sample rate: a faster part read slower folds what lies above.
  // Returns null, or why the sensor cannot be used, in words.
  const char* start(float sample_rate_hz, int range_g);

  // Says in fresh whether a sample came since the last call. Returns false where the bus fails.
  bool new_data(bool& fresh);

  // Writes the counts of x, y and z. Returns false where the bus fails.
  bool read_into(int16_t* counts);

  float scale_g() const { return scale_g_; }

 private:
  bool read(uint8_t first, uint8_t* bytes, uint8_t size);
  bool write(uint8_t which, uint8_t value);

  TwoWire& wire_;
  float scale_g_ = 0;
};

}  // namespace judder

#endif
