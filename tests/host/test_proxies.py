"""Behind proxies: a path of its own, whom a request comes from, and who may show the page in a frame."""

import re

import pytest
from judder.errors import JudderError
from judder.server.edge.forwarded import Proxies
from judder.settings import Settings, load_settings

BROWSER = {"Accept": "text/html"}
LOCAL = ["127.0.0.0/8"]


async def fetch(server, path, **headers):
    url = server.client.url + path
    async with server.client._session.get(url, headers=headers, allow_redirects=False) as response:
        return response.status, response.headers, await response.text()


async def test_below_its_base_path_all_is_found(start_server):
    server = await start_server(base_path="/judder")
    status, _, text = await fetch(server, "/judder/", **BROWSER)
    assert status == 200
    for path in re.findall(r'"(static/[^"]+)"', text):
        assert (await fetch(server, f"/judder/{path}"))[0] == 200
    assert (await fetch(server, "/judder/api/v1/windows?limit=3"))[0] == 200
    assert (await fetch(server, "/judder/api/v1/windows?limit=x"))[0] == 400


async def test_boards_that_know_no_proxy_find_it_at_the_root_as_well(start_server):
    server = await start_server(base_path="/judder")
    await server.send(seq=0)


async def test_the_base_path_alone_leads_to_the_page(start_server):
    server = await start_server(base_path="/judder", token="secret")
    status, headers, _ = await fetch(server, "/judder", **BROWSER)
    assert (status, headers["Location"]) == (308, "/judder/")


@pytest.mark.parametrize("path", ["/judder//127.0.0.2/x", "/judderx/healthz", "/judder/judder/healthz"])
async def test_what_only_begins_alike_leads_nowhere(start_server, path):
    server = await start_server(base_path="/judder")
    assert (await fetch(server, path))[0] == 404


async def test_the_page_names_everything_from_where_it_is(server):
    _, _, text = await fetch(server, "/", **BROWSER)
    assert not re.findall(r'(?:src|href)="/', text)


SAID = {
    "nobody trusted": ([], "192.0.2.7", "127.0.0.1"),
    "one proxy": (LOCAL, "192.0.2.7", "192.0.2.7"),
    "what the client wrote itself": (LOCAL, "10.0.0.1, 192.0.2.7", "192.0.2.7"),
    "two proxies": (["127.0.0.1", "10.0.0.0/8"], "203.0.113.9, 192.0.2.7, 10.0.0.1", "192.0.2.7"),
    "with a port": (LOCAL, "192.0.2.7:4711", "192.0.2.7"),
    "IPv6": (LOCAL, "[2001:db8::7]:80", "2001:db8::7"),
    "nonsense": (LOCAL, "192.0.2.7, unknown", "127.0.0.1"),
    "nothing": (LOCAL, "", "127.0.0.1"),
}


@pytest.mark.parametrize("trusted, said, heard", SAID.values(), ids=SAID)
async def test_whom_a_sketch_comes_from_is_said_by_trusted_proxies_only(start_server, trusted, said, heard):
    server = await start_server(trusted_proxies=trusted)
    how = {"json": {"x": [1], "y": [1], "z": [1]}, "headers": {"X-Forwarded-For": said}}
    assert (await server.ask("POST", "/", **how))[0] == 200
    assert [window["device"] for window in await server.stored()] == [f"ref-{heard}"]


@pytest.mark.parametrize("trusted, status", [(LOCAL, 200), ([], 403)])
async def test_the_hosts_name_is_what_a_trusted_proxy_says(start_server, trusted, status):
    server = await start_server(trusted_proxies=trusted, allowed_hosts=["home.example"])
    said = {
        "X-Forwarded-Host": "home.example",
        "X-Forwarded-Proto": "https",
        "Origin": "https://home.example",
    }
    start = {"json": {"condition": "normal"}, "headers": said}
    assert (await server.ask("POST", "/api/v1/recordings", **start))[0] == status


async def test_a_name_that_is_nobodys_here_is_refused_also_where_a_proxy_says_it(start_server):
    server = await start_server(trusted_proxies=LOCAL)
    said = {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    start = {"json": {"condition": "normal"}, "headers": said}
    assert (await server.ask("POST", "/api/v1/recordings", **start))[0] == 403


def test_a_v4_address_that_comes_as_v6_is_the_same_proxy():
    assert Proxies(["192.0.2.0/24"]).trust("::ffff:192.0.2.9")
    assert not Proxies(["192.0.2.0/24"]).trust("::ffff:192.0.3.9")


@pytest.mark.parametrize(
    "given, said",
    [
        ("none", "frame-ancestors 'none'"),
        ("self", "frame-ancestors 'self'"),
        ("https://ha.example:8123", "frame-ancestors https://ha.example:8123"),
    ],
)
async def test_who_may_frame_the_page_is_a_setting(start_server, given, said):
    server = await start_server(frame_ancestors=given)
    _, headers, _ = await fetch(server, "/", **BROWSER)
    assert headers["Content-Security-Policy"].endswith(f"; {said}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"frame_ancestors": "*; script-src *"},
        {"trusted_proxies": ["home.example"]},
        {"base_path": "judder/"},
        {"base_path": "/a/"},
    ],
)
def test_a_wrong_setting_is_named(wrong):
    with pytest.raises(JudderError, match=next(iter(wrong))):
        load_settings(**wrong)


def test_networks_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("JUDDER_TRUSTED_PROXIES", '["10.0.0.0/8", "::1"]')
    assert Settings().trusted_proxies == ["10.0.0.0/8", "::1"]


async def sketch(server, query, seq):
    samples = {axis: [seq / 100, 0.5] for axis in "xyz"}
    return (await server.ask("POST", f"/{query}", json=samples))[0]


async def test_two_sketches_behind_one_address_are_two_boards_by_their_names(server):
    for seq, query in enumerate(["?device=attic", "?device=cellar", "?device=attic", ""]):
        assert await sketch(server, query, seq) == 200
    boards = {window["device"] for window in await server.stored()}
    assert boards == {"ref-attic", "ref-cellar", "ref-127.0.0.1"}


async def test_a_sketch_is_asked_for_what_a_recording_wants_of_its_name(server):
    await server.client.post("/api/v1/recordings", {"condition": "normal", "device": "ref-attic"})
    wanted = [(await fetch(server, f"/?device={name}"))[2] for name in ("attic", "cellar")]
    assert wanted == ["1", "0"]


@pytest.mark.parametrize("name", ["a b", "../x", "a" * 41, "ä"])
async def test_a_sketch_with_no_name_of_letters_is_refused(server, name):
    assert (await server.ask("POST", "/", params={"device": name}, json={"x": [1], "y": [1], "z": [1]}))[
        0
    ] == 400
