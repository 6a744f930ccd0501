#include "decision.h"

#include "bits.h"

namespace judder {

Level Decision::update(Level level) {
  notice_.add(level >= Level::kNotice);
  alarm_.add(level >= Level::kAlarm);
  return this->level();
}

Level Decision::level() const {
  if (alarm_.on) return Level::kAlarm;
  return notice_.on ? Level::kNotice : Level::kNormal;
}

void Decision::History::add(bool reached) {
  recent = (recent << 1 | (reached ? 1U : 0U)) & ((1U << rule.n) - 1);
  const int count = ones_in(recent);
  if (count >= rule.m) {
    on = true;
  } else if (count <= rule.clear) {
    on = false;
  }
}

}  // namespace judder
