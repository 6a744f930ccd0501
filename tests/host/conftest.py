"""A real server on a free port, in this process, and what tests say to it."""

import contextlib
import subprocess
import time
from array import array

import pytest
from judder.client import ServerClient
from judder.data import frames
from judder.server.running import running
from judder.settings import Settings
from judder_core import wire
from judder_core.window import Window

from tests.host.small_disk import may_be_mounted
from tests.host.stores import STORES

collect_ignore = [] if may_be_mounted() else ["test_full_disk.py"]


class Server:
    """A server's app and port, a client of it, and how to stop it."""

    def __init__(self, running, client, stop):
        self.app = running.app
        self.port = running.port
        self.client = client
        self.stop = stop

    async def send(self, **fields):
        """Post one window, made of fields; return the answer."""
        return await self.client.send("/api/v1/windows", bytes(frame(**fields)), wire.CONTENT_TYPE)

    async def ask(self, method, path, **how):
        """Return (status, JSON) of any request, errors too."""
        async with self.client._session.request(method, self.client.url + path, **how) as response:
            return response.status, await response.json(content_type=None)

    async def stored(self):
        return (await self.client.get("/api/v1/windows?limit=1000"))["windows"]


def frame(seq=0, boot_id=1, device_id=b"\x02\0\0\0\0\x01", window_len=64, rate_hz=250.0, **fields):
    counts = array("h", [(7 * k + seq) % 31 for k in range(3 * window_len)])
    window = Window(counts, 1 / 2048, rate_hz, device_id=device_id, boot_id=boot_id, seq=seq, **fields)
    return wire.encode_window(window)


@pytest.fixture
async def start_server(tmp_path):
    """Return a function that starts a server with settings; all are stopped at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(clock=time.time, **settings):
            settings = {"data_dir": tmp_path / "data", "host": "127.0.0.1", "port": 0, **settings}
            life = await stack.enter_async_context(contextlib.AsyncExitStack())
            server = await life.enter_async_context(running(Settings(**settings), clock=clock, shutdown_s=1))
            client = ServerClient(f"http://127.0.0.1:{server.port}", settings.get("token", ""))
            return Server(server, await stack.enter_async_context(client), life.aclose)

        yield start


@pytest.fixture
async def server(start_server):
    return await start_server()


@pytest.fixture(scope="session")
def noisy_windows():
    """Return a function that yields n frames of a noisy, normal machine."""
    import numpy as np

    def make(n, spread=20.0, seed=0, **fields):
        rng = np.random.default_rng(seed)
        for seq in range(n):
            counts = np.rint(rng.normal((0, 0, 2048), spread, (64, 3))).astype(np.int16)
            window = Window(
                array("h", counts.tobytes()), 1 / 2048, 250.0, b"\x02\0\0\0\0\x01", seed + 1, seq, **fields
            )
            yield bytes(wire.encode_window(window))

    return make


@pytest.fixture(scope="session")
def train_noisy(noisy_windows):
    """Return a function that trains a model of that machine, windows of 64 samples; its bytes."""
    import numpy as np
    from judder.data.recording import make_recording
    from judder.data.windows import cut_windows
    from judder.training.train import train

    windows = [frames.decode_windows(body)[0] for body in noisy_windows(200)]
    parts = [(f"{k:04d}", np.array(w.counts).reshape(-1, 3) / 2048) for k, w in enumerate(windows)]
    recordings = [make_recording("normal", "normal", parts, sample_rate_hz=250.0)]
    cut = cut_windows(recordings, 250.0)
    return lambda **options: train(cut, name="fan", **options).data


@pytest.fixture(scope="session")
def model_data(train_noisy):
    return train_noisy()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Return the PEM files of a certificate for this machine, and of its key."""
    folder = tmp_path_factory.mktemp("tls")
    pair = folder / "cert.pem", folder / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", pair[0], "-keyout", pair[1]]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("No openssl to make a certificate with: apt install openssl")
    return pair


@pytest.fixture(params=STORES)
async def store(request, tmp_path):
    """A store that is open: each kind in its turn."""
    store = STORES[request.param](tmp_path)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def quick(monkeypatch):
    """A retention that waits for nothing, and lets go of young windows too."""
    monkeypatch.setattr("judder.server.services.retention.RETRY_S", 0)
    monkeypatch.setattr("judder.server.services.retention.WHOLE_AT_LEAST_US", 0)
    monkeypatch.setattr("judder.server.services.lived.NOTE_EVERY_US", 0)
