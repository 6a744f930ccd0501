"""What a board says of itself, on the page in a real browser: why it judges nothing, and its last error."""

import json
import urllib.request

import pytest

from tests.e2e.browser import Watched, chromium
from tests.host.test_serve_process import serving

BOARD = "0200000000f1"
TRACEBACK = "Traceback (most recent call last):\n  File board.py, line 7\nMemoryError: <b>64 bytes</b>"
REPORT = {
    "name": "attic",
    "state": "not judged",
    "model_id": "fan-1",
    "unjudged": 3,
    "why": "The last window lost 12 samples.",
    "sensor_error": "The last window lost 12 samples.",
    "last_error": TRACEBACK,
    "reset_reason": "watchdog",
    "free_memory": 33792,
    "largest_free": 20480,
    "wifi_error": None,
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Yield the page of a server that has heard one report."""
    with chromium() as browser, serving(tmp_path_factory.mktemp("server")) as (port, _):
        url = f"http://127.0.0.1:{port}"
        path = f"{url}/api/v1/devices/{BOARD}/status"
        urllib.request.urlopen(path, json.dumps(REPORT).encode(), timeout=30).close()
        watched = Watched(browser)
        watched.page.goto(url + "/")
        watched.page.locator("#board-quality li").first.wait_for()
        yield watched


def test_the_board_is_not_normal(shown):
    assert shown.text("#board-state") == "not judged"
    assert shown.text("#board-why").startswith("Nobody judges its windows")


@pytest.mark.parametrize("told", ["The last window lost 12 samples.", f"Last error: {TRACEBACK}"])
def test_what_went_wrong_is_told_as_the_board_tells_it(shown, told):
    assert told in shown.text("#board-quality")


def test_what_did_not_happen_is_not_told(shown):
    assert shown.page.locator("#board-quality li").count() == 2


def test_why_it_started_and_its_memory_are_among_the_facts(shown):
    facts = set(shown.text(".card .facts").splitlines())
    assert {"watchdog", "33 kB, and a block of 20", "3 windows"} <= facts


def test_the_page_has_no_error(shown):
    assert shown.errors == []
