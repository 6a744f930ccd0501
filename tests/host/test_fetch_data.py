"""judder fetch-data against a server on this machine: whole, checked, and nothing left when it fails."""

import io
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from judder.cli.app import app
from judder.data import published
from judder.data.loading import load_recordings
from judder.errors import JudderError
from typer.testing import CliRunner

ROWS = "0.1, 0.2, 0.9\n" * 4
FILES = {"fan_low/0000.csv": ROWS, "fan_low/0001.csv": ROWS, "fan_off/0000.csv": ROWS}
NOBODY = "http://127.0.0.1:9/data.zip"  # the discard port: nothing listens


def archive(files=FILES, extra=True):
    """Return the bytes of an archive as the tutorial's server packs it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in files.items():
            packed.writestr(f"tutorial-4530061/datasets/ceiling-fan/{name}", text)
        if extra:
            packed.writestr("tutorial-4530061/README.md", "words")
            packed.writestr("tutorial-4530061/datasets/ceiling-fan-deploy/x/0000.csv", ROWS)
    return data.getvalue()


@pytest.fixture
def serve():
    """Return a function that serves a body on a free port; short: bytes it keeps back."""
    servers = []

    def start(body, status=200, short=0):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) - short])

            def log_message(self, *words):
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/data.zip"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def known_checksum(monkeypatch):
    with zipfile.ZipFile(io.BytesIO(archive())) as packed:
        monkeypatch.setattr(published, "SHA256", published.digest(packed))


def fetch(*arguments):
    result = CliRunner().invoke(app, ["fetch-data", *map(str, arguments)])
    if isinstance(result.exception, JudderError):
        raise result.exception
    return result


def test_the_recordings_come_without_the_rest_of_the_archive(serve, tmp_path):
    result = fetch("--url", serve(archive()), "--out", tmp_path / "deep" / "fan.zip")
    assert result.exit_code == 0 and "next: judder report" in result.stderr
    assert [r.condition for r in load_recordings(tmp_path / "deep" / "fan.zip")] == ["fan_low", "fan_off"]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["fan.zip"]


def test_what_is_there_already_is_checked_and_kept(serve, tmp_path):
    fetch("--url", serve(archive()), "--out", tmp_path / "fan.zip")
    before = (tmp_path / "fan.zip").stat().st_mtime_ns
    assert fetch("--url", NOBODY, "--out", tmp_path / "fan.zip").exit_code == 0
    assert (tmp_path / "fan.zip").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "body, how",
    [
        (archive(), {"short": 100}),
        (b"no archive", {}),
        (archive({**FILES, "fan_off/0000.csv": "0.1, 0.2, 0.8\n"}), {}),
        (archive({"fan_low/0000.csv": ROWS}), {}),
        (b"gone", {"status": 404}),
    ],
    ids=["cut off", "no zip", "changed", "incomplete", "not found"],
)
def test_a_download_that_is_not_the_recordings_leaves_no_file_and_says_what_to_do(serve, tmp_path, body, how):
    with pytest.raises(JudderError) as caught:
        fetch("--url", serve(body, **how), "--out", tmp_path / "fan.zip")
    assert caught.value.hint and not list(tmp_path.iterdir())


def test_after_a_failure_the_same_command_succeeds(serve, tmp_path):
    with pytest.raises(JudderError):
        fetch("--url", serve(archive(), short=100), "--out", tmp_path / "fan.zip")
    fetch("--url", serve(archive()), "--out", tmp_path / "fan.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["fan.zip"]


def test_without_a_network_it_says_how_to_bring_the_file(tmp_path):
    with pytest.raises(JudderError) as caught:
        fetch("--url", NOBODY, "--out", tmp_path / "fan.zip")
    assert NOBODY in str(caught.value) and "--archive FILE.zip" in caught.value.hint


def test_a_file_that_was_brought_is_taken(tmp_path):
    (tmp_path / "brought.zip").write_bytes(archive())
    fetch("--url", NOBODY, "--archive", tmp_path / "brought.zip", "--out", tmp_path / "fan.zip")
    assert len(load_recordings(tmp_path / "fan.zip")) == 2
