#include "sampling.h"

namespace judder {
namespace {

constexpr uint32_t kTimerHz = 1000000;
constexpr float kLooksPerSample = 3;  // a look comes within a third of a period of the sample
constexpr int kMostPerLook = 8;       // samples of a FIFO, and no more than a quarter of it
constexpr uint32_t kStackBytes = 4096;
constexpr UBaseType_t kPriority = 20;  // above all of the network's tasks but the radio's own
// 1 where Wi-Fi has core 0 to itself, 0 where there is but one.
constexpr BaseType_t kCore = ARDUINO_RUNNING_CORE;
constexpr uint32_t kPatience = 10;  // failures in a row that are tried again at the next look
// Then the bus is left alone: each failure may take 50 ms, and a line of log.
constexpr uint32_t kPauseMs = 100;

TaskHandle_t task = nullptr;

void ARDUINO_ISR_ATTR on_timer() {
  BaseType_t woken = pdFALSE;
  vTaskNotifyGiveFromISR(task, &woken);
  portYIELD_FROM_ISR(woken);
}

// Returns how many samples the sensor makes from one look to the next.
float samples_per_look(const Part& part) {
  if (part.fifo_len == 0) return 1 / kLooksPerSample;
  const int quarter = part.fifo_len / 4;
  return static_cast<float>(quarter < kMostPerLook ? quarter : kMostPerLook);
}

}  // namespace

const char* Sampling::begin() {
  if (task == nullptr &&
      xTaskCreatePinnedToCore([](void* self) { static_cast<Sampling*>(self)->run(); }, "sampling",
                              kStackBytes, this, kPriority, &task, kCore) != pdPASS) {
    task = nullptr;
    return "no memory for the sampling task";
  }
  if (timer_ == nullptr) timer_ = timerBegin(kTimerHz);
  if (timer_ == nullptr) return "no hardware timer is free for the sampling";
  timerAttachInterrupt(timer_, on_timer);
  return nullptr;
}

void Sampling::resume(Sensor& sensor) {
  sensor_ = &sensor;
  failures_ = 0;
  fresh_start_ = true;
  const float looks_hz = sample_rate_hz_ / samples_per_look(sensor.part());
  timerAlarm(timer_, static_cast<uint64_t>(static_cast<float>(kTimerHz) / looks_hz), true, 0);
  reading_ = true;
}

void Sampling::pause() {
  reading_ = false;
  while (looking_) delay(1);  // the bus is the task's until it has finished; its own timeout is 50 ms
}

uint32_t Sampling::stack_left() const { return uxTaskGetStackHighWaterMark(task); }

void Sampling::run() {
  while (true) {
    ulTaskNotifyTake(pdTRUE, portMAX_DELAY);
    looking_ = true;
    if (reading_) look();
    looking_ = false;
  }
}

void Sampling::look() {
  if (fresh_start_.exchange(false)) sampler_.restart();
  if (failures_ > kPatience && static_cast<int32_t>(millis() - wait_until_ms_) < 0) return;
  const uint32_t now_us = micros();
  const bool keeps = sensor_->part().fifo_len > 0;
  int wanted = 0;
  int taken = 0;
  do {  // once more where a window is full: the next one begins in what is left of the FIFO
    wanted = sampler_.room();
    taken = take(now_us);
  } while (keeps && taken == wanted);
  if (taken == Sensor::kBusFailed) {
    bus_failed();
  } else {
    failures_ = 0;
  }
}

// Takes what is new, up to the end of the window. Returns how many samples, or kBusFailed.
int Sampling::take(uint32_t now_us) {
  const int taken = sensor_->take(sampler_.slot(), sampler_.room());
  const int fifo_len = sensor_->part().fifo_len;
  if (sensor_->take_overrun()) sampler_.fifo_overran(taken > 0 ? fifo_len : 0, now_us);
  if (taken > 0 && fifo_len > 0) sampler_.took_from_fifo(taken, now_us);
  if (taken > 0 && fifo_len == 0) sampler_.took_sample(now_us);
  if (taken == 0 && fifo_len == 0) sampler_.saw_nothing(now_us);
  return taken;
}

void Sampling::bus_failed() {
  bus_errors_++;
  failures_++;
  wait_until_ms_ = millis() + kPauseMs;
}

}  // namespace judder
