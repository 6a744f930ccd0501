// How a window is, in a word.
#ifndef JUDDER_STATES_H
#define JUDDER_STATES_H

#include <stdint.h>

#include "decision.h"

namespace judder {

// Each has the number that frames carry.
enum class State : uint8_t {
  kNotJudged,
  kNormal,
  kDisturbed,
  kNotice,
  kAlarm,
  kMountingChanged,
  kStandstill,
  kUnknownMode,
};

// Returns the state in words, as the server knows it.
const char* name_of(State state);

// Returns the state of a window of that level, where there is nothing else to say.
State state_of(Level level);

}  // namespace judder

#endif
