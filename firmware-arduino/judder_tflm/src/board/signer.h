// The signature on each request of a board that has a key. Source: FORMATS.md, "Signature".
#ifndef JUDDER_SIGNER_H
#define JUDDER_SIGNER_H

#include <mbedtls/md.h>
#include <stddef.h>
#include <stdint.h>

#include "../core/piece.h"

namespace judder {

// It needs no clock: the server tells its signing time with the first request it refuses, from then on the
// board's own time counts it. Each request has a later one than the last. A board whose clock ran ahead keeps
// to what the server has taken, until the server's own has come there.
class Signer {
 public:
  // Takes the key, 64 hex digits, and the board's MAC. Returns null, or why it cannot sign, in words. Without
  // a key ("") nothing is signed, and all is well.
  const char* begin(const char* key, const uint8_t (&device_id)[6]);

  // Returns the header that signs a request, with its end of line, until the next call; "" without a key.
  const char* header(const char* method, const char* path, const Piece* pieces, int count);

  // Takes the signing time from the body of a refusal; returns whether it tells one, and there is a key.
  bool adopt(const char* body);

 private:
  static constexpr size_t kKeyBytes = 32;
  static constexpr size_t kMacBytes = 32;

  uint64_t passed_us();

  bool signs_ = false;
  uint8_t key_[kKeyBytes] = {};
  char device_[13] = "";
  mbedtls_md_context_t mac_;
  uint64_t time_us_ = 0;    // the server's, now
  uint64_t signed_us_ = 0;  // of the last request
  uint64_t before_us_ = 0;  // and of the one before
  int64_t at_us_ = 0;       // when time_us_ was so
  char header_[160] = "";
};

}  // namespace judder

#endif
