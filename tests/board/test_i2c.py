"""The bus: what a transfer takes, and every way in which it fails (ports/esp32/machine_i2c.c)."""

import pytest

from tests.board.test_callbacks import raised

I2C = """
i2c = machine.I2C(0, scl=machine.Pin(22), sda=machine.Pin(21), freq={hz})
buffer = bytearray({size})
def read():
    try:
        i2c.readfrom_mem_into(0x26, 1, buffer)
        return 0
    except OSError as error:
        return error.errno
"""
FREE = """
scl, sda = machine.Pin(22, machine.Pin.OUT, value=1), machine.Pin(21, machine.Pin.OPEN_DRAIN, value=1)
for _ in range({clocks}):
    scl.value(0)
    scl.value(1)
low = sda.value()
sda.value(0)
sda.value(1)
"""


@pytest.mark.parametrize("how", ["readfrom_mem_into(0x27, 0, bytearray(1))", "writeto_mem(0x27, 0, b'0')"])
def test_nobody_answers(run, how):
    kind, said = raised(run, f"machine.I2C(0).{how}")
    assert kind == "OSError" and "ENODEV" in said


# Start, address, register, start, address, bytes, stop: nine bits each; and what the driver adds.
@pytest.mark.parametrize(("hz", "size"), [(400000, 1), (400000, 6), (100000, 6)])
def test_a_read_takes_its_time_on_the_wires_and_a_little_more(run, hz, size):
    code = (
        I2C.format(hz=hz, size=size)
        + """
began_us = time.ticks_us()
for _ in range(100):
    read()
print(time.ticks_diff(time.ticks_us(), began_us) / 100)
"""
    )
    wires_us = 1e6 * (9 * (3 + size) + 3) / hz
    assert wires_us + 20 < run(code) < wires_us + 80


def test_the_bus_lists_what_hangs_on_it(run):
    parts = {"38": "msa301", "24": "lis3dh"}
    assert run("print(machine.I2C(0).scan())", parts=parts) == [0x18, 0x26]


def test_nobody_answers_on_wires_that_the_parts_are_not_on(run):
    assert run("print(machine.I2C(0, scl=22, sda=21).scan())", i2c_pins=[9, 8]) == []
    assert run("print(machine.I2C(0, scl=9, sda=8).scan())", i2c_pins=[9, 8]) == [0x26]


def test_a_stuck_bus_stays_stuck_for_a_new_object(run):
    code = I2C.format(hz=400000, size=1) + "found = [read()]" + I2C.format(hz=400000, size=1)
    assert run(code + "print(json.dumps(found + [read()]))", i2c="stuck") == [116, 116]


@pytest.mark.parametrize(("clocks", "after"), [(8, 116), (9, 0), (20, 0)])
def test_nine_clocks_and_a_stop_free_a_stuck_bus(run, clocks, after):
    code = I2C.format(hz=400000, size=1) + FREE.format(clocks=clocks) + I2C.format(hz=400000, size=1)
    assert run(code + "print(json.dumps([low, read()]))", i2c="stuck") == [1 if clocks >= 9 else 0, after]


def test_without_a_stop_nine_clocks_free_nothing(run):
    free = FREE.format(clocks=9).rpartition("sda.value(0)")[0]
    code = I2C.format(hz=400000, size=1) + free + I2C.format(hz=400000, size=1)
    assert run(code + "print(read())", i2c="stuck") == 116


def test_a_freed_bus_needs_a_new_object(run):
    code = I2C.format(hz=400000, size=1) + FREE.format(clocks=9)
    assert run(code + "print(read())", i2c="stuck") == 116


def test_clocks_do_not_free_wires_that_are_shorted(run):
    code = I2C.format(hz=400000, size=1) + FREE.format(clocks=9) + I2C.format(hz=400000, size=1)
    assert run(code + "print(read())", i2c="shorted") == 116


def test_a_stuck_bus_holds_the_interpreter_up(run):
    code = (
        I2C.format(hz=400000, size=1)
        + """
began_ms = time.ticks_ms()
read()
print(time.ticks_diff(time.ticks_ms(), began_ms))
"""
    )
    assert run(code, i2c="stuck") >= 200


def test_noise_spoils_the_share_of_transfers_that_the_world_says(run):
    code = I2C.format(hz=400000, size=1) + "print(sum([read() == 19 for _ in range(20000)]) / 20000)"
    assert run(code, i2c_errors=0.1) == pytest.approx(0.1, abs=0.01)
    assert run(code, i2c_errors=0) == 0


def test_a_seed_makes_another_row_of_errors_and_the_same_the_same(run):
    code = I2C.format(hz=400000, size=1) + "print(json.dumps([read() for _ in range(300)]))"
    first, again, other = (run(code, i2c_errors=0.1, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


CHANGE = """
def change(**what):
    with open("world.json") as file:
        world = json.load(file)
    world.update(what)
    with open("world.json", "w") as file:
        json.dump(world, file)
    time.sleep(2)
"""


@pytest.mark.parametrize(
    ("gone", "back"),
    [({"sensor": "missing"}, {"sensor": "ok"}), ({"parts": {}}, {"parts": {"38": "msa301"}})],
)
def test_a_part_that_was_unplugged_comes_back_with_its_power_on_registers(run, gone, back):
    code = (
        I2C.format(hz=400000, size=1)
        + f"""{CHANGE}
def range_of():
    return i2c.readfrom_mem(0x26, 0x0F, 1)[0]
i2c.writeto_mem(0x26, 0x0F, b"\\x02")
found = [range_of()]
change(**{gone})
found.append(read())
change(**{back})
print(json.dumps(found + [range_of()]))
"""
    )
    assert run(code) == [2, 19, 0]
