// The sensor's pose, and whether it was handled: told by the mean of each quarter of a window.
//
// Neither is ever part of a score. A mean that moved says that the mounting changed; quarters that differ
// far more than in normal windows say that somebody moved the sensor just then.
#ifndef JUDDER_POSE_H
#define JUDDER_POSE_H

#include "window.h"

namespace judder {

// How a window moves. pose_g: the mean of x, y, z. swing_g: the largest range of an axis's quarter means.
// rms_g: the root of the variances' sum over the axes. error_g2: the squared standard error of the pose,
// summed over the axes, as its quarters show it.
struct Motion {
  float pose_g[kAxes];
  float swing_g;
  float rms_g;
  float error_g2;
};

Motion measure_motion(const Window& window);

// Whether the pose lies off the one of training, and stays there.
class PoseWatch {
 public:
  // mean: as trained, or null where the data had no gravity to tell a pose by. tolerance_g: how far the mean
  // pose of the last windows may be off, beside what its standard error explains.
  PoseWatch(const float* mean, float tolerance_g) : mean_(mean), tolerance_g_(tolerance_g) {}

  // Takes in a window, unless it shakes so that samples may clip.
  void update(const Motion& motion);
  bool changed() const { return changed_; }  // in so many windows in a row it was off; it ends the same way
  void restart();

 private:
  static constexpr int kWatched = 5;

  bool is_off() const;

  const float* mean_;
  float tolerance_g_;
  Motion windows_[kWatched] = {};
  uint32_t taken_ = 0;
  int disagreeing_ = 0;
  bool changed_ = false;
};

}  // namespace judder

#endif
