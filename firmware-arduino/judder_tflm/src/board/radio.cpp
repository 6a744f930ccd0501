#include "radio.h"

#include <Arduino.h>
#include <WiFi.h>

#include <atomic>

namespace judder {
namespace {

constexpr uint32_t kPatienceMs = 15000;
constexpr uint32_t kLookMs = 50;

// Reasons that the headers of older cores do not name.
constexpr uint8_t kNoCompatibleSecurity = 210;
constexpr uint8_t kNoSecurityEnough = 211;

std::atomic<uint8_t> last_reason{0};  // why the radio lost the network, or did not get it

void on_lost(arduino_event_id_t, arduino_event_info_t info) {
  const uint8_t reason = info.wifi_sta_disconnected.reason;
  if (reason != WIFI_REASON_ASSOC_LEAVE) last_reason = reason;  // that was ourselves
}

// The status alone would not do: it says WL_DISCONNECTED to most wrong passwords.
const char* in_words(uint8_t reason) {
  switch (reason) {
    case WIFI_REASON_NO_AP_FOUND:
      return "no Wi-Fi has the name in secrets.h";
    case WIFI_REASON_AUTH_FAIL:
    case WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT:
    case WIFI_REASON_HANDSHAKE_TIMEOUT:
      return "the Wi-Fi refuses the password in secrets.h";
    case kNoCompatibleSecurity:
    case kNoSecurityEnough:
      return "the Wi-Fi's security is none it takes: WPA2 is the least";
    default:
      return "no Wi-Fi";
  }
}

}  // namespace

const char* Radio::begin() {
  static bool listens = false;
  if (!listens) WiFi.onEvent(on_lost, ARDUINO_EVENT_WIFI_STA_DISCONNECTED);
  listens = true;
  WiFi.persistent(false);  // secrets.h keeps the password; to write it to the flash would stall both cores
  return WiFi.mode(WIFI_STA) ? nullptr : "Wi-Fi does not start: no memory?";
}

bool Radio::is_joined() const { return WiFi.status() == WL_CONNECTED; }

const char* Radio::join() {
  last_reason = 0;
  WiFi.disconnect();  // it may still try by itself, and refuses to be told anew then
  WiFi.begin(secrets_.ssid, secrets_.password);
  const uint32_t began_ms = millis();
  while (!is_joined() && millis() - began_ms < kPatienceMs) delay(kLookMs);
  return is_joined() ? nullptr : in_words(last_reason);
}

}  // namespace judder
