// From levels to a state that a person acts on: m of n.
#ifndef JUDDER_DECISION_H
#define JUDDER_DECISION_H

#include <stdint.h>

namespace judder {

// kNotice: surely different from what the model knows. kAlarm: beyond what another day plausibly shows.
enum class Level : uint8_t { kNormal, kNotice, kAlarm };

// A level is raised when at least m of the last n windows reach it, and cleared when at most `clear` do.
struct Rule {
  int m;
  int n;
  int clear;
};

// The debounced level of one machine.
class Decision {
 public:
  explicit Decision(Rule rule) : notice_{rule}, alarm_{rule} {}

  // Takes in one window's level and returns the debounced one.
  Level update(Level level);
  Level level() const;
  bool alert() const { return alarm_.on; }

 private:
  // Whether one level is reached.
  struct History {
    void add(bool reached);

    Rule rule;
    uint32_t recent = 0;  // a bit a window, the newest lowest
    bool on = false;
  };

  History notice_;
  History alarm_;
};

}  // namespace judder

#endif
