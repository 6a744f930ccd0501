#include "Wire.h"

#include "Arduino.h"
#include "world.h"

TwoWire Wire;
static FakeMsa301 sensor;

bool TwoWire::begin(int, int, uint32_t) { return true; }

void TwoWire::beginTransmission(uint8_t address) {
  address_ = address;
  sent_size_ = 0;
}

size_t TwoWire::write(uint8_t byte) {
  if (sent_size_ == sizeof sent_) return 0;
  sent_[sent_size_++] = byte;
  return 1;
}

uint8_t TwoWire::endTransmission(bool) {
  if (world.sensor == SensorIs::kStalled) {
    delay(timeout_ms_);
    return 5;  // timeout
  }
  if (!answers()) return 2;  // nobody at this address
  if (sent_size_ > 1) sensor.write(sent_[0], sent_ + 1, sent_size_ - 1);
  return 0;
}

uint8_t TwoWire::requestFrom(uint8_t address, uint8_t size) {
  address_ = address;
  if (!answers()) return 0;
  sensor.read(sent_[0], received_, size);
  received_size_ = size;
  next_ = 0;
  return size;
}

int TwoWire::read() { return next_ < received_size_ ? received_[next_++] : -1; }

bool TwoWire::answers() {
  const bool there = world.sensor == SensorIs::kOk || world.sensor == SensorIs::kStill;
  return there && address_ == FakeMsa301::kAddress;
}
