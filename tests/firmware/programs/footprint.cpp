// What a board keeps of the core all the time, for `size` to add up: both window buffers and the judge.
#include "decision.h"
#include "model_data.h"
#include "sampler.h"

using namespace judder;

model_data::Judge judge(model_data::kModel, nullptr);
Decision decision(model_data::kModel.rule);
Sampler sampler(model_data::kModel.window_len, model_data::kModel.sample_rate_hz, 5);
