// Which windows are left out of the evidence.
#ifndef JUDDER_PATIENCE_H
#define JUDDER_PATIENCE_H

#include <stdint.h>

namespace judder {

// A disturbed window, one that was bumped, is left out, but at most so many of the last ten: a machine that
// often knocks is no bump. Nor is one that knocks from the first: a bump has calm windows before it.
class Patience {
 public:
  explicit Patience(int most) : most_(most) {}

  // Takes in whether the next window is disturbed, and returns whether it is left out.
  bool leaves_out(bool disturbed);
  void restart() { recent_ = kTen; }

 private:
  static constexpr uint32_t kTen = 0x3FF;

  int most_;
  uint32_t recent_ = kTen;  // a bit a window, the newest lowest
};

}  // namespace judder

#endif
