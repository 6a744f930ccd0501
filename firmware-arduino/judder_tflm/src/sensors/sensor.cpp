#include "sensor.h"

namespace judder {
namespace {

constexpr int kNumbers = 3;  // of a sample
constexpr int kSampleBytes = 2 * kNumbers;
constexpr int kMostAtOnce = 20;  // samples, of a buffer on the stack

int16_t number_of(const uint8_t* raw, Encoding encoding) {
  const uint8_t high = raw[encoding.high_first ? 0 : 1];
  const uint8_t low = raw[encoding.high_first ? 1 : 0];
  return static_cast<int16_t>(static_cast<int16_t>(low | high << 8) >> encoding.unused_bits);
}

int least(int one, int other) { return one < other ? one : other; }

}  // namespace

int Sensor::read_samples(uint8_t from, Encoding encoding, int16_t* counts, int samples) {
  uint8_t raw[kMostAtOnce * kSampleBytes];
  const int at_once = least(kMostAtOnce, bus().most_bytes() / kSampleBytes);
  for (int taken = 0; taken < samples;) {
    const int next = least(at_once, samples - taken);
    if (!bus().read(from, raw, next * kSampleBytes)) return taken > 0 ? taken : kBusFailed;
    for (int k = 0; k < kNumbers * next; k++) *counts++ = number_of(raw + 2 * k, encoding);
    taken += next;
  }
  return samples;
}

}  // namespace judder
