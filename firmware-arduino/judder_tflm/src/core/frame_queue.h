// Windows that wait for the server, as frames; the oldest goes where there are too many.
#ifndef JUDDER_FRAME_QUEUE_H
#define JUDDER_FRAME_QUEUE_H

#include "limits.h"
#include "wire.h"

namespace judder {

constexpr int kQueueWindows = 4;
constexpr int kBacklogAfter = 2;  // a window that had this many before it in the queue comes late

// A ring. Its user locks; copies in and out are short.
class FrameQueue {
 public:
  // Takes in a copy of window.
  void push(const Window& window);

  // Copies the oldest to frame, which has frame_size(kMaxWindowLen) bytes; returns its size, 0 without one.
  size_t peek(uint8_t* frame, uint32_t& seq) const;

  // Lets go of the oldest, if it still is the one with that seq.
  void pop(uint32_t seq);

  int queued() const { return queued_; }
  uint32_t dropped() const { return dropped_; }

 private:
  void forget_oldest();

  uint8_t frames_[kQueueWindows][frame_size(kMaxWindowLen)];
  size_t sizes_[kQueueWindows] = {};
  uint32_t seqs_[kQueueWindows] = {};
  int first_ = 0;
  int queued_ = 0;
  uint32_t dropped_ = 0;
};

}  // namespace judder

#endif
