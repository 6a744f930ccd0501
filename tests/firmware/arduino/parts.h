// Accelerometers seen through their registers, as their data sheets have them.
#ifndef FAKE_PARTS_H
#define FAKE_PARTS_H

#include <cstdint>
#include <memory>
#include <string>

// What a part feels.
class Nature {
 public:
  virtual ~Nature() = default;
  virtual uint64_t time_us() = 0;
  virtual void feel(double at_us, int16_t (&counts)[3]) = 0;  // 1/4096 g
  virtual double parts_clock() = 0;                           // how fast the part's own clock is
  virtual bool is_still() = 0;                                // never any new data
};

class FakePart {
 public:
  explicit FakePart(Nature& nature) : nature_(nature) {}
  virtual ~FakePart() = default;

  // Returns a part by its name, or null.
  static std::unique_ptr<FakePart> make(const std::string& name, Nature& nature);

  virtual void power_on() = 0;
  virtual void write(uint8_t which, uint8_t value) = 0;
  virtual void read(uint8_t first, uint8_t* bytes, int size) = 0;

 protected:
  // Begins to make samples; 0: stops.
  void run_at(double rate_hz);

  // Returns how many samples it has made.
  int64_t made();

  // Writes the sample with that number, in counts of `bits` bits at scale_g.
  void sample(int64_t index, double scale_g, int bits, int (&counts)[3]);

  Nature& nature_;
  uint8_t registers_[128] = {};

 private:
  double rate_hz_ = 0;
  double began_us_ = 0;
  int64_t before_ = 0;  // made until then
};

// Parts that have files of their own.
std::unique_ptr<FakePart> make_lis3dh(Nature& nature);
std::unique_ptr<FakePart> make_mpu6050(Nature& nature, uint8_t id, int64_t fifo_bytes);

#endif
