"""FORMATS.md against the code that packs and unpacks, and against files and answers as they come."""

import json
import math
import re
import struct
from array import array
from dataclasses import replace

import numpy as np
import pytest
from described import assert_leaves, described_keys, is_of
from documents import ROOT, names, tables
from judder.data import csv_folder, frames, npz
from judder.data.recording import Timing, make_recording
from judder_core import window, wire
from judder_core.decision import Verdict
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window
from judder_node import sensors

FORMATS = (ROOT / "FORMATS.md").read_text()
FIRST, VERDICT, FLAGS, STATES, SENSORS = tables(FORMATS, "Window frame")
HEADER = FIRST + VERDICT

WINDOW = Window(
    array("h", range(48)),
    1 / 2048,
    249.5,
    device_id=b"\x01\x02\x03\x04\x05\x06",
    boot_id=70000,
    seq=70001,
    timestamp_us=1_700_000_000_000_000,
    flags=9,
    sensor=4,
    local_score=2.5,
    model_hash=b"\xfe\xdc\xba\x98",
)


@pytest.mark.parametrize("rows, packed", [(FIRST, wire.HEADER), (VERDICT, wire.VERDICT)])
def test_the_header_is_packed_as_described(rows, packed):
    assert "<" + "".join(*zip(*[names(row[2]) for row in rows], strict=True)) == packed


def test_each_field_of_the_header_is_where_it_is_described():
    at = 0
    for offset, size, kind, _, _ in HEADER:
        assert (int(offset), int(size)) == (at, struct.calcsize("<" + names(kind)[0]))
        at += int(size)
    assert at == wire.HEADER_SIZE


@pytest.mark.parametrize("rows, read", [(FIRST, frames.Header), (VERDICT, frames.Told)])
def test_the_host_reads_the_fields_that_are_described(rows, read):
    assert tuple(names(row[3])[0] for row in rows) == read._fields


@pytest.mark.parametrize(("offset", "kind", "field"), [(row[0], row[2], names(row[3])[0]) for row in FIRST])
def test_a_frame_holds_the_field_there(offset, kind, field):
    frame = wire.encode_window(WINDOW)
    fixed = {"magic": b"JW", "version": 2, "header_len": 76, "axes": 3}
    expected = fixed.get(field, getattr(WINDOW, field, None))
    assert struct.unpack_from("<" + names(kind)[0], frame, int(offset)) == (expected,)


TOLD = {
    "level": (2, 2),
    "state": ("alarm", 4),
    "mode": (5, 5),
    "threshold": (4.5, 4.5),
    "combined_score": (6.5, 6.5),
    "combined_threshold": (4.25, 4.25),
    "alarm_score": (9.5, 9.5),
    "alarm_threshold": (8.5, 8.5),
}
"""What a board may say of a window, and what the frame has for it."""


@pytest.mark.parametrize(("offset", "kind", "field"), [(row[0], row[2], names(row[3])[0]) for row in VERDICT])
def test_a_frame_holds_what_the_board_says_there(offset, kind, field):
    verdict = Verdict(2.5, 4.5, "board", None)
    for name, (value, _) in TOLD.items():
        setattr(verdict, name, value)
    frame = wire.encode_window(Window(WINDOW.counts, 1.0, 250.0, verdict=verdict, level=2))
    packed = {"content": 1, "n_features": 0, "reserved": 0, **{name: has for name, (_, has) in TOLD.items()}}
    assert struct.unpack_from("<" + names(kind)[0], frame, int(offset)) == (packed[field],)


def test_a_frame_of_a_window_that_was_not_judged_holds_what_is_described():
    told = frames.Told._make(struct.unpack_from(wire.VERDICT, wire.encode_window(WINDOW), wire.VERDICT_AT))
    assert told[:6] == (255, 0, 255, 1, 0, 0) and all(map(math.isnan, told[6:]))


def test_every_state_of_a_window_is_described_with_its_code():
    assert [(int(code), *names(state)) for code, state in STATES] == list(enumerate(wire.STATE_CODES))


def test_every_flag_is_described_with_its_bit():
    bits = {name[5:].lower(): value for name, value in vars(window).items() if name.startswith("FLAG_")}
    assert {names(flag)[0]: 1 << int(bit) for bit, flag, _ in FLAGS} == bits


def test_every_sensor_is_described_with_its_code():
    codes = {sensors.load(kind).NAME: sensors.load(kind).CODE for kind in sensors.KINDS}
    assert {names(row[1])[0]: int(row[0]) for row in SENSORS[1:]} == codes


def test_a_frame_is_as_long_as_the_example_says():
    assert f"A frame of 256 samples has {wire.frame_size(256)} bytes." in FORMATS


async def test_an_answer_with_a_verdict_has_the_keys_and_types_described(server, model_data, noisy_windows):
    await server.ask("PUT", "/api/v1/model", data=model_data)
    for body in noisy_windows(8, flags=FLAG_OPINION_WANTED):
        answer = await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    assert answer["combined_score"] is not None
    assert_described(answer)


async def test_an_answer_without_a_verdict_has_the_keys_and_types_described(server):
    answer = await server.send()
    assert answer["score"] is None
    assert_described(answer)


async def test_an_answer_to_a_window_that_came_before_has_the_keys_and_types_described(server):
    await server.send(flags=FLAG_LOCAL_SCORE)
    assert_described(await server.send(flags=FLAG_LOCAL_SCORE))


def assert_described(answer):
    described = {names(key)[0]: kind for key, kind, _ in tables(FORMATS, "Answer")[0]}
    assert set(answer) == set(described)
    assert [key for key in answer if not is_of(answer[key], described[key])] == []


def a_recording():
    samples = np.random.default_rng(0).integers(-900, 900, (500, 3)) / 2048
    return make_recording("normal", "monday", [("0000", samples)], sample_rate_hz=250.0, group="desk")


def test_recordings_as_npz_have_the_keys_and_types_described(tmp_path):
    timed = replace(a_recording(), timing=Timing(5, 0, 0, 249.0, 251.0))
    npz.write([timed, a_recording()], tmp_path / "some.npz")
    with np.load(tmp_path / "some.npz") as arrays:
        assert set(arrays) == {"judder", "recording0", "recording1"}
        assert arrays["recording0"].shape == (500, 3)
        assert_leaves(json.loads(str(arrays["judder"])), npz_keys())


def npz_keys():
    return {
        key.removesuffix("[]") if key.endswith("segments[]") else key: kind
        for key, kind in described_keys(tables(FORMATS, "Recordings as .npz")[0]).items()
    }


def test_a_plain_npz_is_one_array_per_condition(tmp_path):
    np.savez(tmp_path / "plain.npz", idle=np.ones((40, 3)) * 0.1, busy=np.ones((4, 10, 3)) * 0.2)
    found = npz.read(tmp_path / "plain.npz")
    assert [(r.condition, r.rows) for r in found] == [("idle", 40), ("busy", 40)]


def test_recordings_as_csv_have_the_metadata_described(tmp_path):
    (folder,) = csv_folder.write([a_recording()], tmp_path)
    described = described_keys(tables(FORMATS, "Recordings as CSV folders")[0])
    assert_leaves(json.loads((folder / "judder.json").read_text()), described)
    assert re.fullmatch(r"-?[\d.]+, -?[\d.]+, -?[\d.]+", (folder / "0000.csv").read_text().splitlines()[0])


@pytest.mark.parametrize("missing", ["sample_rate_hz", "group", "name"])
def test_a_csv_folder_does_without_each_key(tmp_path, missing):
    (folder,) = csv_folder.write([a_recording()], tmp_path)
    metadata = json.loads((folder / "judder.json").read_text())
    del metadata[missing]
    (folder / "judder.json").write_text(json.dumps(metadata))
    assert csv_folder.read(tmp_path)[0].rows == 500
