// When a sensor made the sample that a look at it found, and how many it made since the one before.
#ifndef JUDDER_SAMPLE_CLOCK_H
#define JUDDER_SAMPLE_CLOCK_H

#include <stdint.h>

namespace judder {

// For sensors that keep their newest sample only. A look that found nothing new says that the next sample was
// made after it, one that found it says that it was made before: with three looks a period that pins the
// sensor's clock down to less than a third of one.
// Times are in microseconds of a 32-bit clock that wraps.
class SampleClock {
 public:
  explicit SampleClock(float period_us) : period_us_(period_us) {}

  // Forgets the sensor's clock, after a pause.
  void restart() { running_ = false; }
  void set_period(float period_us) { period_us_ = period_us; }

  // Takes in that a look found nothing new.
  void saw_nothing(uint32_t now_us) { looked_us_ = now_us; }

  // Takes in that a look found a sample. Returns how many the sensor made since the last one that was read:
  // all but one were overwritten unread. 0: the last answer was one too many.
  uint32_t saw_sample(uint32_t now_us);

  // Whether the last sample was read more than half a period after it was made.
  bool late() const { return late_; }
  uint32_t made_us() const { return made_us_; }

 private:
  float period_us_;
  bool running_ = false;
  bool late_ = false;
  uint32_t looked_us_ = 0;
  uint32_t made_us_ = 0;
};

// Samples a second, as they come: over half a minute to a minute, so that no single one shows.
class RateMeter {
 public:
  explicit RateMeter(float nominal_hz) : rate_hz_(nominal_hz) {}

  void restart() { running_ = false; }

  // Takes in that the sensor had made that many samples, those nobody read included, at now_us.
  void saw(uint32_t samples, uint32_t now_us);
  float rate_hz() const { return rate_hz_; }

 private:
  struct Mark {
    uint32_t samples;
    uint32_t us;
  };

  float rate_hz_;
  bool running_ = false;
  Mark oldest_ = {};
  Mark middle_ = {};
};

}  // namespace judder

#endif
