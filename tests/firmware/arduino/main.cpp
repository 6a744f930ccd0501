// The unmodified sketch on a PC. usage: sketch FACTOR START_MS [WORLD LINE] ...    see world.h
#include <clocale>

#include "judder_tflm.ino"
#include "tasks.h"
#include "world.h"

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  world.factor = std::atof(argv[1]);
  world.now_us = std::strtoull(argv[2], nullptr, 10) * 1000;
  for (int k = 3; k < argc; k++) {
    if (!world.obey(argv[k])) return 2;
  }
  be_the_loop();
  world.start();
  setup();
  while (true) loop();
}
