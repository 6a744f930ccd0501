// Which Arduino core this compiles with. After model_data.h.
#ifndef JUDDER_CORE_VERSION_H
#define JUDDER_CORE_VERSION_H

#include <Arduino.h>

#if __has_include(<esp_arduino_version.h>)
#include <esp_arduino_version.h>
#endif

#if !defined(ESP_ARDUINO_VERSION_MAJOR) || ESP_ARDUINO_VERSION_MAJOR < 3
#error "judder_tflm needs arduino-esp32 core 3.0 or newer: its timers, and TensorFlow Lite Micro inside it"
#endif

#if defined(MODEL_DATA_HAS_NETWORK) && !__has_include(<tensorflow/lite/micro/micro_interpreter.h>)
#error \
    "this model has a network, and TensorFlow Lite Micro is only in arduino-esp32 3.x, not for the ESP32-C2"
#endif

#endif
