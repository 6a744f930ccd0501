// TLS to a server whose certificate is signed by JUDDER_CA. secrets.h includes this where it names one: other
// sketches do without TLS, which is more than a hundred kilobytes of the flash.
#ifndef JUDDER_SECURE_H
#define JUDDER_SECURE_H

#include <NetworkClientSecure.h>

namespace judder {

// Returns a connection to the server called host, or null: it is out of reach, or not whom the CA signed for.
inline NetworkClient* connect_securely(IPAddress address, uint16_t port, const char* host,
                                       uint32_t timeout_ms) {
  static NetworkClientSecure client;
  client.setTimeout(timeout_ms);
  client.setHandshakeTimeout(1 + timeout_ms / 1000);
  return client.connect(address, port, host, JUDDER_CA, nullptr, nullptr) != 0 ? &client : nullptr;
}

}  // namespace judder

#endif
