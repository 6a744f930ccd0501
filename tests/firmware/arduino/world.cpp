#include "world.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include "Arduino.h"
#include "WiFi.h"
#include "Wire.h"
#include "esp_mac.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "tasks.h"

World world;
FakeEsp ESP;
FakeSerial Serial;

namespace {

constexpr uint64_t kMostStepUs = 2000;
constexpr uint32_t kNoChance = 0x12345678;
constexpr int kClocksThatFree = 9;

// Lets virtual time pass, and calls the timer.
[[noreturn]] void run_clock() {
  const auto began = std::chrono::steady_clock::now();
  const uint64_t began_us = world.now_us;
  uint64_t since_us = 0;
  while (true) {
    const uint64_t period_us = timer_period_us();
    const uint64_t whole_us = period_us != 0 ? period_us : kMostStepUs / 2;
    const uint64_t step_us = whole_us / (whole_us / kMostStepUs + 1);
    const uint64_t stall_us = uint64_t{1000} * world.stall_ms.exchange(0);
    world.now_us += step_us + stall_us;
    since_us += step_us;
    const bool due = period_us != 0 && since_us + step_us / 2 >= period_us;
    if (due) since_us = 0;
    tick(due);
    const auto wake = began + std::chrono::microseconds(static_cast<int64_t>(
                                  static_cast<double>(world.now_us - began_us) / world.factor));
    std::this_thread::sleep_until(wake);
  }
}

void log_pin(int pin, int value) {
  std::printf("pin %d %d at %llu ms\n", pin, value, static_cast<unsigned long long>(world.now_us / 1000));
}

}  // namespace

void World::live() { std::thread(run_clock).detach(); }

void World::start() {
  live();
  std::thread([this] {
    std::string line;
    while (std::getline(std::cin, line)) {
      if (!obey(line)) std::printf("world: what is %s?\n", line.c_str());
    }
    std::fflush(stdout);
    std::_Exit(0);
  }).detach();
}

World::World() { parts_[0x26] = FakePart::make("msa301", *this); }

bool World::obey(const std::string& line) {
  std::istringstream words(line);
  std::string what;
  std::string how;
  std::string which;
  words >> what >> how >> which;
  if (what == "signal") return set_signal(line.substr(7));
  if (what == "sensor") return obey_sensor(how);
  if (what == "clock") return clock_ = std::stod(how), true;
  if (what == "stall") return stall_ms = static_cast<uint32_t>(std::stoul(how)), true;
  if (what == "dns") return dns_answers = how == "ok", true;
  if (what == "answers" && how == "live") return answers_live = true;
  if (what == "answers") return answers_after_ms = static_cast<uint32_t>(std::stoul(which)), true;
  if (what == "bus") return bus_errors = std::stod(which), true;
  if (what == "wifi") {
    const std::map<std::string, WifiIs> kinds = {
        {"on", WifiIs::kOn}, {"off", WifiIs::kOff}, {"refuses", WifiIs::kRefusing}, {"open", WifiIs::kOpen}};
    return kinds.count(how) > 0 && (wifi = kinds.at(how), true);
  }
  if (what == "send") {
    return most_sent = how == "ok" ? kAnySize : how == "stalled" ? kStalled : std::stoi(how), true;
  }
  const std::lock_guard<std::mutex> guard(bus_lock);
  if (what == "fails") return failures_[how] = std::stoi(which), true;
  if (what == "part")
    return parts_[static_cast<uint8_t>(std::stoi(how, nullptr, 16))] = FakePart::make(which, *this), true;
  return false;
}

bool World::obey_sensor(const std::string& how) {
  const std::map<std::string, BusIs> kinds = {{"ok", BusIs::kOk},           {"still", BusIs::kOk},
                                              {"missing", BusIs::kMissing}, {"unplugged", BusIs::kUnplugged},
                                              {"stalled", BusIs::kStalled}, {"stuck", BusIs::kStuck}};
  if (kinds.count(how) == 0) return false;
  const std::lock_guard<std::mutex> guard(bus_lock);
  if (bus == BusIs::kUnplugged) {
    for (auto& [address, part] : parts_) {
      if (part != nullptr) part->power_on();
    }
  }
  still = how == "still";
  clocks_ = 0;
  bus = kinds.at(how);
  return true;
}

bool World::set_signal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::lock_guard<std::mutex> guard(lock_);
  signal_.resize(bytes.size() / 2);
  bytes.copy(reinterpret_cast<char*>(signal_.data()), 2 * signal_.size());
  began_us_ = now_us;
  return !signal_.empty();
}

bool World::fails(const std::string& what) {
  const std::lock_guard<std::mutex> guard(bus_lock);
  return failures_[what] > 0 && failures_[what]-- > 0;
}

FakePart* World::part_at(uint8_t address) {
  const bool there = bus == BusIs::kOk && std::rand() >= bus_errors * RAND_MAX;
  return there && parts_.count(address) > 0 ? parts_[address].get() : nullptr;
}

// A part that was cut off lets go of SDA once its byte is out.
void World::clock_bus(int level) {
  if (bus == BusIs::kStuck && level != LOW && !Wire.begun() && ++clocks_ == kClocksThatFree) bus = BusIs::kOk;
}

void World::feel(double at_us, int16_t (&counts)[3]) {
  const std::lock_guard<std::mutex> guard(lock_);
  const size_t samples = signal_.size() / 3;
  const double since_us = at_us - static_cast<double>(began_us_);
  const auto at = samples == 0 ? 0 : static_cast<size_t>(since_us < 0 ? 0 : since_us * 250 / 1e6) % samples;
  for (size_t k = 0; k < 3; k++) counts[k] = samples == 0 ? int16_t{0} : signal_[3 * at + k];
}

uint32_t millis() { return static_cast<uint32_t>(world.now_us / 1000); }
uint32_t micros() { return static_cast<uint32_t>(world.now_us); }
int64_t esp_timer_get_time() { return static_cast<int64_t>(world.now_us); }

// ESP-IDF's random.rst: without the radio (or another source of noise) it is pseudo-random.
uint32_t esp_random() { return WiFi.is_on() ? std::random_device()() : kNoChance; }

long random(long below) { return std::rand() % below; }

int esp_read_mac(uint8_t* mac, esp_mac_type_t) {
  for (int k = 0; k < 6; k++) mac[k] = static_cast<uint8_t>(k == 0 ? 2 : k == 5 ? 0xA1 : 0);
  return 0;
}

void pinMode(uint8_t, uint8_t) {}
void digitalWrite(uint8_t pin, uint8_t level) {
  if (pin == SCL) world.clock_bus(level);
  if (pin != SCL && pin != SDA) log_pin(pin, level);
}
void delayMicroseconds(uint32_t) {}
void tone(uint8_t pin, unsigned int hz) { log_pin(pin, static_cast<int>(hz)); }
void noTone(uint8_t pin) { log_pin(pin, 0); }

void FakeSerial::printf(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
}
