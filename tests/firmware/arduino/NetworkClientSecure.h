// libraries/NetworkClientSecure/src of arduino-esp32, without any secrecy: it says whom it would have trusted
// by whose certificate, and goes on in the open.
#ifndef FAKE_NETWORK_CLIENT_SECURE_H
#define FAKE_NETWORK_CLIENT_SECURE_H

#include "WiFi.h"

class NetworkClientSecure : public NetworkClient {
 public:
  void setTimeout(unsigned long timeout_ms) { timeout_ms_ = timeout_ms; }
  void setHandshakeTimeout(unsigned long) {}

  // 0 without a CA, and where the world fails "tls": somebody else answers.
  int connect(IPAddress address, uint16_t port, const char* host, const char* ca, const char* certificate,
              const char* key);

 private:
  unsigned long timeout_ms_ = 30000;
};

#endif
