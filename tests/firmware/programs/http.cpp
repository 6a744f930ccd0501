// Asks a server three times. usage: http PORT HOST TIMEOUT_MS SIZE [WORLD LINE] ...
// Prints a line for each: status, milliseconds of the board's time, Retry-After, the body or why there is
// none.
#include <cstdio>
#include <vector>

#include <Arduino.h>

#include "src/board/http.h"
#include "tasks.h"
#include "world.h"

int main(int argc, char** argv) {
  judder::Settings settings = {};
  settings.port = static_cast<uint16_t>(std::atoi(argv[1]));
  settings.host = argv[2];
  settings.timeout_ms = static_cast<uint32_t>(std::atoi(argv[3]));
  const std::vector<uint8_t> body(static_cast<size_t>(std::atoi(argv[4])), 'x');
  const judder::Secrets secrets = {"", "", "secret"};
  world.factor = 20;
  for (int k = 5; k < argc; k++) {
    if (!world.obey(argv[k])) return 2;
  }
  be_the_loop();
  world.live();
  static judder::Http http(settings, secrets);
  const judder::Piece pieces[] = {{body.data(), body.size() / 2},
                                  {body.data() + body.size() / 2, body.size() - body.size() / 2}};
  for (int k = 0; k < 3; k++) {
    const uint32_t began_ms = millis();
    const judder::Answer& answer = http.request("POST", "/", "text/plain", pieces, 2);
    std::printf("%d %u %u %s\n", answer.status, millis() - began_ms, answer.retry_after_s,
                answer.status == 0 ? http.error() : answer.body);
  }
  std::fflush(stdout);
  std::_Exit(0);
}
