// Wi-Fi: on, joined, or why not.
#ifndef JUDDER_RADIO_H
#define JUDDER_RADIO_H

#include "settings.h"

namespace judder {

class Radio {
 public:
  explicit Radio(const Secrets& secrets) : secrets_(secrets) {}

  // Switches it on. Returns null, or why that failed, in words; it may be tried again.
  const char* begin();

  bool is_joined() const;

  // Tries once to join the Wi-Fi of the secrets, for 15 s at most. Returns null, or why not, in words.
  const char* join();

 private:
  const Secrets& secrets_;
};

}  // namespace judder

#endif
