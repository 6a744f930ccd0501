"""The sketch on hardware that fails: it runs, or says why not, and blinks it."""

import pytest
from judder_core.window import FLAG_LATE, FLAG_LOCAL_SCORE, FLAG_LOST

from tests.asking import device_on
from tests.firmware.served import wait_for_windows, windows_of
from tests.firmware.sketch import LED, Sketch, link_sketch, swap
from tests.host.test_serve_process import serving

MPU6050 = ("part 26 none", "part 68 mpu6050")


def runs(board, signals):
    """Let it judge something that is no fan at rest."""
    board.say(signals[1])
    board.wait_for("alert on")


@pytest.fixture(scope="module")
def one_core(board_objects, tmp_path_factory):
    """Return a function that links the sketch for a chip of one core, with options."""

    def one_core(home, *options):
        folder = tmp_path_factory.mktemp("one_core")
        names = ["sampling", "tasks", "uplink"]
        objects = swap(board_objects, folder, names, "-DCONFIG_FREERTOS_UNICORE=1", *options)
        return link_sketch(home, objects, out=folder / "sketch")

    return one_core


def test_a_chip_of_one_core_runs_it(one_core, home, signals):
    with Sketch(one_core(home), signals[0], protocol="none") as board:
        runs(board, signals)


def test_the_fake_of_such_a_chip_asserts_where_a_task_wants_the_second(one_core, home, signals):
    board = Sketch(one_core(home, "-DARDUINO_RUNNING_CORE=1"), signals[0], protocol="none")
    assert board.ends() != 0 and "assert failed: xTaskCreatePinnedToCore" in board.output


@pytest.mark.parametrize(
    ("what", "says", "blinks"),
    [
        ("timer", "no hardware timer is free for the sampling", 6),
        ("sampling", "no memory for the sampling task", 6),
        ("bus", "the I2C bus cannot be started on the pins of config.h", 2),
    ],
)
def test_what_it_cannot_do_without_is_said_and_blinked_until_it_works(sketch, signals, what, says, blinks):
    with Sketch(sketch, signals[0], f"fails {what} 2", protocol="none") as board:
        board.wait_for("sensor: msa301")
        assert board.output.count(f"judder: {says}; it goes on trying") == 2
        assert board.pins(LED)[1 : 2 * blinks + 2] == [1, 0] * blinks + [0]
        runs(board, signals)


@pytest.mark.parametrize(
    ("what", "says"), [("radio", "Wi-Fi does not start"), ("uplink", "no memory for the network's task")]
)
def test_without_its_network_it_watches_and_tries_again(sketch, signals, tmp_path, what, says):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], f"fails {what} 2", port=port) as board:
        board.wait_for(f"uplink: {says}")
        windows = wait_for_windows(board, port, 3)
        assert windows[0]["seq"] >= 5 and board.output.count(says) == 1


def test_a_boots_number_is_drawn_by_the_radios_chance(sketch, signals, tmp_path):
    windows = []
    with serving(tmp_path) as (port, _):
        for _ in range(2):
            with Sketch(sketch, signals[0], port=port) as board:
                wait_for_windows(board, port, len(windows) + 1)
            windows = windows_of(port)
    numbers = {window["boot_id"] for window in windows}
    assert len(numbers) == 2 and 0x12345678 | 1 not in numbers


def test_a_stuck_bus_is_freed_by_nine_clocks(sketch, signals):
    with Sketch(sketch, signals[0], "sensor stuck", protocol="none") as board:
        board.wait_for("sensor: the I2C bus is stuck: SDA or SCL is held low, or lacks its pull-up")
        runs(board, signals)
        board.say("sensor stuck")
        board.wait_for("sensor: it does not answer any more", after="alert on")
        board.say(signals[0])
        board.wait_for("alert off")


def test_a_sensor_that_lost_its_power_is_set_up_anew(sketch, signals):
    with Sketch(sketch, signals[0], protocol="none") as board:
        board.live(3)
        board.say("sensor unplugged")
        board.live(1)
        board.say("sensor ok")
        board.wait_for("sensor: no samples come; it goes on trying")
        board.wait_for("sensor: samples come again")
        runs(board, signals)


def test_a_sensor_that_is_gone_is_told_with_what_is_left_on_the_bus(sketch, signals):
    with Sketch(sketch, signals[0], "part 69 mpu6050", "part 19 lis2dw12", protocol="none") as board:
        board.wait_for("sensor: mpu6050 at 0x69")
        board.say("part 69 none")
        board.say("part 26 none")
        board.wait_for("sensor: it does not answer any more; it goes on trying")
        board.wait_for("on the bus: 0x19, whose id 0x44 is no lis3dh's; it goes on trying")
        board.live(20)
        assert board.output.count("it goes on trying") == 2
        board.say("part 26 msa301")
        board.wait_for("sensor: samples come again")


def test_the_report_says_why_the_sensor_fails_until_its_samples_come_again(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], port=port) as board:
        wait_for_windows(board, port, 2)
        board.say("part 26 none")
        board.wait_for("nothing. Are the wires right")
        board.live(12)
        assert device_on(port)["status"]["sensor_error"].startswith("no sensor it knows answers")
        board.say("part 26 msa301")
        board.wait_for("sensor: samples come again")
        board.live(12)
        status = device_on(port)["status"]
        assert status["sensor_error"] == "" and 0 < status["largest_free"] <= status["free_memory"]


@pytest.mark.parametrize(
    ("parts", "sensor", "says"),
    [
        (["62 msa311"], "msa301", "no msa301 answers; on the bus: 0x62, msa311 by its id"),
        (
            ["19 lis2dw12"],
            "auto",
            "no sensor it knows answers; on the bus: 0x19, whose id 0x44 is no lis3dh's",
        ),
        (
            ["19 lis2dw12", "68 mpu6050"],
            "lis3dh",
            "0x19, whose id 0x44 is no lis3dh's; 0x68, mpu6050 by its id",
        ),
        (
            ["18 lis3dh"],
            "auto",
            "the lis3dh does not offer the model's 250 Hz, but 1 10 25 50 100 200 400 1344",
        ),
    ],
)
def test_a_sensor_that_does_not_fit_is_told_with_what_is_there(sketch, signals, parts, sensor, says):
    lines = ["part 26 none", *(f"part {part}" for part in parts)]
    with Sketch(sketch, signals[0], *lines, protocol="none", sensor=sensor) as board:
        board.wait_for(says)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["26 msa301", "68 mpu6050"], "mpu6050 at 0x68"),  # it keeps samples
        (["26 msa301", "18 lis3dh"], "msa301 at 0x26"),  # it offers 250 Hz
        (["26 none", "62 msa311"], "msa311 at 0x62"),
        (["26 none", "69 mpu6500"], "mpu6050 at 0x69"),
    ],
)
def test_of_the_parts_on_the_bus_the_one_that_does_best_is_taken(sketch, signals, parts, found):
    with Sketch(sketch, signals[0], *(f"part {part}" for part in parts), protocol="none") as board:
        board.wait_for(f"sensor: {found}")
        runs(board, signals)


def test_a_window_that_lost_samples_is_not_judged_and_the_others_are(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], port=port) as board:
        before = wait_for_windows(board, port, 4)
        board.say("stall 40")
        windows = wait_for_windows(board, port, len(before) + 6)
        lost = [window for window in windows if window["flags"] & FLAG_LOST]
        assert len(lost) == 1 and not lost[0]["flags"] & FLAG_LOCAL_SCORE
        assert all(window["flags"] & FLAG_LOCAL_SCORE for window in windows if window not in lost)
        board.live(12)
        status = device_on(port)["status"]
        assert 8 <= status["lost_samples"] <= 10 and status["unjudged"] == 1 and status["state"] == "normal"


def test_a_sensor_that_keeps_samples_loses_none_while_the_flash_is_written(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], *MPU6050, port=port) as board:
        before = wait_for_windows(board, port, 3)
        for _ in range(5):
            board.say("stall 200")
            board.live(2)
        windows = wait_for_windows(board, port, len(before) + 8)
        assert all(window["flags"] & FLAG_LOCAL_SCORE for window in windows)
        status = device_on(port)["status"]
        assert status["lost_samples"] == status["late_samples"] == 0 and status["sensor"] == "mpu6050"


def test_what_a_full_fifo_lost_is_counted_and_its_window_is_not_judged(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], *MPU6050, port=port) as board:
        before = wait_for_windows(board, port, 6)
        board.say("stall 2000")
        windows = wait_for_windows(board, port, len(before) + 6)
        assert sum(not window["flags"] & FLAG_LOCAL_SCORE for window in windows) == 1
        board.live(12)
        assert (
            device_on(port)["status"]["lost_samples"] == pytest.approx(500, abs=10)
            and device_on(port)["status"]["unjudged"] == 1
        )


@pytest.mark.parametrize("clock", [0.97, 1.03])
def test_the_rate_it_tells_is_the_sensors_own(sketch, signals, tmp_path, clock):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], f"clock {clock}", port=port) as board:
        windows = wait_for_windows(board, port, 20)
        assert windows[-1]["sample_rate_hz"] == pytest.approx(250 * clock, rel=0.002)
        assert not any(window["flags"] & (FLAG_LATE | FLAG_LOST) for window in windows)


def test_a_sensor_far_off_its_rate_is_not_judged_and_says_so(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], "clock 0.8", port=port) as board:
        windows = wait_for_windows(board, port, 15)
        assert not windows[-1]["flags"] & FLAG_LOCAL_SCORE
        assert device_on(port)["status"]["state"] == "not judged" and "alert" not in board.output


@pytest.mark.parametrize("share", [0.005, 0.05, 0.3])
def test_a_bus_that_fails_now_and_then_makes_no_alert_and_what_lost_samples_is_not_judged(
    sketch, signals, tmp_path, share
):
    with (
        serving(tmp_path) as (port, _),
        Sketch(sketch, signals[0], f"bus errors {share}", port=port) as board,
    ):
        windows = wait_for_windows(board, port, 20)
        judged = [bool(window["flags"] & FLAG_LOCAL_SCORE) for window in windows]
        lost = [bool(window["flags"] & FLAG_LOST) for window in windows]
        assert "alert" not in board.output and judged == [not each for each in lost]
        assert any(judged) if share < 0.1 else not any(judged)
        board.live(12)
        assert device_on(port)["status"]["bus_errors"] > 0


def test_a_bus_that_fails_every_other_time_is_told_and_makes_no_alert(sketch, signals):
    with Sketch(sketch, signals[0], "bus errors 0.5", protocol="none") as board:
        board.wait_for("it goes on trying")
        board.live(60)
        assert "alert" not in board.output
