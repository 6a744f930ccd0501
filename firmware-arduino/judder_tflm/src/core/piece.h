// Bytes of a request's body, which may come in several pieces.
#ifndef JUDDER_PIECE_H
#define JUDDER_PIECE_H

#include <stddef.h>
#include <stdint.h>

namespace judder {

struct Piece {
  const uint8_t* bytes;
  size_t size;
};

}  // namespace judder

#endif
