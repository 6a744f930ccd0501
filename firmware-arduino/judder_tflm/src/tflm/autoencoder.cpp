#include "autoencoder.h"

#ifdef JUDDER_HAS_TFLM

#include <math.h>

#include "../core/limits.h"
#include "../core/mahalanobis.h"

namespace judder {
namespace {

float cut_off(float value, float limit) { return fmaxf(-limit, fminf(limit, value)); }

void store(tflm::Tensor& tensor, const float* values, int n) {
  for (int i = 0; i < n; i++) {
    if (tensor.type == tflm::kFloat32) {
      tensor.data.f[i] = values[i];
    } else {
      const float steps =
          roundf(values[i] / tensor.params.scale) + static_cast<float>(tensor.params.zero_point);
      tensor.data.int8[i] = static_cast<int8_t>(fmaxf(INT8_MIN, fminf(INT8_MAX, steps)));
    }
  }
}

float value_in(const tflm::Tensor& tensor, int i) {
  if (tensor.type == tflm::kFloat32) return tensor.data.f[i];
  return static_cast<float>(tensor.data.int8[i] - tensor.params.zero_point) * tensor.params.scale;
}

bool holds(const tflm::Tensor* tensor, int n) {
  const bool known = tensor != nullptr && (tensor->type == tflm::kFloat32 || tensor->type == tflm::kInt8);
  return known && tensor->dims->size > 0 && tensor->dims->data[tensor->dims->size - 1] == n;
}

}  // namespace

const char* AutoencoderScorer::begin() {
  const Network& network = *detector().network;
  const tflm::Model* model = tflm::model_of(network.bytes);
  if (model->version() != tflm::kSchemaVersion) return "the network's file format has another version";
  static tflm::Resolver<1> resolver;
  if (resolver.AddFullyConnected() != tflm::kOk) return "the network's operators cannot be set up";
  static tflm::Interpreter interpreter(model, resolver, network.arena, network.arena_size);
  if (interpreter.AllocateTensors() != tflm::kOk) {
    return "the network does not fit its arena, or has operators it may not";
  }
  const int n = detector().features->size;
  if (!holds(interpreter.input(0), n) || !holds(interpreter.output(0), n)) {
    return "the network's inputs or outputs are not the features";
  }
  interpreter_ = &interpreter;
  return nullptr;
}

float AutoencoderScorer::score(const float* scaled) {
  const Detector& all = detector();
  const int n = all.features->size;
  float z[kMaxFeatures];
  float candidate[kMaxFeatures];
  float nearest = INFINITY;
  for (int k = 0; k < all.mode_count; k++) {
    const Mode& mode = all.modes[k];
    const float distance = whiten(scaled, mode.mean, mode.whitening, n, candidate);
    if (distance >= nearest) continue;
    nearest = distance;
    for (int i = 0; i < n; i++) z[i] = candidate[i];
  }
  float reconstruction[kMaxFeatures];
  if (!reconstruct(z, reconstruction)) return NAN;  // never near the golden score, never above a threshold
  float total = 0;
  for (int i = 0; i < n; i++) total += (z[i] - reconstruction[i]) * (z[i] - reconstruction[i]);
  return sqrtf(total) * all.network->gain;
}

bool AutoencoderScorer::reconstruct(const float* z, float* out) {
  const int n = detector().features->size;
  float inputs[kMaxFeatures];
  for (int i = 0; i < n; i++) inputs[i] = cut_off(z[i], detector().network->limit);
  store(*interpreter_->input(0), inputs, n);
  if (interpreter_->Invoke() != tflm::kOk) return false;
  for (int i = 0; i < n; i++) out[i] = value_in(*interpreter_->output(0), i);
  return true;
}

}  // namespace judder

#endif
