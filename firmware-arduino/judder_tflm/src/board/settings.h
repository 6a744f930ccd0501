// What config.h says.
#ifndef JUDDER_SETTINGS_H
#define JUDDER_SETTINGS_H

#include <WiFi.h>
#include <stdint.h>

namespace judder {

enum class Task : uint8_t { kDetect, kCollect, kSelftest };
enum class Protocol : uint8_t { kFrames, kReference, kNone };

struct Settings {
  const char* name;
  Task task;
  int sda_pin;
  int scl_pin;
  uint32_t i2c_hz;
  const char* sensor;
  int range_g;
  int buzzer_pin;
  uint32_t buzzer_hz;
  int led_pin;
  Protocol protocol;
  const char* host;
  uint16_t port;
  uint32_t timeout_ms;
};

// Returns a connection to the server called host, or null where there is none.
using Connect = NetworkClient* (*)(IPAddress address, uint16_t port, const char* host, uint32_t timeout_ms);

// From secrets.h. token: what the server asks for, or "". key: the board's own, 64 hex digits, or "".
// securely: how TLS is spoken, which is all that is spoken then; null: plain TCP is.
struct Secrets {
  const char* ssid;
  const char* password;
  const char* token;
  const char* key = "";
  Connect securely = nullptr;
};

}  // namespace judder

#endif
