"""A board's starts: few are a deploy or a power cut, many in a short time are a board that crashes."""

from collections import deque

MANY = 5
WITHIN_US = 600_000_000
"""A board that is given a model starts twice, or three times."""


class Starts:
    """The last starts of one board, by the boot_id of each, as far as it could tell of them."""

    def __init__(self) -> None:
        self._last: deque[tuple[int, int]] = deque(maxlen=MANY)
        self._expected = False

    def expect(self) -> None:
        """Note that the board is told what it starts anew for: its next start is no crash."""
        self._expected = True

    def take(self, boot_id: int, now_us: int) -> None:
        """Note that the board said boot_id, as of now: not in a window of its backlog."""
        if all(boot_id != known for known, _ in self._last):
            self._last.append((boot_id, now_us - WITHIN_US if self._expected else now_us))
            self._expected = False

    def lately(self, now_us: int) -> int:
        """Return how many there were within the last ten minutes, MANY at most."""
        return sum(now_us - at_us < WITHIN_US for _, at_us in self._last)

    def is_loop(self, now_us: int) -> bool:
        """Return whether the board starts again and again."""
        return self.lately(now_us) >= MANY
