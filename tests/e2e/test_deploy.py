"""`judder deploy` onto a virtual board: what lands, what the server then hears, and what is refused."""

import hashlib
import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.asking import status_of
from tests.board.bench import ask, make_board, wait_for
from tests.e2e.house import (
    FACTOR,
    break_golden,
    fan_samples,
    judder,
    sentence_and_hint,
    write_config,
    write_model,
)

ROOT = Path(__file__).parents[2]
DEVICE_ID = "0200000000c3"
HASHES = """
import hashlib, os
def walk(folder):
    for name, kind, *_ in os.ilistdir(folder):
        if kind == 0x4000:
            walk(folder + name + '/')
        else:
            with open(folder + name, 'rb') as file:
                print(hashlib.sha256(file.read()).digest().hex(), folder + name)
walk('/')
"""


@dataclass
class Deployed:
    """A board that was deployed to, the run that did it, and the hash of every file then on the board."""

    board: Any
    config: Path
    run: Any
    report: dict[str, Any]
    hashes: dict[str, str]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory, server_port, model):
    """Deploy to a board that holds a stale file of ours and a file of its owner's."""
    folder = tmp_path_factory.mktemp("deploy")
    config = write_config(folder / "attic.json", server_port)
    (folder / "before" / "judder_node").mkdir(parents=True)
    for stale in ("gone.py", "app.py"):  # the second would win over app.mpy
        (folder / "before" / "judder_node" / stale).write_text("import nothing\n")
    (folder / "before" / "note").write_text("mine\n")
    with make_board(folder / "board", fan_samples(), device_id=DEVICE_ID, factor=FACTOR) as board:
        ask(board, "cp", "-r", "before/.", ":", cwd=folder)
        run = judder("deploy", "--port", board.port, "--config", config, "--model", model, "--json")
        report = status_of(server_port, DEVICE_ID)
        yield Deployed(board, config, run, report, hashes_on(board))


def hashes_on(board):
    """Return the hash of every file on the board by its name."""
    lines = ask(board, "exec", HASHES).splitlines()
    return {name.strip("/"): digest for digest, name in map(str.split, lines)}


def of_the_checkout():
    """Return the hash of every file of the checkout that may go on a board, by its name there."""
    device, shared = ROOT / "device", ROOT / "shared"
    files = [*device.glob("*.py"), *device.glob("judder_node/**/*.py"), *shared.glob("judder_core/**/*.py")]
    return {
        str(file.relative_to(device if device in file.parents else shared)): digest(file) for file in files
    }


def ours(hashes):
    return {name: digest for name, digest in hashes.items() if name.startswith("judder_")}


def digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_it_exits_0_and_names_the_board_and_its_model(deployed, model):
    assert deployed.run.returncode == 0, deployed.run.stderr
    model_id = f"fan-{digest(model)[:8]}"
    assert json.loads(deployed.run.stdout) == {
        "device_id": DEVICE_ID,
        "files": len(ours(deployed.hashes)) + len(("main.py", "boot.py", "config.json", "model.judder.json")),
        "model_id": model_id,
    }


def test_the_server_has_heard_the_board_name_that_model(deployed, model):
    assert deployed.report["model_id"] == f"fan-{digest(model)[:8]}" and not deployed.report["model_error"]


def test_the_machine_code_that_was_compiled_for_the_board_runs_on_it(deployed):
    assert deployed.report["engine"] == "native"


def test_beside_compiled_modules_the_board_holds_what_was_given_and_what_it_had(deployed, model):
    given = {"config.json": digest(deployed.config), "model.judder.json": digest(model)}
    plain = {name: of_the_checkout()[name] for name in ("main.py", "boot.py")}
    owners = {"note": hashlib.sha256(b"mine\n").hexdigest()}
    kept = {name: digest for name, digest in deployed.hashes.items() if not name.startswith("spool/")}
    assert set(kept.items()) - set(ours(kept).items()) == {*given.items(), *plain.items(), *owners.items()}


def test_every_module_on_it_is_one_of_the_checkout_and_compiled(deployed):
    """A stale file of ours is gone; so is a .py that would win over the .mpy beside it."""
    names = ours(deployed.hashes)
    assert len(names) > 30 and {name.rpartition(".")[2] for name in names} == {"mpy"}
    assert {name.replace(".mpy", ".py") for name in names} <= set(of_the_checkout())


@pytest.mark.parametrize("name", ["judder_core/fit", "judder_core/states", "judder_node/numeric_ulab"])
def test_what_this_board_does_not_run_is_not_sent(deployed, name):
    assert not [found for found in deployed.hashes if found.startswith(name)]


def test_as_source_the_compiled_modules_make_way_and_the_board_runs_on(deployed, server_port, model):
    run = judder("deploy", "--port", deployed.board.port, "--config", deployed.config, "--source")
    assert run.returncode == 0, run.stderr
    found = ours(hashes_on(deployed.board))
    assert len(found) == len(ours(deployed.hashes))
    assert found.items() <= of_the_checkout().items()
    assert status_of(server_port, DEVICE_ID)["model_id"] == f"fan-{digest(model)[:8]}"


def test_a_board_that_refuses_its_model_is_reported(deployed, model, tmp_path):
    bad = break_golden(model, tmp_path / "bad.judder.json")
    ask(deployed.board, "cp", bad, ":model.judder.json")
    run = judder("deploy", "--port", deployed.board.port, "--config", deployed.config)
    assert run.returncode == 1 and "golden check" in run.stderr and "hint: " in run.stderr


def test_a_board_that_does_not_report_is_reported(deployed, server_port, tmp_path):
    config = write_config(tmp_path / "c.json", 1)  # where no server is
    server = ("--server", f"http://127.0.0.1:{server_port}", "--wait", 1)
    run = judder("deploy", "--port", deployed.board.port, "--config", config, *server)
    assert run.returncode == 1 and "did not report" in run.stderr and "hint: Are Wi-Fi" in run.stderr


def test_a_board_that_finds_no_network_is_quoted(server_port, tmp_path):
    config = write_config(tmp_path / "c.json", server_port)
    with make_board(tmp_path / "board", device_id="0200000000d5", factor=FACTOR, wifi=False) as board:
        run = judder("deploy", "--port", board.port, "--config", config, "--wait", 8)
    assert run.returncode == 1 and 'it says: wifi: There is no network "x".' in run.stderr


def test_a_board_without_a_sensor_is_deployed_to_and_warned_of(server_port, tmp_path):
    config = write_config(tmp_path / "c.json", server_port)
    with make_board(
        tmp_path / "board", device_id="0200000000d6", factor=FACTOR, sensor="missing", parts={"24": "lis3dh"}
    ) as board:
        run = judder("deploy", "--port", board.port, "--config", config)
        assert run.returncode == 0 and "next:" not in run.stderr, run.stderr
        warning = run.stderr.splitlines()[-1]
        assert warning.startswith("warning: board judder says 'sensor fault': No msa301 answers")
        board.change_world(sensor="ok")
        wait_for(lambda: "lis3dh by its id" in (status_of(server_port, "0200000000d6").get("why") or ""))


def test_a_pin_that_the_board_lacks_is_refused_before_anything_is_copied(tmp_path):
    config = write_config(tmp_path / "c.json", 1337, sensor={"sda_pin": 21, "scl_pin": 22})
    with make_board(tmp_path / "board", chip="esp32c3") as board:
        run = judder("deploy", "--port", board.port, "--config", config)
        assert "sensor.scl_pin is 22, a pin that this ESP32-C3 does not have" in sentence_and_hint(run)
        assert ask(board, "exec", HASHES) == ""


def test_the_guides_plain_mpremote_line_deploys_too(server_port, tmp_path):
    guide = (ROOT / "host" / "guides" / "first-fan.md").read_text()
    (line,) = re.findall(r"^    mpremote (cp .*)$", guide, re.MULTILINE)
    for name in ("device", "shared"):
        shutil.copytree(ROOT / name, tmp_path / name)
    write_config(tmp_path / "attic.json", server_port)
    with make_board(tmp_path / "board", fan_samples(), device_id="0200000000d4", factor=FACTOR) as board:
        ask(board, *shlex.split(line), cwd=tmp_path)
        wait_for(lambda: status_of(server_port, "0200000000d4").get("windows"))


def test_every_mistake_in_a_config_is_named(tmp_path):
    config = write_config(tmp_path / "c.json", 1337, wifi={"ssid": ""}, sensor={"range_g": 3})
    sentence = sentence_and_hint(judder("deploy", "--port", "/dev/null", "--config", config))
    assert "wifi.ssid" in sentence and "sensor.range_g" in sentence


def test_a_config_that_is_no_utf_8_text_is_refused(tmp_path):
    (tmp_path / "c.json").write_bytes(b'{"wifi": {"ssid": "caf\xe9"}}')
    run = judder("deploy", "--port", "/dev/null", "--config", tmp_path / "c.json")
    assert "is not UTF-8 text" in sentence_and_hint(run)


def test_a_model_for_another_window_length_is_refused(tmp_path):
    config = write_config(tmp_path / "c.json", 1337)
    model = write_model(tmp_path / "short.judder.json", window_len=128)
    run = judder("deploy", "--port", "/dev/null", "--config", config, "--model", model)
    assert "windows have 256 samples" in sentence_and_hint(run)


def test_a_model_that_fails_its_golden_check_is_refused(model, tmp_path):
    bad = break_golden(model, tmp_path / "bad.judder.json")
    run = judder("deploy", "--port", "/dev/null", "--model", bad)
    assert "fails its golden check" in sentence_and_hint(run)


def test_a_port_without_a_board_is_named(tmp_path):
    port = tmp_path / "ttyUSB7"
    config = write_config(tmp_path / "c.json", 1337)
    assert str(port) in sentence_and_hint(judder("deploy", "--port", port, "--config", config))
