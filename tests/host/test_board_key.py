"""Which key a deploy gives a board."""

import pytest
from judder.boards.config import read_config
from judder.boards.keys import with_key
from judder.cli.board_key import chooser, new_key
from judder.client import NotThereError, ServerGoneError
from judder.errors import JudderError

HAS, NAMED, NEW = "a" * 64, "b" * 64, "c" * 64
BOARD = "0200000000a1"
KNOWN = {"device": BOARD, "good": True}


class Server:
    """A ServerClient that answers from a table. asked: (method, path, what was sent)."""

    def __init__(self, needed=True, keys=(), trouble=None):
        self._needed, self._keys, self._trouble = needed, list(keys), trouble
        self.asked = []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def get(self, path):
        if self._trouble:
            raise self._trouble
        return {"/api/v1/session": {"needed": self._needed}, "/api/v1/keys": {"keys": self._keys}}[path]

    async def post(self, path, document):
        self.asked.append((path, document))
        return {"key": NEW}


@pytest.mark.parametrize(
    "given, has, key",
    [(NAMED, HAS, NAMED), ("", HAS, ""), (None, HAS, HAS), (None, "", NEW)],
    ids=["named", "told to have none", "has one", "has none"],
)
def test_what_is_said_comes_before_what_is_there_and_that_before_a_new_one(given, has, key):
    assert chooser(Server(keys=[KNOWN]), given)(BOARD, has) == key


@pytest.mark.parametrize("keys", [[], [{"device": BOARD, "good": False}]], ids=["of another", "revoked"])
def test_a_board_whose_key_the_server_does_not_know_gets_a_new_one(keys):
    assert chooser(Server(keys=keys), None)(BOARD, HAS) == NEW


@pytest.mark.parametrize(
    "server",
    [Server(False), Server(trouble=ServerGoneError("gone")), Server(trouble=JudderError("may look"))],
)
def test_a_board_keeps_its_key_where_the_server_does_not_say_whether_it_knows_it(server):
    assert chooser(server, None)(BOARD, HAS) == HAS


def test_without_a_server_a_board_keeps_what_it_has():
    assert chooser(None, None)(BOARD, "") == ""


@pytest.mark.parametrize(
    "server", [Server(False), Server(trouble=ServerGoneError("gone")), Server(trouble=NotThereError("404"))]
)
async def test_a_server_that_wants_no_keys_is_gone_or_of_before_gives_none(server):
    assert await new_key(server, BOARD) == "" and server.asked == []


@pytest.mark.parametrize(
    "keys, rotate",
    [
        ([], False),
        ([{"device": BOARD, "good": False}], False),
        ([{"device": "0200000000a2", "good": True}], False),
        ([{"device": BOARD, "good": True}], True),
    ],
)
async def test_a_board_that_lost_its_key_gets_another_in_its_place(keys, rotate):
    server = Server(keys=keys)
    assert await new_key(server, BOARD) == NEW
    assert server.asked == [("/api/v1/keys", {"device": BOARD, "rotate": rotate})]


async def test_a_server_that_refuses_ends_the_deploy():
    with pytest.raises(JudderError, match="may look"):
        await new_key(Server(trouble=JudderError("x may look, not administer.")), BOARD)


def test_a_key_is_put_into_a_config_and_nothing_else_of_it_changes(tmp_path):
    path = tmp_path / "attic.json"
    path.write_text('{"name": "Lüfter", "wifi": {"ssid": "x"}, "server": {"host": "a", "port": 5}}', "utf-8")
    config = with_key(read_config(path), NAMED)
    path.write_text(config.text, "utf-8")
    again = read_config(path)
    assert again.sections == config.sections and again.sections["server"]["key"] == NAMED
    assert (again.sections[""]["name"], again.sections["server"]["port"]) == ("Lüfter", 5)


def test_a_config_whose_key_is_the_same_stays_to_the_letter(tmp_path):
    path = tmp_path / "attic.json"
    path.write_text('{ "wifi":{"ssid":  "x"}}')
    config = read_config(path)
    assert with_key(config, "") is config
