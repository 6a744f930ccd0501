"""What each task of the sketch takes of its stack, at windows of 256 and 2048 samples.

usage: python -m pytest tests/firmware/test_stack.py -s    prints the bytes, and the way to the deepest place
"""

import re

import pytest

from tests.firmware.compiling import SKETCH, core_sources, need, run
from tests.firmware.cross import CORTEX_M4F, OPTIONS, RV32IMC
from tests.firmware.sketch import FAKES
from tests.firmware.stacks import Stacks

LENGTHS = [256, 2048]
GRAPH = ["-fstack-usage", "-fcallgraph-info=su"]
BARE = [each for each in OPTIONS if "picolibc" not in each]

COMPUTES = ["features::{anonymous}::compute"]
SCORES = ["Judge::scores_of", "JudgeV1::scores_of", "Judge::unit_of", "JudgeV1::unit_of"]
# What stands behind the calls that gcc cannot follow, by the function that makes them.
BEHIND = {
    "Judge::update": COMPUTES,
    "JudgeV1::update": COMPUTES,
    "Watch::judge": ["Judge::update", "JudgeV1::update"],
    "Watch::step": ["Judge::update", "JudgeV1::update"],
    "AnyJudge::follow": ["Judge::restart", "JudgeV1::restart"],
    "Judge::factor": [],  # a network, which the README says was not measured
    "0(const float*, int) const": [],  # a part of it, as gcc calls that
    "JudgeV1::score": [],
    "{anonymous}::measure(": COMPUTES,
    "golden_scores": [*COMPUTES, *SCORES],
    "{anonymous}::check(": SCORES,
    "check_goldens": [*COMPUTES, *SCORES],
    "check_model": [*COMPUTES, *SCORES],
    "Sampling::take": ["Msa3xx::take", "Lis3dh::take", "Mpu6050::take"],
    "Finder::set_up": ["Msa3xx::start", "Lis3dh::start", "Mpu6050::start"],
    "Msa3xx::": ["I2cBus::read", "I2cBus::write", "I2cBus::wait_ms", "I2cBus::most_bytes"],
    "Lis3dh::": ["I2cBus::read", "I2cBus::write", "I2cBus::wait_ms", "I2cBus::most_bytes"],
    "Mpu6050::": ["I2cBus::read", "I2cBus::write", "I2cBus::wait_ms", "I2cBus::most_bytes"],
    "Sensor::read": ["I2cBus::read", "I2cBus::most_bytes"],
    "Watch::insist": ["Watch::begin()::<lambda"],
    "Uplink::send_report": ["Watch::report"],
    "Http::": [],  # NetworkClient, no deeper than the lwip_send beside it; TLS has a stack of its own size
}

# What libraries take on an ESP32: no compiler for it was at hand, so these are allowances, rounded up from
# what newlib's printf with floats, ESP-IDF's I2C master and lwIP's sockets are known to need.
PRINTF, DRIVER, SOCKETS, SMALL = 1600, 1000, 1500, 200
TASKS = {
    "Watch::begin()": 8192,  # the Arduino loop's, CONFIG_ARDUINO_LOOP_STACK_SIZE
    "Watch::step()": 8192,
    "Sampling::run()": 4096,
    "Uplink::run()": 6144,
}


def behind(label):
    for name, targets in BEHIND.items():
        if name in label:
            return targets
    raise AssertionError(f"who does {label} call?")


def outside(title):
    if re.search(r"printf|FakeSerial", title):
        return PRINTF
    if re.search(r"TwoWire|esp_log|xTaskCreate|timer|mbedtls", title):
        return DRIVER
    if re.search(r"NetworkClient|FakeNetwork|FakeWiFi|lwip", title):
        return SOCKETS
    return SMALL


def stacks(folder, command, sources, length):
    """Return the Stacks of the sources, compiled for windows of that length."""
    run([*command, *GRAPH, f"-DJUDDER_MAX_WINDOW_LEN={length}", "-c", *sources], cwd=folder)
    return Stacks(folder, behind, outside)


@pytest.mark.parametrize("length", LENGTHS)
def test_each_task_leaves_a_quarter_of_its_stack(tmp_path, length):
    # The PC's figures: with pointers and registers of 64 bits they are above a board's.
    command = [need("g++", "g++"), *BARE, "-mno-red-zone", f"-I{FAKES}", f"-I{SKETCH}"]
    sources = [*core_sources(), *sorted((SKETCH / "src").glob("[bs]*/*.cpp"))]
    whole = stacks(tmp_path, command, sources, length)
    for task, size in TASKS.items():
        taken, way = whole.deepest(f"judder::{task}")
        print(f"\n{task} at {length}: {taken} of {size} bytes, by {' > '.join(way)}")
        assert size / 10 < taken <= size * 3 / 4


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("processor", [RV32IMC, CORTEX_M4F], ids=["rv32imc", "cortex-m4f"])
def test_judging_takes_two_kilobytes_whatever_the_window(tmp_path, processor, length):
    compiler = need(f"{processor.prefix}-g++", processor.packages[0])
    maths = [path for path in core_sources() if path.stem != "sampler"]  # <atomic> is libstdc++'s
    judged = stacks(tmp_path, [compiler, *processor.compile.split(), *OPTIONS], maths, length)
    for judge in ("Judge", "JudgeV1"):
        taken, way = judged.deepest(f"judder::{judge}::update")
        print(f"\n{processor.prefix}, {judge} at {length}: {taken} bytes, by {' > '.join(way)}")
        assert 400 < taken <= 2048
