#include "http.h"

#include <Arduino.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

namespace judder {
namespace {

constexpr int kNothing = -1;

// Returns what follows the header's name in line, or null where it is another header.
const char* value_of(const char* line, const char* name) {
  const size_t size = strlen(name);
  if (strncasecmp(line, name, size) != 0 || line[size] != ':') return nullptr;
  const char* value = line + size + 1;
  while (*value == ' ') value++;
  return value;
}

}  // namespace

Answer Http::request(const char* method, const char* path, const char* content_type, const uint8_t* body,
                     size_t size) {
  if (!client_.connected()) {
    client_.stop();
    const auto timeout = static_cast<int32_t>(settings_.timeout_ms);
    if (client_.connect(settings_.host, settings_.port, timeout) == 0) return fail("server is out of reach");
    client_.setNoDelay(true);  // head and body are two writes: the second would wait for the first's receipt
  }
  started_ms_ = millis();
  Answer answer;
  if (!send(method, path, content_type, body, size)) return fail("connection broke while sending");
  if (!receive(answer)) return fail("no whole answer came in time");
  return answer;
}

bool Http::send(const char* method, const char* path, const char* content_type, const uint8_t* body,
                size_t size) {
  char head[384];
  const bool guarded = secrets_.token[0] != '\0';
  const int length = snprintf(
      head, sizeof head,
      "%s %s HTTP/1.1\r\nHost: %s:%u\r\n%s%s%sContent-Type: %s\r\nContent-Length: %u\r\n\r\n", method, path,
      settings_.host, static_cast<unsigned>(settings_.port), guarded ? "Authorization: Bearer " : "",
      secrets_.token, guarded ? "\r\n" : "", content_type, static_cast<unsigned>(size));
  if (length < 0 || static_cast<size_t>(length) >= sizeof head) return false;
  const auto wanted = static_cast<size_t>(length);
  if (client_.write(reinterpret_cast<const uint8_t*>(head), wanted) != wanted) return false;
  return size == 0 || client_.write(body, size) == size;
}

bool Http::receive(Answer& answer) {
  char line[128] = "";
  if (!read_line(line, sizeof line) || strncmp(line, "HTTP/1.", 7) != 0) return false;
  answer.status = static_cast<int>(strtol(line + 8, nullptr, 10));
  size_t length = 0;
  bool keep = true;
  bool has_length = false;
  while (read_line(line, sizeof line)) {
    if (line[0] == '\0') return read_body(answer, length, !has_length) && (keep || (client_.stop(), true));
    if (const char* value = value_of(line, "content-length")) {
      length = static_cast<size_t>(strtoul(value, nullptr, 10));
      has_length = true;
    }
    if (const char* value = value_of(line, "retry-after")) {
      answer.retry_after_s = static_cast<uint32_t>(strtoul(value, nullptr, 10));
    }
    if (const char* value = value_of(line, "connection")) keep = strcasecmp(value, "close") != 0;
  }
  return false;
}

// Reads a line without its end; what does not fit is thrown away.
bool Http::read_line(char* line, size_t room) {
  size_t size = 0;
  while (true) {
    const int byte = read_byte();
    if (byte == kNothing) return false;
    if (byte == '\n') break;
    if (byte != '\r' && size + 1 < room) line[size++] = static_cast<char>(byte);
  }
  line[size] = '\0';
  return true;
}

bool Http::read_body(Answer& answer, size_t length, bool until_closed) {
  size_t kept = 0;
  for (size_t k = 0; until_closed || k < length; k++) {
    const int byte = read_byte();
    if (byte == kNothing) {
      client_.stop();
      return until_closed;
    }
    if (kept + 1 < sizeof answer.body) answer.body[kept++] = static_cast<char>(byte);
  }
  answer.body[kept] = '\0';
  return true;
}

// Returns the next byte, or kNothing where the time is up or the connection is closed.
int Http::read_byte() {
  while (client_.available() <= 0) {
    if (!client_.connected() || millis() - started_ms_ > settings_.timeout_ms) return kNothing;
    delay(1);
  }
  return client_.read();
}

Answer Http::fail(const char* error) {
  client_.stop();
  error_ = error;
  return {};
}

}  // namespace judder
