"""The page of a server that requires keys: who logs in, how, and what they see."""

import re

import pytest
import requests
from judder.server.api.guards import COOKIE
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE

from tests.e2e.browser import Watched, chromium
from tests.host.conftest import frame
from tests.host.test_serve_process import serving

FORM = "#token-dialog[open]"


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class House:
    """A server that requires keys, and the first token, which it printed."""

    def __init__(self, port, process):
        self.url = f"http://127.0.0.1:{port}"
        self.token = process.stdout.readline().split()[-1]
        self.link = process.stdout.readline().split()[-1]

    def ask(self, method, path, **how):
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, **how).json()

    def token_for(self, role):
        return self.ask("POST", "/api/v1/tokens", json={"name": f"of {role}", "role": role})["token"]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDDER_REQUIRE_KEYS", "true")
        with serving(tmp_path_factory.mktemp("house")) as (port, process):
            house = House(port, process)
            headers = {"Content-Type": wire.CONTENT_TYPE}
            house.ask(
                "POST",
                "/api/v1/windows",
                data=bytes(frame(flags=FLAG_LOCAL_SCORE | FLAG_ALERT)),
                headers=headers,
            )
            yield house


@pytest.fixture
def watched(browser):
    watched = Watched(browser)
    yield watched
    watched.context.close()


def log_in(watched, house, token):
    watched.page.goto(f"{house.url}/#login={token}")
    watched.page.get_by_text("live", exact=True).wait_for()


def is_live(watched):
    watched.page.get_by_text("live", exact=True).wait_for()


def test_the_printed_link_leads_to_the_server_with_its_token(house):
    assert re.fullmatch(rf"http://[\w.]+:\d+/#login={house.token}", house.link) and len(house.token) == 43


def test_the_link_logs_in_and_the_token_is_no_more_in_the_address(watched, house):
    log_in(watched, house, house.token)
    assert watched.page.url == f"{house.url}/"
    assert not [url for url in watched.requests if house.token in url.partition("#")[0]]


def test_no_script_of_the_page_can_read_what_keeps_the_login(watched, house):
    log_in(watched, house, house.token)
    assert watched.page.evaluate("document.cookie + JSON.stringify(localStorage)") == "{}"
    (cookie,) = [each for each in watched.context.cookies() if each["name"] == COOKIE]
    assert cookie["httpOnly"] and cookie["sameSite"] == "Strict" and house.token not in cookie["value"]


def test_the_login_outlives_a_reload(watched, house):
    log_in(watched, house, house.token)
    watched.page.reload()
    is_live(watched)
    assert not watched.page.locator(FORM).count()


def test_without_a_login_it_asks_and_a_wrong_token_is_said_where_it_was_typed(watched, house):
    watched.page.goto(house.url)
    watched.page.get_by_role("textbox", name="Token").fill("wrong")
    watched.page.get_by_role("button", name="Go on").click()
    watched.page.get_by_role("alert").get_by_text("The token is wrong").wait_for()
    watched.page.get_by_role("textbox", name="Token").fill(house.token)
    watched.page.get_by_role("button", name="Go on").click()
    is_live(watched)


def test_who_logs_out_is_asked_again(watched, house):
    log_in(watched, house, house.token)
    watched.page.get_by_role("button", name="Log out").click()
    watched.page.locator(FORM).wait_for()
    watched.page.reload()
    watched.page.locator(FORM).wait_for()


@pytest.mark.parametrize(
    ("role", "seen"),
    [("look", []), ("answer", ["Acknowledge"]), ("administer", ["Acknowledge", "Start", "Boards' keys"])],
)
def test_a_role_sees_what_it_may_use(watched, house, role, seen):
    log_in(watched, house, house.token_for(role))
    watched.page.locator("#alert-rows li").wait_for()
    controls = {
        "Acknowledge": watched.page.get_by_role("button", name="Acknowledge"),
        "Start": watched.page.get_by_role("button", name="Start"),
        "Boards' keys": watched.page.get_by_text("Boards' keys"),
    }
    assert [name for name, control in controls.items() if control.is_visible()] == seen


def test_a_board_without_a_key_is_shown_as_unsigned(watched, house):
    log_in(watched, house, house.token)
    watched.page.locator(".card", has_text="unsigned").wait_for()


def test_a_key_is_made_shown_once_and_revoked(watched, house):
    log_in(watched, house, house.token)
    page = watched.page
    page.get_by_text("Boards' keys").click()
    page.get_by_label("MAC").fill("0200000000c1")
    page.get_by_role("button", name="Make a key").click()
    page.locator("#keys li", has_text="0200000000c1").wait_for()
    assert re.search(r"[0-9a-f]{64}", watched.text("#access-new"))
    page.locator("#keys").get_by_role("button", name="Revoke").click()
    page.locator("#keys").get_by_role("button", name="Really revoke").click()
    watched.wait("!document.querySelector('#keys li') && !document.querySelector('#access-new').textContent")
    (key,) = house.ask("GET", "/api/v1/keys")["keys"]
    assert key["revoked"] and "key" not in key


def test_who_did_what_is_listed(watched, house):
    house.ask("PATCH", "/api/v1/alerts/1", json={"acknowledged": True})
    log_in(watched, house, house.token)
    watched.page.get_by_text("Who did what").click()
    watched.page.locator("#audit li", has_text="administrator: change alert 1, acknowledged True").wait_for()
