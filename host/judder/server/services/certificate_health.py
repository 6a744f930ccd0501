"""Whether the certificate that the server shows ends soon: boards would send nothing from then on."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from judder.server.services.problem import REFUSED, Problem

FEW_DAYS, LEAST_DAYS = 30, 7
LOOK_EVERY_US = 3_600_000_000
ABOUT = "certificate"


class CertificateHealth:
    """The certificate in one file, looked at once per hour."""

    def __init__(self, path: Path, clock_us: Callable[[], int]) -> None:
        self._path = path
        self._clock_us = clock_us
        self._looked_us = -LOOK_EVERY_US
        self._days = 0

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong. Raises JudderError where the file is no certificate any more."""
        now_us = self._clock_us()
        if abs(now_us - self._looked_us) >= LOOK_EVERY_US:
            self._days = self._days_left(now_us)
            self._looked_us = now_us
        if self._days < FEW_DAYS:
            ends = f"ends in {self._days} days" if self._days >= 0 else "has ended"
            sentence = f"The server's certificate {ends}; make another: judder cert renew."
            yield Problem(REFUSED, ABOUT, sentence, severe=self._days < LEAST_DAYS)

    def _days_left(self, now_us: int) -> int:
        from judder.server.services import certificates  # it takes a tenth of a second, and few have TLS

        return certificates.show(self._path).days_left(datetime.fromtimestamp(now_us / 1e6, UTC))
