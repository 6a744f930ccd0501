// An I2C bus with the parts of world.h at its ends.
//
// Read from arduino-esp32's libraries/Wire/src/Wire.cpp and cores/esp32/esp32-hal-i2c-ng.c: a write or a
// probe that nobody acknowledges is endTransmission() 4 (ESP-IDF says ESP_ERR_INVALID_STATE,
// ESP_ERR_NOT_FOUND); one that takes too long is 5; endTransmission(false) sends nothing and is always 0;
// without begin() all fail.
#ifndef FAKE_WIRE_H
#define FAKE_WIRE_H

#include <cstddef>
#include <cstdint>

class TwoWire {
 public:
  bool begin(int sda, int scl, uint32_t hz);
  void end() { begun_ = false; }
  void setTimeOut(uint16_t ms) { timeout_ms_ = ms; }
  void beginTransmission(uint8_t address);
  size_t write(uint8_t byte);
  uint8_t endTransmission(bool stop = true);
  size_t requestFrom(uint8_t address, size_t size);
  int read();

  bool begun() const { return begun_; }

 private:
  bool times_out() const;

  static constexpr size_t kBufferSize = 128;  // I2C_BUFFER_LENGTH; nothing checks it on the way in

  bool begun_ = false;
  uint16_t timeout_ms_ = 50;
  uint8_t address_ = 0;
  uint8_t sent_[kBufferSize] = {};
  size_t sent_size_ = 0;
  uint8_t received_[kBufferSize] = {};
  size_t received_size_ = 0;
  size_t next_ = 0;
};
extern TwoWire Wire;

#endif
