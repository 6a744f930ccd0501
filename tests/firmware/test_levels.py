"""Both levels and a standstill in the unmodified sketch, by a model of version 2: pins, words and frames."""

import numpy as np
import pytest

from tests import models_v2
from tests.asking import device_on
from tests.firmware import machines
from tests.firmware.fans import LEN, fan
from tests.firmware.served import wait_for_windows
from tests.firmware.sketch import BUZZER, LED, Sketch, link_sketch, write_signal
from tests.host.test_serve_process import serving

ALARM, NOTICE, MOUNTING = 32, 128, 256  # flags of a frame
NEVER = 1e3


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Return a folder with signals and headers of a model whose alarm is out of reach."""
    folder = tmp_path_factory.mktemp("levels")
    normal = np.rint(fan(200, seed=1) / machines.SCALE_G).astype(np.int16).reshape(-1, LEN, 3)
    pose = (normal.mean(axis=(0, 1)) * machines.SCALE_G).tolist()
    document = models_v2.document(
        {"normal": machines.rows(normal, pose)},
        "directional",
        LEN,
        pose={"mean": pose, "tolerance": 0.05},
        detectors=[models_v2.detector(thresholds={"window": 12.0, "notice": 8.0, "alarm": NEVER})],
    )
    machines.write_headers(folder, document, normal[0])
    for name, samples_g in (
        ("normal", fan(60, seed=5)),
        ("shaky", fan(60, 3.0, seed=6)),
        ("tilted", fan(60, seed=7) + [0.3, 0, 0]),
        ("still", np.random.default_rng(8).normal(pose, 0.0005, (60 * LEN, 3))),
    ):
        write_signal(folder / f"{name}.i16", samples_g)
    return folder


@pytest.fixture(scope="module")
def sketch(home, board_objects):
    return link_sketch(home, board_objects)


@pytest.fixture
def say(home):
    return lambda name: f"signal {home / name}.i16"


def test_a_notice_blinks_the_led_and_makes_no_sound(sketch, say):
    with Sketch(sketch, say("normal"), protocol="none") as board:
        board.live(10)
        assert board.pins(LED) == [0] and "notice" not in board.output
        board.say(say("shaky"))
        board.wait_for("notice on")
        board.live(6)
        assert board.pins(LED)[:5] == [0, 1, 0, 1, 0]
        board.say(say("normal"))
        board.wait_for("notice off")
        board.live(3)
        assert board.pins(LED)[-1] == 0 and board.pins(BUZZER) == [0] and "alert" not in board.output


def test_a_notice_and_a_mounting_that_changed_ride_in_the_frames(sketch, say, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, say("normal"), port=port) as board:
        wait_for_windows(board, port, 8)
        board.say(say("shaky"))
        board.wait_for("notice on")
        board.say(say("tilted"))
        windows = wait_for_windows(board, port, 35)
    flags = [window["flags"] & (ALARM | NOTICE | MOUNTING) for window in windows]
    assert flags[:8] == [0] * 8 and NOTICE in flags and flags[-1] & MOUNTING
    assert not any(each & ALARM for each in flags)


def test_a_machine_that_stands_still_is_not_judged_and_its_notice_stays(sketch, say, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, say("shaky"), port=port) as board:
        board.wait_for("notice on")
        board.say(say("still"))
        wait_for_windows(board, port, 20)
        board.live(12)  # a report comes every ten seconds
        assert device_on(port)["status"]["state"] == "standstill"
        assert "notice off" not in board.output
