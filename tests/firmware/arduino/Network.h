// See WiFi.h.
#ifndef FAKE_NETWORK_H
#define FAKE_NETWORK_H

#include "WiFi.h"

#endif
