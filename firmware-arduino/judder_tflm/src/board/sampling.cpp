#include "sampling.h"

namespace judder {
namespace {

constexpr uint32_t kTimerHz = 1000000;
constexpr float kLooksPerSample = 3;  // a look comes within a third of a period of the sample
constexpr uint32_t kStackBytes = 4096;
constexpr UBaseType_t kPriority = 20;  // above the network's tasks
constexpr BaseType_t kCore = 1;        // Wi-Fi has core 0

TaskHandle_t task = nullptr;

void ARDUINO_ISR_ATTR on_timer() {
  BaseType_t woken = pdFALSE;
  vTaskNotifyGiveFromISR(task, &woken);
  portYIELD_FROM_ISR(woken);
}

}  // namespace

void Sampling::begin() {
  xTaskCreatePinnedToCore([](void* self) { static_cast<Sampling*>(self)->run(); }, "sampling", kStackBytes,
                          this, kPriority, &task, kCore);
  hw_timer_t* timer = timerBegin(kTimerHz);
  timerAttachInterrupt(timer, on_timer);
  timerAlarm(timer, static_cast<uint64_t>(kTimerHz / (kLooksPerSample * sample_rate_hz_)), true, 0);
}

void Sampling::resume() {
  fresh_start_ = true;
  reading_ = true;
}

void Sampling::pause() {
  reading_ = false;
  while (looking_) delay(1);  // the bus is the task's until it has finished; its own timeout is 50 ms
}

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
  bool fresh = false;
  if (!sensor_.new_data(fresh) || (fresh && !sensor_.read_into(sampler_.slot()))) {
    bus_errors_++;
  } else if (fresh) {
    sampler_.took_sample(micros());
  }
}

}  // namespace judder
