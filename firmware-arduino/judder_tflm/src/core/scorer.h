// The score of a window's features; higher is stranger.
#ifndef JUDDER_SCORER_H
#define JUDDER_SCORER_H

#include "model.h"

namespace judder {

// One kind of detector.
class Scorer {
 public:
  explicit Scorer(const Detector& detector) : detector_(detector) {}

  // Sets up what the detector needs. Returns null, or why it cannot be used, in words.
  virtual const char* begin() { return nullptr; }

  // Bytes of a network's arena that are in use; 0 without one.
  virtual uint32_t arena_used() const { return 0; }

  // Turns features as they are measured into standardised ones, in place.
  void standardise(float* features) const;

  // Returns the score of standardised features.
  virtual float score(const float* scaled) = 0;

 protected:
  ~Scorer() = default;
  const Detector& detector() const { return detector_; }

 private:
  const Detector& detector_;
};

// The smallest Mahalanobis distance over the operating modes.
class MahalanobisScorer final : public Scorer {
 public:
  using Scorer::Scorer;
  float score(const float* scaled) override;
};

}  // namespace judder

#endif
