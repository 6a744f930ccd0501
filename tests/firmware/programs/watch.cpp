// Judges the windows on stdin (int16 x, y, z interleaved) by model_data.h; prints a line for each:
// score, combined score or "-", p-value, anomaly, alarming, alert, state. usage: watch [SEQ ...]; the numbers
// of the windows, in a row unless given.
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "golden.h"
#include "judge.h"
#include "model_data.h"

using namespace judder;

int main(int argc, char** argv) {
  const Model& model = model_data::kModel;
  MahalanobisScorer scorer(model.detector);
  const Mismatch mismatch = check_goldens(model, scorer);
  if (mismatch.what != nullptr) {
    std::printf("golden %s %d is %.9g, expected %.9g\n", mismatch.what, mismatch.index,
                static_cast<double>(mismatch.found), static_cast<double>(mismatch.expected));
    return 1;
  }
  Judge judge(model, scorer);
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
    std::printf("%.9g ", static_cast<double>(verdict.score));
    if (verdict.has_combined) {
      std::printf("%.9g", static_cast<double>(verdict.combined_score));
    } else {
      std::printf("-");
    }
    std::printf(" %.9g %d %d %d %s\n", static_cast<double>(verdict.p_value), verdict.anomaly ? 1 : 0,
                verdict.alarming ? 1 : 0, decision.update(verdict.alarming) ? 1 : 0, name_of(verdict.state));
  }
}
