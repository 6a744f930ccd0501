// Of mbedtls' message digests: HMAC-SHA256, as include/mbedtls/md.h of mbedtls 3 declares it.
#ifndef FAKE_MBEDTLS_MD_H
#define FAKE_MBEDTLS_MD_H

#include <cstddef>
#include <cstdint>

enum mbedtls_md_type_t { MBEDTLS_MD_NONE = 0, MBEDTLS_MD_SHA256 = 9 };

struct mbedtls_md_info_t {};

struct mbedtls_md_context_t {
  uint32_t state[8];
  uint64_t bytes;
  uint8_t block[64];
  uint8_t outer_pad[64];
  bool is_set_up;
};

const mbedtls_md_info_t* mbedtls_md_info_from_type(mbedtls_md_type_t type);
void mbedtls_md_init(mbedtls_md_context_t* context);

// Returns MBEDTLS_ERR_MD_ALLOC_FAILED where there is no memory.
int mbedtls_md_setup(mbedtls_md_context_t* context, const mbedtls_md_info_t* info, int hmac);
int mbedtls_md_hmac_starts(mbedtls_md_context_t* context, const unsigned char* key, size_t size);
int mbedtls_md_hmac_update(mbedtls_md_context_t* context, const unsigned char* bytes, size_t size);
int mbedtls_md_hmac_finish(mbedtls_md_context_t* context, unsigned char* digest);

#endif
