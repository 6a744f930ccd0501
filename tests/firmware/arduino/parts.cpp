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

// ST LIS3DH data sheet DocID17530 rev 2, and AN3308 for the FIFO: powered down after power-on; a read goes on
// with the next register only where bit 7 of the address is set; in stream mode a full FIFO (OVRN) loses its
// oldest sample to the next; 10 bits without the high-resolution bit; 12 mg per count at 16 g.
class FakeLis3dh : public FakePart {
 public:
  explicit FakeLis3dh(Nature& nature) : FakePart(nature) { power_on(); }

  void power_on() override {
    std::fill(std::begin(registers_), std::end(registers_), uint8_t{0});
    registers_[kWhoAmI] = 0x33;
    registers_[kCtrl1] = 0x07;
    run_at(0);
    oldest_ = made();
  }

  void write(uint8_t which, uint8_t value) override {
    which &= 0x7F;
    registers_[which] = which == kCtrl5 ? static_cast<uint8_t>(value & 0x7F) : value;  // BOOT clears itself
    if (which == kCtrl1) run_at(rate());
    if (which == kFifoCtrl && value >> 6 == 0) oldest_ = made();
  }

  void read(uint8_t first, uint8_t* bytes, int size) override {
    const bool goes_on = (first & 0x80) != 0;
    int which = first & 0x7F;
    drop();
    for (int k = 0; k < size; k++) {
      bytes[k] = which == kFifoSrc                   ? source()
                 : which >= kOut && which < kOut + 6 ? data(which)
                                                     : registers_[which];
      if (!goes_on) continue;
      which = which == kOut + 5 ? kOut : which + 1;  // from the last byte of data back to the first
    }
  }

 private:
  static constexpr int kWhoAmI = 0x0F;
  static constexpr int kCtrl1 = 0x20;
  static constexpr int kCtrl4 = 0x23;
  static constexpr int kCtrl5 = 0x24;
  static constexpr int kOut = 0x28;
  static constexpr int kFifoCtrl = 0x2E;
  static constexpr int kFifoSrc = 0x2F;
  static constexpr int kDepth = 32;

  double rate() const {
    constexpr double kRatesHz[] = {0, 1, 10, 25, 50, 100, 200, 400, 0, 1344};  // 8 is for low power only
    const int odr = registers_[kCtrl1] >> 4;
    return odr < 10 ? kRatesHz[odr] : 0;
  }
  bool keeps() const { return (registers_[kCtrl5] & 0x40) != 0 && registers_[kFifoCtrl] >> 6 == 2; }
  int64_t last() { return nature_.is_still() ? oldest_ : made(); }
  void drop() { oldest_ = std::max(oldest_, last() - kDepth); }

  uint8_t source() {
    const int64_t unread = keeps() ? last() - oldest_ : 0;
    const int flags = unread == kDepth ? 0x40 : unread == 0 ? 0x20 : 0;
    return static_cast<uint8_t>(flags | static_cast<int>(std::min<int64_t>(unread, kDepth - 1)));
  }

  uint8_t data(int which) {
    const int place = which - kOut;
    const int bits = (registers_[kCtrl4] & 0x08) != 0 ? 12 : 10;
    constexpr double kScalesG[] = {.001, .002, .004, .012};
    const double scale_g = kScalesG[registers_[kCtrl4] >> 4 & 3] * (1 << (12 - bits));
    int counts[3];
    const bool empty = oldest_ == last();
    sample(keeps() && !empty ? oldest_ + 1 : last(), scale_g, bits, counts);
    if (place == 5 && keeps() && !empty) oldest_++;
    const int value = counts[place / 2] * (1 << (16 - bits));
    return static_cast<uint8_t>(value >> (place % 2 == 0 ? 0 : 8) & 0xFF);
  }

  int64_t oldest_ = 0;  // of the samples made, this many are gone
};

// InvenSense RM-MPU-6000A rev 4.2, and RM-MPU-9250A rev 1.4 for its heirs, half the FIFO: asleep after
// power-on and reset, deaf for a while after a reset; FIFO_R_W does not go on with the next register; a full
// FIFO loses its oldest bytes, whole samples or not; it empties by FIFO_RESET only while FIFO_EN is off.
class FakeMpu6050 : public FakePart {
 public:
  FakeMpu6050(Nature& nature, uint8_t id, int64_t fifo_bytes)
      : FakePart(nature), id_(id), fifo_bytes_(fifo_bytes) {
    power_on();
  }

  void power_on() override {
    std::fill(std::begin(registers_), std::end(registers_), uint8_t{0});
    registers_[kWhoAmI] = id_;
    registers_[kPower] = 0x40;
    deaf_until_us_ = 0;
    run_at(0);
    from_ = 6 * made();
  }

  void write(uint8_t which, uint8_t value) override {
    if (nature_.time_us() < deaf_until_us_) return;
    if (which == kPower && (value & 0x80) != 0) {
      power_on();
      deaf_until_us_ = nature_.time_us() + 50000;
      return;
    }
    if (which == kUserCtrl && (value & 0x44) == 0x04) from_ = 6 * made();
    registers_[which & 0x7F] = which == kUserCtrl ? static_cast<uint8_t>(value & ~0x04) : value;
    if (which == kDivider || which == kPower) {
      run_at((registers_[kPower] & 0x40) != 0 ? 0 : 1000.0 / (1 + registers_[kDivider]));
    }
    if (which == kUserCtrl && (value & 0x40) != 0) from_ = 6 * made();
  }

  void read(uint8_t first, uint8_t* bytes, int size) override {
    if (keeps() && !nature_.is_still()) to_ = 6 * made();
    if (!keeps()) to_ = from_;
    from_ = std::max(from_, to_ - fifo_bytes_);
    for (int k = 0; k < size; k++) {
      const int which = first == kFifo ? kFifo : first + k;
      bytes[k] = which == kFifo        ? next()
                 : which == kCount     ? static_cast<uint8_t>((to_ - from_) >> 8)
                 : which == kCount + 1 ? static_cast<uint8_t>((to_ - from_) & 0xFF)
                                       : registers_[which & 0x7F];
    }
  }

 private:
  static constexpr int kDivider = 0x19;
  static constexpr int kAccel = 0x1C;
  static constexpr int kFifoEn = 0x23;
  static constexpr int kUserCtrl = 0x6A;
  static constexpr int kPower = 0x6B;
  static constexpr int kCount = 0x72;
  static constexpr int kFifo = 0x74;
  static constexpr int kWhoAmI = 0x75;

  bool keeps() const { return (registers_[kUserCtrl] & 0x40) != 0 && (registers_[kFifoEn] & 0x08) != 0; }

  uint8_t next() {
    if (from_ == to_) return 0xFF;
    int counts[3];
    sample(from_ / 6 + 1, (2 << (registers_[kAccel] >> 3 & 3)) / 32768.0, 16, counts);
    const auto place = static_cast<int>(from_++ % 6);
    return static_cast<uint8_t>(counts[place / 2] >> (place % 2 == 0 ? 8 : 0) & 0xFF);
  }

  uint8_t id_;
  int64_t fifo_bytes_;
  uint64_t deaf_until_us_ = 0;
  int64_t from_ = 0;  // bytes that were read or are gone
  int64_t to_ = 0;    // bytes that were written
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
  if (name == "lis3dh") return std::make_unique<FakeLis3dh>(nature);
  if (name == "mpu6050") return std::make_unique<FakeMpu6050>(nature, uint8_t{0x68}, 1024);
  if (name == "mpu6500") return std::make_unique<FakeMpu6050>(nature, uint8_t{0x70}, 512);
  if (name == "lis2dw12") return std::make_unique<FakeStranger>(nature);
  return nullptr;
}
