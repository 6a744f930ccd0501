// The sizes that static buffers are made for. Raise them for longer windows; the RAM follows.
#ifndef JUDDER_LIMITS_H
#define JUDDER_LIMITS_H

#ifndef JUDDER_MAX_WINDOW_LEN
#define JUDDER_MAX_WINDOW_LEN 256
#endif

namespace judder {

constexpr int kMaxWindowLen = JUDDER_MAX_WINDOW_LEN;
constexpr int kMaxFeatures = 32;         // `spectral` has 32
constexpr int kMaxWindowsCombined = 8;   // by models of version 1; trained ones have 5
constexpr int kMaxLengths = 3;           // of evidence: of 5, 30 and 300 windows
constexpr int kMaxTransformSize = 4096;  // of what an int16 index and the sums below hold

static_assert(kMaxWindowLen >= 16 && kMaxWindowLen <= kMaxTransformSize);

}  // namespace judder

#endif
