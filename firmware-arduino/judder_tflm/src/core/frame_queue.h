// Windows that wait for the server, as frames; the oldest goes where there are too many.
#ifndef JUDDER_FRAME_QUEUE_H
#define JUDDER_FRAME_QUEUE_H

#include "limits.h"
#include "wire.h"

namespace judder {

// As many as 20 kB hold: twelve of 256 samples are what a proxy that takes 3 s for an answer makes wait.
constexpr int kQueueBytes = 20480;
constexpr int kFit = kQueueBytes / static_cast<int>(frame_size(kMaxWindowLen));
constexpr int kQueueWindows = kFit > 3 ? kFit : 3;
constexpr int kMostHeld = kQueueWindows / 2;
constexpr int kBacklogAfter = kQueueWindows - 2;  // a window with this many before it comes late

// A ring. Its user locks; the frames that are held may be read without.
class FrameQueue {
 public:
  FrameQueue();

  // Takes in a copy of window. Where all is full the oldest goes that is not held.
  void push(const Window& window);

  // Holds the oldest, at most `most` and kMostHeld of them, for frame() until release(); returns how many.
  int hold(int most);
  const uint8_t* frame(int k, size_t& size) const;

  // Lets go of those that are held: done says that nobody needs them any more.
  void release(bool done);

  int queued() const { return queued_; }
  uint32_t dropped() const { return dropped_; }

 private:
  void remove(int k);

  uint8_t frames_[kQueueWindows][frame_size(kMaxWindowLen)];
  size_t sizes_[kQueueWindows] = {};
  int order_[kQueueWindows];  // of the frames, the oldest first; behind the queued ones, those that are free
  int queued_ = 0;
  int held_ = 0;
  uint32_t dropped_ = 0;
};

}  // namespace judder

#endif
