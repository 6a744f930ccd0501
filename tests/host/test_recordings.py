"""Labelled recordings over HTTP: started, followed, resumed, and what they keep."""

import pytest
from judder.data import csv_folder
from judder.data.loading import load_recordings
from judder.errors import JudderError
from judder.training.train import train


async def start(server, **fields):
    return await server.client.post("/api/v1/recordings", {"condition": "low", "windows": 3, **fields})


async def test_a_recording_ends_at_its_count_and_keeps_no_window_more(server, tmp_path):
    await start(server)
    answers = [await server.send(seq=k) for k in range(5)]
    assert [answer["record"] for answer in answers] == [True, True, False, False, False]
    (recording,) = load_recordings(tmp_path / "data")
    assert len(recording.segments) == 3


async def test_only_the_named_board_is_recorded(server, tmp_path):
    await start(server, device="020000000002")
    await server.send(device_id=b"\x02\0\0\0\0\x01")
    await server.send(device_id=b"\x02\0\0\0\0\x02")
    assert [r.name for r in load_recordings(tmp_path / "data")] == ["1-020000000002"]


async def test_a_second_recording_of_the_same_boards_is_refused(server):
    await start(server)
    with pytest.raises(JudderError, match="Recording 1 of low is running"):
        await start(server, condition="high")


async def test_a_stopped_recording_does_not_go_on_beside_another_of_its_boards(server):
    started = await start(server)
    path = f"/api/v1/recordings/{started['id']}"
    await server.client.patch(path, {"state": "stopped"})
    other = await start(server, condition="high")
    with pytest.raises(JudderError, match="Recording 2 of high is running"):
        await server.client.patch(path, {"state": "running"})
    await server.client.patch(f"/api/v1/recordings/{other['id']}", {"state": "running"})  # it is already


@pytest.mark.parametrize("wrong", [{"a": 1}, "../up", "", "x" * 81, 5])
async def test_what_is_no_pose_is_refused_and_changes_nothing(server, wrong):
    started = await start(server)
    path = f"/api/v1/recordings/{started['id']}"
    status, error = await server.ask("PATCH", path, json={"pose": wrong})
    assert status == 400 and "is no pose" in error["error"]
    assert (await server.client.get(path))["pose"] is None


@pytest.mark.parametrize(
    "wrong", [{"device": {}}, {"device": "\ud800"}, {"windows": 10**23}, {"windows": 0}, {"windows": True}]
)
async def test_a_recording_of_no_board_or_no_number_is_refused(server, wrong):
    status, _ = await server.ask("POST", "/api/v1/recordings", json={"condition": "low", **wrong})
    assert status == 400
    assert (await server.client.get("/api/v1/recordings"))["recordings"] == []


async def test_a_stopped_recording_is_resumed_where_it_stopped(server):
    started = await start(server)
    await server.send(seq=0)
    await server.client.patch(f"/api/v1/recordings/{started['id']}", {"state": "stopped"})
    await server.send(seq=1)
    resumed = await start(server, resume=True)
    assert (resumed["id"], resumed["recorded"], resumed["state"]) == (started["id"], 1, "running")


async def test_a_running_recording_survives_the_server(start_server):
    first = await start_server()
    await start(first)
    await first.send(seq=0)
    await first.stop()
    second = await start_server()  # on the same data folder
    (recording,) = (await second.client.get("/api/v1/recordings"))["recordings"]
    assert (recording["state"], recording["recorded"]) == ("running", 1)
    assert (await second.send(seq=1))["record"]


async def test_poses_become_groups_that_splits_keep_together(server, tmp_path):
    started = await start(server, windows=4)
    for seq, pose in enumerate(("pose-1", "pose-1", "pose-2", "pose-2")):
        await server.client.patch(f"/api/v1/recordings/{started['id']}", {"pose": pose})
        await server.send(seq=seq)
    assert [(r.group, len(r.segments)) for r in load_recordings(tmp_path / "data")] == [
        ("1-pose-1", 2),
        ("1-pose-2", 2),
    ]


@pytest.mark.parametrize("condition", ["", "../up", "/etc", "a//b", None, "x" * 81])
async def test_a_condition_that_is_no_folder_name_is_refused(server, condition):
    with pytest.raises(JudderError, match="is no condition"):
        await start(server, condition=condition)


async def test_what_was_collected_is_written_in_the_references_layout(server, tmp_path):
    await start(server)
    for seq in range(3):
        await server.send(seq=seq)
    (folder,) = csv_folder.write(load_recordings(tmp_path / "data"), tmp_path / "csv")
    assert sorted(file.name for file in folder.glob("*.csv")) == ["0000.csv", "0001.csv", "0002.csv"]
    (again,) = csv_folder.read(tmp_path / "csv")
    (before,) = load_recordings(tmp_path / "data")
    assert all((a.samples == b.samples).all() for a, b in zip(again.segments, before.segments, strict=True))


async def test_what_was_collected_trains(server, tmp_path, noisy_windows):
    await start(server, windows=60)
    for body in noisy_windows(60):
        await server.client.send("/api/v1/windows", body, "application/vnd.judder.window")
    assert train(tmp_path / "data").core.window_len == 64


async def test_windows_on_grids_of_two_sizes_stay_one_recording(server, tmp_path):
    await start(server, windows=2)
    for step in (1 / 256, 1 / 2048):
        axes = {axis: [step, 2 * step, 1.0] for axis in "xyz"}
        await server.client.post("/", axes)
    (recording,) = load_recordings(tmp_path / "data")
    assert recording.scale_g == 1 / 2048
    assert recording.in_g()[:, 0].tolist() == [1 / 256, 2 / 256, 1.0, 1 / 2048, 2 / 2048, 1.0]
