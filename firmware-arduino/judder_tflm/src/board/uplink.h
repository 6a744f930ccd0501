// Windows and reports to the server, by a task of its own: a bounded queue, one connection, and patience.
#ifndef JUDDER_UPLINK_H
#define JUDDER_UPLINK_H

#include <atomic>
#include <mutex>

#include "../core/frame_queue.h"
#include "http.h"
#include "radio.h"

namespace judder {

// Sampling and judging never wait for it. When the queue is full the oldest window goes, and is counted.
class Uplink {
 public:
  // report: writes the board's report (JSON) to its first argument, of the second's size.
  using Report = void (*)(char* out, size_t room);

  Uplink(const Settings& settings, const Secrets& secrets, Report report)
      : settings_(settings), secrets_(secrets), radio_(secrets), http_(settings, secrets), report_(report) {}

  // Starts Wi-Fi and the task. device_id: the board's MAC. Returns null, or why that failed, in words; it may
  // be tried again.
  const char* begin(const uint8_t (&device_id)[6]);
  bool runs() const { return boot_id_ != 0; }

  // Names this run of the board for ever; 0 before begin(): without the radio, chance is no chance.
  uint32_t boot_id() const { return boot_id_; }

  // Takes a copy of window into the queue, several of which go in one request; returns at once.
  void offer(const Window& window);

  // Unix time less micros() as the server last told, in microseconds; 0 while it is unknown.
  uint64_t clock_offset_us() const { return clock_offset_us_; }

  int queued();
  uint32_t dropped();
  uint32_t sent() const { return sent_; }
  uint32_t refused() const { return refused_; }

  // Bytes of the task's stack that it never used.
  uint32_t stack_left() const;

 private:
  [[noreturn]] void run();
  void keep_wifi();
  bool send_oldest();
  bool send_report();
  bool send_as_reference();
  bool took(const Answer& answer, int windows);
  void done(int windows);
  void take_time(const Answer& answer);
  void wait_before_next_try(uint32_t at_least_s);
  void say(const char* what);
  const char* hindrance(const Answer& answer) const;

  const Settings& settings_;
  const Secrets& secrets_;
  Radio radio_;
  Http http_;
  Report report_;
  char report_path_[48] = "";
  char report_text_[1120] = "";
  std::mutex lock_;
  FrameQueue queue_;
  int most_at_once_ = kMostHeld;
  uint32_t failures_ = 0;
  uint32_t report_ms_ = 0;
  bool reported_ = false;
  const char* said_ = nullptr;
  std::atomic<uint32_t> boot_id_{0};
  std::atomic<uint32_t> sent_{0};
  std::atomic<uint32_t> refused_{0};
  std::atomic<uint64_t> clock_offset_us_{0};
};

}  // namespace judder

#endif
