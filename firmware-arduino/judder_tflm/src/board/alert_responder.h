// LED and buzzer: the level, and codes for what is wrong.
#ifndef JUDDER_ALERT_RESPONDER_H
#define JUDDER_ALERT_RESPONDER_H

#include "../core/decision.h"
#include "settings.h"

namespace judder {

// Blinks of the LED, then a pause. 2 to 5 are the codes of MicroPython boards, whose safe mode, 5, is not
// here; 6: timer or memory are missing.
enum class Code : uint8_t { kConfig = 2, kSensor = 3, kModel = 4, kBoard = 6 };

class AlertResponder {
 public:
  explicit AlertResponder(const Settings& settings) : settings_(settings) {}

  void begin();

  // Shows the level after a window: an alarm lights the LED and sounds the buzzer; a notice blinks the LED,
  // on for one window and off for the next, and makes no sound.
  void show(Level level);

  // Blinks code once, then shows the level again. Takes two seconds: only for when there is nothing to watch.
  void blink(Code code);

 private:
  void led(bool on);
  void buzzer(bool on);

  const Settings& settings_;
  bool lit_ = false;
  bool sounds_ = false;
};

}  // namespace judder

#endif
