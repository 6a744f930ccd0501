// clang-format off
// What lies around the fake board. Tests set it by lines, before the start and on stdin:
//
//     signal FILE         int16 x, y, z interleaved, 1/4096 g per count at 250 Hz, played in a loop
//     part 26 msa301      what is on the bus at that address: a part of parts.h, or none
//     sensor ok           all parts answer; missing (nobody does), unplugged (and without power meanwhile),
//                         stalled (each transaction times out), stuck (the same until it gets nine clocks),
//                         still (no new data)
//     clock 1.02          how fast the parts' own clocks are
//     bus errors 0.01     the share of transactions that nobody acknowledges
//     stall 30            the whole board stands still for so many ms: the flash is written
//     fails timer 3       the next calls fail: of timer, bus (Wire.begin), radio (WiFi.mode), digest, tls, a task's name
//     wifi on             or off, refuses (the password), open (its security is too little)
//     send ok             or stalled (nothing goes), or a number: bytes at once
//     answers after 3000  ms that the server's first byte takes, of the board's
//     answers live        as long as it takes; else time stands still while the server answers
//     dns ok              or silent
// clang-format on
#ifndef FAKE_WORLD_H
#define FAKE_WORLD_H

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "parts.h"

enum class BusIs { kOk, kMissing, kUnplugged, kStalled, kStuck };
enum class WifiIs { kOn, kOff, kRefusing, kOpen };

struct World : Nature {
  static constexpr int kAnySize = 0;
  static constexpr int kStalled = -1;

  std::atomic<uint64_t> now_us{0};
  std::atomic<BusIs> bus{BusIs::kOk};
  std::atomic<WifiIs> wifi{WifiIs::kOn};
  std::atomic<double> bus_errors{0};
  std::atomic<int> most_sent{kAnySize};
  std::atomic<uint32_t> answers_after_ms{0};
  std::atomic<bool> answers_live{false};
  std::atomic<uint32_t> stall_ms{0};
  std::atomic<bool> dns_answers{true};
  std::atomic<bool> still{false};
  double factor = 1;  // how many times faster than real time the board lives

  World();

  // Makes the clock run.
  void live();

  // The same, and obeys stdin until it ends, and with it the program.
  void start();
  bool obey(const std::string& line);

  // Whether this call of what ("timer", ...) is to fail.
  bool fails(const std::string& what);

  // Returns the part that answers at address, or null. Its registers are the caller's while it holds
  // bus_lock.
  FakePart* part_at(uint8_t address);
  std::mutex bus_lock;

  // Takes in the levels of SDA and SCL where the driver does not hold them.
  void clock_bus(int level);

  uint64_t time_us() override { return now_us; }
  void feel(double at_us, int16_t (&counts)[3]) override;
  double parts_clock() override { return clock_; }
  bool is_still() override { return still; }

 private:
  bool obey_sensor(const std::string& how);
  bool set_signal(const std::string& path);

  std::mutex lock_;
  std::vector<int16_t> signal_;
  uint64_t began_us_ = 0;
  std::map<std::string, int> failures_;
  std::map<uint8_t, std::unique_ptr<FakePart>> parts_;
  std::atomic<double> clock_{1};
  int clocks_ = 0;
};
extern World world;

#endif
