"""What a server drops, how much at a time, and what no clock makes it drop."""

import pytest
from judder.server.services.devices import Devices
from judder.server.services.events import Events
from judder.server.services.quotas import Quotas
from judder.server.services.recordings import Recordings
from judder.server.services.refusals import Refusals
from judder.server.services.retention import MINUTES_SPAN, MOST_ROWS, Budget, Retention, surely_before
from judder.server.services.steady import Steady
from judder.server.services.sums import DAY_US, HOUR_US, Sums
from judder.server.storage.memory.store import MemoryStore
from judder.server.storage.rows import Forgotten, Gap, Space
from judder.server.storage.store import StoreError

from tests.host.stores import add, recording, window

NOW_S = 1_800_000_000
NOW_US = NOW_S * 1_000_000
MINUTE_US = 60_000_000
WEEK = Budget(None, 7 * DAY_US, 90 * DAY_US)


class Disk(MemoryStore):
    """A store whose files and errors are made up. short: bytes that are missing on its disk."""

    def __init__(self):
        super().__init__()
        self.short, self.waiting_bytes, self.is_full, self.made_room = 0, 0, False, 0

    async def space(self):
        used = (await super().space()).used
        return Space(used, used, 1000 - self.short, 1000, self.waiting_bytes)

    async def write(self, work):
        if self.is_full:
            raise StoreError("The disk refused: database or disk is full.")
        return await super().write(work)

    async def make_room(self):
        self.made_room += 1
        self.is_full = False


class Life:
    """A retention with its store and clocks; wall_s and ticks_s are the machine's."""

    def __init__(self, budget=WEEK, store=None):
        self.wall_s = self.ticks_s = NOW_S
        self.store = store or Disk()
        self.recordings = Recordings(self.store, Events("run"), most=1000)
        self.devices = Devices(self.store, Events("run"), Quotas(Refusals(), 1000, 10**9))
        self.start(budget)

    def start(self, budget=WEEK):
        self.is_loaded = False
        self.steady = Steady(lambda: self.wall_s, lambda: self.ticks_s)
        sums = Sums(self.store, self.devices)
        self.retention = Retention(self.store, self.recordings, sums, self.steady, budget)

    async def work(self, most=1000):
        """Load once, and do all there is to do; return how many steps that took."""
        if not self.is_loaded:
            await self.retention.load()
        self.is_loaded = True
        for steps in range(most):
            if not await self.retention.step():
                return steps
        raise AssertionError("It never ends.")

    def passes(self, seconds):
        self.wall_s += seconds
        self.ticks_s += seconds
        self.steady.now_us()

    async def seqs(self):
        return sorted(w.seq for w in await self.store.read(lambda unit: unit.windows.newest(9999)))


def aged(seq, age_us, **more):
    return window(seq, received_us=NOW_US - age_us, **more)


@pytest.fixture
def life():
    return Life()


async def test_windows_older_than_keep_days_leave_one_per_minute(life):
    old = [aged(seq, 8 * DAY_US - seq * 1_000_000) for seq in range(120)]
    await add(life.store, *old, aged(500, DAY_US), aged(501, DAY_US), aged(502, 0))
    await life.work()
    first = -(8 * DAY_US) % MINUTE_US // 1_000_000  # NOW_S is a whole minute, and 8 days are, too
    assert (NOW_S % 60, first) == (0, 0)
    assert await life.seqs() == [0, 60, 500, 501, 502]


async def test_windows_of_a_minute_go_after_keep_minutes_days(life):
    await add(life.store, aged(1, 91 * DAY_US), aged(2, 89 * DAY_US), aged(3, 0))
    await life.work()
    assert await life.seqs() == [2, 3]


@pytest.mark.parametrize("ahead_s", [8 * 86_400, 400 * 86_400])
async def test_a_start_with_the_clock_ahead_drops_nothing(life, ahead_s):
    await add(life.store, *(aged(seq, HOUR_US - seq) for seq in range(50)))
    life.wall_s += ahead_s
    life.start()
    assert await life.work() == 0
    life.passes(7200)  # the doubt is over
    assert life.steady.doubt is None and await life.work() == 0
    assert len(await life.seqs()) == 50


async def test_a_clock_at_1970_that_is_set_right_drops_nothing(life):
    await add(life.store, *(aged(seq, HOUR_US - seq) for seq in range(20)))
    life.wall_s = 0
    life.start()
    await life.work()
    await add(life.store, *(window(seq, received_us=life.steady.now_us()) for seq in range(20, 40)))
    life.wall_s = NOW_S + 10 * 86_400
    for _ in range(100):
        life.passes(1)
    await life.work()
    assert life.steady.now_us() > NOW_US + 9 * DAY_US
    assert len(await life.seqs()) == 40


async def test_a_clock_set_ahead_while_it_runs_drops_nothing(life):
    await add(life.store, *(aged(seq, 6 * DAY_US - seq) for seq in range(20)))
    await life.work()
    life.wall_s += 8 * 86_400
    for _ in range(100):
        life.passes(1)
        await life.retention.step()
    await life.work()
    assert len(await life.seqs()) == 20


async def test_time_that_passed_in_a_gap_does_not_count_and_time_after_it_does(life):
    await add(life.store, *(aged(seq, 6 * DAY_US - seq) for seq in range(20)), aged(20, DAY_US))
    life.passes(8 * 86_400)  # the server is off
    life.start()
    await life.work()
    assert len(await life.seqs()) == 21
    life.passes(2 * 86_400)
    life.passes(3601)
    await life.work()
    assert await life.seqs() == [0, 20]


def test_only_gaps_since_then_count():
    gaps = [Gap(900, 950), Gap(500, 600), Gap(0, 100)]
    assert surely_before(1000, 100, gaps) == 850
    assert surely_before(1000, 500, gaps) == 350


async def test_a_doubted_clock_drops_nothing_by_age(life):
    await add(life.store, *(aged(seq, 8 * DAY_US - seq) for seq in range(20)), aged(20, 0))
    life.start()
    await life.retention.load()
    life.wall_s -= 3600
    assert not await life.retention.step() and len(await life.seqs()) == 21


async def test_a_step_takes_few_rows(life):
    await add(life.store, *(aged(seq, 8 * DAY_US - seq) for seq in range(2 * MOST_ROWS)), aged(9999, 0))
    await life.retention.load()
    await life.retention.step()
    assert len(await life.seqs()) == MOST_ROWS + 2  # one of them for its minute


async def test_a_budget_takes_the_oldest_windows_by_no_clock():
    life = Life(Budget(30_000, 7 * DAY_US, 90 * DAY_US))
    windows = (aged(seq, 3 * DAY_US - seq * 1_000_000, counts=bytes(60)) for seq in range(1000))
    await add(life.store, *windows, aged(5000, 0))
    life.wall_s -= 86_400  # nothing would go by age
    await life.work()
    kept = await life.seqs()
    assert kept[-400:] == [*range(601, 1000), 5000] and kept[:2] == [0, 60]
    assert 24_000 < (await life.store.space()).used <= 30_000


async def test_under_pressure_the_windows_of_minutes_keep_to_their_share(monkeypatch):
    monkeypatch.setattr("judder.server.services.retention.MOST_ROWS", 5)
    monkeypatch.setattr("judder.server.services.retention.WHOLE_AT_LEAST_US", 10 * MINUTE_US)
    life = Life(Budget(500, 700 * DAY_US, 900 * DAY_US))
    for seq in range(4000):
        life.passes(10)
        await add(life.store, window(seq, received_us=life.steady.now_us(), counts=b"x"))
        if seq % 50 == 49:
            await life.work()
    ages, now_us = await life.store.read(lambda unit: unit.windows.ages()), life.steady.now_us()
    assert 475 <= (await life.store.space()).used <= 500
    assert 15 < (ages.whole_us - ages.minutes_us) / (now_us - ages.whole_us) <= MINUTES_SPAN + 1


async def test_a_disk_that_is_nearly_full_takes_the_oldest_but_not_the_last_hour(life):
    await add(life.store, *(aged(seq, 3 * HOUR_US - seq * 60_000_000) for seq in range(180)))
    life.store.short = 1
    await life.work()
    assert await life.seqs() == list(range(120, 180))


async def test_a_full_disk_and_a_clock_eight_days_ahead_together_take_nothing_of_the_last_hour(life):
    await add(life.store, *(aged(seq, HOUR_US // 2 - seq) for seq in range(50)))
    life.wall_s += 8 * 86_400
    life.start()
    life.store.short = 1
    await life.work()
    assert len(await life.seqs()) == 50


async def test_a_clock_that_goes_ahead_by_less_than_a_gap_at_each_start_takes_nothing_of_the_last_hour(life):
    life.store.short = 1
    for seq in range(6):
        life.start()
        await life.work()
        await add(life.store, window(seq, received_us=life.steady.now_us()))
        life.wall_s += 50 * 60
    life.start()
    await life.work()
    assert await life.seqs() == list(range(6))


async def test_age_takes_nothing_of_the_last_hour_of_running_either(life):
    two_hours = Budget(None, 2 * HOUR_US, 90 * DAY_US)
    for seq in range(0, 12, 2):
        life.start(two_hours)
        await life.work()
        now_us = life.steady.now_us()
        await add(life.store, window(seq, received_us=now_us), window(seq + 1, received_us=now_us + 1))
        life.wall_s += 50 * 60
    life.start(two_hours)
    await life.work()
    assert await life.seqs() == list(range(12))


async def test_a_full_disk_takes_what_came_before_the_last_hour_of_running_over_all_starts(life):
    life.store.short = 1
    for seq in range(6):
        life.start()
        await life.work()
        await add(life.store, window(seq, received_us=life.steady.now_us()))
        for _ in range(20):
            life.passes(60)
            await life.work()
    assert await life.seqs() == [3, 4, 5]


async def test_a_server_that_ends_before_its_first_step_has_kept_the_gap_of_its_clock(life):
    await add(life.store, *(aged(seq, HOUR_US - seq) for seq in range(20)))
    life.wall_s += 8 * 86_400
    life.start()
    await life.retention.load()
    await add(life.store, window(20, received_us=life.steady.now_us()))
    life.start()
    await life.work()
    life.passes(7200)
    assert life.steady.doubt is None and await life.work() == 0
    assert len(await life.seqs()) == 21


async def test_a_gap_that_a_full_disk_did_not_keep_at_the_start_is_kept_with_the_first_step(life):
    await add(life.store, aged(0, 0))
    life.wall_s += 8 * 86_400
    life.start()
    life.store.is_full = True
    await life.retention.load()
    life.store.is_full = False
    await life.retention.step()
    assert len(await life.store.read(lambda unit: unit.upkeep.gaps())) == 1


async def test_recordings_and_the_last_hour_stay_whatever_the_budget(life):
    life.start(Budget(1, 7 * DAY_US, 90 * DAY_US))
    number = await life.store.write(lambda unit: unit.recordings.start(recording()))
    await add(life.store, aged(1, 9 * DAY_US, recording=number), aged(2, 9 * DAY_US), aged(3, 0))
    await life.work()
    assert await life.seqs() == [1, 3]
    assert "keep_gb" in life.retention.trouble


async def test_nothing_is_dropped_while_the_wal_is_long(life):
    await add(life.store, *(aged(seq, 8 * DAY_US) for seq in range(20)), aged(20, 0))
    life.store.waiting_bytes = 10**9
    assert await life.work() == 0 and len(await life.seqs()) == 21


async def test_a_full_disk_gets_room_from_the_reserve_and_then_drops(life, monkeypatch):
    monkeypatch.setattr("judder.server.services.retention.RETRY_S", 0)
    await add(life.store, *(aged(seq, 8 * DAY_US - seq) for seq in range(20)), aged(20, 0))
    await life.retention.load()
    life.store.is_full = True
    assert await life.retention.work() and "full" in life.retention.trouble
    assert life.store.made_room == 1
    await life.retention.work()
    assert life.retention.trouble is None and await life.seqs() == [0, 20]


async def test_the_windows_of_a_deleted_board_go_and_later_ones_stay(life):
    await add(life.store, *(aged(seq, DAY_US) for seq in range(MOST_ROWS + 5)), aged(999, 0))
    await life.store.write(lambda unit: unit.upkeep.forget(Forgotten("fan", NOW_US - HOUR_US)))
    await life.work()
    assert await life.seqs() == [999]
    assert await life.store.read(lambda unit: unit.upkeep.forgotten()) == []


async def test_a_recording_leaves_the_trash_after_keep_days(life):
    number = await life.store.write(lambda unit: unit.recordings.start(recording()))
    await add(life.store, *(aged(seq, DAY_US, recording=number) for seq in range(3)), aged(3, 0))
    await life.recordings.load()
    await life.recordings.alter(number, state="stopped")
    await life.recordings.trash(number, NOW_US)
    await life.work()
    assert await life.seqs() == [0, 1, 2, 3]
    life.passes(7 * 86_400 + 1)
    life.start()
    life.ticks_s += 4000
    life.wall_s += 4000
    await add(life.store, window(4, received_us=life.steady.now_us()))
    await life.work()
    assert 0 not in await life.seqs() and life.recordings.list() == []


async def test_hours_that_are_over_are_summed_and_days_of_them(life):
    begin_us = NOW_US // DAY_US * DAY_US - DAY_US
    for hour in (0, 1, 5):
        at_us = begin_us + hour * HOUR_US
        scored = dict(combined_score=hour + 1.0, combined_threshold=2.0, level="notice")
        await add(life.store, *(window(10 * hour + k, received_us=at_us + k, **scored) for k in range(3)))
    life.devices.get("fan")
    await life.work()
    read = life.store.read
    hours = await read(lambda unit: unit.sums.between("fan", HOUR_US, 0, NOW_US))
    assert [(one.begin_us - begin_us) // HOUR_US for one in hours] == [0, 1, 5]
    (day,) = await read(lambda unit: unit.sums.between("fan", DAY_US, 0, NOW_US))
    assert (day.begin_us, day.windows, day.judged, day.notices) == (begin_us, 9, 9, 9)
    assert (day.highest, day.total) == (3.0, pytest.approx(3 * (0.5 + 1.0 + 3.0)))


async def test_an_hour_that_goes_on_is_not_summed(life):
    await add(life.store, window(1, received_us=NOW_US // HOUR_US * HOUR_US + 1))
    life.devices.get("fan")
    await life.work()
    assert await life.store.read(lambda unit: unit.sums.newest_us("fan", HOUR_US)) is None


async def test_windows_that_go_by_the_budget_are_summed_before():
    life = Life(Budget(1, 7 * DAY_US, 90 * DAY_US))
    await add(life.store, *(aged(seq, 5 * HOUR_US - seq, level="normal") for seq in range(50)), aged(99, 0))
    life.devices.get("fan")
    await life.work()
    hours = await life.store.read(lambda unit: unit.sums.between("fan", HOUR_US, 0, NOW_US))
    assert sum(one.windows for one in hours) == 50
