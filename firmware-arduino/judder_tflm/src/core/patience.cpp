#include "patience.h"

#include "bits.h"

namespace judder {

bool Patience::leaves_out(bool disturbed) {
  recent_ = (recent_ << 1 | (disturbed ? 1U : 0U)) & kTen;
  return disturbed && ones_in(recent_) <= most_;
}

}  // namespace judder
