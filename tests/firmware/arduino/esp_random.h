// See Arduino.h.
#ifndef FAKE_ESP_RANDOM_H
#define FAKE_ESP_RANDOM_H

#include <cstdint>

uint32_t esp_random();

#endif
