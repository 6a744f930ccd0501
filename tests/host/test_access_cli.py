"""judder key, token and audit, beside a server that requires keys; and what serve prints of tokens."""

import asyncio
import json
import re
import subprocess

import pytest
from judder.cli.app import app
from judder.errors import JudderError
from judder.server.api.keys import TOKENS
from judder.server.services import certificates
from judder.settings import Settings
from typer.testing import CliRunner

from tests.host.signing import ONE, SignedBoard
from tests.host.test_serve_process import JUDDER, serving


@pytest.fixture
async def server(start_server):
    return await start_server(require_keys=True)


@pytest.fixture
def judder(server):
    """Return a function that runs a command with the server's first token, and returns its result."""

    async def run(*words, token=None):
        environment = {"JUDDER_TOKEN": token or server.app[TOKENS].first}
        words = [*words, "--server", server.client.url]
        return await asyncio.to_thread(CliRunner(env=environment).invoke, app, words)

    return run


async def test_a_key_that_is_added_is_printed_and_signs(server, judder):
    key = re.search(r"\b[0-9a-f]{64}\b", (await judder("key", "add", ONE)).stdout)[0]
    assert (await SignedBoard(server, key).send())[0] == 200


async def test_keys_are_listed_without_themselves(judder):
    made = json.loads((await judder("key", "add", ONE, "--json")).stdout)
    listed = (await judder("key", "list")).stdout
    assert ONE in listed and "good" in listed and made["key"] not in listed


async def test_a_rotated_key_signs_and_the_list_says_until_when_the_old_one_does(server, judder):
    await judder("key", "add", ONE)
    new = json.loads((await judder("key", "rotate", ONE, "--json")).stdout)["key"]
    assert (await SignedBoard(server, new).send())[0] == 200
    assert "good until 20" in (await judder("key", "list")).stdout


async def test_a_revoked_board_has_no_good_key(server, judder):
    key = json.loads((await judder("key", "add", ONE, "--json")).stdout)["key"]
    await judder("key", "rotate", ONE)
    assert (await judder("key", "revoke", ONE)).stdout.count("is good no more") == 2
    assert (await SignedBoard(server, key).send())[0] == 401


async def test_to_revoke_what_is_not_there_is_one_sentence_with_a_hint(judder):
    for words in (("key", "revoke", ONE), ("token", "revoke", "anna")):
        error = (await judder(*words)).exception
        assert isinstance(error, JudderError) and "list" in error.hint


async def test_a_token_that_is_added_is_listed_by_name_and_does_what_its_role_may(judder):
    made = json.loads((await judder("token", "add", "anna", "--role", "look", "--json")).stdout)
    listed = (await judder("token", "list", token=made["token"])).exception
    assert isinstance(listed, JudderError) and "may look" in str(listed)
    assert "anna" in (await judder("token", "list")).stdout
    assert (await judder("token", "revoke", "anna")).exit_code == 0
    assert "anna" not in (await judder("token", "list")).stdout


async def test_the_audit_says_who_did_what(judder):
    await judder("key", "add", ONE)
    (note, *_) = json.loads((await judder("audit", "--json")).stdout)
    assert (note["who"], note["what"], note["about"]) == ("administrator", "add key", f"device {ONE}")
    assert "add key" in (await judder("audit")).stdout


def test_a_lost_token_is_made_anew_where_no_server_runs(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDDER_REQUIRE_KEYS", "true")
    with serving(tmp_path):
        words = ["token", "add", "anna", "--role", "administer", "--data-dir", str(tmp_path), "--json"]
        error = CliRunner().invoke(app, words).exception
        assert isinstance(error, JudderError) and "in use" in str(error)
    made = json.loads(CliRunner().invoke(app, words).stdout)
    with serving(tmp_path) as (port, _):
        listing = ["token", "list", "--server", f"http://127.0.0.1:{port}", "--token", made["token"]]
        assert "anna" in CliRunner().invoke(app, listing).stdout


def test_the_first_start_prints_a_token_and_a_link_and_the_second_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDDER_REQUIRE_KEYS", "true")
    printed = [serve_briefly(tmp_path).stdout for _ in range(2)]
    token = re.search(r"shown this once: (\S{43})$", printed[0], re.MULTILINE)[1]
    assert f"/#login={token}" in printed[0] and "login" not in printed[1]


def test_a_link_of_a_server_with_tls_begins_with_https(tmp_path, monkeypatch):
    certificates.make(tmp_path / "tls", ["localhost"])
    monkeypatch.setenv("JUDDER_REQUIRE_KEYS", "true")
    monkeypatch.setenv("JUDDER_TLS_CERT", str(tmp_path / "tls" / certificates.SERVER))
    monkeypatch.setenv("JUDDER_TLS_KEY", str(tmp_path / "tls" / certificates.SERVER_KEY))
    assert "log in: https://" in serve_briefly(tmp_path).stdout


def test_a_server_that_takes_its_token_from_the_terminal_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDDER_TOKEN", "of-commands")
    assert "an administrator's is in JUDDER_TOKEN" in serve_briefly(tmp_path).stderr


def serve_briefly(folder, *arguments):
    command = [JUDDER, "serve", "--data-dir", folder, "--port", "0", "--for", "0.1", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder)


def test_an_open_server_without_keys_is_warned_of(tmp_path, monkeypatch):
    monkeypatch.setenv("JUDDER_MDNS", "false")
    monkeypatch.setenv("JUDDER_REQUIRE_KEYS", "false")
    assert "warning: anybody in the network" in serve_briefly(tmp_path, "--open").stderr
    assert "warning" not in serve_briefly(tmp_path).stderr


@pytest.mark.parametrize(
    ("given", "listens_on", "needs_keys", "takes_unsigned"),
    [
        ({}, "127.0.0.1", False, True),
        ({"open": True}, "0.0.0.0", True, False),
        ({"open": True, "host": "192.168.1.20"}, "192.168.1.20", True, False),
        ({"host": "0.0.0.0"}, "0.0.0.0", True, False),
        ({"host": "::"}, "::", True, False),
        ({"host": "localhost"}, "localhost", False, True),
        ({"open": True, "require_keys": False}, "0.0.0.0", False, True),
        ({"require_keys": True}, "127.0.0.1", True, False),
        ({"token": "secret"}, "127.0.0.1", True, False),
        ({"open": True, "unsigned_boards": True}, "0.0.0.0", True, True),
        ({"unsigned_boards": False}, "127.0.0.1", False, False),
    ],
)
def test_who_reaches_the_server_says_what_it_asks_for(given, listens_on, needs_keys, takes_unsigned):
    settings = Settings(**given)
    found = settings.listens_on, settings.needs_keys, settings.takes_unsigned
    assert found == (listens_on, needs_keys, takes_unsigned)
