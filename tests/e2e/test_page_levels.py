"""A notice, an alarm and machines that are fine, side by side on the page, in a real browser."""

import json
import time
import urllib.request
from array import array

import numpy as np
import pytest
from judder_core import wire
from judder_core.window import Window

from tests import machine_v2, models_v2
from tests.e2e.browser import LAPTOP, PHONE, Watched, chromium
from tests.e2e.test_page import take_picture
from tests.host.test_serve_process import serving

NAMES = {"fine": "hall fan", "asks": "attic fan", "faulty": "cellar pump", "still": "workshop saw"}
PLACES = dict(zip(NAMES, (f"0200000000c{k}" for k in range(1, 5)), strict=True))
MINUTES = 7
TILTED = (0.2, 0.0, np.sqrt(0.96))
BEFORE, AFTER = 20, 40  # windows


class Scene:
    """A server with a model of a machine, four boards that it judges, and a page."""

    def __init__(self, port, watched):
        self.url = f"http://127.0.0.1:{port}"
        self.watched, self.page = watched, watched.page
        self._sent = dict.fromkeys(NAMES, 0)
        self._rng = np.random.default_rng(1)

    def ask(self, method, path, body, kind="application/json"):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        asked = urllib.request.Request(self.url + path, data, {"Content-Type": kind}, method=method)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return json.load(answer)

    def shake(self, board, speed="middle", **how):
        """Let a board send its next window; return the answer."""
        counts = machine_v2.window(self._rng, speed, **how)
        window = Window(
            *(array("h", counts.tobytes()), machine_v2.SCALE_G, 250.0, bytes.fromhex(PLACES[board]), 1),
            self._sent[board],
        )
        self._sent[board] += 1
        return self.ask("POST", "/api/v1/windows", bytes(wire.encode_window(window)), wire.CONTENT_TYPE)

    def card(self, board):
        return self.page.locator(".card", has_text=NAMES[board])

    def row(self, board):
        return self.page.locator("#alert-rows li", has_text=NAMES[board])

    def words(self, board):
        """Return the words on a card that are shown."""
        return self.card(board).locator(".state:visible").all_inner_texts()


def model():
    """Return a model file of the machine, by one detector, of so many minutes."""
    made = json.loads(json.dumps(machine_v2.document("directional")))
    for table in ("calibration", "window_calibration"):
        made["detectors"][0][table]["p_values"] = models_v2.text([1.0, 0.5, 0.02], "<f4")
    rows = [0, MINUTES * 60 * 250]
    recorded = {"condition": "normal", "recording": "0000", "rows": rows, "fingerprint": "00000000"}
    return models_v2.encode(
        {**made, "detectors": made["detectors"][:1], "provenance": {"recordings": [recorded]}}
    )


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    with chromium() as browser, serving(tmp_path_factory.mktemp("levels")) as (port, _):
        scene = Scene(port, Watched(browser, color_scheme="light"))
        scene.ask("PUT", "/api/v1/model", model())
        for board, name in NAMES.items():
            scene.ask("POST", f"/api/v1/devices/{PLACES[board]}/status", {"name": name, "place": "house"})
        scene.page.goto(scene.url)
        tell(scene)
        yield scene


def tell(scene):
    """Let all run as they always did, then one machine change a little, one a lot, and one stop."""
    for _ in range(BEFORE):
        for board in NAMES:
            scene.shake(board)
        time.sleep(0.05)
    for k in range(AFTER):
        scene.shake("fine")
        scene.shake("asks", fault=1.22)
        scene.shake("faulty", fault=1.6 if k > AFTER / 2 else 1.22, pose=TILTED)
        scene.shake("still", speed=None)
        time.sleep(0.05)


def test_each_card_says_how_its_machine_is_and_that_a_mounting_changed(scene):
    scene.card("faulty").locator(".state", has_text="alarm").wait_for()
    assert {board: scene.words(board) for board in NAMES} == {
        "fine": ["normal"],
        "asks": ["notice"],
        "faulty": ["alarm", "mounting changed"],
        "still": ["standstill"],
    }
    assert scene.watched.text("#summary") == "4 boards, 1 with an alarm, 1 with a notice"
    assert scene.page.title() == "(1) Judder"


def test_levels_are_told_apart_without_colours(scene):
    looks = {board: tuple(scene.card(board).evaluate(LOOK)) for board in ("fine", "asks", "faulty")}
    assert looks["fine"] == ("solid", "none")
    assert looks["asks"][0] == "dashed" and looks["faulty"][0] == "solid"
    assert "◆" in looks["asks"][1] and "▲" in looks["faulty"][1]


LOOK = """card => {
  const mark = getComputedStyle(card.querySelector(".state"), "::before").content;
  return [getComputedStyle(card).borderLeftStyle, mark];
}"""


def test_a_notice_asks_whether_it_is_fine_and_says_what_changed(scene):
    scene.row("asks").wait_for()
    told = scene.row("asks").inner_text()
    assert "Different from the 7 min it knows: is this still fine?" in told
    assert "What changed: " in told and "x normal" in told
    assert scene.row("asks").locator(".state").inner_text() == "notice"


def test_an_alarm_that_was_a_notice_says_since_when(scene):
    told = scene.row("faulty").inner_text()
    assert scene.row("faulty").count() == 1 and ", an alarm since " in told
    assert "Beyond what another day plausibly shows." in told and "The mounting changed, too" in told


def test_an_alarm_is_said_aloud_at_once(scene):
    announcer = scene.page.locator("#announcer")
    assert announcer.text_content().startswith("Alarm: cellar pump.")
    assert announcer.get_attribute("aria-live") == "assertive"


@pytest.mark.parametrize(
    ("board", "says"),
    [("asks", "Different from the 7 min it knows"), ("faulty", "Beyond what another day plausibly shows.")],
)
def test_the_board_says_what_its_level_means_and_both_scores(scene, board, says):
    scene.page.get_by_role("link", name=NAMES[board]).click()
    scene.page.get_by_role("heading", name=NAMES[board], level=2).wait_for()
    assert says in scene.watched.text("#board-why")
    scene.page.locator("#say-scores", has_text="For an alarm ").wait_for()
    assert "NaN" not in scene.watched.text("#say-scores")
    assert "Mode\nmiddle" in scene.card(board).locator(".facts").inner_text()


def test_the_plot_has_a_line_for_each_level_and_marks_the_times_of_both(scene):
    scene.page.get_by_role("link", name=NAMES["faulty"]).click()
    scene.page.get_by_role("heading", name=NAMES["faulty"], level=2).wait_for()
    labels = scene.page.locator("#plot-scores .u-label").all_inner_texts()
    assert labels == ["time", "for a notice", "for an alarm"]
    scene.page.wait_for_timeout(800)
    script = """async id => {
      const { ScoreHistory } = await import("/static/score_history.js");
      return (await ScoreHistory.load(id, 600)).columns();
    }"""
    _, scores, alarm_scores, levels = scene.page.evaluate(script, PLACES["faulty"])
    assert levels == sorted(levels) and set(levels) == {0, 1, 2}
    judged = [k for k, score in enumerate(scores) if score is not None]
    assert all((levels[k] > 0) >= (scores[k] > 1) for k in judged)
    assert max(alarm_scores[k] for k in judged if levels[k] < 2) <= 1 < max(alarm_scores[k] for k in judged)


def test_acknowledging_a_notice_and_filters_work_as_for_an_alarm(scene):
    scene.row("asks").get_by_role("button", name="Acknowledge", exact=True).click()
    scene.row("asks").get_by_role("button", name="Acknowledged").wait_for()
    scene.page.get_by_role("button", name="1 notice").click()
    scene.watched.wait("document.querySelectorAll('.card').length === 1")
    scene.page.get_by_role("button", name="1 notice").click()
    scene.watched.wait("document.querySelectorAll('.card').length === 4")


def test_pictures_of_levels_are_taken_and_nothing_sticks_out(scene):
    looks = (
        ("levels-light", "light", LAPTOP),
        ("levels-dark", "dark", LAPTOP),
        ("levels-phone", "dark", PHONE),
    )
    for name, scheme, size in looks:
        scene.page.emulate_media(color_scheme=scheme)
        scene.page.set_viewport_size(size)
        scene.page.evaluate("scrollTo(0, 0)")
        scene.page.wait_for_timeout(700)
        take_picture(scene.page, name)
        take_picture(scene.page.locator("#alerts"), f"{name}-alerts")
        assert scene.page.evaluate("document.documentElement.scrollWidth") == size["width"]
    scene.page.set_viewport_size(LAPTOP)


def test_no_error_was_logged(scene):
    assert scene.watched.errors == []
