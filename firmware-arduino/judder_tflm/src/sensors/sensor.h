// An accelerometer: what its data sheet says of it, as data, and the one interface of all drivers.
#ifndef JUDDER_SENSOR_H
#define JUDDER_SENSOR_H

#include <stddef.h>
#include <stdint.h>

#include "bus.h"

namespace judder {

// A constant array that knows its length.
template <typename Value>
struct Values {
  template <size_t n>
  constexpr Values(const Value (&all)[n]) noexcept
      : first(all), size(n) {}  // NOLINT: braces would say it twice

  constexpr const Value* begin() const { return first; }
  constexpr const Value* end() const { return first + size; }
  bool holds(Value wanted) const {
    for (const Value& each : *this) {
      if (each == wanted) return true;
    }
    return false;
  }

  const Value* first;
  size_t size;
};

// name: as in config.json of a MicroPython board. code: its byte in a frame. ids: what id_register may hold.
// fifo_len: how many samples it keeps; 0: only the newest.
struct Part {
  const char* name;
  uint8_t code;
  Values<uint8_t> addresses;
  uint8_t id_register;
  Values<uint8_t> ids;
  Values<float> rates_hz;
  Values<int> ranges_g;
  int fifo_len;
};

// How a part writes a number of 16 bits: the order of its bytes, and how many of the lowest bits are unused.
struct Encoding {
  bool high_first;
  int unused_bits;
};

class Sensor {
 public:
  static constexpr int kBusFailed = -1;

  explicit Sensor(const Part& part) : part_(part) {}

  const Part& part() const { return part_; }

  // Names the wires that the part is at the end of. Before all else.
  void attach(Bus& bus) { bus_ = &bus; }

  // Sets it up from any state it may be in. rate_hz, range_g: of the part's. Returns whether it took them.
  // The output rate is the sample rate: a faster part read slower folds what lies above.
  virtual bool start(float rate_hz, int range_g) = 0;

  // Writes up to `most` new samples, x, y, z each, and returns how many, or kBusFailed. What was not read
  // then is read by the next call.
  virtual int take(int16_t* counts, int most) = 0;

  // Whether the part said since the last call that samples were lost.
  bool take_overrun() {
    const bool overrun = overrun_;
    overrun_ = false;
    return overrun;
  }
  float scale_g() const { return scale_g_; }  // g per count

 protected:
  ~Sensor() = default;
  Bus& bus() { return *bus_; }
  bool read(uint8_t which, uint8_t& value) { return bus_->read(which, &value, 1); }

  // Writes that many samples to counts, read from the registers at `from` on, in bursts as long as the bus
  // allows. Returns how many: fewer where the bus failed, kBusFailed where none came.
  int read_samples(uint8_t from, Encoding encoding, int16_t* counts, int samples);

  float scale_g_ = 0;
  bool overrun_ = false;

 private:
  const Part& part_;
  Bus* bus_ = nullptr;
};

// Returns where wanted stands in values; it is there.
template <typename Value>
int place_of(Value wanted, const Values<Value>& values) {
  int place = 0;
  while (values.first[place] != wanted) place++;
  return place;
}

}  // namespace judder

#endif
