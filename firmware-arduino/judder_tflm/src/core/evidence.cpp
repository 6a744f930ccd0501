#include "evidence.h"

namespace judder {

Evidence::Evidence(const int32_t* lengths, int count, int size, float* rows, bool stops)
    : count_(count), size_(size), stops_(stops) {
  int32_t before = 1;
  for (int k = 0; k < count; k++) {
    const int32_t number = lengths[k] / before;
    rings_[k] = {rows, static_cast<uint32_t>(number), 0};
    rows += number * size;
    before = lengths[k];
  }
}

void Evidence::rest() {
  if (waits_ && short_runs_ >= kShort) count(waiting_);
  waits_ = false;
  if (run_ > 0) short_runs_ = run_ <= kEdges ? short_runs_ + 1 : 0;
  run_ = 0;
}

bool Evidence::go_on() {
  if (waits_) count(waiting_);
  waits_ = false;
  run_++;
  return run_ == 1 && short_runs_ < kShort;
}

void Evidence::add(const float* residual) {
  if (!stops_) {
    count(residual);
    return;
  }
  for (int i = 0; i < size_; i++) waiting_[i] = residual[i];
  waits_ = true;
}

void Evidence::count(const float* residual) {
  float block[kMaxFeatures];
  for (int k = 0; k < count_; k++) {
    rings_[k].add(residual, size_);
    if (rings_[k].taken % rings_[k].number != 0) return;  // the next takes whole blocks
    rings_[k].average(block, size_);
    residual = block;
  }
}

bool Evidence::mean(int k, float* out) const {
  if (rings_[k].taken < rings_[k].number) return false;
  rings_[k].average(out, size_);
  return true;
}

void Evidence::restart() {
  for (Ring& ring : rings_) ring.taken = 0;
  waits_ = false;
  run_ = kEdges + 1;
  short_runs_ = 0;
}

void Evidence::Ring::add(const float* values, int size) {
  float* const row = rows + taken % number * static_cast<uint32_t>(size);
  for (int i = 0; i < size; i++) row[i] = values[i];
  taken++;
}

void Evidence::Ring::average(float* out, int size) const {
  for (int i = 0; i < size; i++) {
    const float* value = rows + i;
    float sum = 0;
    for (uint32_t row = 0; row < number; row++, value += size) sum += *value;
    out[i] = sum / static_cast<float>(number);
  }
}

}  // namespace judder
