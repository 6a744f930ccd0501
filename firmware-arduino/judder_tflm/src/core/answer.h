// What a board reads of the server's JSON answers: single numbers and flags, by name.
#ifndef JUDDER_ANSWER_H
#define JUDDER_ANSWER_H

#include <stdint.h>

namespace judder {

// Returns the whole number that json, a flat object, has under name, or otherwise.
uint64_t number_in(const char* json, const char* name, uint64_t otherwise);

// Returns whether json has true under name.
bool flag_in(const char* json, const char* name);

}  // namespace judder

#endif
