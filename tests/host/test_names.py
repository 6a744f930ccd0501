"""Names as people give them, in every verb: shown as they are, whatever letters they are of."""

import asyncio
import contextlib
import csv
import html
import json
import sys
from dataclasses import replace

import pytest
from judder.data import npz
from judder.data.loading import load_recordings
from judder.text import visible, word

from tests.host.shell import call

NAMES = (
    "fan [left]",
    "fan [/old]",
    "[bold red]<b>fan</b>&amp;",
    "fan\nleft\r\x1b[31m",
    "fan " + "x" * 196,
    "מאוורר 3",
    "$x_{1$ and 50% {y}",
    "_fan :fire: 🌀",
    "../up/*",
    'it\'s "a" fan\\n',
)
FAULTY = "fan\u202e[fault]"
ALL = (*NAMES, FAULTY)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder, oddly named too, with odd.npz: a recording of each of NAMES, and a faulty one."""
    folder = tmp_path_factory.mktemp("names") / NAMES[1] / NAMES[3]
    folder.mkdir(parents=True)
    fan, rub = simulated(folder, imbalance=1), simulated(folder, imbalance=3)
    recordings = [replace(fan, condition=name, name=name) for name in NAMES]
    npz.write([*recordings, replace(rub, condition=FAULTY, name=FAULTY)], folder / "odd.npz")
    return folder


def simulated(folder, imbalance):
    options = ("--out", folder / "fan.npz", "--seconds", 60, "--seed", 1, "--imbalance", imbalance)
    call("simulate", *options)
    (recording,) = load_recordings(folder / "fan.npz")
    return recording


@pytest.fixture
def judder(folder, monkeypatch, capfd):
    """Return a function that runs a verb in the folder as a shell does; it returns what was written."""

    def run(*arguments, code=0):
        with contextlib.chdir(folder):
            ended = call(*arguments)
        said = capfd.readouterr()
        assert ended == code and "Traceback" not in said.err, said.err
        return said

    monkeypatch.setenv("COLUMNS", "400")
    return run


def normals():
    return [f"--normal={name}" for name in NAMES]


@pytest.fixture(scope="module")
def trained(folder):
    """Return the name of a model's file, trained on NAMES, in the folder."""
    out = "[odd] ü.judder.json"
    options = ("--out", out, "--false-alarms", "1%", "--features", "mad")
    with contextlib.chdir(folder):
        assert call("train", "--data", "odd.npz", *normals(), *options) == 0
    return out


def missing(text, names=ALL):
    """Return those of names that text does not show."""
    return [name for name in names if visible(name) not in text]


def test_inspect_shows_them(judder):
    assert missing(judder("inspect", "odd.npz").out) == []


def test_inspect_as_json_has_them_exactly(judder):
    assert sorted(json.loads(judder("inspect", "odd.npz", "--json").out)["conditions"]) == sorted(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_condition_is_chosen_by_its_name(judder, name):
    found = json.loads(judder("inspect", "odd.npz", f"--condition={name}", "--json").out)
    assert list(found["conditions"]) == [name]


def test_what_there_is_is_named_where_a_condition_is_not_there(judder):
    said = judder("inspect", "odd.npz", "--condition", "[/nope]\n", code=1)
    assert "There is no condition [/nope]\\n." in said.err and missing(said.err) == []


def test_train_keeps_them_as_operating_modes(judder, folder, trained):
    document = json.loads((folder / trained).read_text())
    assert sorted(document["provenance"]["conditions"]) == sorted(NAMES)


def test_evaluate_shows_them_and_writes_them(judder, folder, trained):
    options = (*normals(), f"--anomaly={FAULTY}", "--held-out", "all", "--scores", "scores [1].csv")
    said = judder("evaluate", trained, "--data", "odd.npz", *options)
    assert missing(said.out) == []
    with (folder / "scores [1].csv").open(newline="", encoding="utf-8") as file:
        assert {row["condition"] for row in csv.DictReader(file)} == set(ALL)


def test_cross_validation_shows_them(judder):
    odd = ("--data", "odd.npz", "--features", "mad", *normals(), f"--anomaly={FAULTY}")
    said = judder("evaluate", "--cross-validate", 2, *odd)
    assert missing(said.out) == []


def test_a_report_shows_them(judder, folder, trained):
    judder("report", "odd.npz", "--model", trained, "--out", "odd & <b>.html")
    text = (folder / "odd & <b>.html").read_text("utf-8").replace("\u2068", "").replace("\u2069", "")
    assert missing(html.unescape(text)) == []
    assert "<b>fan" not in text and "\x1b" not in text and "\u202e" not in text


def test_csv_folders_bring_them_back_and_lie_where_they_should(judder, folder):
    before = {path for path in folder.parent.rglob("*") if "csv [1]" not in path.parts}
    judder("export", "odd.npz", "--to", "csv", "--out", "csv [1]")
    assert sorted({r.condition for r in load_recordings(folder / "csv [1]")}) == sorted(ALL)
    assert {path for path in folder.parent.rglob("*") if "csv [1]" not in path.parts} == before
    assert missing(judder("inspect", "csv [1]").out) == []


def test_a_model_is_exported_for_the_sketch(judder, folder, trained):
    judder("export", trained, "--to", "arduino", "--out", "sketch [1]")
    header = (folder / "sketch [1]" / "model_data.h").read_text("ascii")
    assert '"fan [left]"' in header and "fan\\012left" in header


@pytest.mark.parametrize("name", ALL)
def test_simulate_names_the_condition_and_the_next_command(judder, name):
    said = judder("simulate", "--out", "[/short].npz", "--seconds", 1, f"--condition={name}")
    assert visible(name) in said.out and "'[/short].npz'" in said.err


OUTS = [name for name in ALL if "/" not in name and len(name) < 100]


@pytest.mark.parametrize("name", OUTS)
def test_a_path_is_named_as_it_is(judder, name):
    said = judder("simulate", "--out", f"{name}.npz", "--seconds", 1)
    assert f"in {visible(name)}.npz" in said.out


REFUSED = {
    "inspect": ("inspect", "{}"),
    "train": ("train", "--data", "{}", "--normal", "{}", "--out", "x.judder.json"),
    "train's out": ("train", "--data", "odd.npz", "--normal", "x", "--out", "{}"),
    "evaluate": ("evaluate", "{}", "--data", "odd.npz", "--normal", "fan ?left?"),
    "report": ("report", "{}"),
    "export": ("export", "{}", "--to", "csv", "--out", "nowhere"),
    "export's model": ("export", "{}", "--to", "tflite", "--out", "x.tflite"),
    "export's array": ("export", "{}", "--to", "c-array"),
    "import": ("import", "{}", "--out", "x.judder.json"),
    "config check": ("config", "check", "{}"),
    "bench": ("bench", "--fan", "{}"),
    "replay": ("replay", "{}"),
    "replay's board": ("replay", "odd.npz", "--device", "{}"),
    "serve's model": ("serve", "--port", 0, "--data-dir", "data", "--model", "{}"),
    "deploy": ("deploy", "--port", "{}", "--config", "{}"),
    "fetch-data": ("fetch-data", "--archive", "{}"),
    "simulate": ("simulate", "--out", "x.npz", "--machine", "{}"),
    "simulate's fault": ("simulate", "--out", "x.npz", "--fault", "{}"),
    "learn": ("learn", "x", "--server", "http://127.0.0.1:9/{}"),
}


@pytest.mark.parametrize("verb", REFUSED)
@pytest.mark.parametrize("name", ["fan [/old]", "[bold]fan\n\x1b[31m", "מאוורר 3", "fan " + "x" * 196])
def test_what_is_refused_is_named_as_it_is(judder, verb, name):
    said = judder(*(str(word).format(name) for word in REFUSED[verb]), code=1)
    assert said.out == "" and visible(name) in said.err and "hint: " in said.err


@pytest.mark.parametrize("name", ["מאוורר 3", "ü" * 40, "low/normal 1.5+x"])
def test_serve_names_what_it_records(judder, tmp_path, name):
    where = ("--port", 0, "--host", "127.0.0.1", "--data-dir", tmp_path / "[/data]")
    said = judder("serve", *where, f"--record={name}", "--for", 0)
    assert f"recording {name}: 200 windows" in said.err and "[/data]" in said.out


@pytest.mark.parametrize("name", [name for name in ALL if name != "מאוורר 3"])
def test_what_serve_refuses_to_record_is_named_as_it_is(judder, tmp_path, name):
    where = ("--port", 0, "--host", "127.0.0.1", "--data-dir", tmp_path / "[/data]")
    said = judder("serve", *where, f"--record={name}", "--for", 0, code=1)
    assert f"judder: {name!r}"[:100] in said.err and "is no condition." in said.err


@pytest.mark.parametrize("name", ["fan [/old]", "מאוורר 3", "fan " + "x" * 196])
def test_a_mistake_of_usage_is_named_as_it_is(judder, name):
    said = judder("inspect", "odd.npz", name, code=2)
    assert visible(name) in said.err and "hint: judder inspect --help" in said.err


@pytest.mark.parametrize("verb", [("doctor", "--server", "http://127.0.0.1:9/[/x]"), ("config", "show")])
def test_where_one_is_and_what_is_set_is_shown_as_it_is(judder, monkeypatch, folder, verb):
    monkeypatch.setenv("JUDDER_DATA_DIR", str(folder))
    assert missing(judder(*verb).out, [str(folder)]) == []


def test_a_receiver_that_does_not_take_a_message_is_named_without_its_path(judder, monkeypatch):
    monkeypatch.setenv("JUDDER_WEBHOOK_URL", "http://127.0.0.1:9/[/x]")  # whose path is its secret
    assert "http://127.0.0.1:9/..." in judder("alerts", "test", "--json", code=1).out
    assert judder("alerts", "test", code=1).out.startswith("webhook: ")


BOARDS = {f"0200000000{k:02x}": name for k, name in enumerate(ALL)}


@pytest.fixture
async def server_with_boards(server):
    for device_id, name in BOARDS.items():
        await server.client.post(f"/api/v1/devices/{device_id}/status", {"name": name, "place": name})
    return server.client.url


async def test_boards_are_listed_by_their_names(server_with_boards, judder):
    said = await asyncio.to_thread(judder, "learn", "nobody", "--server", server_with_boards, code=1)
    assert missing(said.err) == []


@pytest.mark.parametrize("device_id", BOARDS)
async def test_a_board_is_found_by_its_name(server_with_boards, judder, device_id):
    arguments = ("learn", "--server", server_with_boards, "--", BOARDS[device_id])
    said = await asyncio.to_thread(judder, *arguments, code=1)
    assert f"Board {device_id} takes no model over the network." in said.err


@pytest.mark.parametrize("name", ["מאוורר 3", "ü" * 40, "low/normal 1.5+x"])
async def test_a_recording_is_named_as_it_is(server, judder, name):
    recording = asyncio.create_task(
        asyncio.to_thread(judder, "record", name, "--windows", 1, "--server", server.client.url)
    )
    for seq in range(200):
        if recording.done():
            break
        await server.send(seq=seq)
        await asyncio.sleep(0.05)
    said = await recording
    assert f"1 windows of {name} recorded" in said.out and f"--normal {word(name)} " in said.err


@pytest.mark.parametrize("name", [name for name in ALL if "[" in name])
async def test_a_condition_the_server_refuses_is_named_as_it_is(server, judder, name):
    said = await asyncio.to_thread(judder, "record", name, "--server", server.client.url, code=1)
    assert visible(name) in said.err or repr(name) in said.err


def test_what_a_terminal_cannot_write_is_no_traceback(folder):
    import os
    import subprocess

    command = [sys.executable, "-m", "judder", "inspect", "odd.npz"]
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "COLUMNS": "400"}
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert run.returncode == 0 and r"\u05de\u05d0\u05d5\u05d5\u05e8\u05e8" in run.stdout
