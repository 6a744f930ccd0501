"""The C++ core against golden.json, which SciPy and NumPy made, and against judder_core."""

import base64
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from judder.data import reference_json
from judder_core import features, numeric, wire
from judder_core.decision import Decision
from judder_core.features import SETS
from scipy import stats

GOLDEN = Path(__file__).parents[1] / "data" / "golden.json"
NO_POSE = (0, 0, 0)
TURNED = [((0, 400, 2007), 3), ((900, -300, 1800), 40), ((-1500, 1300, 300), 0.4), ((2040, 0, 0), 900)]
"""Where gravity lies in windows, in counts of 1 / 2048 g, and how hard they shake."""
SINGLE = 2e-6  # a few roundings of float32, 6e-8 each, and a logarithm's near 0


def golden(kind):
    return [case for case in json.loads(GOLDEN.read_text()) if case["kind"] == kind]


def doubles(text):
    return np.frombuffer(base64.b64decode(text), "<f8")


def counts_of(case):
    return np.frombuffer(base64.b64decode(case["counts"]), "<i2")


def window_words(counts, scale_g):
    return [float(scale_g), len(counts) // 3, *np.ravel(counts)]


def floats(line):
    return np.array(line.split(), float)


def windows():
    """Return windows of odd lengths, silent, clipped, and as wide as int16 allows."""
    rng = np.random.default_rng(5)
    ramp = np.repeat(np.arange(128), 3)
    noise = [np.rint(rng.normal(0, sd, 3 * n)) for sd, n in ((0.4, 200), (3, 127), (60, 256), (900, 66))]
    wide = rng.integers(-32768, 32768, 3 * 256)
    square = np.where(np.arange(3 * 256) % 2, 32767, -32768)
    return [c.astype(np.int16) for c in (*noise, ramp, wide, square, np.full(600, 7), golden_counts())]


def golden_counts():
    return counts_of(golden("window")[0])


def test_the_mads_are_scipys(ask):
    cases = golden("window")
    lines = ask(*(["features", "mad", *NO_POSE, *window_words(counts_of(c), c["scale_g"])] for c in cases))
    for case, line in zip(cases, lines, strict=True):
        assert floats(line) == pytest.approx(doubles(case["features"]["mad"]), rel=2e-7)


@pytest.mark.parametrize("name", SETS)
def test_every_feature_is_that_of_judder_core(ask, name):
    lines = ask(*(["features", name, *NO_POSE, *window_words(counts, 1 / 2048)] for counts in windows()))
    for counts, line in zip(windows(), lines, strict=True):
        expected = features.compute(numeric, name, counts.tolist(), 1 / 2048)
        assert floats(line) == pytest.approx(expected, rel=SINGLE, abs=SINGLE)


@pytest.mark.parametrize(
    "pose",
    [(0.0, 0.05, 1.0), (0.6, -0.5, 0.6), (0.0, -0.2, -0.98), (0.1, 0.1, 0.1)],
    ids=["near", "askew", "upside down", "no gravity"],
)
def test_windows_are_turned_to_a_pose_as_in_judder_core(ask, pose):
    rng = np.random.default_rng(9)
    cases = [still + rng.normal(0, sd, (256, 3)) @ rng.normal(0, 1, (3, 3)) for still, sd in TURNED]
    cases = [np.rint(case).astype(np.int16).ravel() for case in cases]
    lines = ask(*(["features", "directional", *pose, *window_words(counts, 1 / 2048)] for counts in cases))
    for counts, line in zip(cases, lines, strict=True):
        expected = features.compute(numeric, "directional", counts.tolist(), 1 / 2048, pose)
        assert floats(line) == pytest.approx(expected, rel=10 * SINGLE, abs=10 * SINGLE)


def test_selection_finds_every_median(ask):
    rng = np.random.default_rng(6)
    cases = [rng.integers(0, top, n) for top in (2, 9, 300, 65536) for n in range(1, 257, 3)]
    cases += [np.sort(case) for case in cases] + [np.sort(case)[::-1] for case in cases]
    found = ask(*(["median", len(case), *case] for case in cases))
    assert [int(line) for line in found] == [round(2 * np.median(case)) for case in cases]


def test_the_distances_are_scipys(ask):
    for case in golden("distance"):
        size, mean = case["size"], doubles(case["mean"])
        points = doubles(case["points"]).reshape(-1, size)
        # About the mean, since whether the model's figures fit in float32 is not the question.
        found = ask(*(["distance", size, *(p - mean), *doubles(case["whitening"])] for p in points))
        assert [float(line) for line in found] == pytest.approx(list(doubles(case["distances"])), rel=2e-5)


def test_the_p_values_count_the_scores_that_reach_a_score(ask):
    (case,) = golden("calibration")
    scores = doubles(case["scores"])
    table = [(1 + int((scores >= score).sum())) / (len(scores) + 1) for score in scores]
    found = ask(
        *(["p_value", len(scores), len(scores), *scores, *table, point] for point in doubles(case["points"]))
    )
    assert [float(line) for line in found] == pytest.approx(list(doubles(case["p_values"])), rel=1e-5)


def judgement_words(case):
    """Return what the board says of a golden frame's window; None is NaN there."""
    told = case["verdict"]
    scores = ("threshold", "combined_score", "combined_threshold", "alarm_score", "alarm_threshold")
    numbers = [case["local_score"], *(told[name] for name in scores)]
    state, mode = wire.STATE_CODES.index(told["state"]), told["mode"]
    return [
        case["level"],
        state,
        255 if mode is None else mode,
        *("nan" if n is None else n for n in numbers),
    ]


def test_frames_are_those_of_the_protocols_description(ask):
    (case,) = golden("frame_v2")
    first, later = case["flags"] & 1, case["flags"] & ~1
    words = [
        *window_words(counts_of(case), 1 / 2048),
        *(first, later, case["sensor"]),
        *bytes.fromhex(case["device_id"]),
        *(case[field] for field in ("boot_id", "seq", "timestamp_us", "sample_rate_hz")),
        *bytes.fromhex(case["model_hash"]),
        *judgement_words(case),
    ]
    (found,) = ask(["frame", *words])
    frame = bytes.fromhex(found)
    assert frame == base64.b64decode(case["frame"])
    assert zlib.crc32(frame[:-4]) == int.from_bytes(frame[-4:], "little")


def test_the_references_json_gives_the_counts_back(ask):
    for scale_g in (1 / 2048, 1 / 4096, 16 / 8192):
        counts = np.random.default_rng(7).integers(-8192, 8192, 600)
        counts[:3] = -8192, 8191, 1
        (text,) = ask(["reference", *window_words(counts, scale_g)])
        back, back_scale = reference_json.decode_reference(text)
        assert np.array_equal(np.array(back) * back_scale, counts * scale_g)


@pytest.mark.parametrize("rule", [(1, 5, 0), (2, 3, 0), (3, 5, 1), (30, 30, 29)])
def test_levels_come_and_go_as_in_judder_core(ask, rule):
    levels = np.random.default_rng(8).choice(3, 300, p=[0.6, 0.2, 0.2])
    decision = Decision(*rule)
    expected = [decision.update(int(level)) for level in levels]
    assert ask(["decision", *rule, len(levels), *levels])[0].split() == [str(each) for each in expected]


def test_a_silent_window_is_as_flat_as_rounding(ask):
    (line,) = ask(["features", "statistics", *NO_POSE, *window_words(np.full(600, 3), 1.0)])
    assert floats(line)[3] == pytest.approx(np.log(stats.norm.stats(moments="k") + 3))


def test_a_full_queue_drops_the_oldest_and_says_which_windows_waited(ask):
    (line,) = ask(["queue", 3, 14, 0, 0, 6, 0, 6])
    late = 4  # in the queue behind ten others or more
    waited = " ".join(f"{seq}:{late}" for seq in (10, 11, 12, 13, 14, 15))
    assert line == f"3:0 4:0 5:0 6:0 7:0 8:0 {waited} dropped 4 queued 1"


def test_windows_that_are_being_sent_are_kept_whatever_comes_and_again_where_that_failed(ask):
    (line,) = ask(["queue", 3, 12, -3, 0, 3, 0, 6])
    # 0, 1 and 2 are held as 12 comes and pushes 3 out; they are held again as 13 pushes out 4.
    assert re.findall(r"(\d+):", line) == ["0", "1", "2", "5", "6", "7", "8", "9", "10"]
    assert line.endswith("dropped 2 queued 4")


@pytest.mark.parametrize(
    ("json_text", "found"),
    [
        ('{"record":true,"server_time_us":1795461882500123}', "1795461882500123 0"),
        ('{"x":"server_time_us","server_time_us":12}', "12 0"),
        ('{"server_time_us_2":12}', "7 0"),
        ('{"server_time_us":', "7 0"),
        ('{"server_time_us":true}', "7 1"),
        ("no_json_at_all", "7 0"),
    ],
)
def test_a_board_finds_what_it_looks_for_in_an_answer(ask, json_text, found):
    assert ask(["json", "server_time_us", json_text]) == [found]
