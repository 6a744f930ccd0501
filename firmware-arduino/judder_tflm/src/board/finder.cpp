#include "finder.h"

#include <Arduino.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

namespace judder {
namespace {

constexpr float kRateTolerance = 0.05F;
constexpr uint8_t kFirstAddress = 0x08;  // below and above, the bus keeps them for itself
constexpr uint8_t kLastAddress = 0x77;

bool is_auto(const char* kind) { return strcmp(kind, "auto") == 0; }

// Returns the part's rate that is near sample_rate_hz, or null.
const float* rate_near(const Part& part, float sample_rate_hz) {
  for (const float& each : part.rates_hz) {
    if (fabsf(each / sample_rate_hz - 1) <= kRateTolerance) return &each;
  }
  return nullptr;
}

}  // namespace

const char* Finder::start(float sample_rate_hz) {
  found_ = nullptr;
  why_[0] = '\0';
  const bool there = find(sample_rate_hz) || find(0);
  return there ? set_up(sample_rate_hz) : explain();
}

// Finds one that offers the rate; any where it is 0.
bool Finder::find(float sample_rate_hz) {
  const char* kind = settings_.sensor;
  for (Sensor* sensor : all_) {
    const Part& part = sensor->part();
    if (!is_auto(kind) && strcmp(kind, part.name) != 0) continue;
    if (sample_rate_hz > 0 && rate_near(part, sample_rate_hz) == nullptr) continue;
    if (!is_there(part)) continue;
    sensor->attach(bus_);
    found_ = sensor;
    return true;
  }
  return false;
}

// Leaves the bus at the part's address where it is there.
bool Finder::is_there(const Part& part) {
  for (uint8_t address : part.addresses) {
    bus_.set_address(address);
    uint8_t id = 0;
    if (bus_.read(part.id_register, &id, 1) && part.ids.holds(id)) return true;
  }
  return false;
}

const char* Finder::set_up(float sample_rate_hz) {
  Sensor& sensor = *found_;
  found_ = nullptr;
  const Part& part = sensor.part();
  const float* rate = rate_near(part, sample_rate_hz);
  if (rate == nullptr) {
    append("the %s does not offer the model's %g Hz, but", part.name, static_cast<double>(sample_rate_hz));
    for (float each : part.rates_hz) append(" %g", static_cast<double>(each));
    return why_;
  }
  if (!part.ranges_g.holds(settings_.range_g)) {
    append("the %s does not offer config.h's range of %d g, but", part.name, settings_.range_g);
    for (int each : part.ranges_g) append(" %d", each);
    return why_;
  }
  if (!sensor.start(*rate, settings_.range_g)) {
    append("the %s at 0x%02x does not take its settings", part.name, static_cast<unsigned>(bus_.address()));
    return why_;
  }
  found_ = &sensor;
  return nullptr;
}

// Says what is on the bus instead.
const char* Finder::explain() {
  append("no %s answers; on the bus:", is_auto(settings_.sensor) ? "sensor it knows" : settings_.sensor);
  bool any = false;
  for (uint8_t address = kFirstAddress; address <= kLastAddress; address++) {
    const Reply reply = i2c_.probe(address);
    if (reply == Reply::kStuck) return "the I2C bus is stuck: SDA or SCL is held low, or lacks its pull-up";
    if (reply == Reply::kNone) continue;
    append("%s 0x%02x", any ? ";" : "", static_cast<unsigned>(address));
    describe(address);
    any = true;
  }
  if (!any) append(" nothing. Are the wires right, and the pins in config.h?");
  return why_;
}

void Finder::describe(uint8_t address) {
  bus_.set_address(address);
  for (const Sensor* sensor : all_) {
    const Part& part = sensor->part();
    uint8_t id = 0;
    if (!part.addresses.holds(address) || !bus_.read(part.id_register, &id, 1)) continue;
    if (part.ids.holds(id)) {
      append(", %s by its id", part.name);
    } else {
      append(", whose id 0x%02x is no %s's", static_cast<unsigned>(id), part.name);
    }
  }
}

// Adds to the sentence what fits.
void Finder::append(const char* format, ...) {
  const size_t used = strlen(why_);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why_ + used, sizeof why_ - used, format, arguments);
  va_end(arguments);
}

}  // namespace judder
