// config.h's choices, made when the sketch starts: JUDDER_TASK, JUDDER_PROTOCOL, JUDDER_PORT, JUDDER_SENSOR,
// JUDDER_HOST and JUDDER_KEY of the environment. Included before all else.
#ifndef FAKE_CHOICES_H
#define FAKE_CHOICES_H

#include <cstdlib>
#include <string>

#include "src/board/settings.h"

inline judder::Task chosen_task() {
  const std::string task = std::getenv("JUDDER_TASK");
  if (task == "selftest") return judder::Task::kSelftest;
  return task == "collect" ? judder::Task::kCollect : judder::Task::kDetect;
}

inline judder::Protocol chosen_protocol() {
  const std::string protocol = std::getenv("JUDDER_PROTOCOL");
  if (protocol == "none") return judder::Protocol::kNone;
  return protocol == "reference" ? judder::Protocol::kReference : judder::Protocol::kFrames;
}

inline const char* chosen_sensor() {
  const char* sensor = std::getenv("JUDDER_SENSOR");
  return sensor == nullptr ? "auto" : sensor;
}

inline const char* chosen_host() {
  const char* host = std::getenv("JUDDER_HOST");
  return host == nullptr ? "127.0.0.1" : host;
}

inline const char* chosen_key() {
  const char* key = std::getenv("JUDDER_KEY");
  return key == nullptr ? "" : key;
}

#define JUDDER_TASK chosen_task()
#define JUDDER_SENSOR chosen_sensor()
#define JUDDER_PROTOCOL chosen_protocol()
#define JUDDER_HOST chosen_host()
#define JUDDER_KEY chosen_key()
#define JUDDER_PORT static_cast<uint16_t>(std::atoi(std::getenv("JUDDER_PORT")))
#define JUDDER_TIMEOUT_MS 30000  // of the board's time, which runs faster than the server's

#endif
