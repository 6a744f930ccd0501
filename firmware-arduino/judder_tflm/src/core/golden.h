// Whether this processor comes to the figures that the model's maker came to.
#ifndef JUDDER_GOLDEN_H
#define JUDDER_GOLDEN_H

#include "judge.h"

namespace judder {

// what: "feature", "score" or "alarm score", null where all agree. index: which feature.
struct Mismatch {
  const char* what;
  int index;
  float found;
  float expected;
};

// Returns the scores of a golden window, as this processor comes to them.
Scores golden_scores(const AnyJudge& judge, const Golden& golden);

// Recomputes the model's golden windows; returns the first figure that is off, or one with what null.
// Tolerance 1e-3 of the larger of the expected figure and its unit: a logarithm may well be 0.
Mismatch check_goldens(const AnyJudge& judge);

}  // namespace judder

#endif
