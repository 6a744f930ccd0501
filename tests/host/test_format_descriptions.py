"""FORMATS.md against the code that packs and unpacks, and against files and answers as they come."""

import base64
import copy
import json
import math
import re
import struct
from array import array
from dataclasses import replace

import numpy as np
import pytest
from core.test_autoencoder import document as network_document
from documents import ROOT, names, tables
from judder.data import csv_folder, frames, npz
from judder.data.recording import Timing, make_recording
from judder.data.windows import cut_windows
from judder.model.document import read
from judder.model.encoding import encode_floats
from judder.training.train import train
from judder_core import model_file, numeric, window, wire
from judder_core.decision import Verdict
from judder_core.errors import ModelError
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED, Window
from judder_node import sensors

from tests import machine_v2, models_v1, models_v2

FORMATS = (ROOT / "FORMATS.md").read_text()
FIRST, VERDICT, FLAGS, STATES, SENSORS = tables(FORMATS, "Window frame")
HEADER = FIRST + VERDICT
MODEL, AUTOENCODER = tables(FORMATS, "Model file")
MODEL_V1, MAHALANOBIS_V1, AUTOENCODER_V1 = tables(FORMATS, "Model file, version 1")

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
KINDS = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "object": dict,
    "objects": dict,
    "null": type(None),
    "floats": str,
    "counts": str,
    "bytes": str,
    "list of strings": list,
    "list": list,
    "two integers": list,
    "two numbers": list,
    "three numbers": list,
    "name, start row, length": list,
}
"""What JSON has for each word of the column "type"."""


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


def is_of(value, kinds):
    return any(
        isinstance(value, KINDS[kind]) and not (isinstance(value, bool) and kind != "boolean")
        for kind in kinds.split(" or ")
    )


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


def leaves(value, path=""):
    """Yield (path, value) of whatever is no object with described keys: `a.b`, `a[].b`."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from leaves(inner, path + "[]")
    else:
        yield path, value


def assert_leaves(document, described, optional=()):
    """Assert that document has the described keys, those and no other, and of the types described."""
    found = list(leaves(document))
    inner = {key for key in described for other in described if other.startswith((key + ".", key + "[]."))}
    assert {path for path, _ in found} - set(described) == set()
    assert set(described) - inner - {path for path, _ in found} <= set(optional)
    assert [path for path, value in found if not is_of(value, described[path])] == []


def described_keys(table):
    return {names(row[0])[0]: row[1] for row in table}


@pytest.fixture(scope="module")
def trained():
    """Return what judder.train writes of a machine at seven speeds and at rest: each key there is."""
    rng = np.random.default_rng(0)
    kinds = [(f"at {k}", list(machine_v2.SPEEDS)[k % 3], 1 + 0.7 * (k // 3)) for k in range(7)]
    recordings = [_recording(name, speed, fault, rng) for name, speed, fault in [*kinds, ("off", None, 1.0)]]
    return json.loads(train(cut_windows(recordings, 250.0), name="all").data)


def _recording(name, speed, fault, rng):
    windows = [machine_v2.window(rng, speed, fault) * machine_v2.SCALE_G for _ in range(60)]
    parts = [(f"{k:04d}", window) for k, window in enumerate(windows)]
    return make_recording(name, name, parts, sample_rate_hz=250.0)


@pytest.fixture(scope="module")
def of_before(trained):
    """Return a model of version 1 as the trainer of before wrote it: each key there is."""
    rng = np.random.default_rng(0)
    made = models_v1.document(cut_windows([_recording("normal", "slow", 1.0, rng)], 250.0), "vibration")
    provenance = {key: value for key, value in trained["provenance"].items() if key != "answers"}
    rows = [{k: v for k, v in row.items() if k != "session"} for row in provenance["recordings"]]
    return {
        **made,
        "created": "",
        "provenance": {**provenance, "recordings": rows},
        "decision": {
            **made["decision"],
            "false_alarms": trained["decision"]["false_alarms"],
            "combine": "mean_features",
            "seconds": 5.1,
        },
        "drift": {"before": 1.0, "after": 1.5, "allowed_until": 2.0},
        "evaluation": None,
        "golden": [_golden_v1(made)],
    }


def _golden_v1(document):
    model = model_file.load(models_v1.encode(document), numeric)
    counts = machine_v2.normal("slow", 1).ravel().tolist()
    (detector,) = model.detectors
    features = detector.features(numeric, array("h", counts), machine_v2.SCALE_G)
    return {
        "detector": 0,
        "counts": models_v2.text(counts, "<i2"),
        "scale_g": machine_v2.SCALE_G,
        "features": encode_floats(features),
        "score": detector.score(numeric, features),
    }


def test_a_trained_model_has_the_keys_and_types_described(trained):
    assert_leaves(trained, described_keys(MODEL))


def test_a_model_of_before_has_the_keys_and_types_described(of_before):
    parameters = {
        f"detectors[].parameters.{key}": kind for key, kind in described_keys(MAHALANOBIS_V1).items()
    }
    assert_leaves(of_before, {**described_keys(MODEL_V1), **parameters})


def read_by(table, *who):
    return [names(row[0])[0] for row in table if row[2] in who]


def without(document, path):
    """Return document less what stands at path, in each entry of a list."""
    *way, last = path.split(".")
    document = copy.deepcopy(document)
    places = [document]
    for step in way:
        places = [place[step.removesuffix("[]")] for place in places]
        places = [entry for place in places for entry in place] if step.endswith("[]") else places
    for place in places:
        del place[last]
    return json.dumps(document).encode()


OTHERS = ("board, optional", "host", "people", "nobody")


@pytest.mark.parametrize("path", read_by(MODEL, "board"))
def test_a_board_cannot_do_without_what_it_is_said_to_read(trained, path):
    with pytest.raises(ModelError):
        model_file.load(without(trained, path), numeric)


@pytest.mark.parametrize("path", read_by(MODEL_V1, "board"))
def test_a_board_cannot_do_without_what_it_is_said_to_read_of_before(of_before, path):
    with pytest.raises(ModelError):
        model_file.load(without(of_before, path), numeric)


NOT_CHECKED = ("golden[].counts", "modes[].metrics[].stretch")
"""Without them a golden window is another one, or scores otherwise."""


def does_without(document, path):
    golden = document["golden"] if path == "golden[].counts" or path not in NOT_CHECKED else []
    found = json.loads(without({**document, "golden": golden}, path))
    return json.dumps({**found, "golden": [] if path in NOT_CHECKED else found["golden"]}).encode()


@pytest.mark.parametrize("path", read_by(MODEL, *OTHERS))
def test_a_board_does_without_what_others_read(trained, path):
    model_file.load(does_without(trained, path), numeric)


@pytest.mark.parametrize("path", read_by(MODEL_V1, *OTHERS))
def test_a_board_does_without_what_others_read_of_before(of_before, path):
    model_file.load(does_without(of_before, path), numeric)


WHOLE = ("drift.", "provenance.windows.")
"""They are there whole or not at all."""


def of_people(table):
    return [path for path in read_by(table, "people", "nobody") if not path.startswith(WHOLE)]


@pytest.mark.parametrize("path", of_people(MODEL))
def test_the_host_does_without_what_people_read(trained, path):
    assert read(without(trained, path)).signal.window_len == trained["signal"]["window_len"]


@pytest.mark.parametrize("path", of_people(MODEL_V1))
def test_the_host_does_without_what_people_read_of_before(of_before, path):
    assert read(without(of_before, path)).signal.window_len == of_before["signal"]["window_len"]


def test_the_scores_come_from_the_file_as_described(trained):
    (golden,) = trained["golden"]
    row = floats(golden["features"])
    near = min(range(len(trained["modes"])), key=lambda k: distance(trained, k, 0, row))
    assert distance(trained, near, 0, row) == pytest.approx(golden["score"], rel=1e-5)  # float32 in the file
    assert distance(trained, near, 1, row) == pytest.approx(golden["alarm"], rel=1e-5)


def floats(text):
    return np.frombuffer(base64.b64decode(text), "<f4").astype(float)


def distance(document, mode, metric, features):
    """Return the length of (r * stretch) W, by the words of FORMATS.md."""
    mode = document["modes"][mode]
    placed = mode["metrics"][metric]
    shape = document["shapes"][placed["shape"]]
    whole = np.frombuffer(base64.b64decode(shape["whitening"]), "<i2")
    residual, z, first = (features - floats(mode["mean"])) * floats(placed["stretch"]), [], 0
    for column, scale in enumerate(floats(shape["scales"])):
        numbers = whole[first : first + column + 1]
        z.append(residual[: column + 1] @ numbers * scale)
        first += column + 1
    return float(np.linalg.norm(z))


def test_an_autoencoder_of_the_keys_and_types_described_is_read():
    made = machine_v2.document()
    network = made["detectors"][1]["parameters"]
    assert_leaves(network, described_keys(AUTOENCODER))
    model_file.load(models_v2.encode(made), numeric)


def test_an_autoencoder_of_before_of_the_keys_and_types_described_is_read():
    parameters = network_document()["detectors"][0]["parameters"]
    described = {**described_keys(AUTOENCODER_V1), **described_keys(MAHALANOBIS_V1)}
    assert_leaves(parameters, described, optional={"modes_of"})
    model_file.load(json.dumps(network_document()).encode(), numeric)


@pytest.mark.parametrize("key", described_keys(AUTOENCODER))
def test_an_autoencoder_is_not_read_without_each_key(key):
    made = machine_v2.document()
    made = {**made, "detectors": made["detectors"][1:]}
    with pytest.raises(ModelError):
        model_file.load(without(made, f"detectors[].parameters.{key}"), numeric)


@pytest.mark.parametrize(
    "key", [key for key in described_keys(AUTOENCODER_V1) if key not in ("modes_of", "modes[]")]
)
def test_an_autoencoder_of_before_is_not_read_without_each_key(key):
    with pytest.raises(ModelError):
        model_file.load(without(network_document(), f"detectors[].parameters.{key}"), numeric)


def test_the_largest_model_is_as_described():
    assert f"at most {model_file.MAX_BYTES:,} bytes" in FORMATS


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


def test_base64_floats_are_float32_as_described(trained):
    values = np.frombuffer(base64.b64decode(trained["shapes"][0]["scales"]), "<f4")
    assert len(values) == 27 and (values > 0).all()


def test_a_whitening_matrix_has_as_many_counts_as_described(trained):
    values = np.frombuffer(base64.b64decode(trained["shapes"][0]["whitening"]), "<i2")
    assert len(values) == 27 * 28 / 2
