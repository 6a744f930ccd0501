#include <algorithm>

#include "parts.h"

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

std::unique_ptr<FakePart> make_mpu6050(Nature& nature, uint8_t id, int64_t fifo_bytes) {
  return std::make_unique<FakeMpu6050>(nature, id, fifo_bytes);
}
