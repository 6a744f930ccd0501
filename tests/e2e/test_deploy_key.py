"""`judder deploy` and a board's key: where it comes from, that it stays, and that nobody is shown it."""

import json

import pytest
from judder.boards import deploy as deploying

from tests.board.bench import ask, make_board
from tests.device.certificates import a_ca, der, pem
from tests.e2e.house import fan_samples, judder, sentence_and_hint, write_config

KEY = "0123456789abcdef" * 4
NOWHERE = ("--wait", 0)


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    with make_board(tmp_path_factory.mktemp("board"), fan_samples(), device_id="0200000000c4") as board:
        yield board


@pytest.fixture
def config(tmp_path):
    return write_config(tmp_path / "attic.json", 1)


def deploy(board, config, *options):
    """Deploy with mended patience. Return (the run, what the board's config says of its server then)."""
    given = ("--config", config) if config else ()
    run = judder("deploy", "--port", board.port, *given, *NOWHERE, *options)
    assert run.returncode == 0, run.stderr
    return run, json.loads(ask(board, "fs", "cat", ":config.json"))["server"]


def test_the_key_that_is_named_is_on_the_board_stays_there_and_goes_when_told(board, config):
    """One board, one after another: each deploy begins with what the last one left."""
    first, server = deploy(board, config, "--key", KEY)
    assert server["key"] == KEY
    again, server = deploy(board, config)
    assert server["key"] == KEY
    other, server = deploy(board, None, "--key", KEY[::-1])
    assert server["key"] == KEY[::-1]
    without, server = deploy(board, config, "--no-key")
    assert not server.get("key")
    runs = (first, again, other, without)
    assert [KEY in run.stdout + run.stderr for run in runs] == [False] * 4
    assert ["signs what it sends" in run.stderr for run in runs] == [True, True, True, False]


def test_the_cas_certificate_is_put_on_the_board_as_der(board, tmp_path):
    ca = a_ca()
    (tmp_path / "ca.pem").write_bytes(pem(ca))
    config = write_config(tmp_path / "attic.json", 1, server={"tls": True})
    deploy(board, config, "--ca", tmp_path / "ca.pem")
    hexed = ask(board, "exec", "print(open('ca.der', 'rb').read().hex())")
    assert bytes.fromhex(hexed.strip()) == der(ca)


@pytest.mark.parametrize("key", [KEY[:-1], KEY + "0", "x" * 64, ""])
def test_what_is_no_key_is_refused_and_not_shown(config, key):
    run = judder("deploy", "--port", "/dev/nobody", "--config", config, "--key", key)
    assert "--key is no key" in sentence_and_hint(run)
    assert not key or key not in run.stderr


def test_what_is_no_certificate_is_refused_before_the_board_is_asked(config):
    run = judder("deploy", "--port", "/dev/nobody", "--config", config, "--ca", config)
    assert "no certificate" in sentence_and_hint(run)


def test_a_board_that_is_to_speak_tls_and_has_no_ca_is_not_left_like_that_unsaid(tmp_path, board):
    config = write_config(tmp_path / "c.json", 1, server={"tls": True, "ca": "other.der"})
    run = judder("deploy", "--port", board.port, "--config", config, *NOWHERE)
    assert run.returncode == 1 and "has no other.der" in run.stderr and "--ca" in run.stderr


def test_a_deploy_that_fails_shows_no_key(monkeypatch, tmp_path, board):
    config = write_config(tmp_path / "c.json", 1, server={"key": KEY})
    monkeypatch.setattr(deploying, "LIST", "raise ValueError('no room')")
    with pytest.raises(deploying.JudderError) as error:
        deploying.deploy(board.port, config, None)
    assert KEY not in str(error.value) and KEY not in str(error.value.__cause__)
