#include "i2c.h"

#include <Arduino.h>
#include <esp_log.h>

namespace judder {
namespace {

constexpr uint16_t kTimeoutMs = 50;
constexpr uint8_t kTimedOut = 5;  // endTransmission()'s word for it
constexpr int kWriteTries = 3;
constexpr int kClocks = 9;  // a byte and its acknowledgement: the part lets go of SDA at the latest then
constexpr uint32_t kHalfClockUs = 5;

}  // namespace

const char* I2c::begin() {
  if (!wire_.begin(sda_pin_, scl_pin_, hz_)) return "the I2C bus cannot be started on the pins of config.h";
  wire_.setTimeOut(kTimeoutMs);
  esp_log_level_set("i2c.master", ESP_LOG_NONE);  // a sensor that is gone would fill the console
  return nullptr;
}

// Source: I2C-bus specification (UM10204), 3.1.16: nine clocks, then a stop.
const char* I2c::recover() {
  wire_.end();
  const auto sda = static_cast<uint8_t>(sda_pin_);
  const auto scl = static_cast<uint8_t>(scl_pin_);
  pinMode(sda, INPUT_PULLUP);
  pinMode(scl, OUTPUT_OPEN_DRAIN);
  for (int clock = 0; clock < kClocks; clock++) {
    digitalWrite(scl, LOW);
    delayMicroseconds(kHalfClockUs);
    digitalWrite(scl, HIGH);
    delayMicroseconds(kHalfClockUs);
  }
  pinMode(sda, OUTPUT_OPEN_DRAIN);
  digitalWrite(sda, LOW);
  delayMicroseconds(kHalfClockUs);
  digitalWrite(sda, HIGH);
  return begin();
}

Reply I2c::probe(uint8_t address) {
  wire_.beginTransmission(address);
  const uint8_t result = wire_.endTransmission();
  if (result == kTimedOut) return Reply::kStuck;
  return result == 0 ? Reply::kAnswers : Reply::kNone;
}

// endTransmission(false) sends nothing yet and says so of no error: requestFrom() does all of it.
bool I2c::read(uint8_t address, uint8_t first, uint8_t* bytes, int size) {
  wire_.beginTransmission(address);
  wire_.write(first);
  wire_.endTransmission(false);
  if (wire_.requestFrom(address, static_cast<size_t>(size)) != static_cast<size_t>(size)) return false;
  for (int k = 0; k < size; k++) bytes[k] = static_cast<uint8_t>(wire_.read());
  return true;
}

// Set-up is in no hurry: what nobody acknowledged is sent again.
bool I2c::write(uint8_t address, uint8_t which, uint8_t value) {
  for (int tries = 0; tries < kWriteTries; tries++) {
    wire_.beginTransmission(address);
    wire_.write(which);
    wire_.write(value);
    const uint8_t result = wire_.endTransmission();
    if (result == 0) return true;
    if (result == kTimedOut) break;
  }
  return false;
}

void I2cBus::wait_ms(uint32_t ms) { delay(ms); }

}  // namespace judder
