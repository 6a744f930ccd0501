// Judder on an ESP32: tells when a machine starts to shake differently. README.md says how to begin.
#include "config.h"
#include "model_data.h"
#include "secrets.h"
#include "src/board/core_version.h"
#include "src/board/watch.h"

#ifdef MODEL_DATA_HAS_NETWORK
#include "src/tflm/tflm_autoencoder.h"
static judder::TflmAutoencoder autoencoder(model_data::kModel);
static model_data::Judge judge(model_data::kModel, &autoencoder);
#else
static model_data::Judge judge(model_data::kModel, nullptr);
#endif

static judder::Watch watch(kSettings, kSecrets, judge);

void setup() { watch.begin(); }

void loop() { watch.step(); }
