#include "answer.h"

#include <string.h>

namespace judder {
namespace {

// Returns where the value under name begins, or null.
const char* value_of(const char* json, const char* name) {
  const size_t size = strlen(name);
  for (const char* quote = strchr(json, '"'); quote != nullptr; quote = strchr(quote + 1, '"')) {
    if (strncmp(quote + 1, name, size) != 0 || quote[size + 1] != '"') continue;
    const char* value = quote + size + 2;
    while (*value == ' ') value++;
    if (*value != ':') continue;  // a value that reads like the name
    value++;
    while (*value == ' ') value++;
    return value;
  }
  return nullptr;
}

}  // namespace

uint64_t number_in(const char* json, const char* name, uint64_t otherwise) {
  const char* value = value_of(json, name);
  if (value == nullptr || *value < '0' || *value > '9') return otherwise;
  uint64_t number = 0;
  for (; *value >= '0' && *value <= '9'; value++) number = 10 * number + static_cast<uint64_t>(*value - '0');
  return number;
}

bool flag_in(const char* json, const char* name) {
  const char* value = value_of(json, name);
  return value != nullptr && strncmp(value, "true", 4) == 0;
}

}  // namespace judder
