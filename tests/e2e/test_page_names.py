"""Odd names on the page, in a real browser: of boards, places, recordings and models, shown as they are."""

import json
import urllib.request

import pytest
from judder import text
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE

from tests.e2e.browser import LAPTOP, PHONE, Watched, chromium
from tests.host.conftest import frame
from tests.host.test_serve_process import serving

NAMES = {
    "0200000000a1": "fan [left] <b>bold</b> &amp; :fire:",
    "0200000000a2": "fan\nleft\x1b[31m \u202ekcab",
    "0200000000a3": "x" * 200,
    "0200000000a4": "מאוורר 3",
}
CONDITION = "מאוורר " + "x" * 60 + " 3"
STATUS = {
    "commands": ["model"],
    "state": "normal",
    "model_id": "none-0",
    "sample_rate_hz": 250.00059509277344,
}
ALERTING = FLAG_LOCAL_SCORE | FLAG_ALERT
PLACES = (".card h3", ".card p", "#alert-rows strong", "#learn-form select", "#record-form select")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Yield the page of a server whose boards, places, recording and model have such names."""
    folder = tmp_path_factory.mktemp("it's [data]")
    with chromium() as browser, serving(folder / "data") as (port, _):
        server = f"http://127.0.0.1:{port}"
        send(f"{server}/api/v1/recordings", {"condition": CONDITION, "windows": len(NAMES)})
        for device_id, name in NAMES.items():
            send(f"{server}/api/v1/devices/{device_id}/status", {**STATUS, "name": name, "place": name})
            body = frame(device_id=bytes.fromhex(device_id), flags=ALERTING)
            send(f"{server}/api/v1/windows", bytes(body), wire.CONTENT_TYPE)
        watched = Watched(browser, color_scheme="light")
        watched.page.goto(server + "/")
        watched.page.locator(".card").nth(3).wait_for()
        watched.page.locator("#recordings li").wait_for()
        yield watched


def send(url, value, kind="application/json"):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": kind}), timeout=30).close()


def readable(name):
    return text.isolated(text.visible(name))


@pytest.mark.parametrize("selector", PLACES)
@pytest.mark.parametrize("name", NAMES.values())
def test_a_boards_name_is_shown_as_it_is(shown, name, selector):
    texts = shown.page.locator(selector).all_text_contents()
    assert any(readable(name) in text for text in texts), texts


@pytest.mark.parametrize("device_id", NAMES)
def test_the_board_one_chooses_is_named(shown, device_id):
    shown.page.evaluate("id => { location.hash = `#board=${id}`; }", device_id)
    name = readable(NAMES[device_id])
    for selector in ("#board-name", "#board-place"):
        script = "([selector, name]) => document.querySelector(selector).textContent === name"
        shown.wait(script, [selector, name])


def test_a_name_is_no_markup(shown):
    assert shown.page.locator("main b").count() == 0


def test_a_recordings_condition_and_the_command_to_copy_are_whole(shown):
    assert readable(f"{CONDITION}: 4 of 4 windows, done") in shown.text("#recordings")
    command = shown.page.locator("#record-next code").text_content()
    assert f"--normal '{CONDITION}' " in command.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_two_hundred_letters_stick_out_of_nothing(shown, size):
    shown.page.set_viewport_size(size)
    for device_id in NAMES:
        shown.page.evaluate("id => { location.hash = `#board=${id}`; }", device_id)
        shown.page.wait_for_timeout(300)
        assert shown.page.evaluate(STICKING_OUT) == []
        assert shown.page.evaluate("document.documentElement.scrollWidth") == size["width"]


STICKING_OUT = """() => [...document.querySelectorAll("section, .card, li, form")]
  .filter((box) => !box.hidden && box.scrollWidth > box.clientWidth + 1)
  .map((box) => `${box.id || box.className || box.tagName}: ${box.textContent.slice(0, 40)}`)"""


@pytest.mark.parametrize(
    "name", [*NAMES.values(), "it's \\n", "low/normal", "a\u2028b", "tab\t", "low", "C:\\fan"]
)
def test_the_page_writes_names_as_the_command_line_does(shown, name):
    script = "async name => { const t = await import('/static/text.js'); return [t.%s(name), t.%s(name)]; }"
    assert shown.page.evaluate(script % ("readable", "word"), name) == [readable(name), text.word(name)]


def test_a_models_rate_has_digits_that_mean_something(shown):
    script = "async hz => (await import('/static/words.js')).rate(hz)"
    for hz in (250.00059509277344, 249.27, 6.25, 999.96, 1000, 26667):
        assert shown.page.evaluate(script, hz) == text.rate(hz)


def test_no_error_was_logged(shown):
    assert shown.errors == []
