"""The page's files and the routes it asks, without a browser; tests/e2e has one."""

import hashlib
import re
from pathlib import Path

import pytest
from judder.server.api import page
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED

ROOT = Path(__file__).parents[2]
BROWSER = {"Accept": "text/html,application/xhtml+xml"}
BOARD = "020000000001"


async def fetch(server, path, **headers):
    async with server.client._session.get(server.client.url + path, headers=headers) as response:
        return response.status, response.headers, await response.text()


async def test_a_browser_gets_the_page_and_may_load_only_what_is_ours(server):
    status, headers, text = await fetch(server, "/", **BROWSER)
    assert status == 200 and "<title>Judder</title>" in text
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")


async def test_every_file_the_page_names_is_served(server):
    static = page.STATIC
    named = set(re.findall(r'"(static/[^"]+)"', (static / "index.html").read_text()))
    modules = list(static.glob("*.js"))
    named |= {f"static/{name}" for m in modules for name in re.findall(r'from "\./([^"]+)"', m.read_text())}
    assert len(named) > 15
    for path in named:
        assert (await fetch(server, f"/{path}"))[0] == 200, path


def test_no_file_of_ours_names_another_host_or_holds_an_inline_script():
    for path in page.STATIC.glob("*.*"):
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn|<script(?![^>]*src)|\son\w+=|style=", text), path


def test_what_is_of_others_is_what_was_vendored():
    vendor = page.STATIC / "vendor"
    sums = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in vendor.iterdir() if p.suffix}
    assert found == sums and "uPlot.LICENSE" in sums


async def test_with_a_token_the_page_is_open_and_its_data_are_not(start_server):
    server = await start_server(token="secret")
    wrong = {"Authorization": "Bearer wrong"}
    assert (await fetch(server, "/", **BROWSER, **wrong))[0] == 200
    assert (await fetch(server, "/static/app.js", **wrong))[0] == 200
    assert (await fetch(server, "/static/../app.py", **wrong))[0] == 401
    assert (await fetch(server, "/api/v1/devices", **BROWSER, **wrong))[0] == 401
    assert (await fetch(server, "/", **wrong))[0] == 401  # a board with the reference's sketch


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://127.0.0.1:1", "null"])
async def test_a_page_of_another_site_changes_nothing(server, origin):
    start = {"json": {"condition": "low/normal"}, "headers": {"Origin": origin}}
    status, answer = await server.ask("POST", "/api/v1/recordings", **start)
    assert status == 403 and origin in answer["error"] and answer["hint"]
    assert (await server.client.get("/api/v1/recordings"))["recordings"] == []


async def test_the_servers_own_page_and_a_client_without_an_origin_may_change_things(server):
    for headers in ({"Origin": f"http://127.0.0.1:{server.port}"}, {}):
        start = {"json": {"condition": "low/normal", "resume": True}, "headers": headers}
        assert (await server.ask("POST", "/api/v1/recordings", **start))[0] == 200


async def test_reading_is_allowed_from_wherever_it_is_asked(server):
    assert (await fetch(server, "/healthz", Origin="http://elsewhere.example"))[0] == 200


async def test_a_window_comes_back_with_its_samples_in_g(server):
    await server.send(seq=3)
    window = await server.client.get(f"/api/v1/windows/{BOARD}/1/3")
    counts = [(7 * k + 3) % 31 for k in range(3 * 64)]
    assert window["y"] == pytest.approx([count / 2048 for count in counts[1::3]], abs=1e-6)
    assert (await server.ask("GET", f"/api/v1/windows/{BOARD}/1/4"))[0] == 404


async def judged(server, model_data, windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    for body in windows:
        await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")


async def test_the_scores_are_those_that_were_answered(server, model_data, noisy_windows):
    await judged(server, model_data, noisy_windows(8, flags=FLAG_OPINION_WANTED))
    scores = (await server.client.get(f"/api/v1/devices/{BOARD}/scores?seconds=60&points=2000"))["scores"]
    assert sum(step["windows"] for step in scores) == 8
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    last = board["last"]
    assert max(step["score"] or 0 for step in scores) >= last["combined_score"] > 0
    assert scores[-1]["threshold"] == last["combined_threshold"]
    assert board["recent"][-1] == pytest.approx(last["combined_score"] / last["combined_threshold"], abs=1e-3)


async def test_thinned_scores_keep_the_highest(server, model_data, noisy_windows):
    await judged(server, model_data, noisy_windows(12, flags=FLAG_OPINION_WANTED))
    path = f"/api/v1/devices/{BOARD}/scores?seconds=3600&points="
    fine = (await server.client.get(f"{path}2000"))["scores"]
    (coarse,) = (await server.client.get(f"{path}1"))["scores"]
    assert coarse["score"] == max(step["score"] for step in fine if step["score"] is not None)


@pytest.mark.parametrize("query", ["points=0", "points=x", "seconds=-1", "seconds=99999999", "points=1e3"])
async def test_a_wrong_number_is_refused_with_its_bounds(server, query):
    status, error = await server.ask("GET", f"/api/v1/devices/{BOARD}/scores?{query}")
    assert status == 400 and "whole number" in error["hint"]


async def test_an_alert_is_acknowledged_once_and_for_good(server):
    await server.send(flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    first = await server.client.patch("/api/v1/alerts/1", {"acknowledged": True})
    again = await server.client.patch("/api/v1/alerts/1", {"acknowledged": True})
    assert first["acknowledged_us"] == again["acknowledged_us"] > 0
    (listed,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert listed == first
    assert (await server.ask("PATCH", "/api/v1/alerts/2", json={"acknowledged": True}))[0] == 404
    assert (await server.ask("PATCH", "/api/v1/alerts/1", json={"acknowledged": False}))[0] == 400


async def test_a_model_that_is_kept_can_be_put_in_service(server, model_data):
    kept = await server.client.send("/api/v1/models", model_data, "application/json")
    (model,) = (await server.client.get("/api/v1/models"))["models"]
    assert (model["model_id"], model["in_service"]) == (kept["model_id"], False)
    await server.client.patch(f"/api/v1/models/{kept['model_id']}", {"in_service": True})
    assert (await server.client.get("/api/v1/model"))["model_id"] == kept["model_id"]
    assert (await server.ask("PATCH", "/api/v1/models/none", json={"in_service": True}))[0] == 404


async def post_status(server, **status):
    await server.client.post(f"/api/v1/devices/{BOARD}/status", status)
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    return board["state"]


async def test_a_board_is_in_the_state_it_reports_until_it_is_no_longer_heard(start_server, clock):
    server = await start_server(clock=clock)
    assert await post_status(server, state="starting") == "learning"
    assert await post_status(server, state="mounting changed", model_id="m") == "mounting changed"
    assert await post_status(server, state="sensor fault", model_id="m") == "sensor fault"
    clock.now_s += 31
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["state"] == "offline"


async def test_a_window_that_comes_after_a_sensor_fault_ends_it(start_server, clock):
    server = await start_server(clock=clock)
    await post_status(server, state="sensor fault", model_id="m")
    clock.now_s += 1
    await server.send(flags=FLAG_LOCAL_SCORE | FLAG_ALERT)
    (board,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert board["state"] == "alarm"


@pytest.fixture
def clock():
    class Clock:
        now_s = 1_800_000_000.0

        def __call__(self):
            return self.now_s

    return Clock()


async def test_every_route_is_documented(server):
    documented = set(re.findall(r"^\| `([A-Z]+ /\S*)` \|", (ROOT / "host" / "README.md").read_text(), re.M))
    routes = {f"{r.method} {r.resource.canonical}" for r in server.app.router.routes() if r.method != "HEAD"}
    assert documented == routes


def test_the_size_of_the_page_is_bounded():
    """Without a build step every byte travels as it is written."""
    ours = sum(path.stat().st_size for path in page.STATIC.glob("*.*"))
    assert ours < 90_000


def palettes():
    """Yield (theme, colours by name) as colours.css has them."""
    css = (page.STATIC / "colours.css").read_text()
    for theme, block in (("light", css.split("}")[0]), ("dark", css.split("}")[1])):
        yield theme, dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour):
    """Return the relative luminance of #rrggbb. Source: WCAG 2.2, section 1.4.3."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme, colours", list(palettes()), ids=["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(theme, colours):
    pairs = [(text, back) for text in ("ink", "quiet") for back in ("page", "surface")]
    pairs += [(name.removesuffix("-wash"), name) for name in colours if name.endswith("-wash")]
    pairs += [("ink", "bad-wash"), ("bad", "surface"), ("warn", "surface"), ("on-accent", "accent")]
    assert len(pairs) == 15
    for text, back in pairs:
        assert contrast(colours[text], colours[back]) >= 4.5, (theme, text, back)
    for line in ("x", "y", "z", "focus", "bad"):
        assert contrast(colours[line], colours["surface"]) >= 3, (theme, line)
