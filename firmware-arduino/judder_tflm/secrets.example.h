// Copy to secrets.h, which git ignores, and fill in.
#ifndef JUDDER_SECRETS_H
#define JUDDER_SECRETS_H

#include "src/board/settings.h"

// The board's key, which `judder key add` prints; "": it signs nothing.
#ifndef JUDDER_KEY
#define JUDDER_KEY ""
#endif

static const judder::Secrets kSecrets = {
    "name of your Wi-Fi",
    "its password",
    "",  // the server's token, where it is one of before and asks for it
    JUDDER_KEY,
};

#endif
