#include "states.h"

namespace judder {

const char* name_of(State state) {
  constexpr const char* kNames[] = {"not judged", "normal",           "disturbed",  "notice",
                                    "alarm",      "mounting changed", "standstill", "unknown mode"};
  return kNames[static_cast<int>(state)];
}

State state_of(Level level) {
  constexpr State kStates[] = {State::kNormal, State::kNotice, State::kAlarm};
  return kStates[static_cast<int>(level)];
}

}  // namespace judder
