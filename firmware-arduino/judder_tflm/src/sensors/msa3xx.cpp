#include "msa3xx.h"

namespace judder {
namespace {

constexpr uint8_t kSoftReset = 0x00;
constexpr uint8_t kAccXLsb = 0x02;
constexpr uint8_t kDataInterrupt = 0x0A;
constexpr uint8_t kResolutionRange = 0x0F;
constexpr uint8_t kOdr = 0x10;
constexpr uint8_t kPowerMode = 0x11;
constexpr uint8_t kIntSet1 = 0x17;

constexpr uint8_t kReset = 0x24;
constexpr uint32_t kResetMs = 10;
constexpr uint8_t kNewData = 0x01;
constexpr uint8_t kNewDataEnabled = 0x10;

constexpr uint8_t kAddress301[] = {0x26};
constexpr uint8_t kAddress311[] = {0x62};
constexpr uint8_t kIds[] = {0x13};
constexpr float kRatesHz[] = {7.81F, 15.63F, 31.25F, 62.5F, 125, 250, 500, 1000};
constexpr int kRangesG[] = {2, 4, 8, 16};

// For each of the rates. In normal mode the bandwidth is half the rate whatever its field says; the field is
// set all the same, for parts and clones that use it.
constexpr uint8_t kOdrs[] = {0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0F};
constexpr uint8_t kBandwidths[] = {0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A};

}  // namespace

const Part parts::msa301 = {"msa301", 1, kAddress301, 0x01, kIds, kRatesHz, kRangesG, 0};
const Part parts::msa311 = {"msa311", 3, kAddress311, 0x01, kIds, kRatesHz, kRangesG, 0};

bool Msa3xx::start(float rate_hz, int range_g) {
  const int rate = place_of(rate_hz, part().rates_hz);
  if (!bus().write(kSoftReset, kReset)) return false;
  bus().wait_ms(kResetMs);
  due_ = false;
  scale_g_ = static_cast<float>(range_g) / static_cast<float>(1 << (bits_ - 1));
  const auto range = static_cast<uint8_t>(place_of(range_g, part().ranges_g));
  return bus().write(kPowerMode, static_cast<uint8_t>(kBandwidths[rate] << 1)) &&  // 7:6 = 0, normal
         bus().write(kOdr, kOdrs[rate]) &&        // bits 7:5 = 0, all three axes on
         bus().write(kResolutionRange, range) &&  // bits 3:2 = 0, all its bits
         bus().write(kIntSet1, kNewDataEnabled);
}

int Msa3xx::take(int16_t* counts, int) {
  uint8_t status = 0;
  if (!read(kDataInterrupt, status)) return kBusFailed;
  due_ = due_ || (status & kNewData) != 0;
  if (!due_) return 0;
  const int taken = read_samples(kAccXLsb, {false, 16 - bits_}, counts, 1);
  due_ = taken == kBusFailed;
  return taken;
}

}  // namespace judder
