// Runs without a system beneath it: judges windows, counts the instructions, and prints the bits.
//
// The first window's figures serve as the window; `reference` is the reference project's way to the same
// three numbers: six qsorts of floats and medians from them, written anew.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cost_windows.h"
#include "features/features.h"
#include "mahalanobis.h"

using namespace judder;

#if defined(__riscv)
static uint32_t instructions() {
  uint32_t count;
  __asm__ volatile("csrr %0, instret" : "=r"(count));
  return count;
}
#elif defined(__arm__)
// SysTick counts the core's clock, 25 MHz here; with -icount shift=0 an instruction takes 1 ns: 40 a tick.
static uint32_t instructions() {
  static volatile uint32_t* const kSysTick = reinterpret_cast<uint32_t*>(0xE000E010);
  if (kSysTick[0] == 0) {
    kSysTick[1] = 0xFFFFFF;
    kSysTick[2] = 0;
    kSysTick[0] = 5;
    while (kSysTick[2] == 0) continue;  // until it has counted once
  }
  return (0xFFFFFF - kSysTick[2]) * 40;
}
#else
static uint32_t instructions() { return 0; }
#endif

constexpr int kLen = COST_WINDOWS_SIZE_1;
constexpr int kRepeats = 8;  // SysTick is coarse

static const float kMean[3] = {0.01F, 0.011F, 0.012F};
static const float kPose[3] = {0.1F, -0.2F, 0.95F};
static const float kPacked[6] = {900.0F, 100.0F, 800.0F, 50.0F, -80.0F, 1000.0F};

static float distance(float* mads) {
  float z[3];
  for (int k = 0; k < 3; k++) mads[k] -= kMean[k];
  return whiten(mads, kPacked, 3, z);
}

static float ours(const int16_t* counts) {
  Window window;
  window.counts = counts;
  window.window_len = kLen;
  window.scale_g = 1.0F / 2048;
  float mads[3];
  features::mad.compute(window, nullptr, mads);
  return distance(mads);
}

static int compare(const void* one, const void* other) {
  const float a = *static_cast<const float*>(one);
  const float b = *static_cast<const float*>(other);
  return (a > b) - (a < b);
}

static float sorted_median(float* values) {
  qsort(values, kLen, sizeof *values, compare);
  return (values[kLen / 2 - 1] + values[kLen / 2]) / 2;
}

static float reference(const int16_t* counts) {
  static float values[kLen];
  float mads[3];
  for (int k = 0; k < 3; k++) {
    for (int i = 0; i < kLen; i++) values[i] = counts[3 * i + k] * (1.0F / 2048);
    const float centre = sorted_median(values);
    for (float& value : values) value = value > centre ? value - centre : centre - value;
    mads[k] = 1.4826F * sorted_median(values);
  }
  return distance(mads);
}

static void measure(const char* name, float (*distance)(const int16_t*)) {
  for (const auto& window : cost_windows) {
    float result = 0;
    const uint32_t before = instructions();
    for (int i = 0; i < kRepeats; i++) result = distance(window[0]);
    const uint32_t taken = instructions() - before;
    uint32_t bits;
    memcpy(&bits, &result, sizeof bits);
    printf("%s %08lx %lu\n", name, static_cast<unsigned long>(bits),
           static_cast<unsigned long>(taken / kRepeats));
  }
}

static void print_features(const FeatureSet& set) {
  Window window;
  window.window_len = kLen;
  window.scale_g = 1.0F / 2048;
  for (const auto& counts : cost_windows) {
    float values[32];
    window.counts = counts[0];
    const uint32_t before = instructions();
    set.compute(window, kPose, values);
    printf("%s %lu", set.name, static_cast<unsigned long>(instructions() - before));
    for (int i = 0; i < set.size; i++) {
      uint32_t bits;
      memcpy(&bits, &values[i], sizeof bits);
      printf(" %08lx", static_cast<unsigned long>(bits));
    }
    printf("\n");
  }
}

int main() {
  instructions();  // starts the counter
  measure("ours", ours);
  measure("reference", reference);
  static const FeatureSet* const kOthers[] = {&features::directional, &features::spectral,
                                              &features::statistics, &features::vibration};
  for (const FeatureSet* set : kOthers) print_features(*set);
  return 0;
}
