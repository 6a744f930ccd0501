"""A server that wants keys, `judder deploy` that asks it for one, and a board that is let in by it."""

import contextlib
import json
import urllib.request

import pytest

from tests.asking import seqs
from tests.board.bench import ask, make_board, wait_for
from tests.e2e.house import FACTOR, fan_samples, judder, write_config
from tests.host.test_serve_process import serving

DEVICE_ID = "0200000000c5"
TOKEN = "an administrator's, of the settings"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Return (port, data folder) of a server that wants keys."""
    data = tmp_path_factory.mktemp("keyed") / "data"
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:  # the commands that follow are to be told by option
            environment.setenv("JUDDER_REQUIRE_KEYS", "true")
            environment.setenv("JUDDER_TOKEN", TOKEN)
            port, _ = stack.enter_context(serving(data))
        yield port, data


@pytest.fixture(scope="module")
def board(tmp_path_factory, server):
    port, _ = server
    folder = tmp_path_factory.mktemp("board")
    config = write_config(folder / "c.json", port)
    with make_board(folder / "board", fan_samples(), device_id=DEVICE_ID, factor=FACTOR) as board:
        run = judder("deploy", "--port", board.port, "--config", config, "--token", TOKEN)
        assert run.returncode == 0, run.stderr
        yield board, config, run


def asked(port, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def as_admin(port, path):
    return asked(port, path, Authorization=f"Bearer {TOKEN}")


def test_a_board_that_is_deployed_has_a_key_of_the_servers_and_is_let_in(server, board):
    port, _ = server
    (device,) = as_admin(port, "/api/v1/devices")["devices"]
    assert device["device_id"] == DEVICE_ID and device["signed"] is True
    made = device["status"]["windows"]
    wait_for(lambda: as_admin(port, "/api/v1/devices")["devices"][0]["status"]["windows"] > made + 20)
    windows = as_admin(port, "/api/v1/windows?limit=1000")["windows"]
    assert sorted(window["seq"] for window in windows) == list(range(len(windows)))


def test_the_key_is_on_the_board_and_nowhere_else(board):
    virtual, config, run = board
    key = json.loads(ask(virtual, "fs", "cat", ":config.json"))["server"]["key"]
    ask(virtual, "reset")
    assert len(key) == 64 and key not in run.stdout + run.stderr + config.read_text()
    assert "signs what it sends" in run.stderr


def test_another_deploy_keeps_the_key(server, board):
    port, _ = server
    virtual, config, _ = board
    run = judder("deploy", "--port", virtual.port, "--config", config, "--token", TOKEN)
    assert run.returncode == 0, run.stderr
    assert len(as_admin(port, "/api/v1/keys")["keys"]) == 1


def test_a_deploy_without_an_administrators_token_copies_nothing_and_says_so(board):
    virtual, config, _ = board
    run = judder("deploy", "--port", virtual.port, "--config", config)
    assert run.returncode == 1 and "hint: " in run.stderr and "token" in run.stderr


def test_over_tls_a_board_knows_its_server_by_the_ca_that_the_deploy_brought(tmp_path):
    tls, data = tmp_path / "tls", tmp_path / "data"
    made = judder("cert", "make", "--out", tls, "--host", "127.0.0.1")
    assert made.returncode == 0, made.stderr
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("JUDDER_REQUIRE_KEYS", "true")
            environment.setenv("JUDDER_TOKEN", TOKEN)
            environment.setenv("JUDDER_TLS_CERT", str(tls / "server.pem"))
            environment.setenv("JUDDER_TLS_KEY", str(tls / "server-key.pem"))
            port, _ = stack.enter_context(serving(data))
        config = write_config(tmp_path / "c.json", port, server={"tls": True})
        board = stack.enter_context(
            make_board(tmp_path / "board", fan_samples(), device_id=DEVICE_ID, factor=FACTOR)
        )
        run = judder(
            *("deploy", "--port", board.port, "--config", config),
            *("--token", TOKEN, "--ca", tls / "ca.pem"),
        )
        assert run.returncode == 0, run.stderr
        wait_for(lambda: len(seqs(data)) > 5)
    assert "signs what it sends" in run.stderr
