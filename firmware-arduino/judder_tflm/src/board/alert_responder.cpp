#include "alert_responder.h"

#include <Arduino.h>

namespace judder {
namespace {

constexpr uint32_t kBlinkMs = 200;
constexpr uint32_t kPauseMs = 1000;

}  // namespace

void AlertResponder::begin() {
  if (settings_.led_pin >= 0) pinMode(static_cast<uint8_t>(settings_.led_pin), OUTPUT);
  if (settings_.buzzer_pin >= 0) pinMode(static_cast<uint8_t>(settings_.buzzer_pin), OUTPUT);
  led(false);
  buzzer(false);
}

void AlertResponder::show(Level level) {
  const bool alarm = level == Level::kAlarm;
  const bool lit = alarm || (level == Level::kNotice && !lit_);
  if (lit != lit_) led(lit);
  if (alarm != sounds_) buzzer(alarm);
  lit_ = lit;
  sounds_ = alarm;
}

void AlertResponder::blink(Code code) {
  for (int k = 0; k < static_cast<int>(code); k++) {
    led(true);
    delay(kBlinkMs);
    led(false);
    delay(kBlinkMs);
  }
  delay(kPauseMs);
  led(lit_);
}

void AlertResponder::led(bool on) {
  if (settings_.led_pin >= 0) digitalWrite(static_cast<uint8_t>(settings_.led_pin), on ? HIGH : LOW);
}

void AlertResponder::buzzer(bool on) {
  if (settings_.buzzer_pin < 0) return;
  const auto pin = static_cast<uint8_t>(settings_.buzzer_pin);
  if (settings_.buzzer_hz == 0) {
    digitalWrite(pin, on ? HIGH : LOW);
  } else if (on) {
    tone(pin, settings_.buzzer_hz);
  } else {
    noTone(pin);
  }
}

}  // namespace judder
