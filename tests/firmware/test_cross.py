"""The core on the processors of boards, under QEMU: the same bits as on the PC, and what a window costs.

usage: python -m pytest tests/firmware/test_cross.py -s      prints the instructions a window
"""

import subprocess

import numpy as np
import pytest
from judder.export import c_source
from judder.simulation import FanOptions, simulate

from tests import machine_v2, models_v2
from tests.firmware import machines
from tests.firmware.compiling import CORE, PROGRAMS, core_sources, need, run
from tests.firmware.cross import CORTEX_M4F, OPTIONS, RV32IMC

LEN = 200
MACHINES = 3  # of the windows, the first are those of machines
MOST = {"rv32imc": 90_000, "cortex-m4f": 25_000}
PROCESSORS = {"rv32imc": RV32IMC, "cortex-m4f": CORTEX_M4F}


def windows():
    """Return windows of a fan at rest, shaking, shaking badly (400 counts), and of other things."""
    rng = np.random.default_rng(3)
    options = [FanOptions(seconds=2, imbalance=how, range_g=2, seed=1) for how in (1, 3, 8)]
    fans = [simulate(each).in_g()[:LEN] * 2048 for each in options]
    loud = [rng.normal(0, 900, (LEN, 3)), rng.integers(-8192, 8192, (LEN, 3))]
    odd = [np.full((LEN, 3), 7), np.sort(rng.normal(0, 90, (LEN, 3)), axis=0)]
    return np.rint(np.array([*fans, *loud, *odd])).astype(np.int16)


@pytest.fixture(scope="module")
def header(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    (folder / "cost_windows.h").write_text(c_source.header("cost_windows", windows(), "Windows."))
    return folder


@pytest.fixture(scope="module")
def pc(header):
    """Return what the PC prints."""
    options = [each for each in OPTIONS if "picolibc" not in each]
    sources = [*core_sources(), PROGRAMS / "cost.cpp"]
    run([need("g++", "g++"), *options, f"-I{CORE}", f"-I{header}", *sources, "-o", header / "pc"])
    printed = subprocess.run([header / "pc"], capture_output=True, text=True, check=True).stdout
    return [line.split() for line in printed.splitlines()]


@pytest.fixture(scope="module", params=PROCESSORS)
def board(request, header, tmp_path_factory):
    """Return (processor's name, what it prints)."""
    processor = PROCESSORS[request.param]
    return request.param, processor.lines(processor.build(tmp_path_factory.mktemp(request.param), header))


def of(lines, name):
    return [line[1:] for line in lines if line[0] == name]


def test_distances_have_the_same_bits_as_on_the_pc(pc, board):
    found, expected = of(board[1], "ours"), of(pc, "ours")
    assert len(found) == len(windows()) and [f[0] for f in found] == [e[0] for e in expected]
    assert [f[0] for f in of(board[1], "reference")] == [f[0] for f in found]  # the sorts agree


@pytest.mark.parametrize("name", ["directional", "spectral", "statistics", "vibration"])
def test_other_features_differ_by_no_more_than_two_libraries_logarithms(pc, board, name):
    def values(lines):
        bits = np.array([[int(word, 16) for word in line[1:]] for line in of(lines, name)], np.uint32)
        return bits.view(np.float32)

    gap = np.abs(values(board[1]) - values(pc))
    assert gap.size and (gap <= np.spacing(np.maximum(np.abs(values(pc)), 1.0))).all()
    assert np.mean(gap == 0) > 0.9


def test_a_window_costs_less_than_the_limit_and_a_fifth_of_sorting(board):
    name, lines = board
    ours, sorting = (np.array([int(line[1]) for line in of(lines, key)]) for key in ("ours", "reference"))
    print(f"\n{name}: instructions a {LEN}x3 window, mad and distance: {ours}; by six sorts: {sorting}")
    assert (ours[:MACHINES] <= MOST[name]).all()
    # What spreads over 512 counts or more is selected, not counted: 27,900 on a Cortex-M4F.
    assert (ours <= max(30_000, MOST[name])).all()
    assert (5 * ours < sorting)[:MACHINES].all()


@pytest.mark.parametrize(
    ("metrics", "most"), [(models_v2.METRICS, 8192), (models_v2.LONG_METRICS, 9216)], ids=["short", "long"]
)
def test_a_core_for_256_samples_takes_at_most_8_kilobytes_and_1_more_for_minutes(tmp_path, metrics, most):
    document = machine_v2.document("directional", metrics=metrics)
    machines.write_headers(tmp_path, document, machine_v2.normal("fast", 1)[0])
    objects = CORTEX_M4F.compile_objects(tmp_path, [*core_sources(), PROGRAMS / "footprint.cpp"], tmp_path)
    size = need("arm-none-eabi-size", "binutils-arm-none-eabi")
    totals = run([size, "-t", *objects]).stdout.splitlines()[-1].split()
    ram = int(totals[1]) + int(totals[2])  # .data and .bss
    print(f"\nRAM of the core with 256x3 windows: {ram} bytes")
    assert 3072 < ram <= most
