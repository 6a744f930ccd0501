// SHA-256 of FIPS 180-4 and HMAC of RFC 2104, as short as they go: speed is no matter here.
#include <cstdlib>
#include <cstring>

#include "mbedtls/md.h"
#include "world.h"

namespace {

constexpr int kAllocFailed = -0x5180;
constexpr int kBadInput = -0x5100;
constexpr uint32_t kStart[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
constexpr uint32_t kRounds[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

uint32_t turn(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

void take_block(mbedtls_md_context_t& md) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) {
    const uint8_t* at = md.block + 4 * t;
    w[t] = uint32_t{at[0]} << 24 | uint32_t{at[1]} << 16 | uint32_t{at[2]} << 8 | at[3];
  }
  for (int t = 16; t < 64; t++) {
    const uint32_t low = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ w[t - 15] >> 3;
    const uint32_t high = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ w[t - 2] >> 10;
    w[t] = w[t - 16] + low + w[t - 7] + high;
  }
  uint32_t s[8];
  std::memcpy(s, md.state, sizeof s);
  for (int t = 0; t < 64; t++) {
    const uint32_t e = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
    const uint32_t one = s[7] + e + ((s[4] & s[5]) ^ (~s[4] & s[6])) + kRounds[t] + w[t];
    const uint32_t a = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
    const uint32_t two = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    std::memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int k = 0; k < 8; k++) md.state[k] += s[k];
}

void start(mbedtls_md_context_t& md) {
  std::memcpy(md.state, kStart, sizeof kStart);
  md.bytes = 0;
}

void take(mbedtls_md_context_t& md, const uint8_t* bytes, size_t size) {
  for (; size > 0; size--) {
    md.block[md.bytes++ % 64] = *bytes++;
    if (md.bytes % 64 == 0) take_block(md);
  }
}

void finish(mbedtls_md_context_t& md, uint8_t* digest) {
  const uint64_t bits = 8 * md.bytes;
  const uint8_t one = 0x80, zero = 0;
  take(md, &one, 1);
  while (md.bytes % 64 != 56) take(md, &zero, 1);
  for (int k = 7; k >= 0; k--) {
    const auto byte = static_cast<uint8_t>(bits >> 8 * k);
    take(md, &byte, 1);
  }
  for (int k = 0; k < 32; k++) digest[k] = static_cast<uint8_t>(md.state[k / 4] >> (24 - 8 * (k % 4)));
}

}  // namespace

const mbedtls_md_info_t* mbedtls_md_info_from_type(mbedtls_md_type_t type) {
  static const mbedtls_md_info_t sha256;
  return type == MBEDTLS_MD_SHA256 ? &sha256 : nullptr;
}

void mbedtls_md_init(mbedtls_md_context_t* context) { *context = {}; }

int mbedtls_md_setup(mbedtls_md_context_t* context, const mbedtls_md_info_t* info, int hmac) {
  if (info == nullptr) return kBadInput;
  if (world.fails("digest")) return kAllocFailed;
  context->is_set_up = hmac == 1;
  return 0;
}

int mbedtls_md_hmac_starts(mbedtls_md_context_t* context, const unsigned char* key, size_t size) {
  if (!context->is_set_up) return kBadInput;
  uint8_t block[64] = {}, inner[64];
  if (size > sizeof block) {
    start(*context);
    take(*context, key, size);
    finish(*context, block);
  } else {
    std::memcpy(block, key, size);
  }
  for (int k = 0; k < 64; k++) {
    inner[k] = block[k] ^ 0x36;
    context->outer_pad[k] = block[k] ^ 0x5c;
  }
  start(*context);
  take(*context, inner, sizeof inner);
  return 0;
}

int mbedtls_md_hmac_update(mbedtls_md_context_t* context, const unsigned char* bytes, size_t size) {
  if (!context->is_set_up) return kBadInput;
  take(*context, bytes, size);
  return 0;
}

int mbedtls_md_hmac_finish(mbedtls_md_context_t* context, unsigned char* digest) {
  if (!context->is_set_up) return kBadInput;
  uint8_t inner[32];
  finish(*context, inner);
  start(*context);
  take(*context, context->outer_pad, sizeof context->outer_pad);
  take(*context, inner, sizeof inner);
  finish(*context, digest);
  return 0;
}
