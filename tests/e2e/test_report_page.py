"""A report in a real browser: what one sees first, that it needs nothing else, and that it prints."""

from pathlib import Path

import pytest

from tests.e2e.browser import LAPTOP, Watched, chromium
from tests.e2e.house import judder

DATA = Path(__file__).parents[3] / "shared" / "data" / "ceiling-fan.zip"
FINDINGS = ("120 Hz mains hum", "pose alone")


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Yield the Watched report of the published ceiling fan."""
    if not DATA.exists():
        pytest.skip("The recordings in ../shared/data are not here.")
    out = tmp_path_factory.mktemp("report") / "fan.html"
    with chromium() as browser:
        run = judder("report", DATA, "--out", out)
        assert run.returncode == 0, run.stderr
        watched = Watched(browser)
        watched.page.goto(out.as_uri())
        yield watched


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_finding_is_on_the_first_screen(shown, finding):
    box = shown.page.get_by_text(finding).first.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= LAPTOP["height"]


def test_it_asks_for_nothing_else_and_logs_no_error(shown):
    assert len(shown.requests) == 1 and shown.errors == []


def test_a_name_of_two_hundred_letters_makes_the_page_no_wider(shown, tmp_path):
    fan = ("--out", tmp_path / "fan.npz", "--seconds", 60)
    out = tmp_path / "fan.html"
    assert judder("simulate", *fan, "--condition", "x" * 200, "--fault", "rub").returncode == 0
    assert judder("report", tmp_path / "fan.npz", "--out", out).returncode == 0
    page = shown.context.new_page()
    page.goto(out.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == LAPTOP["width"]


def test_it_prints(shown):
    assert shown.page.pdf(format="A4").startswith(b"%PDF")
