"""One server and one model for a module's tests."""

import pytest

from tests.e2e.house import write_model
from tests.host.test_serve_process import serving


@pytest.fixture(scope="module")
def server_port(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("server")) as (port, _):
        yield port


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("model") / "fan.judder.json")
