// A model of version 1: one that was trained before, or imported.
#ifndef JUDDER_MODEL_V1_H
#define JUDDER_MODEL_V1_H

#include "model.h"

namespace judder {

// An operating mode. mean: of standardised features. whitening: packed, see mahalanobis.h.
struct ModeV1 {
  const char* name;
  const float* mean;
  const float* whitening;
};

// mean, std: of the features. windows_combined: how many windows' features make up the evidence.
struct ModelV1 : AnyModel {
  const float* mean;
  const float* std;
  const ModeV1* modes;
  int mode_count;
  int windows_combined;
};

}  // namespace judder

#endif
