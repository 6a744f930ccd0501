"""A disk that lives for years, at full size: a year in a budget, a prune beside windows, kills, a backup."""

import asyncio
import os
import time
from pathlib import Path

from judder.server.services import retention
from judder.server.services.backup import back_up, restore
from judder.server.services.devices import Devices
from judder.server.services.events import Events
from judder.server.services.quotas import Quotas
from judder.server.services.recordings import Recordings
from judder.server.services.refusals import Refusals
from judder.server.services.steady import Steady
from judder.server.services.sums import DAY_US, Sums
from judder.server.storage import folder as storage
from judder.server.storage.rows import StoredWindow
from judder.server.storage.sqlite.disk import RESERVE_BYTES
from prove_kills import kills
from prove_senders import Boards, serving, small_disk

WALL_S = 1_800_000_000
ALL = 10**9
YEARS_BUDGET = 60_000_000
FILL_STEP_US = 300_000
"""Of 100 boards: two windows per minute and board."""
FIELDS = {"timestamp_us": 0, "flags": 8, "sensor": 1, "sample_rate_hz": 250.0, "scale_g": 1 / 2048}
FIELDS |= {"judged_by": "board", "score": 1.0, "threshold": 3.0, "level": "normal"}
FIELDS |= {"combined_score": 0.8, "combined_threshold": 1.0}


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
    """A year of 200 boards in a budget, scaled: 8 windows of 256 bytes per board and day, all of a minute,
    so that one of 8 stays for its minute; 60 MB for keep_gb, and 600 kB of free pages that stay in the file
    instead of 16 MB; the clock is made up, and the disk is memory. How far what is used, and what lies on the
    disk, are from the budget at the end of each day, once it is full.
    """
    retention.SPARE_BYTES = YEARS_BUDGET // 100
    with small_disk(folder / "disk", megabytes=1000) as disk:
        report("year", **asyncio.run(live(disk, boards=200, days=arguments.days, budget=YEARS_BUDGET)))


async def live(folder, boards, days, budget, per_day=8):
    """Return the figures of so many days."""
    now_s = [WALL_S]
    store = storage.store_in(folder / "data")
    await store.open()
    events = Events("run")
    devices = Devices(store, events, Quotas(Refusals(), boards, 10**9))
    steady = Steady(lambda: now_s[0])
    sums = Sums(store, devices)
    kept = retention.Budget(budget, 10_000 * DAY_US, 10_000 * DAY_US)
    keeper = retention.Retention(store, Recordings(store, events, most=1000), sums, steady, kept)
    await keeper.load()
    names = [f"0200000{k:05d}" for k in range(boards)]
    for name in names:
        devices.get(name)
    used, files, steps, dropped = [], [], 0, 0
    for day in range(days):
        begin_us = (WALL_S + day * 86_400) * 1_000_000
        windows = [
            stored(name, day * per_day + k, begin_us + k * 1_000_000 + n, 256)
            for k in range(per_day)
            for n, name in enumerate(names)
        ]
        now_s[0] = WALL_S + day * 86_400 + 7_200
        await store.write(lambda unit, windows=windows: [unit.windows.add(each) for each in windows])
        while await keeper.step():
            steps += 1
        space = await store.space()
        dropped = await store.read(lambda unit: unit.windows.dropped())
        used.append(space.used / budget if dropped else 0)
        files.append((space.files - RESERVE_BYTES - space.waiting) / budget)
    ages = await store.read(lambda unit: unit.windows.ages())
    sums_kept = [
        len(await store.read(lambda unit, n=n: unit.sums.between(n, DAY_US, 0, 2**60))) for n in names
    ]
    await store.close()
    full = [share for share in used if share]
    return {
        "boards": boards,
        "days": days,
        "windows": boards * days * per_day,
        "dropped": dropped,
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
    with serving(folder, environment=environment) as served:
        boards, began = Boards(served.port, 100), time.monotonic()
        asyncio.run(boards.until(lambda: used(data_dir, "-wal"), lambda: used(data_dir) < 0.25 * full))
        took_s = round(time.monotonic() - began - 60)
    report("prune, beside 100 boards", **boards.figures(), wal_mb=round(boards.most / 1e6, 1), seconds=took_s)
    report("prune, left", windows=count(data_dir), mb=round(used(data_dir) / 1e6))


async def fill(data_dir, rows):
    """Fill a folder with windows of 100 boards, two per minute of each until now; return how many."""
    store = storage.store_in(data_dir)
    await store.open()
    begin_us = time.time_ns() // 1000 - rows * FILL_STEP_US
    for k in range(0, rows, 5000):
        windows = [
            stored(f"0300000{n % 100:05d}", n // 100, begin_us + n * FILL_STEP_US) for n in range(k, k + 5000)
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


def backup(folder, arguments, report):
    """A server backed up while 50 boards send, restored elsewhere: counts and hashes, and what it took."""
    asyncio.run(fill(folder / "data", arguments.rows // 5))
    with serving(folder) as served:
        boards = Boards(served.port, 50)

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
