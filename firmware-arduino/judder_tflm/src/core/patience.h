// Which windows are left out of the evidence.
#ifndef JUDDER_PATIENCE_H
#define JUDDER_PATIENCE_H

#include <stdint.h>

namespace judder {

// A disturbed window, one that was bumped, is left out, but at most so many of the last ten: a machine that
// often knocks is no bump.
class Patience {
 public:
  explicit Patience(int most) : most_(most) {}

  // Takes in whether the next window is disturbed, and returns whether it is left out.
  bool leaves_out(bool disturbed);
  // Begins anew: a bump is a window that calm ones came before.
  void restart() { recent_ = kTen; }
  void forget() { recent_ = 0; }

 private:
  static constexpr uint32_t kTen = 0x3FF;
  int most_;
  uint32_t recent_ = kTen;  // a bit a window, the newest lowest
};

}  // namespace judder

#endif
