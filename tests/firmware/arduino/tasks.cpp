#include "tasks.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "Arduino.h"
#include "world.h"

struct FakeTask {
  uint32_t notices = 0;
  bool asleep = false;  // in ulTaskNotifyTake()
  bool delays = false;
};

namespace {

std::mutex lock;
std::condition_variable changed;
thread_local FakeTask* self = nullptr;
FakeTask* woken_by_timer = nullptr;
void (*interrupt)() = nullptr;
std::atomic<uint64_t> period_us{0};

}  // namespace

uint64_t timer_period_us() { return period_us; }

void tick() {
  if (period_us != 0 && interrupt != nullptr) interrupt();
  std::unique_lock<std::mutex> guard(lock);
  changed.notify_all();
  changed.wait(guard, [] {
    const FakeTask* const task = woken_by_timer;
    return task == nullptr || task->delays || (task->asleep && task->notices == 0);
  });
}

void delay(uint32_t ms) {
  const uint64_t end_us = world.now_us + uint64_t{ms} * 1000;
  std::unique_lock<std::mutex> guard(lock);
  if (self != nullptr) self->delays = true;  // a task that waits for time must not stop it
  changed.notify_all();
  changed.wait(guard, [&] { return world.now_us >= end_us; });
  if (self != nullptr) self->delays = false;
}

BaseType_t xTaskCreatePinnedToCore(void (*code)(void*), const char*, uint32_t, void* argument, UBaseType_t,
                                   TaskHandle_t* handle, BaseType_t) {
  auto* const task = new FakeTask;
  if (handle != nullptr) *handle = task;
  std::thread([code, argument, task] {
    self = task;
    code(argument);
  }).detach();
  return pdTRUE;
}

uint32_t ulTaskNotifyTake(BaseType_t, TickType_t) {
  std::unique_lock<std::mutex> guard(lock);
  self->asleep = true;
  changed.notify_all();
  changed.wait(guard, [] { return self->notices > 0; });
  self->asleep = false;
  const uint32_t notices = self->notices;
  self->notices = 0;
  return notices;
}

void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t* woken) {
  const std::lock_guard<std::mutex> guard(lock);
  task->notices++;
  woken_by_timer = task;
  *woken = pdTRUE;
}

struct hw_timer_t {};

hw_timer_t* timerBegin(uint32_t) {
  static hw_timer_t timer;
  return &timer;
}
void timerAttachInterrupt(hw_timer_t*, void (*callback)()) { interrupt = callback; }
void timerAlarm(hw_timer_t*, uint64_t ticks, bool, uint64_t) { period_us = ticks; }
