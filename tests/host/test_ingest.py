"""Windows over HTTP: what is taken, what is refused and how, and that nothing is lost."""

import asyncio
import binascii
import gzip
import json
import struct
from array import array

import pytest
from judder.data import frames
from judder.data.loading import load_recordings
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_BACKLOG, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED

from tests.host.conftest import frame
from tests.host.frames_by_hand import v1, v2

FRAMES = {"Content-Type": wire.CONTENT_TYPE}
JSON = {"Content-Type": "application/json"}


def changed(offset, fmt, value):
    """Return a frame with one field overwritten and its checksum made right again."""
    body = frame()
    struct.pack_into(fmt, body, offset, value)
    struct.pack_into("<I", body, len(body) - 4, binascii.crc32(memoryview(body)[:-4]))
    return bytes(body)


def with_bad_checksum():
    body = frame()
    body[-1] ^= 1
    return bytes(body)


BAD = {
    "malformed JSON": ("/", JSON, b'{"x": [1,', 400, "not JSON"),
    "unequal axes": ("/", JSON, b'{"x": [1, 2], "y": [1], "z": [1]}', 400, "2, 1, 1"),
    "NaN": ("/", JSON, b'{"x": [NaN], "y": [1], "z": [1]}', 400, "x[0] is nan"),
    "empty JSON": ("/", JSON, b'{"x": [], "y": [], "z": []}', 400, "0, 0, 0"),
    "empty body": ("/api/v1/windows", FRAMES, b"", 400, "0 bytes"),
    "1 MB of JSON": ("/", JSON, b" " * 1_000_000, 413, "size"),
    "1 MB of frames": ("/api/v1/windows", FRAMES, bytes(1_000_000), 413, "size"),
    "wrong type at /": ("/", {"Content-Type": "text/plain"}, b"{}", 415, "text/plain"),
    "wrong type of frame": ("/api/v1/windows", JSON, b"{}", 415, "application/json"),
    "bad CRC": ("/api/v1/windows", FRAMES, with_bad_checksum(), 422, "crc32"),
    "wrong version": ("/api/v1/windows", FRAMES, changed(2, "<B", 9), 400, "version 9"),
    "no samples": ("/api/v1/windows", FRAMES, v2(b"", content=0), 400, "no samples"),
    "two axes": ("/api/v1/windows", FRAMES, v2(b"1122", axes=2), 400, "2 axes"),
    "an alarm without its flag": (
        "/api/v1/windows",
        FRAMES,
        v2(level=2, flags=8, threshold=2.5),
        400,
        "level 2 and flags 8",
    ),
    "NaN rate": ("/api/v1/windows", FRAMES, changed(32, "<f", float("nan")), 400, "sample_rate_hz nan"),
    "time beyond all clocks": (
        "/api/v1/windows",
        FRAMES,
        changed(24, "<Q", 2**63),
        400,
        "9223372036854775808",
    ),
    "gzip": ("/", {**JSON, "Content-Encoding": "gzip"}, gzip.compress(b'{"x": [1]}'), 415, "gzip"),
    "no gzip": ("/api/v1/windows", {**FRAMES, "Content-Encoding": "gzip"}, b"x", 415, "gzip"),
    "deflated wish": ("/api/v1/recordings", {**JSON, "Content-Encoding": "deflate"}, b"{}", 415, "deflate"),
    "long wish": ("/api/v1/recordings", JSON, b'{"condition": "' + b"a" * 65_536 + b'"}', 413, "too large"),
    "long report": ("/api/v1/devices/02/status", JSON, b'{"name": "' + b"a" * 4096 + b'"}', 413, "too large"),
    "wrong magic": ("/api/v1/windows", FRAMES, changed(0, "<2s", b"XX"), 400, "JW"),
}


@pytest.mark.parametrize("path, headers, body, status, named", BAD.values(), ids=BAD)
async def test_bad_input_is_refused_with_a_sentence_and_a_hint(server, path, headers, body, status, named):
    await server.send(seq=0)
    found, error = await server.ask("POST", path, data=body, headers=headers)
    assert found == status
    assert named in error["error"]
    assert "hint" in error
    await server.send(seq=1)
    assert [window["seq"] for window in await server.stored()] == [1, 0]


@pytest.mark.parametrize("make", [v1, v2])
async def test_a_frame_of_either_version_is_taken(server, make):
    await server.client.send("/api/v1/windows", make(seq=4), wire.CONTENT_TYPE)
    assert [window["seq"] for window in await server.stored()] == [4]


STATUS, DEEP = "/api/v1/devices/020000000001/status", b'{"a":' * 5000 + b"1" + b"}" * 5000
NO_REQUESTS = {
    "NaN": ("POST", STATUS, b'{"free": NaN}', 400),
    "Infinity": ("POST", STATUS, b'{"free": [-Infinity]}', 400),
    "too large": ("POST", STATUS, b'{"free": 1e999}', 400),
    "4,000 digits": ("POST", STATUS, b'{"free": ' + b"9" * 4000 + b"}", 400),
    "beyond every float": ("POST", STATUS, b'{"free": ' + b"9" * 400 + b"}", 400),
    "half a character": ("POST", STATUS, b'{"free": ["\\ud800"]}', 400),
    "half a character as a pose": ("PATCH", "/api/v1/recordings/1", b'{"pose": "\\ud800"}', 400),
    "beyond every float in a window": ("POST", "/", b'{"x": [' + b"9" * 400 + b'], "y": [1], "z": [1]}', 400),
    "deeply nested status": ("POST", STATUS, DEEP, 413),
    "deeply nested window": ("POST", "/", DEEP, 400),
    "deeply nested model": ("PUT", "/api/v1/model", DEEP, 400),
    "limit of windows": ("GET", "/api/v1/windows?limit=²", None, 400),
    "limit of alerts": ("GET", "/api/v1/alerts?limit=²", None, 400),
    "long limit": ("GET", "/api/v1/alerts?limit=" + "9" * 5000, None, 400),
    "points": ("GET", "/api/v1/devices/a/scores?points=²", None, 400),
    "long number": ("GET", "/api/v1/recordings/" + "9" * 5000, None, 404),
}


@pytest.mark.parametrize("method, path, body, expected", NO_REQUESTS.values(), ids=NO_REQUESTS)
async def test_nonsense_is_no_failure_of_the_server(server, method, path, body, expected):
    status, error = await server.ask(method, path, data=body, headers=JSON)
    assert status == expected and error["error"]
    assert (await server.ask("GET", "/api/v1/devices"))[0] == 200


@pytest.mark.parametrize("depth, expected", [(0, 200), (1, 400), (20, 400), (900, 400), (940, 400)])
async def test_a_status_as_deep_as_json_can_be_read_is_refused(server, depth, expected):
    status, _ = await server.ask("POST", STATUS, data=b'{"a":' + b"[" * depth + b"0" + b"]" * depth + b"}")
    assert status == expected
    assert (await server.ask("GET", "/api/v1/devices"))[0] == 200


async def test_a_token_that_is_no_text_is_a_wrong_one(start_server):
    server = await start_server(token="secret")
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /api/v1/alerts HTTP/1.1\r\nHost: judder\r\nAuthorization: Bearer \xff\xfe\r\n\r\n")
    assert b" 401 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


async def test_a_post_without_length_is_refused_with_411(server):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST /api/v1/windows HTTP/1.1\r\nHost: judder\r\n\r\n")
    assert b" 411 " in await asyncio.wait_for(reader.readline(), 5)
    writer.close()


@pytest.mark.parametrize("strange", [b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\nAccept: \x01\r\n\r\n"])
async def test_what_is_no_http_is_refused_and_fills_no_log(server, caplog, strange):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(strange)
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 5)
    assert not caplog.records
    writer.close()


async def test_others_are_served_while_connections_stay_idle(server):
    idle = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(20)]
    idle[0][1].write(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")  # and never the rest
    assert (await asyncio.wait_for(server.send(), 5))["seq"] == 0
    for _, writer in idle:
        writer.close()


async def test_a_window_sent_twice_is_stored_once_and_answered_alike(server):
    first, second = await server.send(seq=5), await server.send(seq=5)
    assert {**first, "server_time_us": 0} == {**second, "server_time_us": 0}
    assert len(await server.stored()) == 1


async def test_a_window_sent_again_after_a_reset_is_neither_judged_nor_alerted_again(server):
    past = FLAG_LOCAL_SCORE | FLAG_ALERT | FLAG_BACKLOG
    await server.send(boot_id=2, seq=0)
    first = await server.send(boot_id=1, seq=5, flags=past)
    await server.send(boot_id=1, seq=6, flags=FLAG_BACKLOG)
    for seq in range(1, 70):  # more than the answers that are remembered
        await server.send(boot_id=2, seq=seq)
    again = await server.send(boot_id=1, seq=5, flags=past)
    assert {**again, "server_time_us": 0} == {**first, "server_time_us": 0}
    assert len((await server.client.get("/api/v1/alerts"))["alerts"]) == 1
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert device["windows"] == 72


async def test_a_window_judged_before_the_server_restarted_is_answered_as_then(
    start_server, model_data, noisy_windows
):
    bodies = list(noisy_windows(6, spread=60.0, flags=FLAG_OPINION_WANTED))
    first = await start_server()
    await first.client.put("/api/v1/model", model_data, "application/json")
    for body in bodies:
        before = await first.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    await first.stop()
    second = await start_server()
    after = await second.client.send("/api/v1/windows", bodies[-1], wire.CONTENT_TYPE)
    assert before["alarming"] and {**after, "server_time_us": 0} == {**before, "server_time_us": 0}


async def test_copies_that_come_at_once_are_judged_once(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    for body in noisy_windows(6, spread=60.0, flags=FLAG_OPINION_WANTED):
        copies = [server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE) for _ in range(3)]
        answers = [{**answer, "server_time_us": 0} for answer in await asyncio.gather(*copies)]
        assert answers[0] == answers[1] == answers[2]
    assert answers[0]["combined_score"] is not None
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert (device["windows"], device["lost"]) == (6, 0)


async def test_several_frames_in_one_body_are_all_stored(server):
    body = bytes(frame(seq=0) + frame(seq=1) + frame(seq=2))
    answer = await server.client.send("/api/v1/windows", body, wire.CONTENT_TYPE)
    assert answer["seq"] == 2
    assert len(await server.stored()) == 3


async def test_missing_numbers_are_counted_as_lost_windows(server):
    for seq in (0, 1, 5):
        await server.send(seq=seq)
    (device,) = (await server.client.get("/api/v1/devices"))["devices"]
    assert (device["windows"], device["lost"]) == (3, 3)


async def test_counts_come_back_as_they_were_sent(server, tmp_path):
    await server.client.post("/api/v1/recordings", {"condition": "low/normal", "windows": 1})
    body = frame(window_len=7)
    await server.client.send("/api/v1/windows", bytes(body), wire.CONTENT_TYPE)
    (recording,) = load_recordings(tmp_path / "data")
    assert array("h", recording.segments[0].samples.tobytes()) == frames.decode_windows(bytes(body))[0].counts
    assert (recording.condition, recording.scale_g, recording.sample_rate_hz) == ("low/normal", 1 / 2048, 250)


async def test_the_reference_board_is_known_by_its_address_and_rate(start_server, tmp_path):
    server = await start_server(reference_rate_hz=100.0)
    await server.client.post("/api/v1/recordings", {"condition": "off", "windows": 1})
    body = json.dumps({"x": [0.5, 0.25], "y": [0, 0], "z": [1, 1]}).encode()
    answer = await server.client.send("/", body, "application/json")
    assert answer["device_id"] == "ref-127.0.0.1"
    assert load_recordings(tmp_path / "data")[0].sample_rate_hz == 100


async def test_a_window_that_no_model_fits_is_stored_and_the_misfit_said(server, model_data):
    await server.client.put("/api/v1/model", model_data, "application/json")
    body = bytes(frame(window_len=100, flags=FLAG_OPINION_WANTED))
    status, error = await server.ask("POST", "/api/v1/windows", data=body, headers=FRAMES)
    assert status == 409
    assert "100 samples" in error["error"] and "needs 64" in error["error"]
    assert len(await server.stored()) == 1


async def test_a_full_disk_is_answered_503_and_the_window_kept_by_the_board(server):
    await server.client.get("/healthz")
    from judder.server.api.keys import STORE

    store = server.app[STORE]
    await store._on_thread(lambda: store._files.writer.execute("PRAGMA query_only=ON"))
    status, error = await server.ask("POST", "/api/v1/windows", data=bytes(frame()), headers=FRAMES)
    assert status == 503 and "stored" in error["error"]
    await store._on_thread(lambda: store._files.writer.execute("PRAGMA query_only=OFF"))
    await server.send()
    assert len(await server.stored()) == 1


async def test_a_token_is_asked_for_where_one_is_set(start_server):
    server = await start_server(token="secret")
    assert (await server.send())["seq"] == 0
    headers = {**FRAMES, "Authorization": "Bearer wrong"}
    status, error = await server.ask("POST", "/api/v1/windows", data=bytes(frame()), headers=headers)
    assert status == 401 and "token" in error["error"]


async def test_a_browser_gets_the_page_and_a_sketch_the_digit(server):
    async with server.client._session.get(server.client.url, headers={"Accept": "text/html"}) as response:
        assert "<title>Judder" in await response.text()
    async with server.client._session.get(server.client.url, headers={"Accept": "*/*"}) as response:
        assert await response.text() == "0"
