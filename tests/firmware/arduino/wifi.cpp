#include "WiFi.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "Arduino.h"
#include "world.h"

FakeWiFi WiFi;
static constexpr int kAnswerMs = 2000;

void FakeWiFi::begin(const char*, const char*) { begun_ = true; }

wl_status_t FakeWiFi::status() { return begun_ && world.wifi ? WL_CONNECTED : WL_DISCONNECTED; }

int WiFiClient::connect(const char* host, uint16_t port, int32_t timeout_ms) {
  stop();
  if (!world.wifi) {
    delay(static_cast<uint32_t>(timeout_ms));
    return 0;
  }
  socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host, &address.sin_addr) == 1 &&
      ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    return 1;
  }
  stop();
  return 0;
}

void WiFiClient::setNoDelay(bool on) {
  const int value = on ? 1 : 0;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value);
}

size_t WiFiClient::write(const uint8_t* bytes, size_t size) {
  if (socket_ < 0 || !world.wifi) return 0;
  const ssize_t sent = ::send(socket_, bytes, size, MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<size_t>(sent);
}

int WiFiClient::available() {
  if (next_ == end_) pull();
  return static_cast<int>(end_ - next_);
}

int WiFiClient::read() { return available() > 0 ? buffer_[next_++] : -1; }

uint8_t WiFiClient::connected() {
  if (next_ < end_) return 1;
  if (socket_ < 0 || closed_ || !world.wifi) return 0;
  uint8_t byte = 0;
  closed_ = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  return closed_ ? 0 : 1;
}

void WiFiClient::stop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  closed_ = false;
  next_ = end_ = 0;
}

// Fills the empty buffer with what has come. Virtual time stands still while a server that is there answers.
bool WiFiClient::pull() {
  if (socket_ < 0 || closed_ || !world.wifi) return false;
  pollfd waits = {socket_, POLLIN, 0};
  ::poll(&waits, 1, kAnswerMs);
  const ssize_t got = ::recv(socket_, buffer_, sizeof buffer_, MSG_DONTWAIT);
  if (got == 0) closed_ = true;
  next_ = 0;
  end_ = got > 0 ? static_cast<size_t>(got) : 0;
  return got > 0;
}
