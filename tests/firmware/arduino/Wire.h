// An I2C bus with the sensor of world.h at its end.
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include <cstddef>
#include <cstdint>

class TwoWire {
 public:
  bool begin(int sda, int scl, uint32_t hz);
  void setTimeOut(uint16_t ms) { timeout_ms_ = ms; }
  void beginTransmission(uint8_t address);
  size_t write(uint8_t byte);
  uint8_t endTransmission(bool stop = true);
  uint8_t requestFrom(uint8_t address, uint8_t size);
  int read();

 private:
  bool answers();

  uint16_t timeout_ms_ = 50;
  uint8_t address_ = 0;
  uint8_t sent_[8] = {};
  uint8_t sent_size_ = 0;
  uint8_t received_[32] = {};
  uint8_t received_size_ = 0;
  uint8_t next_ = 0;
};
extern TwoWire Wire;

#endif
