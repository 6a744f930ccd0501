// The k-th smallest of some numbers, without sorting them.
#ifndef JUDDER_SELECT_H
#define JUDDER_SELECT_H

#include <stdint.h>

namespace judder {

// Returns twice the median of the n values, and leaves them in another order.
uint32_t median_x2(uint16_t* values, int n);

}  // namespace judder

#endif
