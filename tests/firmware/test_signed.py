"""The sketch with a key, before a gate that lets only signed requests pass; behind it, the real server."""

import json
import re

import pytest

from tests.asking import get
from tests.core.micropython import ROOT
from tests.firmware.compiling import PROGRAMS, run
from tests.firmware.served import wait_for_report, wait_for_windows
from tests.firmware.sketch import Sketch, compile_options, link_sketch
from tests.gate import gate
from tests.host.test_serve_process import serving

KEY = bytes(range(1, 33))


@pytest.fixture(scope="module")
def program(board_objects, tmp_path_factory):
    out = tmp_path_factory.mktemp("signer") / "signer"
    run(["g++", *compile_options(), PROGRAMS / "signer.cpp", *board_objects, "-pthread", "-o", out])
    return out


@pytest.fixture
def signed(sketch, signals, tmp_path):
    """Run a sketch with a key before a gate; return (board, gate, port of the server)."""
    with (
        serving(tmp_path) as (port, _),
        gate(port, KEY) as before,
        Sketch(sketch, signals[0], port=before.port, key=KEY.hex()) as board,
    ):
        yield board, before, port


def test_a_sketch_is_let_in_after_one_refusal_and_signs_windows_and_reports(signed):
    board, before, port = signed
    windows = wait_for_windows(board, port, 10)
    wait_for_report(board, port)
    assert before.refused == ["stale"]
    assert [window["seq"] for window in windows] == list(range(len(windows)))
    assert {path.rpartition("/")[2] for _, path in before.taken} == {"windows", "status"}


def test_several_windows_in_one_request_are_signed_together(signed):
    board, before, port = signed
    made = len(wait_for_windows(board, port, 3))
    before.closed = True
    board.live(6)
    before.closed = False
    windows = wait_for_windows(board, port, made + 6)
    assert before.taken.count(("POST", "/api/v1/windows")) < len(windows)
    assert before.refused == ["stale"]


def test_a_server_whose_clock_is_another_now_is_followed(signed):
    board, before, port = signed
    made = len(wait_for_windows(board, port, 3))
    before.ahead_us = 3600_000_000
    wait_for_windows(board, port, made + 5)
    assert before.refused == ["stale", "stale"]


def test_a_request_whose_answer_was_lost_is_signed_anew(signed):
    board, before, port = signed
    made = len(wait_for_windows(board, port, 3))
    before.deaf = 2
    wait_for_windows(board, port, made + 5)
    assert before.refused == ["stale"]


def test_a_wrong_key_is_said_and_not_shown_and_the_windows_wait(sketch, signals, tmp_path):
    with serving(tmp_path) as (port, _), gate(port, bytes(32)) as before:
        with Sketch(sketch, signals[0], port=before.port, key=KEY.hex()) as board:
            board.wait_for("uplink: the server does not take the key in secrets.h")
            assert get(port, "/api/v1/windows?limit=9")["windows"] == []
            before.key = KEY
            wait_for_windows(board, port, 5)
        assert KEY.hex() not in board.output


@pytest.mark.parametrize(
    "world, key, says",
    [
        ("", "5e" * 31, "the key in secrets.h is not 64 hex digits"),
        ("", "5e" * 31 + "xy", "the key in secrets.h is not 64 hex digits"),
        ("fails digest 1", KEY.hex(), "no memory for signatures"),
    ],
)
def test_what_keeps_it_from_signing_is_said(sketch, signals, world, key, says):
    lines = [signals[0], *filter(None, [world])]
    with Sketch(sketch, *lines, key=key) as board:
        board.wait_for(f"uplink: {says}; it goes on trying")


def ask(program, *words):
    return run([program, *words]).stdout.splitlines()


def test_the_example_in_formats_md_is_signed_as_it_says(program):
    section = (ROOT / "FORMATS.md").read_text().split("\n## Signature\n")[1].split("\n## ")[0]
    key, request, body = re.findall(r"`([^`]+)`", section.split("An example,")[1])
    ((header, time_us),) = re.findall(r"    (X-Judder-Signature: 1 \S{12} (\d+) \S+)\n", section)
    adopted, said = ask(program, key, told(time_us), *request.split(), body)
    assert (adopted, said) == ("1", header)


@pytest.mark.parametrize("time_us", ["null", '"1790000000000000"', "-5", "0", str(2**62), str(10**30), "[1]"])
def test_a_signing_time_that_is_none_is_not_adopted(program, time_us):
    assert ask(program, KEY.hex(), told(time_us), "GET", "/", "")[0] == "0"


def told(time_us):
    return json.dumps({"error": "Stale."})[:-1] + f', "signing_time_us": {time_us}' + "}"


@pytest.fixture(scope="module")
def secure(home, board_objects, tmp_path_factory):
    """Return the executable of the sketch with a CA in its secrets."""
    out = tmp_path_factory.mktemp("secure") / "sketch"
    return link_sketch(home, board_objects, '-DJUDDER_CA="the CA of secrets.h"', out=out)


def test_with_a_ca_it_speaks_tls_to_the_server_by_its_name(secure, signals, tmp_path):
    with (
        serving(tmp_path) as (port, _),
        Sketch(secure, signals[0], port=port, host="judder.example") as board,
    ):
        wait_for_windows(board, port, 5)
    assert board.output.count("tls: judder.example, by the CA of secrets.h") == 1


def test_a_server_of_another_ca_gets_nothing_in_the_open_and_is_said(secure, signals, tmp_path):
    lines = [signals[0], "fails tls 1000000"]
    with serving(tmp_path) as (port, _), Sketch(secure, *lines, port=port) as board:
        board.wait_for("uplink: no TLS with the server: it is out of reach, or not of the CA in secrets.h")
        board.live(5)
        assert get(port, "/api/v1/devices")["devices"] == []
        board.say("fails tls 0")
        wait_for_windows(board, port, 5)
