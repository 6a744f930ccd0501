"""What a server's recording knows of time: lost, late and off-rate windows, through HTTP and the disk."""

import numpy as np
import pytest
from judder.data import npz
from judder.data.loading import load_recordings
from judder.data.recording import Recording, Segment, Timing
from judder.quality import Severity, find, survey
from judder.quality.timing import nominal_hz
from judder_core import wire
from judder_core.window import FLAG_LATE

from tests.host.conftest import frame


def recorded(rate_hz=250.0, **timing):
    rows = np.rint(np.random.default_rng(0).normal((0, 0, 2048), 40, (8000, 3))).astype(np.int16)
    timing = {
        "windows": 100,
        "dropped": 0,
        "late": 0,
        "rate_low_hz": rate_hz,
        "rate_high_hz": rate_hz,
        **timing,
    }
    return Recording("low", "low", (Segment("0000", 0, rows),), 1 / 2048, rate_hz, timing=Timing(**timing))


def findings(recording, **options):
    return [(f.kind, f.severity) for f in find(survey([recording], **options))]


@pytest.mark.parametrize(
    "found, timing",
    [
        ([], {}),
        ([], {"late": 1}),
        ([("jitter", Severity.WARN)], {"late": 5}),
        ([("jitter", Severity.STOP)], {"late": 30}),
        ([("dropped", Severity.NOTE)], {"dropped": 1}),
        ([("dropped", Severity.WARN)], {"dropped": 10}),
        ([], {"rate_low_hz": 248.0, "rate_high_hz": 252.0}),
        ([("jitter", Severity.WARN)], {"rate_low_hz": 240.0, "rate_high_hz": 252.0}),
        ([], {"rate_hz": 243.0}),
        ([("rate", Severity.WARN)], {"rate_hz": 231.0}),
    ],
    ids=str,
)
def test_each_oddity_of_time_is_found_by_its_kind_and_gravity(found, timing):
    assert findings(recorded(**timing)) == found


def test_a_given_rate_that_the_data_contradict_stops():
    assert findings(recorded(), sample_rate_hz=200.0) == [("rate", Severity.STOP)]


@pytest.mark.parametrize("rate_hz, nominal", [(62.0, 62.5), (104.0, 100.0), (198.0, 200.0), (990.0, 1000.0)])
def test_the_nominal_rate_is_the_nearest_that_sensors_offer(rate_hz, nominal):
    assert nominal_hz(rate_hz) == nominal


def test_timing_survives_an_npz(tmp_path):
    before = recorded(dropped=3, late=2)
    npz.write([before], tmp_path / "fan.npz")
    assert npz.read(tmp_path / "fan.npz")[0].timing == before.timing


async def start(server, windows, condition="low"):
    return await server.client.post("/api/v1/recordings", {"condition": condition, "windows": windows})


async def test_a_recording_counts_its_lost_and_late_windows_and_measures_the_rate(server, tmp_path):
    await start(server, 5)
    for seq, flags, rate_hz in (
        (0, 0, 248),
        (1, FLAG_LATE, 250),
        (4, 0, 250),
        (5, FLAG_LATE, 250),
        (6, 0, 252),
    ):
        await server.send(seq=seq, flags=flags, rate_hz=rate_hz)
    timing = load_recordings(tmp_path / "data")[0].timing
    assert (timing.windows, timing.dropped, timing.late) == (5, 2, 2)
    assert 248 <= timing.rate_low_hz < timing.rate_high_hz <= 252


async def test_windows_that_came_and_were_not_recorded_are_not_lost(server, tmp_path):
    number = (await start(server, None))["id"]
    await server.send(seq=0)
    await server.client.patch(f"/api/v1/recordings/{number}", {"state": "stopped"})
    await server.send(seq=1)
    await server.client.patch(f"/api/v1/recordings/{number}", {"state": "running"})
    await server.send(seq=2)
    assert load_recordings(tmp_path / "data")[0].timing.dropped == 0


async def test_a_new_boot_and_a_long_pause_are_no_loss(server, tmp_path):
    await start(server, None)
    for boot_id, seq in ((1, 0), (1, 1), (1, 500), (2, 700), (2, 701)):
        await server.send(boot_id=boot_id, seq=seq)
    assert load_recordings(tmp_path / "data")[0].timing.dropped == 0


async def test_windows_that_come_late_from_the_backlog_are_not_lost(server, tmp_path):
    await start(server, None)
    body = b"".join(bytes(frame(seq=seq)) for seq in (0, 3, 1, 2))
    await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    assert load_recordings(tmp_path / "data")[0].timing.dropped == 0


async def test_the_references_sketch_has_no_timing(server, tmp_path):
    await start(server, 1)
    await server.client.send("/", b'{"x": [0, 0], "y": [0, 0], "z": [1, 1]}', "application/json")
    assert load_recordings(tmp_path / "data")[0].timing is None
