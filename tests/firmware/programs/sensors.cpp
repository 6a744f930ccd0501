// A driver on the register model of its part. usage: sensors PART RATE RANGE LOOK_US CLOCK PAUSE_MS [FAILING
// READS ...]
//
// The part feels a count of 1/4096 g that grows with each of its samples; it is looked at every LOOK_US for
// two seconds, but for one pause in the middle. Prints how many samples came, the scale, how often losses
// were told, how many looks failed, and each sample's x, y and z. Without arguments: what the parts are.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>
#include <vector>

#include "parts.h"
#include "src/sensors/lis3dh.h"
#include "src/sensors/mpu6050.h"
#include "src/sensors/msa3xx.h"

using namespace judder;

struct Ramp : Nature {
  uint64_t now_us = 1000000;
  double clock = 1;
  double rate_hz = 0;

  uint64_t time_us() override { return now_us; }
  void feel(double at_us, int16_t (&counts)[3]) override {
    const auto index = static_cast<int>(at_us * rate_hz * clock / 1e6 + 0.5) % 1000;
    counts[0] = static_cast<int16_t>(index * 8);
    counts[1] = static_cast<int16_t>(-index * 8);
    counts[2] = 4096;
  }
  double parts_clock() override { return clock; }
  bool is_still() override { return false; }
};

struct Wires final : Bus {
  Ramp nature;
  std::unique_ptr<FakePart> part;
  std::set<int> failing;  // which reads nobody acknowledges
  int reads = 0;

  bool read(uint8_t first, uint8_t* bytes, int size) override {
    if (failing.count(++reads) > 0) return false;
    part->read(first, bytes, size);
    return true;
  }
  bool write(uint8_t which, uint8_t value) override {
    part->write(which, value);
    return true;
  }
  void wait_ms(uint32_t ms) override { nature.now_us += 1000 * ms; }
  int most_bytes() const override { return 120; }
};

static Sensor& driver_of(const char* name) {
  static Msa3xx msa301(parts::msa301, 14);
  static Msa3xx msa311(parts::msa311, 12);
  static Lis3dh lis3dh;
  static Mpu6050 mpu6050;
  for (Sensor* each : {static_cast<Sensor*>(&msa301), static_cast<Sensor*>(&msa311),
                       static_cast<Sensor*>(&lis3dh), static_cast<Sensor*>(&mpu6050)}) {
    if (std::strcmp(each->part().name, name) == 0) return *each;
  }
  std::abort();
}

static void print_parts() {
  for (const char* name : {"msa301", "msa311", "lis3dh", "mpu6050"}) {
    const Part& part = driver_of(name).part();
    std::printf("%s %d %d %d\n", part.name, part.code, part.id_register, part.fifo_len);
    for (int each : part.addresses) std::printf("%d ", each);
    std::printf("\n");
    for (int each : part.ids) std::printf("%d ", each);
    std::printf("\n");
    for (double each : part.rates_hz) std::printf("%.9g ", each);
    std::printf("\n");
    for (int each : part.ranges_g) std::printf("%d ", each);
    std::printf("\n");
  }
}

int main(int argc, char** argv) {
  if (argc == 1) {
    print_parts();
    return 0;
  }
  Wires wires;
  wires.nature.rate_hz = std::atof(argv[2]);
  wires.nature.clock = std::atof(argv[5]);
  wires.part = FakePart::make(argv[1], wires.nature);
  Sensor& sensor = driver_of(argv[1]);
  sensor.attach(wires);
  const auto rate_hz = static_cast<float>(wires.nature.rate_hz);
  if (!sensor.start(rate_hz, std::atoi(argv[3]))) return 1;
  wires.reads = 0;
  for (int k = 7; k < argc; k++) wires.failing.insert(std::atoi(argv[k]));

  std::vector<int16_t> counts;
  int overruns = 0;
  int failures = 0;
  const uint64_t began_us = wires.nature.now_us;
  const auto pause_us = static_cast<uint64_t>(std::atoi(argv[6])) * 1000;
  bool paused = false;
  while (wires.nature.now_us < began_us + 2000000 + pause_us) {
    wires.nature.now_us += static_cast<uint64_t>(std::atoi(argv[4]));
    if (!paused && wires.nature.now_us > began_us + 1000000) {
      wires.nature.now_us += pause_us;
      paused = true;
    }
    int16_t room[3 * 64];
    const int taken = sensor.take(room, 64);
    if (taken == Sensor::kBusFailed) failures++;
    if (taken > 0) counts.insert(counts.end(), room, room + 3 * taken);
    overruns += sensor.take_overrun() ? 1 : 0;
  }
  std::printf("%zu %.9g %d %d\n", counts.size() / 3, static_cast<double>(sensor.scale_g()), overruns,
              failures);
  for (int16_t each : counts) std::printf("%d ", each);
  std::printf("\n");
}
