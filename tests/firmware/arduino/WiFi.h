// Wi-Fi that is there or not, and a client over real sockets.
#ifndef FAKE_WIFI_H
#define FAKE_WIFI_H

#include <cstddef>
#include <cstdint>

enum wl_status_t { WL_CONNECTED = 3, WL_DISCONNECTED = 6 };
enum wifi_mode_t { WIFI_STA = 1 };

struct FakeWiFi {
  void mode(wifi_mode_t) {}
  void begin(const char* ssid, const char* password);
  void disconnect() { begun_ = false; }
  wl_status_t status();

 private:
  bool begun_ = false;
};
extern FakeWiFi WiFi;

class WiFiClient {
 public:
  ~WiFiClient() { stop(); }
  int connect(const char* host, uint16_t port, int32_t timeout_ms);
  void setNoDelay(bool);
  size_t write(const uint8_t* bytes, size_t size);
  int available();
  int read();
  uint8_t connected();
  void stop();

 private:
  bool pull();

  int socket_ = -1;
  bool closed_ = false;
  uint8_t buffer_[512] = {};
  size_t next_ = 0;
  size_t end_ = 0;
};

#endif
