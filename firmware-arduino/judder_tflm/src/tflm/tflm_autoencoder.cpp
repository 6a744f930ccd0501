#include "tflm_autoencoder.h"

#ifdef JUDDER_HAS_TFLM

#include <math.h>

#include "../core/limits.h"

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

const char* TflmAutoencoder::begin() {
  const tflm::Model* model = tflm::model_of(network_.bytes);
  if (model->version() != tflm::kSchemaVersion) return "the network's file format has another version";
  static tflm::Resolver<1> resolver;
  if (resolver.AddFullyConnected() != tflm::kOk) return "the network's operators cannot be set up";
  static tflm::Interpreter interpreter(model, resolver, network_.arena, network_.arena_size);
  if (interpreter.AllocateTensors() != tflm::kOk) {
    return "the network does not fit its arena, or has operators it may not";
  }
  if (!holds(interpreter.input(0), size_) || !holds(interpreter.output(0), size_)) {
    return "the network's inputs or outputs are not the features";
  }
  interpreter_ = &interpreter;
  return nullptr;
}

float TflmAutoencoder::taken_away(const float* z) {
  float reconstruction[kMaxFeatures];
  if (!reconstruct(z, reconstruction)) return NAN;
  float total = 0;
  for (int i = 0; i < size_; i++) total += (z[i] - reconstruction[i]) * (z[i] - reconstruction[i]);
  return sqrtf(total) * network_.gain;
}

bool TflmAutoencoder::reconstruct(const float* z, float* out) {
  float inputs[kMaxFeatures];
  for (int i = 0; i < size_; i++) inputs[i] = cut_off(z[i], network_.limit);
  store(*interpreter_->input(0), inputs, size_);
  if (interpreter_->Invoke() != tflm::kOk) return false;
  for (int i = 0; i < size_; i++) out[i] = value_in(*interpreter_->output(0), i);
  return true;
}

}  // namespace judder

#endif
