"""The sketch behind proxies, slow and broken networks, and Wi-Fi that does not let it in."""

import contextlib

import pytest

from tests.asking import device_on
from tests.firmware.served import wait_for_report, wait_for_windows, windows_of
from tests.firmware.sketch import Sketch
from tests.host.test_serve_process import serving
from tests.proxy import in_chunks, kept_alive, proxy, saying, until_closed

FLAG_BACKLOG = 4
WINDOWS = 40


@pytest.mark.parametrize("speak", [in_chunks, until_closed, kept_alive])
@pytest.mark.parametrize("delay_ms", [0, 3000])
def test_behind_a_proxy_windows_stored_are_windows_made(sketch, signals, tmp_path, speak, delay_ms):
    with contextlib.ExitStack() as house:
        port, _ = house.enter_context(serving(tmp_path))
        front = house.enter_context(proxy(port, speak))
        lines = [signals[0], f"answers after {delay_ms}"]
        board = house.enter_context(Sketch(sketch, *lines, port=front.port))
        windows = wait_for_windows(board, port, WINDOWS)
        assert [window["seq"] for window in windows] == list(range(len(windows)))
        assert not any(window["flags"] & FLAG_BACKLOG for window in windows)
        assert device_on(port)["status"]["dropped"] == device_on(port)["status"]["refused"] == 0
        assert "uplink:" not in board.output
        assert front.requests < len(windows) or delay_ms == 0  # several went in one request


def test_a_network_that_takes_few_bytes_at_once_loses_no_window(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], "send 100", port=port) as board:
        windows = wait_for_windows(board, port, 15)
        assert [window["seq"] for window in windows] == list(range(len(windows)))


def test_a_network_that_takes_nothing_is_said_and_does_not_stop_the_watch(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], port=port) as board:
        wait_for_windows(board, port, 3)
        board.say("send stalled")
        board.wait_for("uplink: the server's connection breaks, or takes no more, while sending")
        board.say(signals[1])
        board.wait_for("alert on")
        board.say("send ok")
        board.wait_for("windows go through again")
        assert windows_of(port)[-1]["seq"] > 3


@pytest.mark.parametrize(
    ("wifi", "says"),
    [
        ("off", "no Wi-Fi has the name in secrets.h"),
        ("refuses", "the Wi-Fi refuses the password in secrets.h"),
        ("open", "the Wi-Fi's security is none it takes: WPA2 is the least"),
    ],
)
def test_what_keeps_it_out_of_the_wifi_is_told_apart(sketch, signals, tmp_path, wifi, says):
    with serving(tmp_path) as (port, _), Sketch(sketch, signals[0], f"wifi {wifi}", port=port) as board:
        board.wait_for(f"uplink: {says}; it goes on trying")
        board.live(40)
        assert board.output.count("uplink:") == 1
        board.say("wifi on")
        board.wait_for("windows go through again")
        wait_for_windows(board, port, 3)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
            "the server wants the board's key in secrets.h",
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "another service answers at the server's address",
        ),
        (b"HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", "another page answers: a portal, or a move?"),
        (kept_alive(200, b"<html>Please sign in</html>"), "another page answers: a portal, or a move?"),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 86400\r\n\r\n", "server is busy"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "another page answers: a portal, or a move?"),
    ],
    ids=["401", "404", "302", "portal", "busy", "204"],
)
def test_windows_that_a_stranger_answers_are_kept_and_the_reason_told(
    sketch, signals, tmp_path, answer, says
):
    with contextlib.ExitStack() as house:
        with saying(answer) as port:
            board = house.enter_context(Sketch(sketch, signals[0], port=port))
            board.wait_for(f"uplink: {says}; it goes on trying")
            board.live(4)
        house.enter_context(serving(tmp_path, port=port))
        windows = wait_for_windows(board, port, 6)
        assert windows[0]["seq"] <= 4 or any(window["flags"] & FLAG_BACKLOG for window in windows)
        assert wait_for_report(board, port)["refused"] == 0


def test_a_server_by_its_name_is_looked_up_once_and_a_silent_name_server_is_said(sketch, signals, tmp_path):
    with contextlib.ExitStack() as house:
        port, _ = house.enter_context(serving(tmp_path))
        front = house.enter_context(proxy(port, in_chunks))
        lines = [signals[0], "dns silent"]
        board = house.enter_context(Sketch(sketch, *lines, port=front.port, host="judder.example"))
        board.wait_for("uplink: nobody knows the address of the server's name; it goes on trying")
        board.say("dns ok")
        board.wait_for("windows go through again")
        asked = board.output.count("dns: where is judder.example?")
        wait_for_windows(board, port, 12)
        assert board.output.count("dns: where is judder.example?") == asked
