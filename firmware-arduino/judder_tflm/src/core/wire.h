// Windows as bytes: frame v2 of the Judder protocol, as judder_core/wire.py describes it.
#ifndef JUDDER_WIRE_H
#define JUDDER_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "window.h"

namespace judder {

constexpr const char* kFrameContentType = "application/vnd.judder.window";
constexpr size_t kHeaderSize = 76;
constexpr size_t kCrcSize = 4;

constexpr size_t frame_size(int window_len) {
  return kHeaderSize + 2 * kAxes * static_cast<size_t>(window_len) + kCrcSize;
}

// Writes window into frame, which has frame_size(window.window_len) bytes.
void encode_window(const Window& window, uint8_t* frame);

// Adds the flags to a frame that is written already.
void add_flags(uint8_t* frame, uint16_t flags);

// Returns the counts and scale_g of a frame that encode_window() wrote to an even address.
Window window_in(const uint8_t* frame);

// Returns the crc32 (IEEE 802.3) of size bytes.
uint32_t crc32(const uint8_t* data, size_t size);

}  // namespace judder

#endif
