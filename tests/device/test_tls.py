"""A board that speaks TLS: to the server of its own CA, and to nobody else, least of all in the open."""

import datetime
import socket
import threading

import pytest

from tests.asking import seqs, status_of
from tests.board.bench import wait_for
from tests.device.board import APP, patched
from tests.device.certificates import a_ca, context_of, der
from tests.gate import gate
from tests.host.test_serve_process import serving

KEY = bytes(range(1, 33))
NO_WIFI = ": 118"  # EHOSTUNREACH
TLS = {"key": KEY.hex(), "tls": True, "status_interval_s": 3}


@pytest.fixture(scope="module")
def ca():
    return a_ca()


def test_windows_and_reports_arrive_at_the_server_of_the_boards_own_ca(world, run_app, ca):
    (world.folder / "ca.der").write_bytes(der(ca))
    data = world.folder / "data"
    with serving(data) as (port, _), gate(port, KEY, context_of(world.folder, ca)) as before:
        world.config(before.port, server=TLS)
        run_app()
        wait_for(
            lambda: status_of(port) and seqs(data) == list(range(len(seqs(data)))) and len(seqs(data)) > 9
        )
    assert before.refused == ["stale"]


STRANGERS = {
    "another CA": ({}, "not correctly signed by the trusted CA"),
    "another name": ({"names": ("judder.example",)}, "Common Name (CN) does not match"),
    "a certificate of tomorrow": (
        {"since": datetime.datetime.now() + datetime.timedelta(days=1)},
        "validity starts in the future",
    ),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_gets_no_byte_of_a_request_and_is_told_by_the_reason(world, ca, name):
    options, words = STRANGERS[name]
    (world.folder / "ca.der").write_bytes(der(a_ca() if name == "another CA" else ca))
    with gate(1, KEY, context_of(world.folder, ca, **options)) as before:
        assert words in first_complaint(world, before.port)
    assert before.taken == [] and before.refused == []


def first_complaint(world, port, script=APP):
    """Return what a board says first of its uplink, once it has joined its Wi-Fi."""
    world.config(port, server=TLS)
    with world.start(script) as process:
        try:
            lines = iter(process.stdout.readline, "")
            return next(line for line in lines if line.startswith("uplink:") and NO_WIFI not in line)
        finally:
            process.kill()


@pytest.fixture
def eavesdropper():
    """Yield (port, what came there): a server that takes whatever it is told, and never answers."""
    heard = bytearray()

    def listen(server):
        try:
            while True:
                connection, _ = server.accept()
                connection.settimeout(5)
                threading.Thread(target=hear, args=(connection,), daemon=True).start()
        except OSError:
            pass

    def hear(connection):
        with connection:
            try:
                while piece := connection.recv(65536):
                    heard.extend(piece)
            except OSError:
                pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, args=(server,), daemon=True).start()
        yield server.getsockname()[1], heard


def test_without_its_ca_a_board_says_so_and_sends_nothing_in_the_open(world, eavesdropper):
    port, heard = eavesdropper
    said = first_complaint(world, port)
    assert "there is no ca.der" in said and "judder deploy --ca" in said
    assert heard == b""


def test_a_file_that_is_no_certificate_is_said_and_nothing_is_sent_in_the_open(world, eavesdropper):
    port, heard = eavesdropper
    (world.folder / "ca.der").write_bytes(b"no certificate")
    assert "ca.der" in first_complaint(world, port)
    assert heard == b""


WITHOUT_TLS = """
import builtins
whole = builtins.__import__
def without_tls(name, *more):
    if name == 'tls':
        raise ImportError("no module named 'tls'")
    return whole(name, *more)
builtins.__import__ = without_tls
"""


def test_a_firmware_without_tls_says_so_and_sends_nothing_in_the_open(world, ca, eavesdropper):
    port, heard = eavesdropper
    (world.folder / "ca.der").write_bytes(der(ca))
    assert "this firmware has no TLS" in first_complaint(world, port, patched(WITHOUT_TLS))
    assert heard == b""


def test_what_is_sent_before_the_hand_is_shaken_is_a_greeting_and_no_request(world, ca, eavesdropper):
    port, heard = eavesdropper
    (world.folder / "ca.der").write_bytes(der(ca))
    said = first_complaint(world, port)
    assert "no answer" in said
    assert heard[:1] == b"\x16" and b"HTTP" not in heard and b"Judder" not in heard


def test_a_board_that_reaches_no_server_watches_on_and_keeps_its_windows(world, run_app, ca):
    data = world.folder / "data"
    with serving(data) as (port, _), gate(port, KEY, context_of(world.folder, ca)) as before:
        world.config(before.port, server=TLS)
        process = run_app()
        wait_for(lambda: "no ca.der" in process.stdout.readline())
        (world.folder / "ca.der").write_bytes(der(ca))
        wait_for(lambda: set(range(10)) <= set(seqs(data)) and status_of(port))
        assert status_of(port)["refused"] == status_of(port)["dropped"] == 0
