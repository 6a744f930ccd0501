"""A Chromium with no window, and what a test wants to know of the pages it shows."""

import contextlib
import shutil
import time

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium")
LAPTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextlib.contextmanager
def chromium():
    """Yield a browser. Skips where there is none."""
    if CHROMIUM is None:
        pytest.skip("No Chromium: apt install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Watched:
    """A page with a note of its errors and of every address it asked for."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(viewport=LAPTOP, **options)
        self.page = self.context.new_page()
        self.errors = []
        self.requests = []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def text(self, selector):
        return self.page.locator(selector).inner_text()

    def picture(self, selector):
        """Return the pixels of the first canvas in selector, as text."""
        return self.page.evaluate("s => document.querySelector(s + ' canvas').toDataURL()", selector)

    def wait(self, script, argument=None, timeout_s=30):
        """Wait until script is true. Playwright's own wait needs eval, which the page forbids."""
        deadline = time.monotonic() + timeout_s
        while not self.page.evaluate(script, argument):
            assert time.monotonic() < deadline, script
            self.page.wait_for_timeout(50)
