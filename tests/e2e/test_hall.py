"""A hall of boards and its server, as `make prove` measures it: here bounded, and without limits of time."""

import prove_hall

from tests.board.bench import skip_without_micropython


def test_boards_that_ask_all_get_the_hosts_opinion(tmp_path):
    found = prove_hall.opinions(tmp_path, boards=20, seconds=7)
    first_four = 4 * found["boards"]  # too few windows for an opinion
    assert found["windows"] > first_four and found["by_host"] == found["windows"] - first_four


def test_a_server_killed_in_the_middle_loses_no_window_and_no_alert(tmp_path):
    skip_without_micropython()
    found = prove_hall.outage(tmp_path, boards=2, lights=10, calm_s=4, outage_s=8, factor=10)
    assert (found["lost"], found["dropped"]) == (0, 0)
    assert found["kept_on_flash"] > 0
    assert found["alert_at_board"] and found["alerts_listed"] == 1
