#include "reference.h"

#include <math.h>

namespace judder {
namespace {

constexpr int kDecimals = 7;
constexpr float kUnit = 1e7F;

char* text(char* out, const char* words) {
  while (*words != '\0') *out++ = *words++;
  return out;
}

// Writes value / 10^7. Integers only: printf of floats costs a board 10 kB of stack and flash.
char* number(char* out, int32_t value) {
  if (value < 0) *out++ = '-';
  uint32_t rest = value < 0 ? 0U - static_cast<uint32_t>(value) : static_cast<uint32_t>(value);
  char digits[kDecimals + 3];
  int count = 0;
  while (rest > 0 || count <= kDecimals) {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  }
  while (count > 0) {
    if (count == kDecimals) *out++ = '.';
    *out++ = digits[--count];
  }
  return out;
}

}  // namespace

size_t encode_reference(const Window& window, char* out) {
  constexpr const char* kOpenings[kAxes] = {"{\"x\":[", "],\"y\":[", "],\"z\":["};
  char* const start = out;
  for (int k = 0; k < kAxes; k++) {
    out = text(out, kOpenings[k]);
    for (int i = 0; i < window.window_len; i++) {
      if (i > 0) *out++ = ',';
      const float value_g = static_cast<float>(window.counts[i * kAxes + k]) * window.scale_g;
      out = number(out, static_cast<int32_t>(lroundf(value_g * kUnit)));
    }
  }
  out = text(out, "]}");
  *out = '\0';
  return static_cast<size_t>(out - start);
}

}  // namespace judder
