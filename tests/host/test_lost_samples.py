"""A window that lost samples is judged by nobody and learned from by nobody: gaps look like vibration."""

import pytest
from judder.data import server_folder
from judder_core.window import FLAG_LOCAL_SCORE, FLAG_LOST


@pytest.fixture
async def record(server, tmp_path):
    """Return a function that records windows with these flags, and reads them as `judder train` does."""

    async def recorded(*flags):
        await server.client.post("/api/v1/recordings", {"condition": "normal", "windows": None})
        for seq, each in enumerate(flags):
            await server.send(seq=seq, flags=each)
        return server_folder.read(tmp_path / "data")

    return recorded


async def test_what_is_trained_and_evaluated_leaves_it_out_and_counts_it_as_missing(record):
    (recording,) = await record(0, FLAG_LOST, 0, FLAG_LOST, 0)
    assert len(recording.segments) == 3
    assert (recording.timing.windows, recording.timing.dropped) == (3, 2)


async def test_a_recording_of_nothing_else_is_none(record):
    assert await record(FLAG_LOST, FLAG_LOST) == []


async def test_the_server_judges_none(server, model_data, noisy_windows):
    await server.client.put("/api/v1/model", model_data, "application/json")
    for body in noisy_windows(8, spread=200.0, flags=FLAG_LOST):
        answer = await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")
        assert (answer["judged_by"], answer["window_level"], answer["alert"]) == (None, None, False)


async def test_it_is_no_beginning_of_an_alarm(server):
    answer = await server.send(flags=FLAG_LOST)
    assert answer["state"] == "not judged" and (await server.client.get("/api/v1/alerts"))["alerts"] == []


async def test_a_level_that_is_on_stays(server):
    await server.send(seq=0, flags=FLAG_LOCAL_SCORE | 32)
    await server.send(seq=1, flags=FLAG_LOCAL_SCORE | FLAG_LOST | 32)
    (alert,) = (await server.client.get("/api/v1/alerts"))["alerts"]
    assert alert["ended_us"] is None
