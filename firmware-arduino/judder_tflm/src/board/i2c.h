// The I2C bus of the board, through the Arduino core's Wire.
#ifndef JUDDER_I2C_H
#define JUDDER_I2C_H

#include <Wire.h>
#include <stdint.h>

#include "../sensors/bus.h"

namespace judder {

enum class Reply : uint8_t { kNone, kAnswers, kStuck };

class I2c {
 public:
  I2c(TwoWire& wire, int sda_pin, int scl_pin, uint32_t hz)
      : wire_(wire), sda_pin_(sda_pin), scl_pin_(scl_pin), hz_(hz) {}

  // Starts the driver. Returns null, or why that failed, in words.
  const char* begin();

  // Frees a bus that a part holds, which was cut off in the middle of a byte, and starts the driver anew.
  const char* recover();

  // Returns whether somebody answers at address.
  Reply probe(uint8_t address);

  // Both return whether the part at address did as asked.
  bool read(uint8_t address, uint8_t first, uint8_t* bytes, int size);
  bool write(uint8_t address, uint8_t which, uint8_t value);

 private:
  TwoWire& wire_;
  int sda_pin_;
  int scl_pin_;
  uint32_t hz_;
};

// The registers of one part on it.
class I2cBus final : public Bus {
 public:
  explicit I2cBus(I2c& i2c) : i2c_(i2c) {}

  void set_address(uint8_t address) { address_ = address; }
  uint8_t address() const { return address_; }
  bool read(uint8_t first, uint8_t* bytes, int size) override {
    return i2c_.read(address_, first, bytes, size);
  }
  bool write(uint8_t which, uint8_t value) override { return i2c_.write(address_, which, value); }
  void wait_ms(uint32_t ms) override;
  int most_bytes() const override { return 120; }  // Wire's buffer has 128

 private:
  I2c& i2c_;
  uint8_t address_ = 0;
};

}  // namespace judder

#endif
