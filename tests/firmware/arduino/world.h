// What lies around the fake board. Tests set it by lines on stdin:
//
//     signal FILE     int16 x, y, z interleaved, 1/4096 g per count at 250 Hz, played from its start in a
//     loop sensor ok       or missing (no answer on the bus), stalled (every transaction times out), still
//     (answers,
//                     but never has new data)
//     wifi on         or off
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

enum class SensorIs { kOk, kMissing, kStalled, kStill };

struct World {
  std::atomic<uint64_t> now_us{0};
  std::atomic<SensorIs> sensor{SensorIs::kOk};
  std::atomic<bool> wifi{true};
  double factor = 1;  // how many times faster than real time the board lives

  // Makes the clock run, and obeys stdin until it ends.
  void start();
  bool obey(const std::string& line);

  // Returns the sample that the sensor, running at rate_hz, makes as number `index` since it was started.
  void sample(uint64_t index, double rate_hz, int16_t (&counts)[3]);

 private:
  std::mutex lock_;
  std::vector<int16_t> signal_;
  uint64_t began_us_ = 0;
};
extern World world;

// An MSA301 seen through its registers. Powers up suspended, as the data sheet says.
class FakeMsa301 {
 public:
  static constexpr uint8_t kAddress = 0x26;

  FakeMsa301();
  void write(uint8_t first, const uint8_t* bytes, int size);
  void read(uint8_t first, uint8_t* bytes, int size);

 private:
  double rate_hz() const;
  bool measures() const;

  uint8_t registers_[64] = {};
  uint64_t taken_ = 0;
};

#endif
