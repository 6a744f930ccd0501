// The score of a window's features; higher is stranger.
#ifndef JUDDER_SCORER_H
#define JUDDER_SCORER_H

#include "model.h"

namespace judder {

// One kind of detector.
class Scorer {
 public:
  explicit Scorer(const Detector& detector) : detector_(detector) {}

  // Returns the score of features as they are measured, in their own units.
  float score(const float* measured);

 protected:
  ~Scorer() = default;
  const Detector& detector() const { return detector_; }

 private:
  // Returns the score of standardised features.
  virtual float score_scaled(const float* scaled) = 0;

  const Detector& detector_;
};

// The smallest Mahalanobis distance over the operating modes.
class MahalanobisScorer final : public Scorer {
 public:
  using Scorer::Scorer;

 private:
  float score_scaled(const float* scaled) override;
};

}  // namespace judder

#endif
