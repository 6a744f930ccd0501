// Copy to secrets.h, which git ignores, and fill in.
#ifndef JUDDER_SECRETS_H
#define JUDDER_SECRETS_H

#include "src/board/settings.h"

// The board's key, which `judder key add` prints; "": it signs nothing.
#ifndef JUDDER_KEY
#define JUDDER_KEY ""
#endif

// To speak TLS, and nothing else: the CA's certificate, ca.pem of `judder cert make`, a line of it in each
// "...\n". #define JUDDER_CA "-----BEGIN CERTIFICATE-----\n" ...
#ifdef JUDDER_CA
#include "src/board/secure.h"
#define JUDDER_SECURELY judder::connect_securely
#else
#define JUDDER_SECURELY nullptr
#endif

static const judder::Secrets kSecrets = {
    "name of your Wi-Fi",
    "its password",
    "",  // the server's token, where it is one of before and asks for it
    JUDDER_KEY,
    JUDDER_SECURELY,
};

#endif
