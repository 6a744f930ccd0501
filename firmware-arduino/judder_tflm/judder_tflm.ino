// Judder on an ESP32: tells when a machine starts to shake differently. README.md says how to begin.
#include "config.h"
#include "model_data.h"
#include "secrets.h"
#include "src/board/core_version.h"
#include "src/board/watch.h"

#ifdef MODEL_DATA_HAS_NETWORK
#include "src/tflm/autoencoder.h"
static judder::AutoencoderScorer scorer(model_data::kModel.detector);
#else
static judder::MahalanobisScorer scorer(model_data::kModel.detector);
#endif

static judder::Watch watch(kSettings, kSecrets, model_data::kModel, scorer);

void setup() { watch.begin(); }

void loop() { watch.step(); }
