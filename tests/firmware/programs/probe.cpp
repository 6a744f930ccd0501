// Answers questions about the core, one a line: a word and its numbers in, numbers out.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "answer.h"
#include "calibration.h"
#include "decision.h"
#include "features/features.h"
#include "frame_queue.h"
#include "mahalanobis.h"
#include "reference.h"
#include "sampler.h"
#include "select.h"
#include "wire.h"

using namespace judder;

template <typename Number>
static Number next() {
  double value = 0;
  if (std::scanf("%lf", &value) != 1) std::abort();
  return static_cast<Number>(value);
}

template <typename Number = float>
static std::vector<Number> several(int n) {
  std::vector<Number> numbers;
  for (int i = 0; i < n; i++) numbers.push_back(next<Number>());
  return numbers;
}

static std::string word() {
  char text[64] = "";
  return std::scanf("%63s", text) == 1 ? text : "";
}

static const FeatureSet& set_called(const std::string& name) {
  for (const FeatureSet* set : {&features::directional, &features::mad, &features::spectral,
                                &features::statistics, &features::vibration}) {
    if (name == set->name) return *set;
  }
  std::abort();
}

static void print(const float* numbers, int n) {
  for (int i = 0; i < n; i++) std::printf("%.9g ", static_cast<double>(numbers[i]));
  std::printf("\n");
}

// Reads scale_g, window_len and the counts, which are kept in counts.
static Window read_window(std::vector<int16_t>& counts) {
  Window window;
  window.scale_g = next<float>();
  window.window_len = next<uint16_t>();
  counts = several<int16_t>(kAxes * window.window_len);
  window.counts = counts.data();
  return window;
}

// Reads the set's name, the pose in g or three zeros for none, and the window.
static void answer_features() {
  const FeatureSet& set = set_called(word());
  const auto pose = several(kAxes);
  std::vector<int16_t> counts;
  const Window window = read_window(counts);
  std::vector<float> result(static_cast<size_t>(set.size));
  const bool known = pose[0] != 0 || pose[1] != 0 || pose[2] != 0;
  set.compute(window, known ? pose.data() : nullptr, result.data());
  print(result.data(), set.size);
}

static void answer_median() {
  auto values = several<uint16_t>(next<int>());
  std::printf("%u\n", median_x2(values.data(), static_cast<int>(values.size())));
}

static void answer_distance() {
  const int n = next<int>();
  const auto gaps = several(n);
  const auto packed = several(n * (n + 1) / 2);
  std::vector<float> z(static_cast<size_t>(n));
  const float distance = whiten(gaps.data(), packed.data(), n, z.data());
  print(&distance, 1);
}

static void answer_p_value() {
  const int windows = next<int>();
  const int size = next<int>();
  const auto scores = several(size);
  const auto p_values = several(size);
  const float p = Calibration{windows, size, scores.data(), p_values.data()}.p_value(next<float>());
  print(&p, 1);
}

static void answer_decision() {
  const int m = next<int>();
  const int n = next<int>();
  Decision decision(Rule{m, n, next<int>()});
  for (int level : several<int>(next<int>())) {
    std::printf("%d ", static_cast<int>(decision.update(static_cast<Level>(level))));
  }
  std::printf("\n");
}

static void read_judgement(Judgement& judgement) {
  judgement.level = next<uint8_t>();
  judgement.state = static_cast<State>(next<int>());
  judgement.mode = next<uint8_t>();
  for (float* number : {&judgement.score, &judgement.threshold, &judgement.combined_score,
                        &judgement.combined_threshold, &judgement.alarm_score, &judgement.alarm_threshold}) {
    *number = next<float>();
  }
}

// Reads flags (those to add later too), sensor, device_id, boot_id, seq, timestamp_us, rate, hash, and the
// judgement: level, state, mode, score, threshold, and both scores of the evidence with theirs.
static void answer_frame() {
  std::vector<int16_t> counts;
  Window window = read_window(counts);
  window.flags = next<uint16_t>();
  const auto later = next<uint16_t>();
  window.sensor = next<uint8_t>();
  for (uint8_t& byte : window.device_id) byte = next<uint8_t>();
  window.boot_id = next<uint32_t>();
  window.seq = next<uint32_t>();
  window.timestamp_us = next<uint64_t>();
  window.sample_rate_hz = next<float>();
  for (uint8_t& byte : window.model_hash) byte = next<uint8_t>();
  read_judgement(window.judgement);
  std::vector<uint8_t> frame(frame_size(window.window_len));
  encode_window(window, frame.data());
  add_flags(frame.data(), later);
  for (uint8_t byte : frame) std::printf("%02x", byte);
  std::printf("\n");
}

static void answer_reference() {
  std::vector<int16_t> counts;
  const Window window = read_window(counts);
  std::vector<char> text(reference_size(window.window_len));
  if (encode_reference(window, text.data()) != std::strlen(text.data())) std::abort();
  std::printf("%s\n", text.data());
}

// Reads pairs: how many windows to offer, and how many of the oldest to take then; a number below zero holds
// that many and fails. Prints seq:flags of those taken.
static void answer_queue() {
  static FrameQueue queue;
  static int16_t counts[kAxes] = {};
  Window window;
  window.counts = counts;
  window.window_len = 1;
  const int pairs = next<int>();
  for (int k = 0; k < pairs; k++) {
    for (int offers = next<int>(); offers > 0; offers--, window.seq++) queue.push(window);
    const int takes = next<int>();
    const int held = queue.hold(takes < 0 ? -takes : takes);
    queue.push(window);  // while they are held
    window.seq++;
    for (int i = 0; i < held; i++) {
      size_t size = 0;
      const uint8_t* frame = queue.frame(i, size);
      if (takes > 0) std::printf("%d:%d ", frame[20], frame[4]);
    }
    queue.release(takes > 0);
  }
  std::printf("dropped %u queued %d\n", queue.dropped(), queue.queued());
}

// Reads rate, window length and looks: microseconds, and 1 where one found a sample. Prints late, lost, the
// rate, and the flags of each window.
static void answer_sampler() {
  const auto rate_hz = next<float>();
  const auto length = next<int>();
  static Sampler* sampler = nullptr;
  delete sampler;
  sampler = new Sampler(length, rate_hz, length / 50);
  std::string windows;
  for (int looks = next<int>(); looks > 0; looks--) {
    const auto now_us = static_cast<uint32_t>(next<uint64_t>());
    if (next<int>() != 0) {
      sampler->took_sample(now_us);
    } else {
      sampler->saw_nothing(now_us);
    }
    Window window;
    if (!sampler->take(window)) continue;
    windows += " " + std::to_string(window.flags);
    sampler->release();
  }
  std::printf("%u %u %.9g%s\n", sampler->counts().late, sampler->counts().lost_samples,
              static_cast<double>(sampler->sample_rate_hz()), windows.c_str());
}

// Reads a name and an answer without spaces; prints the number and the flag under that name.
static void answer_json() {
  const std::string name = word();
  const std::string json = word();
  std::printf("%llu %d\n", static_cast<unsigned long long>(number_in(json.c_str(), name.c_str(), 7)),
              flag_in(json.c_str(), name.c_str()) ? 1 : 0);
}

int main() {
  for (std::string what = word(); !what.empty(); what = word()) {
    if (what == "features") answer_features();
    if (what == "median") answer_median();
    if (what == "distance") answer_distance();
    if (what == "p_value") answer_p_value();
    if (what == "decision") answer_decision();
    if (what == "frame") answer_frame();
    if (what == "reference") answer_reference();
    if (what == "queue") answer_queue();
    if (what == "sampler") answer_sampler();
    if (what == "json") answer_json();
  }
}
