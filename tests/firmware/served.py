"""The sketch and a real server over loopback, and what the server has of it."""

from judder.data.loading import load_recordings
from judder.data.windows import cut_windows

from tests.asking import device_on, get
from tests.firmware.fans import LEN
from tests.firmware.sketch import BUZZER, LED, Sketch
from tests.host.test_serve_process import serving


def windows_of(port):
    """Return the server's windows, the first first."""
    return sorted(get(port, "/api/v1/windows?limit=1000")["windows"], key=lambda window: window["seq"])


def wait_for_windows(board, port, number):
    """Return the server's windows once there are that many."""
    for _ in range(600):
        windows = windows_of(port)
        if len(windows) >= number:
            return windows
        board.live(1)
    raise AssertionError(f"{len(windows)} windows came, {number} were expected\n{board.output}")


def wait_for_report(board, port):
    """Return what the only board says of itself, once it has."""
    for _ in range(600):
        status = device_on(port)["status"]
        if status:
            return status
        board.live(1)
    raise AssertionError(f"no report came\n{board.output}")


def watch_an_anomaly_come_and_go(executable, model, folder):
    """Feed the sketch normal.i16, shaky.i16 and normal.i16, which lie beside its model; check its pins.

    Returns (the server's windows, the same as they were recorded, what the server knows of the board).
    """
    normal, shaky = (f"signal {model.parent / name}.i16" for name in ("normal", "shaky"))
    with serving(folder, "--model", model, "--record", "all", "--windows", "1000") as (port, _):
        with Sketch(executable, normal, port=port) as board:
            wait_for_windows(board, port, 12)
            assert board.pins(BUZZER) == [0] and "alert" not in board.output
            board.say(shaky)
            board.wait_for("alert on")
            assert board.pins(BUZZER) == [0, 1] and board.pins(LED)[-1] == 1  # a notice may have blinked
            board.say(normal)
            board.wait_for("alert off")
            assert board.pins(BUZZER) == [0, 1, 0]
            board.live(6)  # a notice may outlast the alarm by a few windows
            assert board.pins(LED)[-1] == 0
        windows = windows_of(port)
        device = device_on(port)
    assert [window["seq"] for window in windows] == list(range(len(windows)))
    assert {window["judged_by"] for window in windows} == {"board"}
    (stored,) = load_recordings(folder)
    return windows, cut_windows([stored], 250.0, LEN), device
