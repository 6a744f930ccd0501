#include "world.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "Arduino.h"
#include "esp_mac.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "tasks.h"

World world;
FakeEsp ESP;
FakeSerial Serial;

namespace {

constexpr uint64_t kStepUs = 1000;  // of the clock while no timer runs

// Lets virtual time pass, and calls the timer.
[[noreturn]] void run_clock() {
  const auto began = std::chrono::steady_clock::now();
  const uint64_t began_us = world.now_us;
  while (true) {
    const uint64_t step_us = timer_period_us() != 0 ? timer_period_us() : kStepUs;
    world.now_us += step_us;
    tick();
    const auto due = began + std::chrono::microseconds(static_cast<int64_t>(
                                 static_cast<double>(world.now_us - began_us) / world.factor));
    std::this_thread::sleep_until(due);
  }
}

void log_pin(int pin, int value) {
  std::printf("pin %d %d at %llu ms\n", pin, value, static_cast<unsigned long long>(world.now_us / 1000));
}

}  // namespace

void World::start() {
  std::thread(run_clock).detach();
  std::thread([this] {
    std::string line;
    while (std::getline(std::cin, line)) {
      if (!obey(line)) std::printf("world: what is %s?\n", line.c_str());
    }
    std::fflush(stdout);
    std::_Exit(0);
  }).detach();
}

bool World::obey(const std::string& line) {
  if (line.rfind("signal ", 0) == 0) {
    std::ifstream file(line.substr(7), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const std::lock_guard<std::mutex> guard(lock_);
    signal_.resize(bytes.size() / 2);
    bytes.copy(reinterpret_cast<char*>(signal_.data()), 2 * signal_.size());
    began_us_ = now_us;
    return !signal_.empty();
  }
  if (line == "wifi on" || line == "wifi off") return wifi = line == "wifi on", true;
  if (line == "sensor ok") return sensor = SensorIs::kOk, true;
  if (line == "sensor missing") return sensor = SensorIs::kMissing, true;
  if (line == "sensor stalled") return sensor = SensorIs::kStalled, true;
  if (line == "sensor still") return sensor = SensorIs::kStill, true;
  return false;
}

void World::sample(uint64_t index, double rate_hz, int16_t (&counts)[3]) {
  const std::lock_guard<std::mutex> guard(lock_);
  const size_t samples = signal_.size() / 3;
  const double since_us = static_cast<double>(index) * 1e6 / rate_hz - static_cast<double>(began_us_);
  const auto at = samples == 0 ? 0 : static_cast<size_t>(since_us < 0 ? 0 : since_us * 250 / 1e6) % samples;
  for (size_t k = 0; k < 3; k++) counts[k] = samples == 0 ? int16_t{0} : signal_[3 * at + k];
}

uint32_t millis() { return static_cast<uint32_t>(world.now_us / 1000); }
uint32_t micros() { return static_cast<uint32_t>(world.now_us); }
int64_t esp_timer_get_time() { return static_cast<int64_t>(world.now_us); }
uint32_t esp_random() { return 0x12345678; }
long random(long below) { return std::rand() % below; }

int esp_read_mac(uint8_t* mac, esp_mac_type_t) {
  for (int k = 0; k < 6; k++) mac[k] = static_cast<uint8_t>(k == 0 ? 2 : k == 5 ? 0xA1 : 0);
  return 0;
}

void pinMode(uint8_t, uint8_t) {}
void digitalWrite(uint8_t pin, uint8_t level) { log_pin(pin, level); }
void tone(uint8_t pin, unsigned int hz) { log_pin(pin, static_cast<int>(hz)); }
void noTone(uint8_t pin) { log_pin(pin, 0); }

void FakeSerial::printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
}
