#include "tasks.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "Arduino.h"
#include "world.h"

struct FakeTask {
  uint32_t notices = 0;
  bool sleeps = false;    // in ulTaskNotifyTake()
  uint64_t wakes_us = 0;  // from delay(); 0: it is in none

  bool idle() const { return (sleeps && notices == 0) || wakes_us > world.now_us; }
};

namespace {

std::mutex lock;
std::condition_variable changed;
std::vector<FakeTask*> tasks;
thread_local FakeTask* self = nullptr;
void (*interrupt)() = nullptr;
std::atomic<uint64_t> period_us{0};

FakeTask* add_task() {
  const std::lock_guard<std::mutex> guard(lock);
  tasks.push_back(new FakeTask);
  return tasks.back();
}

}  // namespace

void be_the_loop() { self = add_task(); }

uint64_t timer_period_us() { return period_us; }

void tick() {
  if (period_us != 0 && interrupt != nullptr) interrupt();
  std::unique_lock<std::mutex> guard(lock);
  changed.notify_all();
  changed.wait(guard, [] {
    return std::all_of(tasks.begin(), tasks.end(), [](FakeTask* task) { return task->idle(); });
  });
}

void delay(uint32_t ms) {
  std::unique_lock<std::mutex> guard(lock);
  self->wakes_us = world.now_us + uint64_t{ms} * 1000;
  changed.notify_all();
  changed.wait(guard, [] { return world.now_us >= self->wakes_us; });
  self->wakes_us = 0;
}

BaseType_t xTaskCreatePinnedToCore(void (*code)(void*), const char*, uint32_t, void* argument, UBaseType_t,
                                   TaskHandle_t* handle, BaseType_t) {
  FakeTask* const task = add_task();
  if (handle != nullptr) *handle = task;
  std::thread([code, argument, task] {
    self = task;
    code(argument);
  }).detach();
  return pdTRUE;
}

uint32_t ulTaskNotifyTake(BaseType_t, TickType_t) {
  std::unique_lock<std::mutex> guard(lock);
  self->sleeps = true;
  changed.notify_all();
  changed.wait(guard, [] { return self->notices > 0; });
  self->sleeps = false;
  const uint32_t notices = self->notices;
  self->notices = 0;
  return notices;
}

void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t* woken) {
  const std::lock_guard<std::mutex> guard(lock);
  task->notices++;
  *woken = pdTRUE;
}

struct hw_timer_t {};

hw_timer_t* timerBegin(uint32_t) {
  static hw_timer_t timer;
  return &timer;
}
void timerAttachInterrupt(hw_timer_t*, void (*callback)()) { interrupt = callback; }
void timerAlarm(hw_timer_t*, uint64_t ticks, bool, uint64_t) { period_us = ticks; }
