// TensorFlow Lite Micro's names, all of them in this one place: upstream is moving them to tflite::micro.
#ifndef JUDDER_TFLM_H
#define JUDDER_TFLM_H

#if __has_include(<tensorflow/lite/micro/micro_interpreter.h>)
#define JUDDER_HAS_TFLM 1

#include <tensorflow/lite/micro/micro_interpreter.h>
#include <tensorflow/lite/micro/micro_mutable_op_resolver.h>
#include <tensorflow/lite/schema/schema_generated.h>

namespace judder::tflm {

using Interpreter = tflite::MicroInterpreter;
using tflite::Model;
using Tensor = TfLiteTensor;
template <unsigned int operators>
using Resolver = tflite::MicroMutableOpResolver<operators>;

inline const Model* model_of(const void* bytes) { return tflite::GetModel(bytes); }

constexpr TfLiteStatus kOk = kTfLiteOk;
constexpr TfLiteType kFloat32 = kTfLiteFloat32;
constexpr TfLiteType kInt8 = kTfLiteInt8;
constexpr unsigned int kSchemaVersion = TFLITE_SCHEMA_VERSION;

}  // namespace judder::tflm

#endif
#endif
