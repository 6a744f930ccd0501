"""The flash: what a write costs, and what is left of one that was torn."""

import json
import signal

import pytest

MOUNT = """
import start, time, json, machine, os, interrupts
from world import FOLDER
start.mount_flash(FOLDER + "flash.img")
time.set_factor(start.WORLD.factor)
"""
WRITE = """
with open("file", "w") as file:
    file.write("{}")
print(0)
"""


@pytest.fixture
def flash(world):
    """Return a function that runs code on a board with flash, in a changed world; what it shows."""

    def run(code, **changes):
        world.change(**changes)
        return json.loads(world.run(MOUNT + code, heapsize="1M").splitlines()[-1])

    return run


# Winbond W25Q32JV, 9.6: an erase takes 45 ms, as a rule, and a page of 256 bytes .4 ms.
def test_a_block_takes_tens_of_milliseconds_to_erase_and_write(run):
    code = """
from flash import FileBlocks
blocks = FileBlocks("flash.img")
began_us = time.ticks_us()
blocks.ioctl(6, 200)
erased_us = time.ticks_diff(time.ticks_us(), began_us)
blocks.writeblocks(200, bytes(4096), 0)
print(json.dumps([erased_us, time.ticks_diff(time.ticks_us(), began_us)]))
"""
    erased_us, written_us = run(code)
    assert 45000 <= erased_us < 50000 and 6400 <= written_us - erased_us < 8000


def test_a_write_holds_callbacks_up_and_loses_those_beyond_eight(flash):
    code = """
ran = []
timer = machine.Timer(0)
timer.init(freq=1000, callback=lambda timer: ran.append(1))
with open("file", "w") as file:
    file.write("x" * 9000)
timer.deinit()
print(json.dumps([len(ran), interrupts.dropped]))
"""
    ran, dropped = flash(code)
    assert dropped > 60 > ran


def test_what_was_written_is_there_after_the_next_boot(flash):
    flash(WRITE.format("42"))
    assert flash("print(open('file').read())") == 42


def test_a_full_flash_says_so_and_keeps_what_it_has(flash):
    code = """
def fill():
    k = 0
    while True:
        with open("file%d" % k, "w") as file:
            file.write("x" * 4000)
        k += 1
try:
    fill()
except OSError as error:
    print(json.dumps([error.errno, len(open("file0").read())]))
"""
    assert flash(code, flash_kb=64) == [28, 4000]


@pytest.mark.parametrize("at", [1, 2, 3, 5, 8])
def test_a_power_cut_in_the_middle_of_a_write_leaves_the_old_file_or_the_new(world, flash, at):
    flash(WRITE.format("1" * 3000))
    world.change(power_cut_at=at)
    process = world.start(MOUNT + WRITE.format("2" * 3000), heapsize="1M")
    process.communicate()
    assert process.returncode in (-signal.SIGKILL, 0)
    left = flash("print(json.dumps(open('file').read()))", power_cut_at=0)
    assert left in ("1" * 3000, "2" * 3000)


def test_the_power_is_cut_at_the_write_that_the_world_says(world, flash):
    flash("print(0)")
    world.change(power_cut_at=1)
    process = world.start(MOUNT + WRITE.format("2"), heapsize="1M")
    process.communicate()
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("parts", [{"38": "msa301"}, {"24": "lis3dh"}])
def test_a_sensor_that_was_missing_at_the_boot_comes_when_the_flash_is_the_root(flash, parts):
    code = """
from world import host_open
def scan_with(sensor):
    with host_open(FOLDER + "world.json", "r") as file:
        world = json.load(file)
    world["sensor"] = sensor
    with host_open(FOLDER + "world.json", "w") as file:
        json.dump(world, file)
    time.sleep(2)
    return machine.I2C(0).scan()
print(json.dumps([scan_with("missing"), scan_with("ok")]))
"""
    assert flash(code, sensor="missing", parts=parts) == [[], [int(address) for address in parts]]
