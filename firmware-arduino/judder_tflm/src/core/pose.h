// The sensor's pose, and whether it was handled: told by the mean of each quarter of a window.
//
// Neither is ever part of a score. A mean that moved says that the mounting changed; quarters that differ
// far more than in normal windows say that somebody moved the sensor just then.
#ifndef JUDDER_POSE_H
#define JUDDER_POSE_H

#include "window.h"

namespace judder {

// mean_g: of x, y, z. swing_g: the largest range of an axis's quarter means.
struct Pose {
  float mean_g[kAxes];
  float swing_g;
};

Pose measure_pose(const Window& window);

// Whether the pose lies more than tolerance_g off the one of training, and whether it stays there.
class PoseWatch {
 public:
  // mean: as trained, or null where the data had no gravity to tell a pose by.
  PoseWatch(const float* mean, float tolerance_g, int windows)
      : mean_(mean), limit_(tolerance_g * tolerance_g), windows_(windows) {}

  void update(const Pose& pose);
  bool outside() const { return outside_; }  // the last window's pose is off
  bool changed() const { return changed_; }  // that of `windows` in a row was; it ends the same way

 private:
  const float* mean_;
  float limit_;
  int windows_;
  int disagreeing_ = 0;
  bool outside_ = false;
  bool changed_ = false;
};

}  // namespace judder

#endif
