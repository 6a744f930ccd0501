"""The demo's story, step by step, and what came of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judder.client import ServerClient
from judder.demo.boards import (
    SAMPLE_RATE_HZ,
    SIGNAL_SCALE_G,
    CPythonBoard,
    DemoBoard,
    MicroPythonBoard,
    load_virtual_board,
)
from judder.errors import JudderError
from judder.server.running import running
from judder.server.storage.levels import ALARM, NOTICE
from judder.settings import load_settings
from judder.simulation import FanOptions, simulate
from judder.training.train import train

CONDITION = "normal"
SHAKY = 0
"""Which of the boards sits on the fan that loses its balance."""
MOST_WINDOWS_TO_ALARM = 60
WITHOUT_KEYS = {"open": False, "require_keys": False, "unsigned_boards": True, "token": ""}
"""Whatever judder.toml says: both boards live on this machine."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class BoardOutcome:
    """windows: judged since the model came. false_alarms: alarms begun while the fan was normal.

    detection_s: machine time from the fault to the alarm; None where there was none.
    """

    name: str
    device_id: str
    model_id: str | None
    windows: int
    false_alarms: int
    faulty: bool
    detection_s: float | None


@dataclass(frozen=True)
class Outcome:
    boards: list[BoardOutcome]

    @property
    def good(self) -> bool:
        """Whether the fault was detected on its own board, and nothing on the other."""
        return all((b.detection_s is not None) == b.faulty and not b.false_alarms for b in self.boards)


@dataclass
class Demo:
    """One run. factor: how many times faster than real time the boards live. imbalance: the fault's."""

    folder: Path
    port: int
    factor: int
    windows: int
    imbalance: float
    say: Say

    def __post_init__(self) -> None:
        self._began = (time.time(), time.monotonic())

    def clock(self) -> float:
        """Return the machines' time: Unix time at the start, and then `factor` times faster."""
        wall, monotonic = self._began
        return wall + (time.monotonic() - monotonic) * self.factor

    @asynccontextmanager
    async def server(self) -> AsyncIterator[tuple[int, ServerClient]]:
        settings = load_settings(
            data_dir=self.folder / "server", host="127.0.0.1", port=self.port, **WITHOUT_KEYS
        )
        async with running(settings, clock=self.clock) as server, ServerClient(server.url) as client:
            yield server.port, client

    async def record(self, client: ServerClient) -> None:
        """Have the server keep the next windows of all boards as the normal condition."""
        recording = await client.post("/api/v1/recordings", {"condition": CONDITION, "windows": self.windows})
        self.say(f"recording {self.windows} windows of both fans, running normally")
        await _until(
            lambda: client.get(f"/api/v1/recordings/{recording['id']}"), lambda r: r["state"] == "done", 180
        )

    def train(self) -> Path:
        """Train on what the server recorded, as judder train does; return the model's file."""
        model = train(self.folder / "server", name="demo-fan")
        self.say(f"trained {model.id} on {len(model.windows)} windows, {len(model.data)} bytes")
        return model.save(self.folder / "demo-fan.judder.json")

    async def deploy(self, boards: Sequence[DemoBoard], model: Path, client: ServerClient) -> None:
        """Put the model on every board and wait until each reports it."""
        await client.send("/api/v1/models", model.read_bytes(), "application/json")
        await asyncio.gather(*(board.give_model(model) for board in boards))
        await _until(
            lambda: _states(client, boards), lambda all_: all(s["status"].get("model_id") for s in all_), 60
        )
        self.say("both boards report the model")


async def run(
    folder: Path,
    *,
    port: int,
    factor: int,
    windows: int,
    imbalance: float,
    say: Say,
    then: Callable[["Outcome", str], Awaitable[None]],
    micropython: bool = True,
) -> Outcome:
    """Play the demo and return what came of it. then(outcome, url): awaited before all is switched off."""
    demo = Demo(folder, port, factor, windows, imbalance, say)
    normal = [_fan(imbalance=1.0, seed=k) for k in range(2)]
    boards = _make_boards(demo, micropython)
    async with demo.server() as (server_port, client):
        try:
            for board, signal in zip(boards, normal, strict=True):
                board.change_signal(signal)
            say(f"switching two boards on, at {factor} times real time, and deploying to them")
            await asyncio.gather(*(board.switch_on(server_port) for board in boards))
            await demo.record(client)
            await demo.deploy(boards, await asyncio.to_thread(demo.train), client)
            outcome = await _watch(demo, boards, client)
            await then(outcome, client.url)
            return outcome
        finally:
            await asyncio.gather(*(board.switch_off() for board in boards))


def _make_boards(demo: Demo, micropython: bool) -> list[DemoBoard]:
    module = load_virtual_board() if micropython else None
    why = "There is no MicroPython for this platform here" if micropython else "Without MicroPython, as asked"
    names = {"fan-left": "0200000000a1", "fan-right": "0200000000b2"}
    if module:
        return [MicroPythonBoard(module, demo.folder / n, n, mac, demo.factor) for n, mac in names.items()]
    demo.say(f"{why}: the boards are simulated in CPython and the server judges their windows.")
    return [CPythonBoard(name, mac, demo.factor) for name, mac in names.items()]


def _fan(imbalance: float, seed: int) -> NDArray[np.int16]:
    """Return five minutes, longer than the demo, of the desk fan number seed, (n, 3) in 1/4096 g."""
    recording = simulate(
        FanOptions(seconds=300, imbalance=imbalance, sample_rate_hz=SAMPLE_RATE_HZ, range_g=2, seed=seed)
    )
    return np.rint(recording.in_g() / SIGNAL_SCALE_G).astype(np.int16)


async def _watch(demo: Demo, boards: Sequence[DemoBoard], client: ServerClient) -> Outcome:
    """Watch the normal fans, unbalance one, and wait for the alarm."""
    before = await _states(client, boards)
    await _until(lambda: _states(client, boards), lambda s: _windows_since(before, s) >= 30, 60)
    fault_us = int(demo.clock() * 1e6)
    demo.say(f"unbalancing {boards[SHAKY].name}")
    boards[SHAKY].change_signal(_fan(demo.imbalance, seed=SHAKY))
    at_fault = await _states(client, boards)
    seen = await _until(
        lambda: _states(client, boards),
        lambda s: s[SHAKY]["alert"] or _windows_since(at_fault, s) >= MOST_WINDOWS_TO_ALARM,
        120,
    )
    if not seen[SHAKY]["alert"]:
        demo.say(f"no alarm came in {MOST_WINDOWS_TO_ALARM} windows{_short_of(seen[SHAKY])}")
    await _until(lambda: _states(client, boards), lambda s: _windows_since(at_fault, s) >= 30, 60)
    alerts = (await client.get("/api/v1/alerts"))["alerts"]
    after = await _states(client, boards)
    return Outcome(
        [
            _board_outcome(board, k == SHAKY, before[k], after[k], alerts, fault_us)
            for k, board in enumerate(boards)
        ]
    )


def _board_outcome(
    board: DemoBoard,
    faulty: bool,
    before: dict[str, Any],
    after: dict[str, Any],
    alerts: list[dict[str, Any]],
    fault_us: int,
) -> BoardOutcome:
    alarms = [alert for alert in alerts if alert["device"] == board.device_id and alert["level"] == ALARM]
    mine = [alarm["raised_us"] or alarm["started_us"] for alarm in alarms]
    later = [started for started in mine if started >= fault_us and faulty]
    return BoardOutcome(
        board.name,
        board.device_id,
        after["status"].get("model_id"),
        after["windows"] - before["windows"],
        len(mine) - len(later),
        faulty,
        (min(later) - fault_us) / 1e6 if later else None,
    )


def _short_of(state: dict[str, Any]) -> str:
    """Return what a board without an alarm has to say."""
    is_noticed = state.get("level") == NOTICE
    return ", but a notice: it is different, as it may be on another day" if is_noticed else ""


async def _states(client: ServerClient, boards: Sequence[DemoBoard]) -> list[dict[str, Any]]:
    devices = await client.devices()
    empty = {"status": {}, "windows": 0, "alert": False}
    return [devices.get(board.device_id, empty) for board in boards]


def _windows_since(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> int:
    """Return the least number of windows any board has sent since before."""
    return min(int(n["windows"]) - int(b["windows"]) for b, n in zip(before, now, strict=True))


async def _until(ask: Callable[[], Any], done: Callable[[Any], bool], timeout_s: float) -> Any:
    """Ask again and again until done(answer). Raises JudderError after timeout_s real seconds."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = await ask()
        if done(answer):
            return answer
        await asyncio.sleep(0.1)
    raise JudderError(
        f"The demo waited {timeout_s:g} s in vain for its boards.",
        hint="Is the machine very busy? judder demo --factor 5 asks less of it.",
    )
