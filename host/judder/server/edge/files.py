"""How many files the system lets the server have open: a connection is one."""

import contextlib

RESERVE = 128
"""Files for the database, for channels and for what is read meanwhile."""
UNLIMITED = 1 << 20


def raise_limit() -> int:
    """Raise the limit of this process to the highest it may have; return that."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return UNLIMITED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # macOS says that it has none, and refuses that
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return UNLIMITED if soft == resource.RLIM_INFINITY else soft


def most_connections(wanted: int) -> int:
    """Return how many connections there may be at once: wanted, or what the files leave room for."""
    return min(wanted, max(raise_limit() - RESERVE, RESERVE))
