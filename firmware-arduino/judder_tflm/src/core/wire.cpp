#include "wire.h"

#include <string.h>

namespace judder {
namespace {

constexpr uint8_t kVersion = 2;
constexpr size_t kFlagsAt = 4;
constexpr size_t kWindowLenAt = 14;
constexpr uint8_t kSamples = 1;  // of the content: what follows the header

// Writes little-endian numbers one after another, on a processor of either order.
class Writer {
 public:
  explicit Writer(uint8_t* out) : out_(out) {}

  void bytes(const void* data, size_t size) {
    memcpy(out_, data, size);
    out_ += size;
  }
  void number(uint64_t value, size_t size) {
    for (; size > 0; size--, value >>= 8) *out_++ = static_cast<uint8_t>(value);
  }
  void real(float value) {
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    number(bits, sizeof bits);
  }

 private:
  uint8_t* out_;
};

void write_judgement(const Judgement& judgement, Writer& writer) {
  writer.number(judgement.level, 1);
  writer.number(static_cast<uint8_t>(judgement.state), 1);
  writer.number(judgement.mode, 1);
  writer.number(kSamples, 1);
  writer.number(0, 2);  // features that follow
  writer.number(0, 2);
  writer.real(judgement.threshold);
  writer.real(judgement.combined_score);
  writer.real(judgement.combined_threshold);
  writer.real(judgement.alarm_score);
  writer.real(judgement.alarm_threshold);
}

void seal(uint8_t* frame, size_t size) {
  Writer(frame + size - kCrcSize).number(crc32(frame, size - kCrcSize), kCrcSize);
}

}  // namespace

void encode_window(const Window& window, uint8_t* frame) {
  Writer writer(frame);
  writer.bytes("JW", 2);
  writer.number(kVersion, 1);
  writer.number(kHeaderSize, 1);
  writer.number(window.flags, 2);
  writer.number(kAxes, 1);
  writer.number(window.sensor, 1);
  writer.bytes(window.device_id, sizeof window.device_id);
  writer.number(window.window_len, 2);
  writer.number(window.boot_id, 4);
  writer.number(window.seq, 4);
  writer.number(window.timestamp_us, 8);
  writer.real(window.sample_rate_hz);
  writer.real(window.scale_g);
  writer.real(window.judgement.score);
  writer.bytes(window.model_hash, sizeof window.model_hash);
  write_judgement(window.judgement, writer);
  for (int i = 0; i < kAxes * window.window_len; i++) {
    writer.number(static_cast<uint16_t>(window.counts[i]), 2);
  }
  seal(frame, frame_size(window.window_len));
}

void add_flags(uint8_t* frame, uint16_t flags) {
  frame[kFlagsAt] = static_cast<uint8_t>(frame[kFlagsAt] | flags);
  frame[kFlagsAt + 1] = static_cast<uint8_t>(frame[kFlagsAt + 1] | flags >> 8);
  seal(frame, frame_size(frame[kWindowLenAt] | frame[kWindowLenAt + 1] << 8));
}

Window window_in(const uint8_t* frame) {
  constexpr size_t kScaleAt = 36;
  Window window;
  window.window_len = static_cast<uint16_t>(frame[kWindowLenAt] | frame[kWindowLenAt + 1] << 8);
  memcpy(&window.scale_g, frame + kScaleAt, sizeof window.scale_g);  // boards are little-endian
  window.counts = reinterpret_cast<const int16_t*>(frame + kHeaderSize);
  return window;
}

uint32_t crc32(const uint8_t* data, size_t size) {
  constexpr uint32_t kPolynomial = 0xEDB88320;
  uint32_t crc = 0xFFFFFFFF;
  for (size_t i = 0; i < size; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ ((crc & 1) != 0 ? kPolynomial : 0);
  }
  return ~crc;
}

}  // namespace judder
