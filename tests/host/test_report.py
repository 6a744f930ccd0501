"""The report's page: complete in itself, accessible, bounded, and with the very numbers of evaluate."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from judder.cli.app import app
from typer.testing import CliRunner

FAN = Path(__file__).parents[2].parent / "shared" / "data" / "ceiling-fan.zip"
HOSTILE = "<b>&$x^$"


class Outline(HTMLParser):
    """What a page holds: every tag with its attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(html)
        self.text = " ".join(self.words)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.words.append(" ".join(data.split()))

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def judder(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def figures_in(html):
    return json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', html)[1])


@pytest.fixture(scope="module")
def fan(tmp_path_factory):
    """Return a folder with fan.npz, a model, and the pages of data, model, training and cross-validation."""
    folder = tmp_path_factory.mktemp("report")
    data, model = folder / "fan.npz", folder / "fan.judder.json"
    judder("simulate", "--out", data, "--seconds", 120, "--condition", "well", "--fault", "looseness=2")
    judder("report", data, "--out", folder / "data.html")
    train = ("--data", data, "--normal", "well", "--train-on", "first-half", "--out", model)
    judder("train", *train, "--report", folder / "training.html")
    labels = ("--normal", "well", "--anomaly", "looseness-2")
    (folder / "model.json").write_text(
        judder("report", data, "--model", model, *labels, "--out", folder / "model.html", "--json")
    )
    (folder / "evaluate.json").write_text(
        judder("evaluate", model, "--data", data, *labels, "--json", "--report", folder / "evaluate.html")
    )
    judder("evaluate", "--data", data, *labels, "--cross-validate", 2, "--report", folder / "folds.html")
    return folder


PAGES = ("data", "training", "model", "evaluate", "folds")


@pytest.fixture(params=PAGES)
def page(fan, request):
    return (fan / f"{request.param}.html").read_text("utf-8")


def test_a_page_loads_nothing_and_is_small(page):
    outline = Outline(page)
    links = [
        value
        for _, attributes in outline.tags
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "action")
    ]
    assert links and all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert "url(http" not in page and "@import" not in page and len(page) < 5_000_000


def test_a_page_can_be_read_without_seeing_it(page):
    outline = Outline(page)
    images = [attributes for _, attributes in outline.tags if attributes.get("role") == "img"]
    assert len(images) == len(outline.all("svg")) == len(outline.all("figcaption")) >= 4
    assert all(len(attributes["aria-label"]) > 20 for attributes in images)
    assert outline.all("html")[0]["lang"] == "en"
    assert all(attributes["scope"] for attributes in outline.all("th"))
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


def test_every_id_of_a_page_is_its_own(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_findings_come_first(page):
    sections = [attributes["id"] for attributes in Outline(page).all("section")]
    assert sections[0] == "findings"


def test_a_page_has_a_dark_and_a_printed_form(page):
    assert "prefers-color-scheme: dark" in page and "@media print" in page
    assert "var(--ink)" in page.split("</style>")[1]  # the figures follow, too


@pytest.mark.parametrize("name", ["model", "evaluate"])
def test_the_numbers_are_those_of_evaluate(fan, name):
    expected = json.loads((fan / "evaluate.json").read_text())
    html = (fan / f"{name}.html").read_text("utf-8")
    assert figures_in(html)["evaluation"] == expected
    text = Outline(html).text
    assert f"{expected['combined']['auc']:.4f}" in text and f"{expected['detection_rate']:.1%}" in text


def test_the_numbers_are_printed_too(fan):
    assert json.loads((fan / "model.json").read_text()) == figures_in((fan / "model.html").read_text("utf-8"))


def test_each_figure_that_the_reference_draws_is_there_and_more(fan):
    figures = {a["id"] for a in Outline((fan / "model.html").read_text("utf-8")).all("figure")}
    signals = {"time-series", "spectra", "velocity", "scatter", "correlations", "ranking"}
    scores = {"detection", "score-histograms", "scores-in-time", "roc", "confusion"}
    assert figures == signals | scores
    assert {a["id"] for a in Outline((fan / "data.html").read_text("utf-8")).all("figure")} == signals


def test_the_velocity_says_that_it_is_no_iso_20816(fan):
    text = Outline((fan / "data.html").read_text("utf-8")).text
    assert "10 to 125 Hz: band-limited, not compliant with ISO 20816" in text


def test_a_model_without_labels_takes_its_own_conditions_for_normal(fan, tmp_path):
    out = tmp_path / "out.html"
    judder("report", fan / "fan.npz", "--model", fan / "fan.judder.json", "--out", out)
    found = figures_in(out.read_text("utf-8"))["evaluation"]["per_condition"]
    assert {name: row["label"] for name, row in found.items()} == {"well": "normal", "looseness-2": "anomaly"}


def test_without_anomalies_nothing_is_drawn_of_them(fan, tmp_path):
    data = ("--data", fan / "fan.npz", "--normal", "well")
    judder("evaluate", fan / "fan.judder.json", *data, "--report", tmp_path / "r.html")
    figures = {a["id"] for a in Outline((tmp_path / "r.html").read_text("utf-8")).all("figure")}
    assert "score-histograms" in figures and not figures & {"roc", "confusion", "detection", "ranking"}


def test_only_the_conditions_asked_for_are_drawn(fan, tmp_path):
    judder("report", fan / "fan.npz", "--condition", "well", "--out", tmp_path / "r.html")
    assert "looseness" not in (tmp_path / "r.html").read_text("utf-8")


def test_a_condition_with_a_hostile_name_is_only_text(tmp_path):
    judder("simulate", "--out", tmp_path / "fan.npz", "--seconds", 10, "--condition", HOSTILE)
    judder("report", tmp_path / "fan.npz", "--out", tmp_path / "r.html")
    html = (tmp_path / "r.html").read_text("utf-8")
    assert "<b>&$x" not in html and HOSTILE in Outline(html).text


@pytest.mark.skipif(not FAN.exists(), reason="The recordings in ../shared/data are not here.")
def test_the_published_fan_is_warned_of_first(tmp_path):
    judder("report", FAN, "--out", tmp_path / "r.html")
    text = Outline((tmp_path / "r.html").read_text("utf-8")).text
    first = text[text.index("What is odd about these data") :]
    order = [first.index(words) for words in ("120 Hz mains hum", "pose alone", "What to do: Give it")]
    assert order == sorted(order) and order[1] < 500  # both on the first screen
