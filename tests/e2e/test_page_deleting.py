"""Deleting on the page, in a real browser: a button asks once more, and a recording may be taken back."""

import json
import urllib.request

import pytest
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE

from tests.e2e.browser import Watched, chromium
from tests.host.conftest import frame
from tests.host.test_serve_process import serving


def post(url, body, content_type="application/json"):
    request = urllib.request.Request(url, body, {"Content-Type": content_type})
    return json.loads(urllib.request.urlopen(request).read())


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Yield the page of a server with an alert that is over and a recording that is done."""
    with chromium() as browser, serving(tmp_path_factory.mktemp("deleting")) as (port, _):
        server = f"http://127.0.0.1:{port}"
        post(f"{server}/api/v1/recordings", json.dumps({"condition": "normal", "windows": 1}).encode())
        for seq, flags in enumerate((FLAG_LOCAL_SCORE | FLAG_ALERT, FLAG_LOCAL_SCORE)):
            post(f"{server}/api/v1/windows", bytes(frame(seq=seq, flags=flags)), wire.CONTENT_TYPE)
        watched = Watched(browser)
        watched.page.goto(server + "/")
        watched.page.locator("#alert-rows li").wait_for()
        yield watched


def test_a_press_asks_and_a_second_one_deletes(shown):
    page = shown.page
    button = page.locator("#alert-rows .delete").first
    button.click()
    assert button.text_content() == "Really delete?" and page.locator("#alert-rows li").count() == 1
    button.click()
    shown.wait("document.querySelectorAll('#alert-rows li').length === 0")


def test_a_deleted_recording_is_taken_back(shown):
    page = shown.page
    button = page.locator("#recordings .delete").first
    button.click()
    button.click()
    shown.wait("document.querySelector('#recordings .what').textContent.includes('trash')")
    page.locator("#recordings .back").click()
    shown.wait("document.querySelector('#recordings .what').textContent.includes('done')")
