#include <algorithm>

#include "parts.h"

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

std::unique_ptr<FakePart> make_lis3dh(Nature& nature) { return std::make_unique<FakeLis3dh>(nature); }
