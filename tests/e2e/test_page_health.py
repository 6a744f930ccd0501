"""What is wrong stands above all else on the page, in a real browser, and leaves it when it is over."""

import contextlib
import http.server
import json
import threading
import urllib.request

import pytest
from judder_core import wire

from tests.e2e.browser import PHONE, Watched, chromium
from tests.host.alerting import ALERT, DEVICE
from tests.host.conftest import frame
from tests.host.test_serve_process import serving

WRONG = "golden score is off"


class Refusing(http.server.BaseHTTPRequestHandler):
    """A webhook that takes no message while it refuses."""

    refuses = True

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(422 if Refusing.refuses else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def webhook():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Yield the page of a server, and a function that posts to the server."""
    with chromium() as browser, webhook() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDDER_WEBHOOK_URL", url)
        with serving(tmp_path_factory.mktemp("data")) as (port, _):
            watched = Watched(browser, color_scheme="light")
            watched.page.goto(f"http://127.0.0.1:{port}/")

            def post(path, value, kind="application/json"):
                body = value if isinstance(value, bytes) else json.dumps(value).encode()
                where = f"http://127.0.0.1:{port}{path}"
                urllib.request.urlopen(
                    urllib.request.Request(where, body, {"Content-Type": kind}), timeout=30
                ).close()

            yield watched, post


def report(post, **status):
    post(f"/api/v1/devices/{DEVICE}/status", {"name": "attic", "state": "normal", **status})


def test_a_page_without_problems_says_nothing_of_them(shown):
    watched, post = shown
    report(post)
    watched.page.locator(".card").wait_for()
    assert watched.page.locator("#health").is_hidden()


def test_a_problem_is_above_all_until_it_is_over(shown):
    watched, post = shown
    report(post, model_error=WRONG)
    watched.page.locator("#health").wait_for()
    assert f"attic: its model does not run: {WRONG}" in watched.text("#health-rows")
    assert watched.text("#health-title") == "Something needs a look"
    report(post)
    watched.page.locator("#health").wait_for(state="hidden")


@pytest.mark.parametrize("size", [PHONE])
def test_on_a_phone_nothing_sticks_out(shown, size):
    watched, post = shown
    report(post, model_error="x" * 400)
    watched.page.locator("#health").wait_for()
    watched.page.set_viewport_size(size)
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    report(post)
    watched.page.locator("#health").wait_for(state="hidden")


def test_a_message_that_could_not_be_sent_is_listed_with_why_and_sent_again(shown):
    watched, post = shown
    post("/api/v1/windows", bytes(frame(flags=ALERT)), wire.CONTENT_TYPE)
    row = watched.page.locator("#set-aside li")
    row.wait_for()
    assert "answered 422" in row.inner_text() and "attic" in row.inner_text()
    Refusing.refuses = False
    row.get_by_text("Send again").click()
    watched.page.locator("#health").wait_for(state="hidden")


def test_no_error_was_logged(shown):
    assert shown[0].errors == []
