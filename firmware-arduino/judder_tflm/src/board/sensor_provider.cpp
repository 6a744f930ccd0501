#include "sensor_provider.h"

#include <math.h>

namespace judder {
namespace {

constexpr uint8_t kAddress = 0x26;
constexpr uint8_t kRegPartid = 0x01;
constexpr uint8_t kRegAccXLsb = 0x02;
constexpr uint8_t kRegDataInterrupt = 0x0A;
constexpr uint8_t kRegResolutionRange = 0x0F;
constexpr uint8_t kRegOdr = 0x10;
constexpr uint8_t kRegPowerMode = 0x11;
constexpr uint8_t kRegIntSet1 = 0x17;
constexpr uint8_t kPartid = 0x13;
constexpr uint8_t kNewData = 0x01;
constexpr uint8_t kNewDataEnabled = 0x10;
constexpr float kFullScale = 8192;  // 14 bit signed
constexpr float kRateTolerance = 0.05F;

// What the sensor offers. In normal mode the bandwidth is half the rate whatever its field says; the field
// is set all the same, for parts and clones that use it.
struct Rate {
  float hz;
  uint8_t odr;
  uint8_t bandwidth;
};
constexpr Rate kRates[] = {
    {1000, 0x0F, 0x0A},  {500, 0x09, 0x09},    {250, 0x08, 0x08},    {125, 0x07, 0x07},
    {62.5F, 0x06, 0x06}, {31.25F, 0x05, 0x05}, {15.63F, 0x04, 0x04}, {7.81F, 0x03, 0x03},
};

struct Range {
  int g;
  uint8_t field;
};
constexpr Range kRanges[] = {{2, 0}, {4, 1}, {8, 2}, {16, 3}};

}  // namespace

const char* SensorProvider::start(float sample_rate_hz, int range_g) {
  uint8_t partid = 0;
  if (!read(kRegPartid, &partid, 1)) return "no sensor answers at I2C address 0x26";
  if (partid != kPartid) return "the sensor's part id is not that of an MSA301, 0x13";
  const Rate* rate = nullptr;
  for (const Rate& each : kRates) {
    if (fabsf(each.hz / sample_rate_hz - 1) <= kRateTolerance) rate = &each;
  }
  if (rate == nullptr) return "the MSA301 does not offer the model's sample rate";
  const Range* range = nullptr;
  for (const Range& each : kRanges) {
    if (each.g == range_g) range = &each;
  }
  if (range == nullptr) return "the range in config.h is none of 2, 4, 8, 16 g";
  scale_g_ = static_cast<float>(range_g) / kFullScale;
  const bool written = write(kRegPowerMode, static_cast<uint8_t>(rate->bandwidth << 1)) &&  // 7:6 = 0, normal
                       write(kRegOdr, rate->odr) &&                 // bits 7:5 = 0, all three axes on
                       write(kRegResolutionRange, range->field) &&  // bits 3:2 = 0, 14 bit
                       write(kRegIntSet1, kNewDataEnabled);
  return written ? nullptr : "the sensor does not take its settings";
}

bool SensorProvider::new_data(bool& fresh) {
  uint8_t status = 0;
  if (!read(kRegDataInterrupt, &status, 1)) return false;
  fresh = (status & kNewData) != 0;
  return true;
}

bool SensorProvider::read_into(int16_t* counts) {
  uint8_t raw[6];
  if (!read(kRegAccXLsb, raw, sizeof raw)) return false;
  for (int k = 0; k < 3; k++) {  // 14 bits, left-justified in little-endian 16
    counts[k] = static_cast<int16_t>(static_cast<int16_t>(raw[2 * k] | raw[2 * k + 1] << 8) >> 2);
  }
  return true;
}

bool SensorProvider::read(uint8_t first, uint8_t* bytes, uint8_t size) {
  wire_.beginTransmission(kAddress);
  wire_.write(first);
  if (wire_.endTransmission(false) != 0 || wire_.requestFrom(kAddress, size) != size) return false;
  for (uint8_t k = 0; k < size; k++) bytes[k] = static_cast<uint8_t>(wire_.read());
  return true;
}

bool SensorProvider::write(uint8_t which, uint8_t value) {
  wire_.beginTransmission(kAddress);
  wire_.write(which);
  wire_.write(value);
  return wire_.endTransmission() == 0;
}

}  // namespace judder
