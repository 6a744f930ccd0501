// What the sketch needs of arduino-esp32 core 3, on a PC: the hardware's edge and nothing behind it.
//
// Time is virtual and runs as much faster as world.h says; tasks are threads. What the real calls refuse,
// these refuse: each says which source of arduino-esp32 (3.x) or ESP-IDF (5.x) it was read from.
#ifndef FAKE_ARDUINO_H
#define FAKE_ARDUINO_H

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#define ARDUINO_ISR_ATTR
#define HIGH 1
#define LOW 0
#define OUTPUT 3
#define INPUT_PULLUP 5
#define OUTPUT_OPEN_DRAIN 0x13

// As the core defines it (esp32-hal.h, sdkconfig): the S2, C3, C5, C6 and C61 have one core. Chosen by -D.
#ifdef CONFIG_FREERTOS_UNICORE
#define portNUM_PROCESSORS 1
#else
#define portNUM_PROCESSORS 2
#endif
#ifndef ARDUINO_RUNNING_CORE
#define ARDUINO_RUNNING_CORE (portNUM_PROCESSORS - 1)
#endif

static const uint8_t SDA = 23;
static const uint8_t SCL = 22;
static const uint8_t A1 = 25;
static const uint8_t LED_BUILTIN = 13;

uint32_t millis();
uint32_t micros();
void delay(uint32_t ms);
void delayMicroseconds(uint32_t us);
long random(long below);
void pinMode(uint8_t pin, uint8_t mode);
void digitalWrite(uint8_t pin, uint8_t level);
void tone(uint8_t pin, unsigned int hz);
void noTone(uint8_t pin);

struct FakeEsp {
  uint32_t getFreeHeap() { return 123456; }
  uint32_t getMaxAllocHeap() { return 65524; }
};
extern FakeEsp ESP;

struct FakeSerial {
  void begin(unsigned long) {}
  void println(const char* text) { printf("%s\n", text); }
  void printf(const char* format, ...) __attribute__((format(printf, 2, 3)));
};
extern FakeSerial Serial;

// FreeRTOS.
using BaseType_t = int;
using UBaseType_t = unsigned int;
using TickType_t = uint32_t;
struct FakeTask;
using TaskHandle_t = FakeTask*;
constexpr BaseType_t pdTRUE = 1;
constexpr BaseType_t pdFALSE = 0;
constexpr BaseType_t pdPASS = 1;
constexpr BaseType_t errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY = -1;
constexpr TickType_t portMAX_DELAY = 0xFFFFFFFF;
BaseType_t xTaskCreatePinnedToCore(void (*code)(void*), const char* name, uint32_t stack, void* argument,
                                   UBaseType_t priority, TaskHandle_t* handle, BaseType_t core);
TaskHandle_t xTaskGetCurrentTaskHandle();
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t task);
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t wait);
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t* woken);
inline void portYIELD_FROM_ISR(BaseType_t) {}

// Timers, as of core 3.
struct hw_timer_t;
hw_timer_t* timerBegin(uint32_t hz);
void timerAttachInterrupt(hw_timer_t* timer, void (*callback)());
void timerAlarm(hw_timer_t* timer, uint64_t ticks, bool again, uint64_t count);

#endif
