#include "mpu6050.h"

namespace judder {
namespace {

constexpr uint8_t kSmplrtDiv = 0x19;
constexpr uint8_t kConfig = 0x1A;
constexpr uint8_t kAccelConfig = 0x1C;
constexpr uint8_t kAccelConfig2 = 0x1D;
constexpr uint8_t kFifoEn = 0x23;
constexpr uint8_t kUserCtrl = 0x6A;
constexpr uint8_t kPwrMgmt1 = 0x6B;
constexpr uint8_t kFifoCountH = 0x72;
constexpr uint8_t kFifoRW = 0x74;

constexpr uint8_t kDeviceReset = 0x80;
constexpr uint32_t kResetMs = 100;
// Steadier than its own oscillator; awake, which it is not after a reset.
constexpr uint8_t kGyroClock = 0x01;
constexpr uint8_t kAccel = 0x08;
constexpr uint8_t kFifoEnabled = 0x40;
constexpr uint8_t kFifoReset = 0x04;
constexpr uint32_t kWakeMs = 30;
constexpr int kFifoBytes = 1024;
constexpr int kHeirsFifoBytes = 512;
constexpr int kSampleBytes = 6;
constexpr int kFifoLen = kHeirsFifoBytes / kSampleBytes;
constexpr Encoding kEncoding = {true, 0};
constexpr float kFullScale = 32768;
constexpr float kInternalHz = 1000;

constexpr uint8_t kAddresses[] = {0x68, 0x69};
constexpr uint8_t kFirstId = 0x68;
constexpr uint8_t kIds[] = {kFirstId, 0x70, 0x71, 0x72, 0x98};  // then its heirs and clones
constexpr float kRatesHz[] = {20, 25, 50, 100, 125, 200, 250, 500, 1000};
constexpr uint8_t kFilters[] = {6, 5, 4, 3, 3, 2, 2, 1, 1};  // the widest of 5 to 184 Hz below half the rate
constexpr int kRangesG[] = {2, 4, 8, 16};

}  // namespace

const Part parts::mpu6050 = {"mpu6050", 7, kAddresses, 0x75, kIds, kRatesHz, kRangesG, kFifoLen};

bool Mpu6050::start(float rate_hz, int range_g) {
  uint8_t id = 0;
  if (!read(part().id_register, id) || !bus().write(kPwrMgmt1, kDeviceReset)) return false;
  bus().wait_ms(kResetMs);
  if (!bus().write(kPwrMgmt1, kGyroClock)) return false;
  bus().wait_ms(kWakeMs);
  const uint8_t filter = kFilters[place_of(rate_hz, part().rates_hz)];
  const auto range = static_cast<uint8_t>(place_of(range_g, part().ranges_g) << 3);
  const bool is_first = id == kFirstId;
  fifo_bytes_ = is_first ? kFifoBytes : kHeirsFifoBytes;
  scale_g_ = static_cast<float>(range_g) / kFullScale;
  overrun_ = false;
  return bus().write(kSmplrtDiv, static_cast<uint8_t>(kInternalHz / rate_hz - 1)) &&
         bus().write(kConfig, filter) &&
         (is_first || bus().write(kAccelConfig2, filter)) &&  // its heirs filter each sensor by itself
         bus().write(kAccelConfig, range) && empty() && bus().write(kFifoEn, kAccel);
}

int Mpu6050::take(int16_t* counts, int most) {
  uint8_t count[2];
  if (!bus().read(kFifoCountH, count, sizeof count)) return kBusFailed;
  const int bytes = count[0] << 8 | count[1];
  const bool full = bytes > fifo_bytes_ - 2 * kSampleBytes;
  if (torn_ || full) {  // the oldest bytes went, or will: where does a sample begin?
    overrun_ = true;
    return empty() ? 0 : kBusFailed;
  }
  int unread = bytes / kSampleBytes;
  if (unread > most) unread = most;
  const int taken = read_samples(kFifoRW, kEncoding, counts, unread);
  torn_ = taken != unread;
  return taken;
}

bool Mpu6050::empty() {
  torn_ = !bus().write(kUserCtrl, kFifoReset) || !bus().write(kUserCtrl, kFifoEnabled);
  return !torn_;
}

}  // namespace judder
