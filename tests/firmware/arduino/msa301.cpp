#include "world.h"

namespace {

constexpr uint8_t kPartid = 0x01;
constexpr uint8_t kData = 0x02;
constexpr uint8_t kNewData = 0x0A;
constexpr uint8_t kRange = 0x0F;
constexpr uint8_t kOdr = 0x10;
constexpr uint8_t kPowerMode = 0x11;
constexpr double kRatesHz[] = {1, 1.95, 3.9, 7.81, 15.63, 31.25, 62.5, 125, 250, 500};

}  // namespace

FakeMsa301::FakeMsa301() {
  registers_[kPartid] = 0x13;
  registers_[kOdr] = 0x0F;
  registers_[kPowerMode] = 0x80;
}

double FakeMsa301::rate_hz() const {
  const int odr = registers_[kOdr] & 0x0F;
  return odr < 10 ? kRatesHz[odr] : 1000;
}

bool FakeMsa301::measures() const {
  return (registers_[kPowerMode] & 0xC0) == 0 && world.sensor != SensorIs::kStill;
}

void FakeMsa301::write(uint8_t first, const uint8_t* bytes, int size) {
  for (int k = 0; k < size; k++) registers_[first + k] = bytes[k];
}

void FakeMsa301::read(uint8_t first, uint8_t* bytes, int size) {
  if (first == kNewData && measures()) {
    const auto index = static_cast<uint64_t>(static_cast<double>(world.now_us) * rate_hz() / 1e6);
    if (index != taken_) registers_[kNewData] = 1;
    taken_ = index;
  }
  for (int k = 0; k < size; k++) bytes[k] = registers_[first + k];
  if (first == kNewData) registers_[kNewData] = 0;  // reading it clears it
  if (first != kData || !measures()) return;
  int16_t counts[3];
  world.sample(taken_, rate_hz(), counts);
  for (int k = 0; k < size / 2; k++) {  // 14 bits, left-justified; the signal is in counts of the 2 g range
    int value = counts[k] >> (registers_[kRange] & 3);
    value = (value < -8192 ? -8192 : value > 8191 ? 8191 : value) * 4;
    bytes[2 * k] = static_cast<uint8_t>(value & 0xFF);
    bytes[2 * k + 1] = static_cast<uint8_t>(value >> 8 & 0xFF);
  }
}
