"""Boards' keys: made, kept, and what is signed with them checked.

A board signs each request with its key: FORMATS.md, "Signature". The signed time only rises, so nothing is
taken twice, and it is the server's own, told to whoever is refused, so no board needs a clock.
"""

import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from judder.server.services.errors import Conflict, Invalid, NotFound, ServiceError
from judder.server.storage.access import KeyRow
from judder.server.storage.store import Store

HEADER = "X-Judder-Signature"
KEY_BYTES = 32
SIGNATURE = re.compile(r"1 ([0-9a-f]{12}) (0|[1-9][0-9]{0,18}) ([0-9a-f]{64})")
DEVICE = re.compile(r"[0-9a-f]{12}")
OFF_US = 300_000_000
"""How far a signed time may be from the server's, on either side."""
GRACE_DAYS = 7.0
"""How long a key is still good after another was made in its place."""
DAY_US = 86_400_000_000

HINTS = {
    "forged": "Give the board its key: judder deploy, or judder key rotate and its config's server.key.",
    "unknown": "Make it one: judder key add, and put it into its config's server.key.",
    "replayed": "Sign the time of this answer, signing_time_us, and a later one each time.",
    "stale": "Sign the time of this answer, signing_time_us, and the board's own ticks since then.",
    "foreign": "A board signs for itself only.",
    "revoked": "Make it a new one: judder key add, or judder deploy.",
    "unsigned": "Give the board a key: judder deploy, or judder key add and its config's server.key.",
}
"""By the kind of refusal: what to do."""


class Refused(ServiceError):
    """The request is not what it says to be. why: a kind of services.refusals.WHYS. device: who it says to
    be, where that board has a key. taken_us: the last time it signed that was taken, where it is behind that.
    """

    def __init__(self, why: str, message: str, device: str = "", taken_us: int = 0) -> None:
        super().__init__(message, hint=HINTS[why])
        self.why = why
        self.device = device
        self.taken_us = taken_us


@dataclass(frozen=True, slots=True)
class Signature:
    """What the header holds. time_us: the signed time; mac: 64 hex digits."""

    device: str
    time_us: int
    mac: str


def read_signature(header: str) -> Signature:
    """Return what header says. Raises Refused.

    >>> read_signature("1 020000000001 17 " + 64 * "a").time_us
    17
    """
    found = SIGNATURE.fullmatch(header)
    if found is None:
        raise Refused("forged", f"The {HEADER} header is no signature.")
    return Signature(found[1], int(found[2]), found[3])


class Keys:
    """The keys of all boards, in memory as on disk. clock_us: Unix time; signing_us: what boards sign."""

    def __init__(self, store: Store, clock_us: Callable[[], int], signing_us: Callable[[], int]) -> None:
        self._store = store
        self._clock_us = clock_us
        self.signing_us = signing_us
        self._began_us = signing_us()
        self._of: defaultdict[str, list[KeyRow]] = defaultdict(list)
        self._taken_us: dict[str, int] = {}  # the last time each board signed

    async def load(self) -> None:
        for row in await self._store.read(lambda unit: unit.keys.all()):
            self._of[row.device].append(row)
        self._began_us = self.signing_us()

    def list(self) -> list[KeyRow]:
        """Return every key there ever was, the oldest first."""
        return sorted((row for rows in self._of.values() for row in rows), key=lambda row: row.id)

    def is_good(self, row: KeyRow) -> bool:
        """Return whether what is signed with a key is taken."""
        return not row.revoked and (row.ends_us is None or row.ends_us > self._clock_us())

    def has_key(self, device: str) -> bool:
        """Return whether a board has a key that is good: nothing of its is taken without a signature then."""
        return device in self._of and any(map(self.is_good, self._of[device]))

    async def add(self, device: str) -> KeyRow:
        """Make a key for a board that has none. Raises Conflict, Invalid."""
        if not DEVICE.fullmatch(device):
            raise Invalid(f"{device!r} is no board.", hint="Give its MAC: 12 hex digits, small letters.")
        if self.has_key(device):
            raise Conflict(
                f"Board {device} has a key.", hint=f"Give it a new one: judder key rotate {device}"
            )
        return await self._make(device)

    async def rotate(self, device: str, grace_days: float = GRACE_DAYS) -> KeyRow:
        """Make a new key for a board; the one before is good for a while, any older ones no more."""
        good = [row for row in self._of.get(device, []) if self.is_good(row)]
        if not good:
            raise NotFound(f"Board {device} has no key.", hint=f"judder key add {device}")
        for row in good[:-1]:
            await self._put(replace(row, revoked=True))
        await self._put(replace(good[-1], ends_us=self._clock_us() + int(grace_days * DAY_US)))
        return await self._make(device)

    async def revoke(self, number: int) -> KeyRow:
        """Let a key be good no more, for ever. Raises NotFound."""
        for row in self.list():
            if row.id == number:
                return await self._put(replace(row, revoked=True))
        raise NotFound(f"There is no key {number}.", hint="judder key list")

    def check(self, device: str, method: str, path: str, time_us: int, mac: str, body: bytes) -> None:
        """Return if a board's key signed this just now, and this is the first time it comes.

        path: with its query, as it was sent. Raises Refused.
        """
        if not self._of.get(device):
            raise Refused("unknown", f"No key of board {device} is known here.")
        signed = b"judder1\n%b\n%b\n%b\n%d\n%b" % (
            method.encode(),
            path.encode("utf-8", "surrogateescape"),
            device.encode(),
            time_us,
            body,
        )
        self._require_key(device, signed, mac)
        self._require_time(device, time_us)
        self._taken_us[device] = time_us

    def _require_key(self, device: str, signed: bytes, mac: str) -> None:
        made_by = [row for row in self._of[device] if hmac.compare_digest(_mac(row, signed), mac)]
        if not made_by:
            raise Refused("forged", f"No key of board {device} made this signature.", device)
        if not self.is_good(made_by[0]):
            raise Refused("revoked", f"The key that board {device} signs with was revoked.", device)

    def _require_time(self, device: str, time_us: int) -> None:
        taken_us = self._taken_us.get(device, 0)
        behind_us = taken_us if time_us <= taken_us else 0
        if time_us < self._began_us or abs(time_us - self.signing_us()) > OFF_US:
            raise Refused(
                "stale", f"Board {device} signed another time than this server's.", device, behind_us
            )
        if behind_us:
            said = f"A request that board {device} signed then, or later, came before."
            raise Refused("replayed", said, device, behind_us)

    def told_us(self, error: Refused) -> int:
        """Return the time that a refused board is to sign: the server's, or where its clock ran ahead before
        it started anew, the next that is taken.
        """
        return max(self.signing_us(), error.taken_us + 1)

    async def _make(self, device: str) -> KeyRow:
        row = KeyRow(0, device, secrets.token_hex(KEY_BYTES), self._clock_us())
        number = await self._store.write(lambda unit: unit.keys.add(row))
        self._of[device].append(replace(row, id=number))
        return self._of[device][-1]

    async def _put(self, row: KeyRow) -> KeyRow:
        await self._store.write(lambda unit: unit.keys.put(row))
        self._of[row.device] = [row if other.id == row.id else other for other in self._of[row.device]]
        return row


def _mac(row: KeyRow, signed: bytes) -> str:
    return hmac.digest(bytes.fromhex(row.secret), signed, "sha256").hex()
