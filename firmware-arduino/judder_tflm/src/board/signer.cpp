#include "signer.h"

#include <esp_timer.h>
#include <stdio.h>
#include <string.h>

#include "../core/answer.h"

namespace judder {
namespace {

constexpr uint64_t kMostAheadUs = 300000000;  // of its own signing time, that the server lets pass
constexpr uint64_t kNeverUs = 1ULL << 62;

// Returns what a hex digit stands for, -1 for any other letter.
int digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

bool read_hex(const char* text, uint8_t* bytes, size_t size) {
  if (strlen(text) != 2 * size) return false;
  for (size_t k = 0; k < size; k++) {
    const int high = digit(text[2 * k]);
    const int low = digit(text[2 * k + 1]);
    if (high < 0 || low < 0) return false;
    bytes[k] = static_cast<uint8_t>(16 * high + low);
  }
  return true;
}

void write_hex(const uint8_t* bytes, size_t size, char* text) {
  for (size_t k = 0; k < size; k++) snprintf(text + 2 * k, 3, "%02x", bytes[k]);
}

}  // namespace

const char* Signer::begin(const char* key, const uint8_t (&device_id)[6]) {
  if (key[0] == '\0' || signs_) return nullptr;
  if (!read_hex(key, key_, sizeof key_)) return "the key in secrets.h is not 64 hex digits";
  write_hex(device_id, sizeof device_id, device_);
  mbedtls_md_init(&mac_);
  if (mbedtls_md_setup(&mac_, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1) != 0) {
    return "no memory for signatures";
  }
  signs_ = true;
  return nullptr;
}

const char* Signer::header(const char* method, const char* path, const Piece* pieces, int count) {
  if (!signs_) return "";
  time_us_ += passed_us();
  before_us_ = signed_us_;
  signed_us_ = time_us_ > signed_us_ ? time_us_ : signed_us_ + 1;
  char time[21];
  snprintf(time, sizeof time, "%llu", static_cast<unsigned long long>(signed_us_));
  mbedtls_md_hmac_starts(&mac_, key_, sizeof key_);
  const char* const lines[] = {"judder1", method, path, device_, time};
  for (const char* line : lines) {
    mbedtls_md_hmac_update(&mac_, reinterpret_cast<const uint8_t*>(line), strlen(line));
    mbedtls_md_hmac_update(&mac_, reinterpret_cast<const uint8_t*>("\n"), 1);
  }
  for (int k = 0; k < count; k++) mbedtls_md_hmac_update(&mac_, pieces[k].bytes, pieces[k].size);
  uint8_t digest[kMacBytes];
  char hex[2 * kMacBytes + 1] = "";
  mbedtls_md_hmac_finish(&mac_, digest);
  write_hex(digest, sizeof digest, hex);
  snprintf(header_, sizeof header_, "X-Judder-Signature: 1 %s %s %s\r\n", device_, time, hex);
  return header_;
}

bool Signer::adopt(const char* body) {
  const uint64_t time_us = number_in(body, "signing_time_us", 0);
  if (!signs_ || time_us == 0 || time_us >= kNeverUs) return false;
  signed_us_ = before_us_ <= time_us + kMostAheadUs ? before_us_ : 0;
  passed_us();
  time_us_ = time_us;
  return true;
}

// Returns the microseconds since it was asked last.
uint64_t Signer::passed_us() {
  const int64_t now_us = esp_timer_get_time();
  const auto passed = static_cast<uint64_t>(now_us - at_us_);
  at_us_ = now_us;
  return passed;
}

}  // namespace judder
