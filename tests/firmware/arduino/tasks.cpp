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

void tick(bool timer) {
  if (timer && interrupt != nullptr) interrupt();
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

// Read from ESP-IDF's freertos_tasks_c_additions.h: a core that the chip has not is an assertion that fails.
BaseType_t xTaskCreatePinnedToCore(void (*code)(void*), const char* name, uint32_t, void* argument,
                                   UBaseType_t, TaskHandle_t* handle, BaseType_t core) {
  if (core < 0 || core >= portNUM_PROCESSORS) {
    std::printf("assert failed: xTaskCreatePinnedToCore (taskVALID_CORE_ID( xCoreID ) == pdTRUE)\n");
    std::abort();
  }
  if (world.fails(name)) return errCOULD_NOT_ALLOCATE_REQUIRED_MEMORY;
  FakeTask* const task = add_task();
  if (handle != nullptr) *handle = task;
  std::thread([code, argument, task] {
    self = task;
    code(argument);
  }).detach();
  return pdPASS;
}

TaskHandle_t xTaskGetCurrentTaskHandle() { return self; }

UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t) { return 1500; }

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

// Read from cores/esp32/esp32-hal-timer.c: null where gptimer_new_timer() has none left. A handle that is
// null is not looked at by those below: it crashes.
hw_timer_t* timerBegin(uint32_t) {
  static hw_timer_t timer;
  return world.fails("timer") ? nullptr : &timer;
}

void timerAttachInterrupt(hw_timer_t* timer, void (*callback)()) {
  if (timer == nullptr) std::abort();
  interrupt = callback;
}

void timerAlarm(hw_timer_t* timer, uint64_t ticks, bool, uint64_t) {
  if (timer == nullptr) std::abort();
  period_us = ticks;
}
