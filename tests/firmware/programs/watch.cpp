// Judges the windows on stdin (int16 x, y, z interleaved) by model_data.h; prints a line for each:
// score, combined score, alarm score, p-value ("nan" where there is none), anomaly, level, mode, mounting
// changed, debounced level, state. usage: watch [SEQ ...]; the numbers of the windows, in a row unless given.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "golden.h"
#include "model_data.h"
#ifdef MODEL_DATA_HAS_NETWORK
#include "src/tflm/tflm_autoencoder.h"
#endif

using namespace judder;

static Autoencoder* autoencoder() {
#ifdef MODEL_DATA_HAS_NETWORK
  static TflmAutoencoder the_one(model_data::kModel);
  if (the_one.begin() != nullptr) std::abort();
  return &the_one;
#else
  return nullptr;
#endif
}

static void print(const Verdict& verdict, Level level) {
  for (const float number : {verdict.score, verdict.combined_score, verdict.alarm_score, verdict.p_value}) {
    std::printf("%.9g ", static_cast<double>(number));
  }
  std::printf("%d %d %d %d %d %s\n", verdict.anomaly ? 1 : 0, static_cast<int>(verdict.level), verdict.mode,
              verdict.mounting_changed ? 1 : 0, static_cast<int>(level), name_of(verdict.state));
}

int main(int argc, char** argv) {
  static model_data::Judge judge(model_data::kModel, autoencoder());
  const AnyModel& model = judge.model();
  const Mismatch mismatch = check_goldens(judge);
  if (mismatch.what != nullptr) {
    std::printf("golden %s %d is %.9g, expected %.9g\n", mismatch.what, mismatch.index,
                static_cast<double>(mismatch.found), static_cast<double>(mismatch.expected));
    return 1;
  }
  Decision decision(model.rule);
  std::vector<int16_t> counts(static_cast<size_t>(kAxes) * model.window_len);
  Window window;
  window.counts = counts.data();
  window.window_len = model.window_len;
  window.scale_g = model.goldens[0].scale_g;
  for (int read = 0; std::fread(counts.data(), 2, counts.size(), stdin) == counts.size(); read++) {
    window.seq = read + 1 < argc ? static_cast<uint32_t>(std::atoi(argv[read + 1])) : window.seq + 1;
    judge.follow(1, window.seq);
    const Verdict verdict = judge.update(window);
    if (verdict.state != State::kStandstill) decision.update(verdict.level);
    print(verdict, decision.level());
  }
}
