// See Arduino.h.
#ifndef FAKE_ESP_MAC_H
#define FAKE_ESP_MAC_H

#include <cstdint>

enum esp_mac_type_t { ESP_MAC_WIFI_STA };
int esp_read_mac(uint8_t* mac, esp_mac_type_t type);

#endif
