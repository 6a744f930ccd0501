// Which Arduino core this compiles with.
#ifndef JUDDER_CORE_VERSION_H
#define JUDDER_CORE_VERSION_H

#include <Arduino.h>

#if __has_include(<esp_arduino_version.h>)
#include <esp_arduino_version.h>
#endif

#if !defined(ESP_ARDUINO_VERSION_MAJOR) || ESP_ARDUINO_VERSION_MAJOR < 3
#error "judder_tflm needs arduino-esp32 core 3.0 or newer: its timers, and TensorFlow Lite Micro inside it"
#endif

#endif
