"""More connections that only wait than there are files for, beside boards; `make prove` has 3,000."""

import prove_hall
import prove_idle
import pytest

FILES = 256
"""Which leaves 128 connections."""


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    """Return how ten boards fared beside 400 connections, and the lines of the server's log."""
    folder = tmp_path_factory.mktemp("flood")
    with prove_hall.serving(folder, files=FILES, log=folder / "log") as (port, _):
        found = prove_idle.run(port, waiting=400, boards=10, seconds=5)
    return found, (folder / "log").read_text().splitlines()


def test_no_window_is_refused(flooded):
    assert (flooded[0]["windows"], flooded[0]["refused"]) == (50, 0)


def test_no_board_loses_its_connection(flooded):
    assert flooded[0]["lost_connections"] == 0


def test_the_log_says_once_that_it_is_full(flooded):
    assert sum("connections_full" in line for line in flooded[1]) == 1
    assert not [line for line in flooded[1] if "accept_failed" in line or "Traceback" in line]
