"""kill -9 of a server, again and again, its clock put wrong, its disk failing meanwhile."""

import asyncio
import contextlib
import resource
import time
import urllib.error
import urllib.request
from collections import Counter

from judder.server.storage import folder as storage
from prove_senders import LOG, Boards, serving, small_disk

ALL = 10**9
OFFSETS_S = (0, 86_400, 0, 8 * 86_400, -86_400, 0, None)
"""Of the wall clock in each life of a server; None: it begins at 1970."""


def kills(folder, arguments, report):
    """kill -9 of a server with 50 boards, again and again: each fault of the clock with each one of the disk
    within 42 of them. No window that was answered is lost, each alert is there once. The server counts itself
    what it drops. Its log, and the names of what is missing, stay in the folder of temporary files.
    """
    LOG.unlink(missing_ok=True)
    with small_disk(folder / "disk") as disk:
        report("kills", **kill_often(disk, arguments.kills, boards=50))


def kill_often(folder, times, boards, seconds=1.5):
    """Return what was lost or doubled. folder: on a disk of its own where it is to be filled."""
    hall, told, life_of = Boards(0, boards), {}, {}
    for life in range(times):
        offset_s, (fault, said) = OFFSETS_S[life % len(OFFSETS_S)], FAULTS[life % len(FAULTS)]
        note_in_log(f"life {life}: clock {offset_s}, {fault and fault.__name__}")
        with serving(folder, offset_s) as served:
            hall.port = served.port
            asyncio.run(hall.run(seconds, period_s=0.1))
            if fault is not None:
                with fault(folder / "data", served.pid):
                    told.setdefault(fault.__name__, []).append(told_within(hall.port, said))
                    asyncio.run(hall.run(seconds, period_s=0.1))
        life_of |= dict.fromkeys(hall.answered - life_of.keys(), life)
    return hall_figures(folder, hall, told, life_of) | {"kills": times, "boards": boards}


def hall_figures(folder, hall, told, life_of):
    """Return the figures of a hall, and leave the names of what is missing where anything is."""
    rows, alerts, dropped = on_disk(folder / "data")
    missing = hall.answered - rows
    if missing:
        by_life = Counter(life_of[name] for name in missing)
        note_in_log(f"missing, by life: {sorted(by_life.items())}; dropped: {dropped}")
        LOG.with_suffix(".names").write_text("".join(f"{name}\n" for name in sorted(missing)))
    return {
        "faults": sum(map(len, told.values())),
        "answered": len(hall.answered),
        "refused": hall.refused,
        "stored": len(rows),
        "dropped_by_retention": dropped,
        "lost": max(0, len(missing) - dropped),
        "alerts_raised": len(hall.begun),
        "alerts_lost": len(hall.begun - set(alerts)),
        "alerts_doubled": len(alerts) - len(set(alerts)),
        "told_within_s": {name: round(max(each), 1) for name, each in told.items()},
    }


def note_in_log(line):
    with LOG.open("a") as log:
        log.write(f"=== {line}\n")


@contextlib.contextmanager
def fill_disk(data_dir, _):
    """Fill a disk that is small, for as long as this lasts; a big one is let alone."""
    filler = data_dir.parent / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for _ in range(4096):
            file.write(bytes(65_536))
    yield
    filler.unlink()


@contextlib.contextmanager
def delete_store(data_dir, _):
    for path in data_dir.glob("judder.*"):
        path.unlink()
    yield


@contextlib.contextmanager
def delete_wal(data_dir, _):
    for path in data_dir.glob("judder.*-wal"):
        path.unlink()
    yield


@contextlib.contextmanager
def refuse_writes(_, pid):
    """Let the system refuse to write beyond the first page of any file: an error of input and output."""
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


FAULTS = (
    (None, b""),
    (fill_disk, b"nearly full"),
    (delete_store, b"written again"),
    (None, b""),
    (refuse_writes, b"blind"),
    (delete_wal, b"WAL"),
)
"""What happens to the disk in each life of a server, and what /healthz says of it."""


def told_within(port, said, most_s=15.0):
    """Return after how many seconds /healthz says that."""
    began = time.monotonic()
    while time.monotonic() - began < most_s:
        with contextlib.suppress(OSError):
            try:
                text = urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).read()
            except urllib.error.HTTPError as error:
                text = error.read()
            if said in text:
                break
        time.sleep(0.2)
    return time.monotonic() - began


def on_disk(data_dir):
    """Return the windows and the alerts, by name, and how many windows were dropped."""
    with storage.read_only(data_dir) as unit:
        windows = {(w.device, w.boot_id, w.seq) for w in unit.windows.newest(ALL)}
        alerts = [(a.device, a.boot_id, a.seq) for a in unit.alerts.newest(ALL)]
        return windows, alerts, unit.windows.dropped()
