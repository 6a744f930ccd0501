// See Arduino.h.
#ifndef FAKE_ESP_TIMER_H
#define FAKE_ESP_TIMER_H

#include <cstdint>

int64_t esp_timer_get_time();

#endif
