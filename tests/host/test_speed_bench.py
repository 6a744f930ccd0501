"""What measures the cost of a window: clients, what servers store of theirs, and the figures of it."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest
from judder.bench.speed import cost, growth
from judder.bench.speed.clients import Asked, Asking
from judder.bench.speed.cost import Cost
from judder.bench.speed.fill import fill, give_keys
from judder.bench.speed.growth import Growth, Point
from judder.server.storage.folder import read_only
from judder_core.window import FLAG_LOCAL_SCORE

SHORT = Asking(0, 0.3, clients=3, boards=5, flags=FLAG_LOCAL_SCORE)


@pytest.fixture
def asking(tmp_path):
    counts = tmp_path / "counts.i16"
    counts.write_bytes(growth.machine_counts()[: 6 * 256 * 8])
    return Asking(**{**asdict(SHORT), "counts": str(counts)})


def stored(folder):
    with read_only(folder) as unit:
        return unit.windows.newest(10**6)


def test_each_window_that_clients_were_answered_is_stored_and_none_refused(tmp_path, asking):
    with cost.judder(tmp_path / "data") as server:
        one = server.cost(asking)
        many = server.cost(Asking(**{**asdict(asking), "frames": 4}))
    answered = one.asked.requests + 4 * many.asked.requests
    assert (one.asked.refused, many.asked.refused) == (0, 0)
    assert len(stored(tmp_path / "data")) == answered > 0


def test_boards_that_have_keys_sign_and_are_taken(tmp_path, asking):
    give_keys(tmp_path / "data", asking.boards)
    with cost.judder(tmp_path / "data") as server:
        unsigned = server.cost(asking)
        signed = server.cost(Asking(**{**asdict(asking), "is_signed": True}))
    assert unsigned.asked.refused == unsigned.asked.requests > 0
    assert signed.asked.refused == 0 < signed.asked.requests


def test_a_bare_application_answers_empty_posts(asking):
    with cost.serving("judder.bench.speed.bare") as server:
        found = server.cost(Asking(**{**asdict(asking), "frames": 0}))
    assert found.asked.refused == 0 < found.asked.requests and found.cpu_us > 0


def test_the_cost_of_each_window_is_that_of_its_body_shared():
    found = Cost(6400.0, Asked(requests=10, seconds=2.0, refused=0, next_seq=0), frames=32)
    assert (found.each_us, found.per_s) == (20.0, 160.0)


def test_a_history_goes_on_where_the_smaller_one_ended(tmp_path):
    fill(tmp_path / "data", 0, 30, boards=4)
    fill(tmp_path / "data", 30, 50, boards=4)
    assert len({(row.device, row.seq) for row in stored(tmp_path / "data")}) == 50


def test_every_step_of_a_window_is_timed(tmp_path, asking):
    command = [sys.executable, "-m", "judder.bench.speed.steps", tmp_path / "data"]
    run = subprocess.run(
        command, input=json.dumps(asdict(asking)), capture_output=True, text=True, check=True
    )
    steps = json.loads(run.stdout.splitlines()[-1])
    assert all(us > 0 for step, us in steps.items() if step != "signature")
    assert steps["signature"] == 0


def test_the_plot_has_a_curve_over_boards_and_one_over_stored_windows():
    points = [Point(boards, 10_000, 100.0, 40.0, 9000.0) for boards in (1, 10)]
    left, right = growth.figure_of(Growth(points, points[:1])).axes
    assert left.lines[0].get_xydata().tolist() == [[1, 2.5], [10, 2.5]]
    assert right.lines[0].get_xydata().tolist() == [[10_000, 2.5]]
