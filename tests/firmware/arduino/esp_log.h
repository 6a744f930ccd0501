// See Arduino.h.
#ifndef FAKE_ESP_LOG_H
#define FAKE_ESP_LOG_H

enum esp_log_level_t { ESP_LOG_NONE };
void esp_log_level_set(const char* tag, esp_log_level_t level);

#endif
