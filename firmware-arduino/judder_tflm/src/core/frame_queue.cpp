#include "frame_queue.h"

namespace judder {

FrameQueue::FrameQueue() {
  for (int k = 0; k < kQueueWindows; k++) order_[k] = k;
}

void FrameQueue::push(const Window& window) {
  if (queued_ == kQueueWindows) {
    remove(held_);
    dropped_++;
  }
  const int slot = order_[queued_];
  encode_window(window, frames_[slot]);
  if (queued_ >= kBacklogAfter) add_flags(frames_[slot], kFlagBacklog);
  sizes_[slot] = frame_size(window.window_len);
  queued_++;
}

int FrameQueue::hold(int most) {
  held_ = queued_ < kMostHeld ? queued_ : kMostHeld;
  if (held_ > most) held_ = most;
  return held_;
}

const uint8_t* FrameQueue::frame(int k, size_t& size) const {
  size = sizes_[order_[k]];
  return frames_[order_[k]];
}

void FrameQueue::release(bool done) {
  for (; held_ > 0; held_--) {
    if (done) remove(0);
  }
}

// Frees the k-th oldest.
void FrameQueue::remove(int k) {
  const int slot = order_[k];
  queued_--;
  for (; k < queued_; k++) order_[k] = order_[k + 1];
  order_[queued_] = slot;
}

}  // namespace judder
