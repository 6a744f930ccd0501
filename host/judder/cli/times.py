"""Times as the verbs print them."""

from datetime import datetime


def day(at_us: int) -> str:
    """Return Unix time in microseconds as the date and minute of this machine's clock."""
    return datetime.fromtimestamp(at_us / 1e6).strftime("%Y-%m-%d %H:%M")
