// Axes turned so that gravity lies where it lay in training.
#ifndef JUDDER_ROTATION_H
#define JUDDER_ROTATION_H

#include "spectrum.h"

namespace judder {

// The smallest rotation from one direction to another; none at all unless it is sure of both.
class Rotation {
 public:
  // from_g, to_g: x, y, z of gravity; to_g null for no rotation. None, too, where one of them is no gravity,
  // or they are nearly opposite: there are many smallest rotations then.
  Rotation(const float (&from_g)[kAxes], const float* to_g);

  // Returns R S R^T.
  Symmetric<float> of(const Symmetric<float>& matrix) const;

 private:
  float rows_[kAxes][kAxes] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
};

}  // namespace judder

#endif
