#include "parts.h"

#include <algorithm>
#include <cmath>

namespace {

constexpr double kFeltPerG = 4096;
constexpr double kTinyUs = 1e-3;  // of a sample that is due just now

}  // namespace

void FakePart::run_at(double rate_hz) {
  before_ = made();
  rate_hz_ = rate_hz;
  began_us_ = static_cast<double>(nature_.time_us());
}

int64_t FakePart::made() {
  const double since_us = static_cast<double>(nature_.time_us()) - began_us_ + kTinyUs;
  return before_ + static_cast<int64_t>(since_us * rate_hz_ * nature_.parts_clock() / 1e6);
}

void FakePart::sample(int64_t index, double scale_g, int bits, int (&counts)[3]) {
  const double step_us = rate_hz_ > 0 ? 1e6 / (rate_hz_ * nature_.parts_clock()) : 0;
  int16_t felt[3];
  nature_.feel(began_us_ + static_cast<double>(index - before_) * step_us, felt);
  const int limit = 1 << (bits - 1);
  for (int k = 0; k < 3; k++) {
    const auto value = static_cast<int>(std::floor(felt[k] / kFeltPerG / scale_g + 0.5));
    counts[k] = std::clamp(value, -limit, limit - 1);
  }
}

// MEMSensing MSA301 data sheet v1.3 (14 bits), MSA311 v1.1 (12 bits at another address): suspended after
// power-on and after a soft reset; reading the new-data flag clears it; data are left-justified, low byte
// first.
class FakeMsa : public FakePart {
 public:
  FakeMsa(Nature& nature, int bits) : FakePart(nature), bits_(bits) { power_on(); }

  void power_on() override {
    std::fill(std::begin(registers_), std::end(registers_), uint8_t{0});
    registers_[kPartid] = 0x13;
    registers_[kOdr] = 0x0F;
    registers_[kPowerMode] = 0x80;
    run_at(0);
    taken_ = made();
  }

  void write(uint8_t which, uint8_t value) override {
    if (which == kSoftReset && (value & 0x24) == 0x24) {
      power_on();
      return;
    }
    registers_[which & 0x3F] = value;
    if (which == kOdr || which == kPowerMode) run_at((registers_[kPowerMode] & 0xC0) == 0 ? rate() : 0);
  }

  void read(uint8_t first, uint8_t* bytes, int size) override {
    if (!nature_.is_still() && made() != taken_) {
      taken_ = made();
      registers_[kNewData] = 1;
      hold_sample();
    }
    for (int k = 0; k < size; k++) {
      const int which = (first + k) & 0x3F;
      bytes[k] = registers_[which];
      if (which == kNewData) registers_[kNewData] = 0;
    }
  }

 private:
  static constexpr uint8_t kSoftReset = 0x00;
  static constexpr uint8_t kPartid = 0x01;
  static constexpr uint8_t kData = 0x02;
  static constexpr uint8_t kNewData = 0x0A;
  static constexpr uint8_t kRange = 0x0F;
  static constexpr uint8_t kOdr = 0x10;
  static constexpr uint8_t kPowerMode = 0x11;

  double rate() const {
    constexpr double kRatesHz[] = {1, 1.95, 3.9, 7.81, 15.63, 31.25, 62.5, 125, 250, 500};
    const int odr = registers_[kOdr] & 0x0F;
    return odr < 10 ? kRatesHz[odr] : 1000;
  }

  void hold_sample() {
    int counts[3];
    sample(taken_, (2 << (registers_[kRange] & 3)) / std::ldexp(1, bits_ - 1), bits_, counts);
    for (int k = 0; k < 3; k++) {
      const int value = counts[k] * (1 << (16 - bits_));
      registers_[kData + 2 * k] = static_cast<uint8_t>(value & 0xFF);
      registers_[kData + 2 * k + 1] = static_cast<uint8_t>(value >> 8 & 0xFF);
    }
  }

  int bits_;
  int64_t taken_ = 0;
};

// A part that the sketch has no driver for: ST LIS2DW12, by its id only.
class FakeStranger : public FakePart {
 public:
  explicit FakeStranger(Nature& nature) : FakePart(nature) { power_on(); }
  void power_on() override { registers_[0x0F] = 0x44; }
  void write(uint8_t, uint8_t) override {}
  void read(uint8_t first, uint8_t* bytes, int size) override {
    for (int k = 0; k < size; k++) bytes[k] = registers_[(first + k) & 0x7F];
  }
};

std::unique_ptr<FakePart> FakePart::make(const std::string& name, Nature& nature) {
  if (name == "msa301") return std::make_unique<FakeMsa>(nature, 14);
  if (name == "msa311") return std::make_unique<FakeMsa>(nature, 12);
  if (name == "lis3dh") return make_lis3dh(nature);
  if (name == "mpu6050") return make_mpu6050(nature, 0x68, 1024);
  if (name == "mpu6500") return make_mpu6050(nature, 0x70, 512);
  if (name == "lis2dw12") return std::make_unique<FakeStranger>(nature);
  return nullptr;
}
