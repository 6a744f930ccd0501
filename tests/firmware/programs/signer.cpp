// Signs a request of the board 0200000000a1. usage: signer KEY REFUSAL METHOD PATH BODY
// Prints whether the signing time in REFUSAL was adopted, then the header.
#include <cstdio>
#include <cstring>

#include "src/board/signer.h"

int main(int, char** argv) {
  static judder::Signer signer;
  const uint8_t device_id[] = {2, 0, 0, 0, 0, 0xa1};
  if (signer.begin(argv[1], device_id) != nullptr) return 2;
  std::printf("%d\n", signer.adopt(argv[2]) ? 1 : 0);
  const judder::Piece body = {reinterpret_cast<const uint8_t*>(argv[5]), std::strlen(argv[5])};
  std::printf("%s", signer.header(argv[3], argv[4], &body, 1));
}
