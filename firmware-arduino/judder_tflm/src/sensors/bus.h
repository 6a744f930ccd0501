// The registers of one part, over whatever wires: I2C here, SPI where somebody needs it.
#ifndef JUDDER_BUS_H
#define JUDDER_BUS_H

#include <stdint.h>

namespace judder {

// Both return whether the part answered.
class Bus {
 public:
  virtual bool read(uint8_t first, uint8_t* bytes, int size) = 0;
  virtual bool write(uint8_t which, uint8_t value) = 0;
  virtual void wait_ms(uint32_t ms) = 0;

  // The most bytes that one read() may ask for.
  virtual int most_bytes() const = 0;

 protected:
  ~Bus() = default;
};

}  // namespace judder

#endif
