"""The page in a real browser, on a real server with two virtual boards: one scene, told in order."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from tests.board.bench import skip_without_micropython, wait_for
from tests.e2e.browser import LAPTOP, PHONE, Watched, chromium
from tests.e2e.scene import BOARDS, Scene
from tests.host.test_serve_process import serving

AWAY = "net::ERR_"  # how a browser itself notes a server that is not there


@pytest.fixture(scope="module")
def browser():
    skip_without_micropython()
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def scene(tmp_path_factory, browser):
    scene = Scene(tmp_path_factory.mktemp("scene"), browser)
    yield scene
    for board in scene.boards.values():
        if board.port:
            board.__exit__()
    scene.stop_server()


def take_picture(page, name):
    """Keep a picture of the page, or of a part of it, where the one who runs the tests wants them."""
    folder = os.environ.get("JUDDER_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def test_without_boards_it_says_the_next_command(scene):
    scene.page.locator("#no-boards").wait_for()
    assert "judder deploy" in scene.watched.text("#no-boards") and "judder demo" in scene.watched.text(
        "#no-boards"
    )
    assert "judder train" in scene.watched.text("#no-models")


def test_a_card_appears_for_each_board(scene, model):
    with ThreadPoolExecutor() as pool:
        for board in scene.boards.values():
            board.__enter__()
        list(pool.map(lambda name: scene.deploy(name, model), BOARDS))
    scene.watched.wait("document.querySelectorAll('.card').length === 2")
    scene.watched.wait(
        "[...document.querySelectorAll('.card .state:not([hidden])')].every(s => s.textContent === 'normal')"
    )
    card = scene.page.locator(".card", has_text="fan-left")
    for fact in ("attic", "250.", "late sample", "dBm", "kB", "fan-", "MicroPython"):
        card.filter(has_text=fact).wait_for()  # the first report may be of a board that has just joined


def test_the_card_one_chooses_is_shown_in_full(scene):
    for name in ("fan-right", "fan-left"):
        scene.page.get_by_role("link", name=name).click()
        scene.page.get_by_role("heading", name=name, level=2).wait_for()


def test_the_live_plots_move(scene):
    before = [scene.watched.picture(plot) for plot in ("#plot-window", "#plot-spectrum", "#plot-scores")]
    said = scene.watched.text("#say-window")
    scene.watched.wait("said => document.querySelector('#say-window').innerText !== said", argument=said)
    scene.page.wait_for_timeout(1500)
    after = [scene.watched.picture(plot) for plot in ("#plot-window", "#plot-spectrum", "#plot-scores")]
    assert all(one != other for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("n", [256, 200])
def test_the_spectrum_is_the_one_numpy_comes_to(scene, n):
    samples = np.random.default_rng(1).normal(3, 1, n)
    script = "async s => (await import('/static/spectrum.js')).amplitudes(s)"
    found = scene.page.evaluate(script, samples.tolist())
    hann = np.hanning(n + 1)[:-1]
    expected = 4 / n * np.abs(np.fft.rfft((samples - samples.mean()) * hann, 256))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_fifty_windows_are_recorded_from_the_page(scene):
    scene.page.get_by_label("Condition").fill("low/normal")
    scene.page.get_by_label("Windows").fill("50")
    scene.page.get_by_role("button", name="Start").click()
    scene.page.get_by_role("button", name="Stop recording low/normal").wait_for()
    scene.page.get_by_text("low/normal: 50 of 50 windows, done").wait_for()
    assert "--normal low/normal" in scene.watched.text("#record-next")
    (recording,) = scene.get("/api/v1/recordings")["recordings"]
    assert (recording["recorded"], recording["state"]) == (50, "done")


def test_a_mistake_in_the_form_is_said_in_the_servers_words(scene):
    for condition in ("one", "two"):
        scene.page.get_by_label("Condition").fill(condition)
        scene.page.get_by_role("button", name="Start").click()
        scene.page.get_by_role("button", name="Stop recording one").wait_for()
    scene.page.get_by_role("alert").get_by_text("of one is running").wait_for()
    assert "409" in scene.watched.errors.pop()  # how a browser itself notes a refusal
    scene.page.get_by_role("button", name="Stop recording one").click()
    scene.page.get_by_text(", stopped").wait_for()


def test_a_fault_is_an_alert_row_within_3_s_of_the_boards_verdict(scene):
    scene.shake("fan-left")
    wait_for(lambda: scene.led_is_on("fan-left"))
    verdict = time.monotonic()
    scene.page.locator("#alert-rows li", has_text="fan-left").wait_for(timeout=10_000)
    assert time.monotonic() - verdict <= 3
    scene.page.locator(".card[data-tone=bad]", has_text="fan-left").wait_for()
    assert "Alarm: fan-left" in scene.page.locator("#announcer").text_content()
    scene.page.locator("#board-why", has_text="What drove the last verdict").wait_for()


def test_its_window_is_shown_until_one_goes_back_to_the_live_one(scene):
    (alert,) = scene.get("/api/v1/alerts")["alerts"]
    scene.page.get_by_role("button", name="Show this window of fan-left").click()
    scene.page.get_by_text(f"Number {alert['seq']}. ").wait_for()
    scene.page.wait_for_timeout(1000)
    assert f"Number {alert['seq']}. " in scene.watched.text("#say-window")
    scene.page.keyboard.press("Enter")  # the focus is on the way back
    scene.page.locator("#pinned").wait_for(state="hidden")
    seq = str(alert["seq"])
    scene.watched.wait("seq => !document.querySelector('#say-window').innerText.includes(seq)", argument=seq)


def test_a_p_value_beyond_the_calibration_is_said_as_a_bound(scene):
    (left,) = [b for b in scene.get("/api/v1/devices")["devices"] if b["status"]["name"] == "fan-left"]
    assert left["last"]["p_value_is_bound"] is True
    scene.page.locator("#say-scores", has_text="p-value < ").wait_for()


@pytest.mark.parametrize(
    ("value", "is_bound", "said"),
    [(0.2042, "false", "0.2"), (1 / 81, "true", "< 0.013"), (0.01, "true", "< 0.01")],
)
def test_a_bound_is_rounded_up(scene, value, is_bound, said):
    say = f"import('/static/words.js').then((words) => words.pValue({value}, {is_bound}))"
    assert scene.page.evaluate(say) == said


def test_it_is_acknowledged(scene):
    scene.page.get_by_role("button", name="Acknowledge", exact=True).click()
    scene.page.get_by_role("button", name="Acknowledged").wait_for()
    assert scene.get("/api/v1/alerts")["alerts"][0]["acknowledged_us"]


def test_pictures_are_taken(scene):
    for name, scheme, size in (
        ("light", "light", LAPTOP),
        ("dark", "dark", LAPTOP),
        ("phone", "dark", PHONE),
    ):
        scene.page.emulate_media(color_scheme=scheme)
        scene.page.set_viewport_size(size)
        scene.page.mouse.move(5, 5)
        scene.page.evaluate("scrollTo(0, 0)")
        scene.page.wait_for_timeout(700)
        take_picture(scene.page, name)
    width = scene.page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]  # nothing sticks out of a phone
    scene.page.set_viewport_size(LAPTOP)


def test_every_control_has_a_name_and_shows_the_focus(scene):
    scene.page.locator("body").press("Tab")
    seen = set()
    for _ in range(40):
        scene.page.keyboard.press("Tab")
        name, outline, place = scene.page.evaluate(FOCUSED)
        assert name, place
        assert outline, place
        seen.add(place)
    assert {"a fan-left", "button Start", "select Of", "select Score of the last"} <= seen


FOCUSED = """() => {
  const e = document.activeElement;
  if (e === document.body || e.tagName === "OL") return ["-", "-", "page"]; // a list that scrolls
  const label = e.getAttribute("aria-label") ?? e.labels?.[0]?.firstChild.textContent;
  const name = (label ?? e.textContent).trim();
  const styles = [getComputedStyle(e), getComputedStyle(e, "::after")];
  const outline = styles.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1);
  return [name, outline, `${e.tagName.toLowerCase()} ${name}`];
}"""


def test_after_a_restart_it_recovers_by_itself_and_shows_what_it_missed(scene):
    errors = list(scene.watched.errors)
    scene.watched.context.set_offline(True)
    scene.stop_server()
    scene.start_server(scene.port)
    scene.page.get_by_text("no connection").wait_for()
    scene.shake("fan-right")
    wait_for(lambda: len(scene.get("/api/v1/alerts")["alerts"]) == 2)
    assert not scene.page.locator("#alert-rows li", has_text="fan-right").count()
    scene.watched.context.set_offline(False)
    scene.page.locator("#alert-rows li", has_text="fan-right").wait_for()
    assert scene.watched.text("#connection") == "live"
    said = scene.watched.text("#say-window")
    scene.watched.wait("said => document.querySelector('#say-window').innerText !== said", argument=said)
    assert all(AWAY in error for error in scene.watched.errors[len(errors) :])
    scene.watched.errors[:] = errors


def test_a_board_learns_from_the_page_and_a_model_that_alarms_there_goes_back(scene):
    page, before = scene.page, scene.status("fan-right")["model_id"]
    page.locator("#learn-form select").select_option("fan-right")
    page.get_by_label("How many").fill("60")
    page.get_by_role("button", name="Learn").click()
    page.get_by_role("button", name="Stop learning fan-right").wait_for()
    page.locator("#learnings li", has_text="of 60 windows").wait_for()
    page.get_by_text("fan-right: runs fan-right-").wait_for(timeout=90_000)
    learned = scene.status("fan-right")["model_id"]
    assert learned in scene.watched.text("#model-rows")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_label(f"Board to put {before} on").select_option("fan-right")
    page.get_by_role("button", name=f"Put on board: {before}").click()
    wait_for(lambda: asked or page.wait_for_timeout(50))
    assert "would have alarmed in" in asked[0]
    assert "409" in scene.watched.errors.pop()  # how a browser itself notes a refusal
    failed = f"{before} failed: It alarmed within"  # the fan still shakes as it did when it learned
    page.locator("#model-rows li", has_text=failed).wait_for(timeout=90_000)
    wait_for(lambda: scene.status("fan-right")["model_id"] == learned)


def test_no_error_was_logged_and_no_request_left_the_host(scene):
    assert scene.watched.errors == []
    assert {urlsplit(url).hostname for url in scene.watched.requests} == {"127.0.0.1"}
    assert len(scene.watched.requests) > 20


def test_with_a_token_it_asks_once_and_then_works(browser, tmp_path, monkeypatch):
    monkeypatch.setenv("JUDDER_TOKEN", "secret")
    with serving(tmp_path) as (port, _):
        watched = Watched(browser)
        watched.page.goto(f"http://127.0.0.1:{port}/")
        watched.page.get_by_role("textbox", name="Token").fill("secret")
        watched.page.get_by_role("button", name="Go on").click()
        watched.page.get_by_text("No board has reported yet").wait_for()
        watched.page.reload()
        watched.page.get_by_text("No board has reported yet").wait_for()
        assert watched.text("#connection") == "live"
