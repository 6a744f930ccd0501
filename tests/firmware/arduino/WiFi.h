// Wi-Fi that is there or not, and a client over real sockets.
#ifndef FAKE_WIFI_H
#define FAKE_WIFI_H

#include <cstddef>
#include <cstdint>

// libraries/WiFi/src/WiFiType.h, and ESP-IDF's esp_wifi_types_generic.h.
enum wl_status_t {
  WL_IDLE_STATUS = 0,
  WL_NO_SSID_AVAIL = 1,
  WL_CONNECTED = 3,
  WL_CONNECT_FAILED = 4,
  WL_CONNECTION_LOST = 5,
  WL_DISCONNECTED = 6,
  WL_STOPPED = 254,
};
enum wifi_mode_t { WIFI_STA = 1 };
enum wifi_err_reason_t : uint8_t {
  WIFI_REASON_AUTH_EXPIRE = 2,
  WIFI_REASON_ASSOC_LEAVE = 8,
  WIFI_REASON_4WAY_HANDSHAKE_TIMEOUT = 15,
  WIFI_REASON_BEACON_TIMEOUT = 200,
  WIFI_REASON_NO_AP_FOUND = 201,
  WIFI_REASON_AUTH_FAIL = 202,
  WIFI_REASON_HANDSHAKE_TIMEOUT = 204,
  WIFI_REASON_NO_AP_FOUND_W_COMPATIBLE_SECURITY = 210,
  WIFI_REASON_NO_AP_FOUND_IN_AUTHMODE_THRESHOLD = 211,
};
enum arduino_event_id_t { ARDUINO_EVENT_WIFI_STA_DISCONNECTED = 113 };
union arduino_event_info_t {
  struct {
    uint8_t reason;
  } wifi_sta_disconnected;
};

// Read from libraries/WiFi/src/STA.cpp: which status each reason leads to; that the first failure of all is
// tried again without a word; that begin() is refused while the driver still tries.
class FakeWiFi {
 public:
  using Listener = void (*)(arduino_event_id_t, arduino_event_info_t);

  void persistent(bool) {}
  void onEvent(Listener listener, arduino_event_id_t) { listener_ = listener; }
  bool mode(wifi_mode_t);
  wl_status_t begin(const char* ssid, const char* password);
  bool disconnect();
  wl_status_t status();

  bool is_on() const { return on_; }

 private:
  void live();
  void lose(uint8_t reason);

  Listener listener_ = nullptr;
  bool on_ = false;
  bool trying_ = false;
  bool first_ = true;
  uint64_t due_us_ = 0;
  wl_status_t status_ = WL_STOPPED;
};
extern FakeWiFi WiFi;

class IPAddress {
 public:
  IPAddress() = default;
  explicit IPAddress(uint32_t address) : address_(address) {}
  uint32_t address() const { return address_; }

 private:
  uint32_t address_ = 0;
};

// libraries/Network/src/NetworkManager.cpp: 1 where the name is known, else lwIP's error, which is not 0.
struct FakeNetwork {
  int hostByName(const char* name, IPAddress& address);
};
extern FakeNetwork Network;

// libraries/Network/src/NetworkClient.cpp.
class NetworkClient {
 public:
  virtual ~NetworkClient() { stop(); }
  virtual int connect(IPAddress address, uint16_t port, int32_t timeout_ms);
  int setNoDelay(bool on);
  virtual size_t write(const uint8_t* bytes, size_t size);
  virtual int available();
  virtual int read();
  virtual uint8_t connected();
  virtual void stop();
  int fd() const { return socket_; }

 private:
  void pull();

  int socket_ = -1;
  bool connected_ = false;
  uint8_t buffer_[512] = {};
  size_t next_ = 0;
  size_t end_ = 0;
};
using WiFiClient = NetworkClient;

#endif
