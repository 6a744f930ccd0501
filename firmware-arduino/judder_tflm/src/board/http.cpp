#include "http.h"

#include <Arduino.h>
#include <Network.h>
#include <errno.h>
#include <lwip/sockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

namespace judder {
namespace {

constexpr int kNothing = -1;
constexpr int kUnauthorized = 401;
constexpr int kNoContent = 204;
constexpr int kNotTaken = 300;
constexpr int kNotModified = 304;
constexpr uint32_t kPollMs = 1;

// Returns what follows the header's name in line, or null where it is another header.
const char* value_of(const char* line, const char* name) {
  const size_t size = strlen(name);
  if (strncasecmp(line, name, size) != 0 || line[size] != ':') return nullptr;
  const char* value = line + size + 1;
  while (*value == ' ' || *value == '\t') value++;
  return value;
}

bool begins_with(const char* text, const char* word) { return strncasecmp(text, word, strlen(word)) == 0; }

bool may_be_sent_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == ENOMEM; }

}  // namespace

const Answer& Http::request(const char* method, const char* path, const char* content_type,
                            const Piece* pieces, int count) {
  const Request request = {method, path, content_type, pieces, count};
  started_ms_ = millis();
  bool whole = ask(request);
  if (answer_.status == kUnauthorized && signer_.adopt(answer_.body)) whole = ask(request);
  if (!whole) forget_answer();
  return answer_;
}

// Returns whether a whole answer came.
bool Http::ask(const Request& request) {
  forget_answer();
  const bool was_open = client_->connected() != 0;
  bool whole = (was_open || open()) && exchange(request);
  // The server may close a connection that was kept just as the request leaves: then it never read it.
  const bool unread = !whole && was_open && answer_.status == 0 && left_ms() > 0;
  if (unread) whole = open() && exchange(request);
  if (!whole || closes_) client_->stop();
  return whole;
}

bool Http::open() {
  client_->stop();
  if (!has_address_) {
    has_address_ = Network.hostByName(settings_.host, address_) == 1;
    started_ms_ = millis();
    error_ = "nobody knows the address of the server's name";
  }
  if (!has_address_) return false;
  if (connect()) return true;
  has_address_ = false;  // it may have moved
  return false;
}

bool Http::connect() {
  if (secrets_.securely != nullptr) {
    NetworkClient* client = secrets_.securely(address_, settings_.port, settings_.host, left_ms());
    error_ = "no TLS with the server: it is out of reach, or not of the CA in secrets.h";
    if (client != nullptr) client_ = client;
    return client != nullptr;
  }
  error_ = "server is out of reach";
  if (client_->connect(address_, settings_.port, static_cast<int32_t>(left_ms())) == 0) return false;
  client_->setNoDelay(true);  // head and body are two writes: the second would wait for the first's receipt
  return true;
}

bool Http::exchange(const Request& request) {
  bool sent = send_head(request);
  for (int k = 0; k < request.count && sent; k++) {
    sent = send(request.pieces[k].bytes, request.pieces[k].size);
  }
  error_ = sent ? "no whole answer comes in time"
                : "the server's connection breaks, or takes no more, while sending";
  return sent && receive();
}

bool Http::send_head(const Request& request) {
  char head[544];
  size_t size = 0;
  for (int k = 0; k < request.count; k++) size += request.pieces[k].size;
  const bool guarded = secrets_.token[0] != '\0';
  const int length =
      snprintf(head, sizeof head,
               "%s %s HTTP/1.1\r\nHost: %s:%u\r\n%s%s%s%sContent-Type: %s\r\nContent-Length: %u\r\n\r\n",
               request.method, request.path, settings_.host, static_cast<unsigned>(settings_.port),
               guarded ? "Authorization: Bearer " : "", secrets_.token, guarded ? "\r\n" : "",
               signer_.header(request.method, request.path, request.pieces, request.count),
               request.content_type, static_cast<unsigned>(size));
  if (length < 0 || static_cast<size_t>(length) >= sizeof head) return false;
  return send(reinterpret_cast<const uint8_t*>(head), static_cast<size_t>(length));
}

// Not by write() where it can be helped: that waits for up to ten seconds, and as long again after each byte
// it could send.
bool Http::send(const uint8_t* bytes, size_t size) {
  if (secrets_.securely != nullptr) return client_->write(bytes, size) == size;
  while (size > 0) {
    const auto sent = lwip_send(client_->fd(), bytes, size, MSG_DONTWAIT);
    if (sent > 0) {
      bytes += sent;
      size -= static_cast<size_t>(sent);
      continue;
    }
    if (!may_be_sent_later(errno) || left_ms() == 0) return false;
    delay(kPollMs);
  }
  return true;
}

bool Http::receive() {
  do {
    if (!read_head()) return false;
  } while (answer_.status / 100 == 1);  // "100 Continue": the answer is still to come
  return read_body();
}

bool Http::read_head() {
  char line[128] = "";
  if (!read_line(line, sizeof line) || !begins_with(line, "HTTP/1.")) return false;
  forget_answer();
  closes_ = line[7] == '0';
  answer_.status = static_cast<int>(strtol(line + 8, nullptr, 10));
  while (read_line(line, sizeof line)) {
    if (line[0] == '\0') return true;
    read_header(line);
  }
  return false;
}

void Http::read_header(const char* line) {
  if (const char* value = value_of(line, "content-length")) {
    length_ = static_cast<size_t>(strtoul(value, nullptr, 10));
    has_length_ = true;
  } else if (const char* encoding = value_of(line, "transfer-encoding")) {
    chunked_ = begins_with(encoding, "chunked");
  } else if (const char* pause = value_of(line, "retry-after")) {
    answer_.retry_after_s = static_cast<uint32_t>(strtoul(pause, nullptr, 10));
  } else if (const char* connection = value_of(line, "connection")) {
    closes_ = begins_with(connection, "close");
  }
}

bool Http::read_body() {
  if (answer_.status == kNoContent || answer_.status == kNotModified) return true;  // they never have one
  if (chunked_) return read_chunks();
  if (has_length_) return read_bytes(length_);
  closes_ = true;                                // its end is the connection's
  if (answer_.status >= kNotTaken) return true;  // nobody reads what a refusal says
  for (int byte = read_byte(); byte != kNothing; byte = read_byte()) keep(byte);
  return left_ms() > 0;
}

// Source: RFC 9112, 7.1: each chunk after its length in hexadecimal, the last is empty; then trailers.
bool Http::read_chunks() {
  char line[32] = "";
  while (read_line(line, sizeof line)) {
    char* end = line;
    const auto size = static_cast<size_t>(strtoul(line, &end, 16));
    if (end == line) return false;
    if (size == 0) break;
    if (!read_bytes(size) || !read_line(line, sizeof line)) return false;
  }
  while (read_line(line, sizeof line)) {
    if (line[0] == '\0') return true;
  }
  return false;
}

bool Http::read_bytes(size_t size) {
  for (; size > 0; size--) {
    const int byte = read_byte();
    if (byte == kNothing) return false;
    keep(byte);
  }
  return true;
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

// Returns the next byte, or kNothing where the time is up or the connection is closed.
int Http::read_byte() {
  while (client_->available() <= 0) {
    if (left_ms() == 0 || client_->connected() == 0) return kNothing;
    delay(kPollMs);
  }
  return left_ms() == 0 ? kNothing : client_->read();
}

// In place: another Answer on the stack would be a kilobyte.
void Http::forget_answer() {
  answer_.status = 0;
  answer_.retry_after_s = 0;
  answer_.body[0] = '\0';
  kept_ = length_ = 0;
  has_length_ = chunked_ = closes_ = false;
}

void Http::keep(int byte) {
  if (kept_ + 1 >= sizeof answer_.body) return;
  answer_.body[kept_++] = static_cast<char>(byte);
  answer_.body[kept_] = '\0';
}

uint32_t Http::left_ms() const {
  const uint32_t passed_ms = millis() - started_ms_;
  return passed_ms < settings_.timeout_ms ? settings_.timeout_ms - passed_ms : 0;
}

}  // namespace judder
