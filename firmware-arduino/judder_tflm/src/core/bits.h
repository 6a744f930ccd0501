// Histories of one bit per window.
#ifndef JUDDER_BITS_H
#define JUDDER_BITS_H

#include <stdint.h>

namespace judder {

// Returns how many bits are 1.
inline int ones_in(uint32_t bits) {
  int count = 0;
  for (; bits != 0; bits &= bits - 1) count++;
  return count;
}

}  // namespace judder

#endif
