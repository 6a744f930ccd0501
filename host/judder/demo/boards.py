"""The demo's boards: real MicroPython that real mpremote deploys to, or, where there is no MicroPython for
this platform, windows streamed from CPython.
"""

import asyncio
import contextlib
import importlib
import json
import secrets
import sys
from array import array
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from judder_core import wire
from judder_core.window import FLAG_OPINION_WANTED, Window
from numpy.typing import NDArray

from judder.boards.deploy import deploy
from judder.boards.staging import source_root
from judder.client import ServerClient, ServerGoneError

SAMPLE_RATE_HZ = 250
WINDOW_LEN = 256
SIGNAL_SCALE_G = 1 / 4096


class DemoBoard(Protocol):
    """What the story asks of a board; name and device_id tell boards apart."""

    name: str
    device_id: str

    async def switch_on(self, server_port: int) -> None:
        """Power on, deployed, with no model."""
        ...

    async def give_model(self, model: Path) -> None: ...

    def change_signal(self, samples: NDArray[np.int16]) -> None:
        """Shake differently: samples (n, 3) in 1/4096 g, played in a loop."""
        ...

    async def switch_off(self) -> None: ...


def load_virtual_board() -> Any:
    """Return the module tools/virtual_board.py, or None where no MicroPython is installed."""
    tools = str(source_root() / "tools")
    if tools not in sys.path:
        sys.path.append(tools)
    module = importlib.import_module("virtual_board")
    return module if module.micropython() else None


class MicroPythonBoard:
    """A virtual board: the board's own app on real MicroPython, `factor` times faster than real time."""

    def __init__(self, module: Any, folder: Path, name: str, device_id: str, factor: int) -> None:
        self.name = name
        self.device_id = device_id
        self._module = module
        self._folder = folder
        self._factor = factor
        self._signals = 0
        self._board: Any = None

    async def switch_on(self, server_port: int) -> None:
        self._board = self._module.VirtualBoard(
            self._folder,
            device_id=self.device_id,
            factor=self._factor,
            signal=self._signal,
            signal_hz=SAMPLE_RATE_HZ,
        )
        self._board.__enter__()
        config = {
            "name": self.name,
            "boot_delay_s": 0,
            "wifi": {"ssid": "demo", "password": "demo"},
            # A timeout in the board's own time, which runs faster than the network's.
            "server": {
                "host": "127.0.0.1",
                "port": server_port,
                "timeout_ms": min(60000, 3000 * self._factor),
            },
            "signal": {"sample_rate_hz": SAMPLE_RATE_HZ, "window_len": WINDOW_LEN},
        }
        (self._folder / "config.json").write_text(json.dumps(config))
        await asyncio.to_thread(self._deploy, None)

    async def give_model(self, model: Path) -> None:
        await asyncio.to_thread(self._deploy, model)

    def _deploy(self, model: Path | None) -> None:
        deploy(self._board.port, self._folder / "config.json", model)

    def change_signal(self, samples: NDArray[np.int16]) -> None:
        self._signals += 1
        self._signal = f"signal{self._signals}.i16"
        self._folder.mkdir(parents=True, exist_ok=True)
        samples.astype("<i2").tofile(self._folder / self._signal)
        if self._board:
            self._board.change_world(signal=self._signal)

    async def switch_off(self) -> None:
        if self._board:
            await asyncio.to_thread(self._board.__exit__, None, None, None)


class CPythonBoard:
    """Windows streamed by this process, judged by the server; shows the host's half of the path only."""

    def __init__(self, name: str, device_id: str, factor: int) -> None:
        self.name = name
        self.device_id = device_id
        self._factor = factor
        self._task: asyncio.Task[None] | None = None

    async def switch_on(self, server_port: int) -> None:
        self._url = f"http://127.0.0.1:{server_port}"
        self._task = asyncio.create_task(self._stream())

    async def give_model(self, model: Path) -> None:
        async with ServerClient(self._url) as client:
            await client.put("/api/v1/model", model.read_bytes(), "application/json")
            await client.post(
                f"/api/v1/devices/{self.device_id}/status",
                {"name": self.name, "model_id": "(judged by host)"},
            )

    def change_signal(self, samples: NDArray[np.int16]) -> None:
        self._samples = samples

    async def _stream(self) -> None:
        boot_id, seq = secrets.randbits(31), 0
        async with ServerClient(self._url) as client:
            while True:
                rows = np.arange(seq * WINDOW_LEN, (seq + 1) * WINDOW_LEN) % len(self._samples)
                window = Window(
                    array("h", self._samples[rows].astype(np.int16).tobytes()),
                    SIGNAL_SCALE_G,
                    SAMPLE_RATE_HZ,
                    bytes.fromhex(self.device_id),
                    boot_id,
                    seq,
                    flags=FLAG_OPINION_WANTED,
                )
                with contextlib.suppress(ServerGoneError):
                    await client.send("/api/v1/windows", bytes(wire.encode_window(window)), wire.CONTENT_TYPE)
                    seq += 1
                await asyncio.sleep(WINDOW_LEN / SAMPLE_RATE_HZ / self._factor)

    async def switch_off(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
