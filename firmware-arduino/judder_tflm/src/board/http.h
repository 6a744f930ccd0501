// One kept-alive HTTP connection: what the uplink needs of HTTP, and no more.
#ifndef JUDDER_HTTP_H
#define JUDDER_HTTP_H

#include <WiFi.h>

#include "settings.h"

namespace judder {

// status: the HTTP status, 0 where no answer came. body: cut off where it is longer.
struct Answer {
  int status = 0;
  uint32_t retry_after_s = 0;
  char body[640] = "";
};

class Http {
 public:
  Http(const Settings& settings, const Secrets& secrets) : settings_(settings), secrets_(secrets) {}

  // Sends a request, opening the connection where needed; waits no longer than settings.timeout_ms twice.
  Answer request(const char* method, const char* path, const char* content_type, const uint8_t* body,
                 size_t size);

  // Why the last request got no answer.
  const char* error() const { return error_; }

 private:
  bool send(const char* method, const char* path, const char* content_type, const uint8_t* body, size_t size);
  bool receive(Answer& answer);
  bool read_line(char* line, size_t room);
  bool read_body(Answer& answer, size_t length, bool until_closed);
  int read_byte();
  Answer fail(const char* error);

  const Settings& settings_;
  const Secrets& secrets_;
  WiFiClient client_;
  uint32_t started_ms_ = 0;
  const char* error_ = "";
};

}  // namespace judder

#endif
