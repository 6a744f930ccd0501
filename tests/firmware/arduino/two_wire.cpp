#include <cstdio>
#include <cstdlib>

#include "Arduino.h"
#include "Wire.h"
#include "esp_log.h"
#include "world.h"

TwoWire Wire;

void esp_log_level_set(const char*, esp_log_level_t) {}

bool TwoWire::begin(int, int, uint32_t) {
  begun_ = begun_ || !world.fails("bus");
  return begun_;
}

void TwoWire::beginTransmission(uint8_t address) {
  address_ = address;
  sent_size_ = 0;
}

size_t TwoWire::write(uint8_t byte) {
  if (!begun_ || sent_size_ == kBufferSize) return 0;
  sent_[sent_size_++] = byte;
  return 1;
}

uint8_t TwoWire::endTransmission(bool stop) {
  if (!begun_) return 4;
  if (!stop) return 0;
  if (times_out()) return 5;
  const std::lock_guard<std::mutex> guard(world.bus_lock);
  FakePart* part = world.part_at(address_);
  if (part == nullptr) return 4;
  for (size_t k = 1; k < sent_size_; k++) part->write(static_cast<uint8_t>(sent_[0] + k - 1), sent_[k]);
  return 0;
}

size_t TwoWire::requestFrom(uint8_t address, size_t size) {
  received_size_ = next_ = 0;
  if (!begun_ || address != address_ || times_out()) return 0;
  if (size > kBufferSize) {
    std::printf("requestFrom() of %zu bytes goes over Wire's buffer\n", size);
    std::abort();
  }
  const std::lock_guard<std::mutex> guard(world.bus_lock);
  FakePart* part = world.part_at(address);
  if (part == nullptr) return 0;
  part->read(sent_[0], received_, static_cast<int>(size));
  received_size_ = size;
  return size;
}

int TwoWire::read() { return next_ < received_size_ ? received_[next_++] : -1; }

bool TwoWire::times_out() const {
  const BusIs bus = world.bus;
  if (bus != BusIs::kStalled && bus != BusIs::kStuck) return false;
  delay(timeout_ms_);
  return true;
}
