"""The unmodified sketch on a PC, its sensor fed a recording, against the real server over loopback."""

import contextlib

import numpy as np
import pytest
from judder.data.loading import load_recordings
from judder.engine import numeric_numpy
from judder.model.scoring import score_windows
from judder_core import model_file

from tests.asking import device_on
from tests.firmware.served import wait_for_windows, watch_an_anomaly_come_and_go
from tests.firmware.sketch import BUZZER, LED, Sketch, link_sketch
from tests.host.test_serve_process import serving

DEVICE = "0200000000a1"
WRAP_MS, WRAP_US = 1 << 32, (1 << 32) // 1000


def test_verdicts_end_to_end_are_cpythons_and_the_buzzer_sounds_for_the_anomaly(sketch, home, tmp_path):
    model = home / "fan.judder.json"
    windows, stored, status = watch_an_anomaly_come_and_go(sketch, model, tmp_path)
    expected = score_windows(model_file.load(model.read_bytes(), numeric_numpy), stored)
    assert [window["score"] for window in windows] == pytest.approx(expected.score, rel=1e-5)
    assert [bool(window["flags"] & 32) for window in windows] == expected.alert.tolist()
    assert {True, False} == set(expected.alert.tolist())
    assert status["device_id"] == DEVICE and status["status"]["model_id"].startswith("fan-")
    status = status["status"]
    assert status["lost_samples"] == status["lost_windows"] == status["bus_errors"] == 0


def test_collect_sends_windows_and_judges_none(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[1], port=port, task="collect") as board:
        windows = wait_for_windows(board, port, 8)
        assert "alert" not in board.output and {window["score"] for window in windows} == {None}


def test_the_references_json_is_posted_where_windows_are_wanted(sketch, signals, tmp_path):
    recording = ("--record", "normal", "--windows", "1000")
    with serving(tmp_path, *recording) as (port, _):
        with Sketch(sketch, signals[0], port=port, protocol="reference") as board:
            wait_for_windows(board, port, 3)
        assert device_on(port)["device_id"] == "ref-127.0.0.1"
    (stored,) = load_recordings(tmp_path)
    assert stored.scale_g == 1 / 2048 and np.abs(stored.segments[0].samples).max() > 1500


def test_the_selftest_judges_both_of_the_models_windows(sketch):
    with Sketch(sketch, task="selftest") as board:
        board.wait_for("selftest: passed")
        assert "window 0 scores" in board.output and ": normal" in board.output
        assert ": anomaly" in board.output and board.pins(BUZZER) == [0, 1, 0]


def test_a_model_that_fails_its_check_is_said_and_blinked_and_nothing_is_judged(
    home, board_objects, signals, tmp_path
):
    for header in home.glob("*.h"):
        text = header.read_text()
        if header.name == "model_data.h":
            text = text.replace("kGolden0Features, ", "kGolden0Features, 1.01f * ")
        (tmp_path / header.name).write_text(text)
    with Sketch(link_sketch(tmp_path, board_objects), *signals[:1]) as board:
        board.wait_for("model fails its check: score 0 is")
        board.wait_for("hint: export model_data.h again")
        board.live(8)
        assert board.pins(LED)[1:9] == [1, 0] * 4 and "sensor" not in board.output


def test_a_missing_sensor_is_said_and_blinked_and_taken_when_it_comes(sketch, signals):
    with Sketch(sketch, signals[0], "sensor missing", protocol="none") as board:
        board.wait_for("no sensor it knows answers; on the bus: nothing.")
        board.live(10)
        assert board.pins(LED)[1:7] == [1, 0] * 3 and board.output.count("no sensor") == 1
        board.say(signals[1])
        board.say("sensor ok")
        board.wait_for("alert on")


@pytest.mark.parametrize("fault", ["stalled", "still", "missing"])
def test_a_bus_that_fails_for_seconds_costs_its_windows_and_no_more(sketch, signals, tmp_path, fault):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], port=port) as board:
        before = wait_for_windows(board, port, 8)
        board.say(f"sensor {fault}")
        board.live(1)
        board.say("sensor ok")
        board.say(signals[1])
        board.wait_for("alert on")
        after = wait_for_windows(board, port, len(before) + 5)
        assert sum(bool(window["flags"] & 64) for window in after[len(before) - 1 :]) in (1, 2)  # lost
        board.say(f"sensor {fault}")
        says = "no samples come" if fault == "still" else "it does not answer any more"
        board.wait_for(f"sensor: {says}; it goes on trying")
        board.say("sensor ok")
        wait_for_windows(board, port, len(after) + 3)


def test_without_wifi_it_watches_on_and_sends_the_last_windows_when_it_comes(sketch, signals, tmp_path):
    normal, shaky = signals
    with serving(tmp_path) as (port, _), Sketch(sketch, normal, "wifi off", port=port) as board:
        board.wait_for("uplink: no Wi-Fi has the name in secrets.h; it goes on trying")
        board.say(shaky)
        board.wait_for("alert on")
        board.say("wifi on")
        windows = wait_for_windows(board, port, 6)
        assert windows[0]["seq"] > 0 and any(window["flags"] & 4 for window in windows)  # from the backlog
        board.say("wifi off")
        board.wait_for("no Wi-Fi", after="alert on")
        board.say(normal)
        board.wait_for("alert off")


def test_a_host_that_goes_is_said_and_found_again(sketch, signals, tmp_path):
    normal, shaky = signals
    with contextlib.ExitStack() as house:
        with serving(tmp_path) as (port, _):
            board = house.enter_context(Sketch(sketch, normal, port=port))
            wait_for_windows(board, port, 3)
        board.wait_for("uplink: server is out of reach; it goes on trying")
        board.say(shaky)
        board.wait_for("alert on")
        with serving(tmp_path, port=port):
            board.wait_for("windows go through again", after="alert on")


@pytest.mark.parametrize("start_ms", [WRAP_MS - 6000, WRAP_US - 6000], ids=["millis", "micros"])
def test_clocks_that_wrap_are_not_noticed(sketch, signals, tmp_path, start_ms):
    normal, shaky = signals
    with serving(tmp_path) as (port, _), Sketch(sketch, normal, port=port, start_ms=start_ms) as board:
        windows = wait_for_windows(board, port, 12)
        assert not any(window["flags"] & 2 for window in windows)
        assert all(window["sample_rate_hz"] == pytest.approx(250, rel=0.01) for window in windows)
        steps = np.diff([window["timestamp_us"] for window in windows if window["timestamp_us"]])
        assert np.all(np.abs(steps) < 5e6)  # a wrap unnoticed would be 71 minutes; the server's clock is slow
        board.say(shaky)
        board.wait_for("alert on")
        assert "fault" not in board.output and "no samples" not in board.output
