"""How much boards may bring: what is beyond is refused until later, and counted."""

from collections import Counter

from judder.server.services.errors import TooMuch
from judder.server.services.refusals import Refusals

MINUTE_US = 60_000_000
BOARDS_RETRY_S = 300


class Quotas:
    """boards: how many there may be. bytes_per_minute: of the windows of one."""

    def __init__(self, refusals: Refusals, boards: int, bytes_per_minute: int) -> None:
        self._refusals = refusals
        self._boards = boards
        self._bytes_per_minute = bytes_per_minute
        self._minute = 0
        self._taken: Counter[str] = Counter()

    def require_room(self, known: int, device: str) -> None:
        """Raise TooMuch where a board called device, which is new, is one too many beside those known."""
        if known >= self._boards:
            self._refusals.note("boards", device)
            raise TooMuch(
                f"This server knows {known} boards, and takes no more.",
                hint="Delete boards that are gone, or raise max_boards.",
                retry_after_s=BOARDS_RETRY_S,
            )

    def take(self, device: str, size: int, now_us: int) -> None:
        """Count size bytes of a window of device. Raises TooMuch where they are too many for this minute."""
        minute, into_us = divmod(now_us, MINUTE_US)
        if minute != self._minute:
            self._minute = minute
            self._taken.clear()
        taken = self._taken[device] + size
        if taken > self._bytes_per_minute:
            self._refusals.note("bytes", device)
            raise TooMuch(
                f"{device} sends more than {self._bytes_per_minute / 1e6:g} MB per minute.",
                hint="Send it again later, or raise max_board_mb_per_minute.",
                retry_after_s=1 + (MINUTE_US - into_us) // 1_000_000,
            )
        self._taken[device] = taken
