"""A disk that lives for years, at full size: a year in a budget, a prune beside windows, kills, a backup."""

import asyncio
import contextlib
import os
import random
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from array import array
from pathlib import Path

import aiohttp
from judder.server.services.backup import back_up, restore
from judder.server.services.devices import Devices
from judder.server.services.events import Events
from judder.server.services.quotas import Quotas
from judder.server.services.recordings import Recordings
from judder.server.services.refusals import Refusals
from judder.server.services.retention import Budget, Retention
from judder.server.services.steady import Steady
from judder.server.services.sums import DAY_US, Sums
from judder.server.storage import folder as storage
from judder.server.storage.rows import StoredWindow
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_NOTICE, Window

WALL_S = 1_800_000_000
ALERT = FLAG_LOCAL_SCORE | FLAG_NOTICE | FLAG_ALERT
ALL = 10**9
OFFSETS_S = (0, 0, 0, 86_400, -86_400, 8 * 86_400, None)
"""Of the wall clock in each life of a server; None: it begins at 1970."""
FIELDS = {"timestamp_us": 0, "flags": 8, "sensor": 1, "sample_rate_hz": 250.0, "scale_g": 1 / 2048}
FIELDS |= {"judged_by": "board", "score": 1.0, "threshold": 3.0, "level": "normal"}
FIELDS |= {"combined_score": 0.8, "combined_threshold": 1.0}
RUN = """
import sys, time
real, first, off = time.time, time.time(), sys.argv.pop(1)
time.time = lambda: real() - first if off == "None" else real() + float(off)
from judder.cli import main
main()
"""


def stored(device, seq, received_us, size=1536):
    """Return a window as it is stored. size: bytes of its samples."""
    return StoredWindow(
        device=device,
        boot_id=1,
        seq=seq,
        received_us=received_us,
        typecode="h",
        counts=bytes(size),
        **FIELDS,
    )


def year(folder, arguments, report):
    """A year of 200 boards in a budget, scaled: 20 windows of 256 bytes per board and day, all within one
    minute, so that one of 20 stays for its minute, and 100 MB for keep_gb; the clock is made up. How far
    what is used, and what lies on the disk, are from the budget at the end of each day, once it is full.
    """
    report("year", **asyncio.run(live(folder, boards=200, days=arguments.days, budget=100_000_000)))


async def live(folder, boards, days, budget, per_day=20):
    """Return the figures of so many days."""
    now_s = [WALL_S]
    store = storage.store_in(folder / "data")
    await store.open()
    events = Events("run")
    devices = Devices(store, events, Quotas(Refusals(), boards, 10**9))
    steady = Steady(lambda: now_s[0])
    sums = Sums(store, devices)
    kept = Budget(budget, 10_000 * DAY_US, 10_000 * DAY_US)
    retention = Retention(store, Recordings(store, events, most=1000), sums, steady, kept)
    await retention.load()
    names = [f"0200000{k:05d}" for k in range(boards)]
    for name in names:
        devices.get(name)
    used, files, steps = [], [], 0
    for day in range(days):
        begin_us = (WALL_S + day * 86_400) * 1_000_000
        windows = [
            stored(name, day * per_day + k, begin_us + k * 1_000_000 + n, 256)
            for k in range(per_day)
            for n, name in enumerate(names)
        ]
        now_s[0] = WALL_S + day * 86_400 + 7_200
        await store.write(lambda unit, windows=windows: [unit.windows.add(each) for each in windows])
        while await retention.step():
            steps += 1
        space = await store.space()
        used.append(space.used / budget)
        files.append((space.files - 32_000_000 - space.waiting) / budget)
    ages = await store.read(lambda unit: unit.windows.ages())
    sums_kept = [
        len(await store.read(lambda unit, n=n: unit.sums.between(n, DAY_US, 0, 2**60))) for n in names
    ]
    await store.close()
    full = [share for share in used if share > 0.9]
    return {
        "boards": boards,
        "days": days,
        "windows": boards * days * per_day,
        "days_full": len(full),
        "used_of_budget": f"{min(full, default=0):.3f} to {max(used):.3f}",
        "file_of_budget_at_most": f"{max(files):.3f}",
        "whole_days_back": round((now_s[0] * 1e6 - (ages.whole_us or 0)) / DAY_US, 1),
        "minutes_days_back": round((now_s[0] * 1e6 - (ages.minutes_us or 0)) / DAY_US, 1),
        "day_sums_per_board": min(sums_kept),
        "steps": steps,
    }


def prune(folder, arguments, report):
    """A million windows dropped beside 100 boards that send: how long answers take, how long the WAL is."""
    data_dir = folder / "data"
    rows, full = asyncio.run(fill(data_dir, arguments.rows)), used(data_dir)
    report("prune, filled", windows=rows, bytes_per_window=round(full / rows))
    environment = {**os.environ, "JUDDER_KEEP_GB": str(full / 1e9 * 0.1)}
    with serving(folder, environment=environment) as port:
        boards, began = Boards(port, 100), time.monotonic()
        asyncio.run(boards.until(lambda: used(data_dir, "-wal"), lambda: used(data_dir) < 0.15 * full))
        took_s = round(time.monotonic() - began - 60)
    report("prune, beside 100 boards", **boards.figures(), wal_mb=round(boards.most / 1e6, 1), seconds=took_s)
    report("prune, left", windows=count(data_dir), mb=round(used(data_dir) / 1e6))


async def fill(data_dir, rows):
    """Fill a folder with windows of 100 boards, the last of them two hours old; return how many."""
    store = storage.store_in(data_dir)
    await store.open()
    begin_us = time.time_ns() // 1000 - (rows // 100 + 7200) * 1_000_000
    for k in range(0, rows, 5000):
        windows = [
            stored(f"0300000{n % 100:05d}", n // 100, begin_us + n * 10_000) for n in range(k, k + 5000)
        ]
        await store.write(lambda unit, windows=windows: [unit.windows.add(each) for each in windows])
    await store.close()
    return rows


def used(data_dir, ending=""):
    """Return the size of a store's file, or of the one beside it."""
    files = [path for path in data_dir.iterdir() if path.name.startswith("judder.") and path.suffix]
    sizes = {path.name.partition("3")[2]: path.stat().st_size for path in files}
    return sizes.get(ending, 0)


def count(data_dir):
    with storage.read_only(data_dir) as unit:
        return len(unit.windows.newest(ALL))


class Boards:
    """Boards that send a window a second each, and keep what was answered. most: the highest figure seen."""

    def __init__(self, port, boards, boot_id=1):
        self.port, self.boot_id = port, boot_id
        self.names = [bytes([2, 0, 0, 2, k >> 8, k & 255]) for k in range(boards)]
        self.next = dict.fromkeys(self.names, 0)
        self.answered, self.begun, self.trips_s, self.refused, self.most = set(), set(), [], 0, 0

    async def run(self, seconds, period_s=1.0):
        """Send for so many seconds, or until the server is gone."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as session:
            await asyncio.gather(*(self._send(session, name, seconds, period_s) for name in self.names))

    async def until(self, figure, is_done, most_s=900):
        """Send in turns of five seconds until is_done twelve times; figure: looked at meanwhile."""
        end, quiet = time.monotonic() + most_s, 0
        while time.monotonic() < end and quiet < 12:
            watching = asyncio.create_task(self._watch(figure))
            await self.run(5)
            watching.cancel()
            quiet = quiet + 1 if is_done() else 0

    async def _watch(self, figure):
        while True:
            self.most = max(self.most, figure())
            await asyncio.sleep(0.1)

    async def _send(self, session, name, seconds, period_s):
        end = time.monotonic() + seconds
        await asyncio.sleep(random.random() * period_s)
        while time.monotonic() < end:
            began = time.monotonic()
            if not await self._post(session, name):
                await asyncio.sleep(0.05)
                continue
            self.trips_s.append(time.monotonic() - began)
            await asyncio.sleep(max(0, period_s - (time.monotonic() - began)))

    async def _post(self, session, name):
        seq = self.next[name]
        flags = ALERT if seq % 16 == 9 else FLAG_LOCAL_SCORE
        counts = array("h", [(7 * k + seq) % 31 for k in range(768)])
        window = Window(counts, 1 / 2048, 250.0, device_id=name, boot_id=self.boot_id, seq=seq, flags=flags)
        url, head = f"http://127.0.0.1:{self.port}/api/v1/windows", {"Content-Type": wire.CONTENT_TYPE}
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
            async with session.post(url, data=bytes(wire.encode_window(window)), headers=head) as answer:
                if answer.status == 200:
                    self.answered.add((name.hex(), self.boot_id, seq))
                    if seq % 16 == 9:
                        self.begun.add((name.hex(), self.boot_id, seq))
                    self.next[name] += 1
                    return True
                self.refused += 1
        return False

    def figures(self):
        trips = sorted(self.trips_s)
        p99 = trips[int(0.99 * len(trips))] if trips else 0
        return {
            "windows": len(self.answered),
            "refused": self.refused,
            "p99_ms": round(1000 * p99, 1),
            "most_ms": round(1000 * max(trips, default=0), 1),
        }


@contextlib.contextmanager
def serving(folder, offset_s=0, environment=None):
    """Yield the port of a server whose wall clock is off by so much; it is killed at the end."""
    command = [sys.executable, "-c", RUN, str(offset_s), "serve", "--data-dir", folder / "data"]
    command += ["--host", "127.0.0.1", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    try:
        yield int(re.search(r":(\d+),", process.stdout.readline())[1])
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def kills(folder, arguments, report):
    """kill -9 of a server with 50 boards, again and again, with its clock put wrong and its disk full or its
    file deleted in some of its lives: no window that was answered is lost, each alert is there once.
    """
    with small_disk(folder / "disk") as disk:
        report("kills", **kill_often(disk, arguments.kills, boards=50))


@contextlib.contextmanager
def small_disk(folder, megabytes=200):
    """Mount a disk that can be filled; a plain folder where nobody may do that."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "judder", folder]
    is_mounted = not subprocess.run(mount, capture_output=True).returncode
    yield folder
    if is_mounted:
        subprocess.run(["umount", "-l", folder], check=True)


def kill_often(folder, times, boards, seconds=1.5):
    """Return what was lost or doubled. folder: on a disk of its own where it is to be filled."""
    hall, told_s, faults = Boards(0, boards), [], 0
    for life in range(times):
        with serving(folder, OFFSETS_S[life % len(OFFSETS_S)]) as hall.port:
            asyncio.run(hall.run(seconds, period_s=0.1))
            fault, said = FAULTS[life % len(FAULTS)]
            if fault is not None:
                faults += 1
                with fault(folder / "data"):
                    told_s.append(told_within(hall.port, said))
                    asyncio.run(hall.run(seconds, period_s=0.1))
    rows, alerts = on_disk(folder / "data")
    return {
        "kills": times,
        "boards": boards,
        "faults": faults,
        "answered": len(hall.answered),
        "stored": len(rows),
        "lost": len(hall.answered - rows),
        "alerts_raised": len(hall.begun),
        "alerts_lost": len(hall.begun - set(alerts)),
        "alerts_doubled": len(alerts) - len(set(alerts)),
        "told_within_s": round(max(told_s, default=0), 1),
    }


@contextlib.contextmanager
def fill_disk(data_dir):
    """Fill a disk that is small, for as long as this lasts; a big one is let alone."""
    filler = data_dir.parent / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for _ in range(4096):
            file.write(bytes(65_536))
    yield
    filler.unlink()


@contextlib.contextmanager
def delete_store(data_dir):
    for path in data_dir.glob("judder.*"):
        path.unlink()
    yield


FAULTS = ((None, b""), (None, b""), (fill_disk, b"blind"), (None, b""), (delete_store, b"written again"))
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
    """Return the windows and the alerts, by name."""
    with storage.read_only(data_dir) as unit:
        windows = {(w.device, w.boot_id, w.seq) for w in unit.windows.newest(ALL)}
        return windows, [(a.device, a.boot_id, a.seq) for a in unit.alerts.newest(ALL)]


def backup(folder, arguments, report):
    """A server backed up while 50 boards send, restored elsewhere: counts and hashes, and what it took."""
    asyncio.run(fill(folder / "data", arguments.rows // 5))
    with serving(folder) as port:
        boards = Boards(port, 50)

        async def both():
            sending = asyncio.create_task(boards.run(20))
            await asyncio.sleep(2)
            began = time.monotonic()
            made = await asyncio.to_thread(back_up, folder / "data", folder / "copy")
            took_s = time.monotonic() - began
            await sending
            return made, took_s

        made, took_s = asyncio.run(both())
        put = restore(folder / "copy", folder / "there")
        equal = put.rows == made.rows and put.files == made.files
        figures = {"rows": made.rows["windows"], "mb": round(made.size / 1e6), "seconds": round(took_s, 1)}
        report("backup", **figures, equal=equal, **boards.figures())


PROOFS = {"year": year, "prune": prune, "kills": kills, "backup": backup}


def run(name, folder, arguments, report):
    """Do one proof. folder: a Path to write in."""
    PROOFS[name](Path(folder), arguments, report)
