"""Windows that are missing by their numbers."""

import structlog

MOST_MISSING = 100_000
"""Windows that a board may lose at once: more than a day of them, and more than its flash holds."""

log = structlog.get_logger()


def missing_between(device: str, before: int, seq: int) -> int:
    """Return how many windows of a board are missing between two numbers; too many to be true are logged.

    >>> missing_between("020000000001", 4, 7), missing_between("020000000001", 7, 4)
    (2, 0)
    """
    missing = max(0, seq - before - 1)
    if missing <= MOST_MISSING:
        return missing
    log.warning("numbers_jumped", device=device, before=before, seq=seq)
    return 0
