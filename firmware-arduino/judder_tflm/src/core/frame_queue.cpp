#include "frame_queue.h"

#include <string.h>

namespace judder {

void FrameQueue::push(const Window& window) {
  if (queued_ == kQueueWindows) {
    forget_oldest();
    dropped_++;
  }
  const int slot = (first_ + queued_) % kQueueWindows;
  encode_window(window, frames_[slot]);
  if (queued_ >= kBacklogAfter) add_flags(frames_[slot], kFlagBacklog);
  sizes_[slot] = frame_size(window.window_len);
  seqs_[slot] = window.seq;
  queued_++;
}

size_t FrameQueue::peek(uint8_t* frame, uint32_t& seq) const {
  if (queued_ == 0) return 0;
  memcpy(frame, frames_[first_], sizes_[first_]);
  seq = seqs_[first_];
  return sizes_[first_];
}

void FrameQueue::pop(uint32_t seq) {
  if (queued_ > 0 && seqs_[first_] == seq) forget_oldest();
}

void FrameQueue::forget_oldest() {
  first_ = (first_ + 1) % kQueueWindows;
  queued_--;
}

}  // namespace judder
