#include "WiFi.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "Arduino.h"
#include "NetworkClientSecure.h"
#include "lwip/sockets.h"
#include "world.h"

FakeWiFi WiFi;
FakeNetwork Network;

static constexpr int kAnswerMs = 2000;
static constexpr uint64_t kScanUs = 3000000;
static constexpr uint64_t kHandshakeUs = 2000000;
static constexpr uint32_t kDnsGivesUpMs = 14000;  // lwIP's dns.c: 7 s, for IPv4 and for IPv6
static constexpr int kSelects = 10;               // WIFI_CLIENT_MAX_WRITE_RETRY
static constexpr uint32_t kSelectMs = 1000;       // WIFI_CLIENT_SELECT_TIMEOUT_US
static constexpr int kDnsFailed = 202;            // lwIP's EAI_FAIL
static std::atomic<bool> answer_is_due{false};

bool FakeWiFi::mode(wifi_mode_t) {
  on_ = on_ || !world.fails("radio");
  if (on_ && status_ == WL_STOPPED) status_ = WL_DISCONNECTED;
  return on_;
}

wl_status_t FakeWiFi::begin(const char*, const char*) {
  if (!on_ || trying_) return WL_CONNECT_FAILED;  // ESP_ERR_WIFI_STATE: it is connecting
  trying_ = true;
  due_us_ = world.now_us + (world.wifi == WifiIs::kRefusing ? kHandshakeUs : kScanUs);
  if (world.wifi == WifiIs::kOn) due_us_ = world.now_us;
  return status_;
}

bool FakeWiFi::disconnect() {
  if (!on_) return false;
  trying_ = false;
  status_ = WL_DISCONNECTED;
  return true;
}

wl_status_t FakeWiFi::status() {
  live();
  return status_;
}

void FakeWiFi::live() {
  const WifiIs wifi = world.wifi;
  if (status_ == WL_CONNECTED && wifi != WifiIs::kOn) {
    trying_ = true;  // the core reconnects by itself
    lose(WIFI_REASON_BEACON_TIMEOUT);
  }
  if (!trying_ || world.now_us < due_us_) return;
  if (wifi == WifiIs::kOn) {
    status_ = WL_CONNECTED;
    trying_ = false;
  } else if (wifi == WifiIs::kRefusing) {
    lose(first_ ? WIFI_REASON_AUTH_EXPIRE : WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT);
  } else {
    lose(wifi == WifiIs::kOpen ? WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD : WIFI_REASON_NO_AP_FOUND);
  }
}

// As _onStaArduinoEvent() does.
void FakeWiFi::lose(uint8_t reason) {
  if (reason == WIFI_REASON_NO_AP_FOUND) {
    status_ = WL_NO_SSID_AVAIL;
  } else if (reason == WIFI_REASON_AUTH_FAIL && !first_) {
    status_ = WL_CONNECT_FAILED;
  } else if (reason == WIFI_REASON_BEACON_TIMEOUT || reason == WIFI_REASON_HANDSHAKE_TIMEOUT) {
    status_ = WL_CONNECTION_LOST;
  } else if (reason != WIFI_REASON_AUTH_EXPIRE) {
    status_ = WL_DISCONNECTED;
  }
  const bool again = first_ || (reason != WIFI_REASON_AUTH_FAIL && reason != WIFI_REASON_ASSOC_LEAVE &&
                                reason < WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY);
  first_ = false;
  trying_ = again;
  due_us_ = world.now_us + kScanUs;
  arduino_event_info_t info = {};
  info.wifi_sta_disconnected.reason = reason;
  if (listener_ != nullptr) listener_(ARDUINO_EVENT_WIFI_STA_DISCONNECTED, info);
}

int FakeNetwork::hostByName(const char* name, IPAddress& address) {
  in_addr parsed = {};
  if (inet_pton(AF_INET, name, &parsed) == 1) {
    address = IPAddress(parsed.s_addr);
    return 1;
  }
  std::printf("dns: where is %s?\n", name);
  if (!world.dns_answers || world.wifi != WifiIs::kOn) {
    delay(kDnsGivesUpMs);
    return kDnsFailed;
  }
  address = IPAddress(htonl(INADDR_LOOPBACK));
  return 1;
}

int NetworkClient::connect(IPAddress address, uint16_t port, int32_t timeout_ms) {
  stop();
  if (world.wifi != WifiIs::kOn) {
    delay(static_cast<uint32_t>(timeout_ms));
    return 0;
  }
  socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where = {};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = address.address();
  connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  if (!connected_) stop();
  return connected_ ? 1 : 0;
}

int NetworkClientSecure::connect(IPAddress address, uint16_t port, const char* host, const char* ca,
                                 const char*, const char*) {
  if (ca == nullptr || ca[0] == '\0') return 0;
  std::printf("tls: %s, by %s\n", host, ca);
  if (NetworkClient::connect(address, port, static_cast<int32_t>(timeout_ms_)) == 0) return 0;
  if (!world.fails("tls")) return 1;
  stop();
  return 0;
}

int NetworkClient::setNoDelay(bool on) {
  const int value = on ? 1 : 0;
  return setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value);
}

ssize_t lwip_send(int socket, const void* bytes, size_t size, int flags) {
  const int most = world.most_sent;
  if (socket < 0) {
    errno = EBADF;
    return -1;
  }
  if (world.wifi != WifiIs::kOn || most == World::kStalled) {
    errno = EWOULDBLOCK;
    return -1;
  }
  answer_is_due = true;
  if (most != World::kAnySize) size = std::min(size, static_cast<size_t>(most));
  return ::send(socket, bytes, size, flags | MSG_NOSIGNAL);
}

// Ten selects of a second, counted anew after each byte that went.
size_t NetworkClient::write(const uint8_t* bytes, size_t size) {
  size_t total = 0;
  for (int left = kSelects; left > 0 && socket_ >= 0;) {
    left--;
    const ssize_t sent = lwip_send(socket_, bytes + total, size - total, MSG_DONTWAIT);
    if (sent > 0) {
      total += static_cast<size_t>(sent);
      if (total == size) break;
      left = kSelects;
    } else if (errno == EWOULDBLOCK) {
      delay(kSelectMs);
    } else {
      stop();
    }
  }
  return total;
}

int NetworkClient::available() {
  if (socket_ < 0) return 0;
  if (next_ == end_) pull();
  return static_cast<int>(end_ - next_);
}

int NetworkClient::read() { return available() > 0 ? buffer_[next_++] : -1; }

// By a look at the socket alone: what was received and not yet read does not count.
uint8_t NetworkClient::connected() {
  if (!connected_ || world.wifi != WifiIs::kOn) return 0;
  uint8_t byte = 0;
  const ssize_t got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EWOULDBLOCK)) connected_ = false;
  return connected_ ? 1 : 0;
}

void NetworkClient::stop() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  connected_ = false;
  next_ = end_ = 0;
}

// Fills the empty buffer with what has come. Virtual time stands still while a server that is there answers,
// but for what the world says that the answer takes.
void NetworkClient::pull() {
  next_ = end_ = 0;
  if (world.wifi != WifiIs::kOn) return;
  if (answer_is_due.exchange(false) && world.answers_after_ms != 0) delay(world.answers_after_ms);
  pollfd waits = {socket_, POLLIN, 0};
  ::poll(&waits, 1, world.answers_live ? 0 : kAnswerMs);
  const ssize_t got = ::recv(socket_, buffer_, sizeof buffer_, MSG_DONTWAIT);
  if (got > 0) end_ = static_cast<size_t>(got);
}
