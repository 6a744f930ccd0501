"""The sketch's HTTP client against servers and networks of all kinds, in the board's time."""

import subprocess

import pytest

from tests.firmware.compiling import PROGRAMS, run
from tests.firmware.sketch import compile_options
from tests.proxy import in_chunks, kept_alive, saying, until_closed

TIMEOUT_MS = 2000
SLACK_MS = 60
OK = b'{"server_time_us":1}'


@pytest.fixture(scope="module")
def program(board_objects, tmp_path_factory):
    out = tmp_path_factory.mktemp("http") / "http"
    run(["g++", *compile_options(), PROGRAMS / "http.cpp", *board_objects, "-pthread", "-o", out])
    return out


def ask(program, port, *world, size=2000, host="127.0.0.1"):
    """Return [(status, ms, Retry-After, body or why there is none)] of three requests."""
    words = [program, port, host, TIMEOUT_MS, size, *world]
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split(" ", 3) for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert len(rows) == 3, done.stdout
    return [(int(status), int(ms), int(pause), body) for status, ms, pause, body in rows]


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (kept_alive(200, OK), 200, OK),
        (b"HTTP/1.1 200 OK\r\ncontent-Length:20\r\n\r\n" + OK, 200, OK),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\n\r\n", 304, b""),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + kept_alive(200, OK), 200, OK),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + OK + b"\r\n0\r\n\r\n", 200, OK),
        (
            b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"y" * 5000 + b"\r\nContent-Length: 20\r\n\r\n" + OK,
            200,
            OK,
        ),
    ],
    ids=["plain", "no space", "204", "304", "100", "chunks", "long header"],
)
def test_answers_on_a_connection_that_stays_are_whole_at_once(program, answer, status, body):
    with saying(answer) as port:
        found = ask(program, port)
    assert [(each[0], each[3]) for each in found] == [(status, body.decode())] * 3
    assert max(each[1] for each in found) < TIMEOUT_MS / 2


@pytest.mark.parametrize("speak", [in_chunks, until_closed])
def test_answers_that_end_their_connection_are_whole(program, speak):
    with saying(speak(200, OK), closes=True) as port:
        assert [(each[0], each[3]) for each in ask(program, port)] == [(200, OK.decode())] * 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n" + OK,
        b"HTTP/1.1 200 OK\r\nX: ",
    ],
    ids=["nothing", "half a head", "short body", "no last chunk", "endless header"],
)
@pytest.mark.parametrize("drips", [0.0, 0.002])
def test_an_answer_that_does_not_end_costs_the_timeout_and_no_more(program, answer, drips):
    with saying(answer, drips=drips) as port:
        found = ask(program, port, "answers live")
    if answer.endswith(OK) and drips and b"Length" in answer:
        return  # a byte more makes that one whole
    assert [each[0] for each in found] == [0] * 3
    assert all(each[1] <= TIMEOUT_MS + SLACK_MS for each in found)


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9\r\n", b"\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
)
def test_what_is_no_http_is_no_answer(program, answer):
    with saying(answer) as port:
        assert [each[0] for each in ask(program, port)] == [0] * 3


def test_a_network_that_takes_a_few_bytes_at_once_gets_them_all(program):
    with saying(kept_alive(200, OK)) as port:
        assert [each[0] for each in ask(program, port, "send 3", size=500)] == [200] * 3


def test_a_network_that_takes_nothing_costs_the_timeout_and_no_more(program):
    with saying(kept_alive(200, OK)) as port:
        found = ask(program, port, "send stalled")
    assert [each[0] for each in found] == [0] * 3 and "while sending" in found[0][3]
    assert all(TIMEOUT_MS <= each[1] <= TIMEOUT_MS + SLACK_MS for each in found)


def test_an_answer_that_takes_most_of_the_timeout_counts_and_a_later_one_does_not(program):
    with saying(kept_alive(200, OK)) as port:
        assert [each[0] for each in ask(program, port, "answers after 1900")] == [200] * 3
        assert [each[0] for each in ask(program, port, "answers after 2100")] == [0] * 3


def test_a_name_is_asked_for_once_and_again_after_a_connection_failed(program):
    with saying(kept_alive(200, OK), closes=True) as port:
        words = [program, port, "judder.example", TIMEOUT_MS, 10]
        said = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60).stdout
    assert said.count("dns: where is judder.example?") == 1 and said.count("\n200 ") == 3
    words[1] = 1  # nobody listens there
    said = subprocess.run(list(map(str, words)), capture_output=True, text=True, timeout=60).stdout
    assert said.count("dns: where is") == 3 and "server is out of reach" in said


def test_a_name_server_that_is_silent_is_said(program):
    found = ask(program, 1, "dns silent", host="judder.example")
    assert {each[3] for each in found} == {"nobody knows the address of the server's name"}


def test_a_pause_that_is_asked_for_is_told(program):
    with saying(b"HTTP/1.1 503 Busy\r\nRETRY-AFTER: 7\r\nContent-Length: 0\r\n\r\n") as port:
        assert [each[:1] + each[2:3] for each in ask(program, port)] == [(503, 7)] * 3
