#include "lis3dh.h"

namespace judder {
namespace {

constexpr uint8_t kCtrlReg1 = 0x20;
constexpr uint8_t kCtrlReg2 = 0x21;
constexpr uint8_t kCtrlReg4 = 0x23;
constexpr uint8_t kCtrlReg5 = 0x24;
constexpr uint8_t kOutXL = 0x28;
constexpr uint8_t kFifoCtrlReg = 0x2E;
constexpr uint8_t kFifoSrcReg = 0x2F;
constexpr uint8_t kNextRegister = 0x80;  // of the address: reads go on with the next register

constexpr uint8_t kBoot = 0x80;
constexpr uint32_t kBootMs = 10;
constexpr float kTurnOnSamples = 7;  // of its high resolution
constexpr float kMostTurnOnMs = 200;
constexpr uint8_t kAllAxes = 0x07;
constexpr uint8_t kWholeSamples = 0x80;  // BDU: low and high byte of the same sample
constexpr uint8_t kHighResolution = 0x08;
constexpr uint8_t kFifoEnabled = 0x40;
constexpr uint8_t kBypass = 0x00;
constexpr uint8_t kStream = 0x80;
constexpr uint8_t kOverrun = 0x40;
constexpr uint8_t kUnread = 0x1F;
constexpr Encoding kEncoding = {false, 4};
constexpr int kFifoLen = 32;

constexpr uint8_t kAddresses[] = {0x18, 0x19};
constexpr uint8_t kIds[] = {0x33};
constexpr float kRatesHz[] = {1, 10, 25, 50, 100, 200, 400, 1344};
constexpr uint8_t kOdrs[] = {1, 2, 3, 4, 5, 6, 7, 9};
constexpr int kRangesG[] = {2, 4, 8, 16};
constexpr float kScalesG[] = {0.001F, 0.002F, 0.004F, 0.012F};  // per count; at 16 g it is 12 mg, not 8

}  // namespace

const Part parts::lis3dh = {"lis3dh", 4, kAddresses, 0x0F, kIds, kRatesHz, kRangesG, kFifoLen};

bool Lis3dh::start(float rate_hz, int range_g) {
  const int rate = place_of(rate_hz, part().rates_hz);
  const int range = place_of(range_g, part().ranges_g);
  if (!bus().write(kCtrlReg5, kBoot)) return false;
  bus().wait_ms(kBootMs);
  scale_g_ = kScalesG[range];
  overrun_ = false;
  const auto control1 = static_cast<uint8_t>(kOdrs[rate] << 4 | kAllAxes);
  const auto control4 = static_cast<uint8_t>(kWholeSamples | range << 4 | kHighResolution);
  if (!bus().write(kCtrlReg2, 0) || !bus().write(kCtrlReg4, control4) || !bus().write(kCtrlReg1, control1)) {
    return false;
  }
  const float turn_on_ms = 1000 * kTurnOnSamples / rate_hz;
  bus().wait_ms(static_cast<uint32_t>(turn_on_ms < kMostTurnOnMs ? turn_on_ms : kMostTurnOnMs));
  return bus().write(kFifoCtrlReg, kBypass) &&  // empties it
         bus().write(kCtrlReg5, kFifoEnabled) && bus().write(kFifoCtrlReg, kStream);
}

int Lis3dh::take(int16_t* counts, int most) {
  uint8_t source = 0;
  if (!read(kFifoSrcReg, source)) return kBusFailed;
  const bool full = (source & kOverrun) != 0;  // the next sample goes over the oldest, if it did not already
  int unread = full ? kFifoLen : source & kUnread;
  if (full) overrun_ = true;
  if (unread > most) unread = most;
  const int taken = read_samples(kOutXL | kNextRegister, kEncoding, counts, unread);
  if (taken != unread) overrun_ = true;  // some may have left the FIFO, and come to nobody
  return taken;
}

}  // namespace judder
