// One kept-alive HTTP connection: what the uplink needs of HTTP, as servers and the proxies before them speak
// it.
#ifndef JUDDER_HTTP_H
#define JUDDER_HTTP_H

#include "../core/piece.h"
#include "settings.h"
#include "signer.h"

namespace judder {

// status: the HTTP status, 0 where no answer came. body: cut off where it is longer.
struct Answer {
  int status = 0;
  uint32_t retry_after_s = 0;
  char body[1024] = "";
};

class Http {
 public:
  Http(const Settings& settings, const Secrets& secrets) : settings_(settings), secrets_(secrets) {}

  // Prepares to sign as the board of that MAC. Returns null, or why that failed, in words.
  const char* begin(const uint8_t (&device_id)[6]) { return signer_.begin(secrets_.key, device_id); }

  // Sends a request, opening the connection where needed, and returns the answer; it holds until the next
  // call. Where the server refuses the signing time and tells its own, it is asked once more. Connecting,
  // sending and receiving take settings.timeout_ms together and no longer. Not in it: the question for the
  // address of a server that is given by name, on which lwIP gives up after 14 s; it is asked once, and again
  // when a connection fails.
  const Answer& request(const char* method, const char* path, const char* content_type,
                        const Piece* pieces = nullptr, int count = 0);

  // Why the last request got no answer.
  const char* error() const { return error_; }

 private:
  struct Request {
    const char* method;
    const char* path;
    const char* content_type;
    const Piece* pieces;
    int count;
  };

  bool ask(const Request& request);
  bool open();
  bool connect();
  bool exchange(const Request& request);
  bool send_head(const Request& request);
  bool send(const uint8_t* bytes, size_t size);
  bool receive();
  bool read_head();
  void read_header(const char* line);
  bool read_body();
  bool read_chunks();
  bool read_bytes(size_t size);
  bool read_line(char* line, size_t room);
  int read_byte();
  void keep(int byte);
  void forget_answer();
  uint32_t left_ms() const;

  const Settings& settings_;
  const Secrets& secrets_;
  Signer signer_;
  NetworkClient plain_;
  NetworkClient* client_ = &plain_;
  IPAddress address_;
  bool has_address_ = false;
  uint32_t started_ms_ = 0;
  const char* error_ = "";

  // Of the answer that is being read.
  Answer answer_;
  size_t kept_ = 0;
  size_t length_ = 0;
  bool has_length_ = false;
  bool chunked_ = false;
  bool closes_ = false;
};

}  // namespace judder

#endif
