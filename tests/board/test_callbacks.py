"""Timers and their callbacks, as ports/esp32/machine_timer.c and py/scheduler.c have them."""

import pytest

GAPS = """
import gc
gaps = []
last = [None]
def note(timer):
    now = time.ticks_us()
    if last[0] is not None and len(gaps) < 4000:
        gaps.append(time.ticks_diff(now, last[0]))
    last[0] = now
timer = machine.Timer(0)
timer.init(freq=1000, callback=note)
"""


def raised(run, code, **world):
    return run(
        f"""
try:
    {code}
    print("null")
except Exception as error:
    print(json.dumps([type(error).__name__, str(error)]))
""",
        **world,
    )


def test_a_hard_timer_is_refused(run):
    code = "machine.Timer(0).init(freq=1, callback=print, hard=True)"
    assert raised(run, code) == ["ValueError", "hard Timers are not implemented"]


@pytest.mark.parametrize(
    ("chip", "timers"), [("esp32", 4), ("esp32s2", 4), ("esp32s3", 4), ("esp32c3", 2), ("esp32c6", 2)]
)
def test_a_chip_has_so_many_timers_and_no_more(run, chip, timers):
    assert raised(run, f"machine.Timer({timers - 1})", chip=chip) is None
    said = f"Timer({timers}) doesn't exist, there are only {timers} hardware timers"
    assert raised(run, f"machine.Timer({timers})", chip=chip) == ["ValueError", said]


def test_a_timer_faster_than_its_ticks_is_refused(run):
    said = "Timer period is too short for this timer"
    assert raised(run, "machine.Timer(0).init(freq=20000000)") == ["ValueError", said]


def test_of_twenty_callbacks_that_one_stall_holds_up_eight_run_and_the_rest_are_lost(run):
    code = """
import interrupts
ran = []
timer = machine.Timer(0)
timer.init(freq=1000, callback=lambda timer: ran.append(1))
time.block(20500)
print(json.dumps([len(ran), interrupts.dropped]))
"""
    ran, dropped = run(code)
    assert ran == 8 and dropped == pytest.approx(12, abs=1)


def test_bytecode_delays_no_callback(run):
    code = (
        GAPS
        + """
for k in range(1500000):
    pass
gaps.sort()
print(json.dumps(gaps[len(gaps) * 95 // 100]))
"""
    )
    assert run(code, cpu_factor=50) < 1400


def test_a_garbage_collection_delays_a_callback(run):
    code = (
        GAPS
        + """
kept = [[k] for k in range(9000)]
for k in range(60):
    gc.collect()
print(json.dumps(max(gaps)))
"""
    )
    assert run(code, cpu_factor=50) > 2000


def test_no_callback_runs_inside_another(run):
    code = """
inside, most = 0, 0
def slow(timer):
    global inside, most
    inside += 1
    most = max(most, inside)
    time.block(3000)
    time.ticks_us()
    inside -= 1
for number in (0, 1):
    machine.Timer(number).init(freq=1000, callback=slow)
time.sleep_ms(50)
print(most)
"""
    assert run(code) == 1


def test_a_callback_that_raises_is_told_and_the_next_runs(run, world):
    code = """
ran = []
def fail(timer):
    ran.append(1)
    raise KeyError("spoilt")
machine.Timer(0).init(freq=1000, callback=fail)
time.sleep_ms(5)
print(len(ran))
"""
    assert run(code) >= 4


def test_deinit_does_not_take_back_a_callback_that_waits(run):
    code = """
ran = []
timer = machine.Timer(0)
def note(timer):
    ran.append(1)
    time.block(2500)
    timer.deinit()
timer.init(freq=1000, callback=note)
time.sleep_ms(30)
print(len(ran))
"""
    assert run(code) == 3


def test_a_one_shot_timer_shoots_once(run):
    code = """
ran = []
machine.Timer(0).init(mode=machine.Timer.ONE_SHOT, period=3, callback=lambda timer: ran.append(1))
time.sleep_ms(30)
print(len(ran))
"""
    assert run(code) == 1


def test_a_timer_keeps_its_rate_where_a_period_is_no_whole_microsecond(run):
    code = """
ran = []
machine.Timer(0).init(freq=750, callback=lambda timer: ran.append(1))
time.sleep(4)
print(len(ran))
"""
    assert run(code) == pytest.approx(3000, abs=1)


@pytest.mark.parametrize(("rate_hz", "odr"), [(250, 8), (1000, 15)])
def test_the_data_ready_line_rises_once_a_sample(run, rate_hz, odr):
    code = f"""
i2c = machine.I2C(0)
for register, value in ((0x10, {odr}), (0x11, 0), (0x17, 0x10)):
    i2c.writeto_mem(0x26, register, bytes([value]))
status, fresh = bytearray(1), []
def read(pin):
    i2c.readfrom_mem_into(0x26, 0x0A, status)
    fresh.append(status[0])
machine.Pin(4, machine.Pin.IN).irq(read, machine.Pin.IRQ_RISING)
time.sleep(2)
print(json.dumps([len(fresh), sum(fresh)]))
"""
    called, fresh = run(code)
    assert called == pytest.approx(2 * rate_hz, abs=12) and fresh >= called - 2
