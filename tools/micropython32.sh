#!/usr/bin/env bash
# A 32-bit MicroPython for tests, with the libraries it needs, into FOLDER: Debian 13's for i386. On any
# Debian of 64 bits; nothing is installed in the system.
#
# usage: tools/micropython32.sh FOLDER        then FOLDER/micropython is the command
#
# Pointers of 4 bytes and blocks of 16 as on an ESP32, floats of 8 bytes in a block like the ESP32's of 4.
# (The npm registry's WebAssembly build has 4-byte pointers too, but collects garbage only when all Python has
# returned: tried, 100 kB of garbage fill 96 kB of heap. The PyPI ones are of 64 bits or collect what is alive.)
set -euo pipefail
mkdir -p "$1"
root=$(cd "$1" && pwd)
suite=trixie
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 'Created-By: Packages' | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no Debian mirror; run apt-get update first." >&2; exit 1; }

apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
mkdir -p "$apt"/{lists,cache,debs}
: >"$apt/status"
echo "deb [arch=i386 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$apt/sources.list"
apart=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::status="$apt/status"
  -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o APT::Sandbox::User=root
  -o APT::Architecture=i386 -o APT::Architectures=i386)
apt-get "${apart[@]}" update
(cd "$apt/debs" && apt-get "${apart[@]}" download \
  micropython=1.25.0+ds-1 libc6 libffi8 libmbedcrypto16 libmbedtls21 libmbedx509-7 >/dev/null)
for deb in "$apt"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done

cat >"$root/micropython" <<'END'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")
libraries=$root/usr/lib/i386-linux-gnu
exec "$libraries/ld-linux.so.2" --library-path "$libraries" "$root/usr/bin/micropython" "$@"
END
chmod +x "$root/micropython"
"$root/micropython" -c 'import sys; assert sys.maxsize == 2**31 - 1'
