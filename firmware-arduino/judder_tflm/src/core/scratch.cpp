#include "scratch.h"

namespace judder {

Scratch& scratch() {
  static Scratch room;
  return room;
}

}  // namespace judder
