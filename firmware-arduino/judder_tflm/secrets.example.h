// Copy to secrets.h, which git ignores, and fill in.
#ifndef JUDDER_SECRETS_H
#define JUDDER_SECRETS_H

#include "src/board/settings.h"

static const judder::Secrets kSecrets = {
    "name of your Wi-Fi",
    "its password",
    "",  // the server's token, if it asks for one
};

#endif
