// Windows as the reference project's sketch posts them: JSON, in g, for servers that know nothing else.
#ifndef JUDDER_REFERENCE_H
#define JUDDER_REFERENCE_H

#include <stddef.h>

#include "window.h"

namespace judder {

constexpr const char* kReferenceContentType = "application/json";

// The most bytes that a window's JSON takes, its closing zero included: "-32.7680000," for each count.
constexpr size_t reference_size(int window_len) { return static_cast<size_t>(kAxes * window_len) * 12 + 32; }

// Writes {"x":[...],"y":[...],"z":[...]} with seven decimals and a closing zero; returns its length.
// out has reference_size(window.window_len) bytes; counts times scale_g lie within +-99 g.
size_t encode_reference(const Window& window, char* out);

}  // namespace judder

#endif
