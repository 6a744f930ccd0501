"""A board without hardware: a real MicroPython behind a serial port that real mpremote talks to.

The MicroPython process has a LittleFS on a flash image for its root and, at the hardware's edge, the fakes
of tools/board. This module is what a real board's USB chip, flash and reset line are to it: a pty for the
host, a second one for the process, and a thread between them, which makes the unix port's raw REPL a
board's (raw_repl.py).

    python tools/virtual_board.py FOLDER --signal fan.i16     prints the serial port, runs until Ctrl-C
"""

import argparse
import contextlib
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
import tty
from pathlib import Path
from typing import Any

from raw_repl import SOFT_REBOOT, RawRepl

FAKES = Path(__file__).with_name("board")
# How a process ends (tools/board/chip.py), and what machine.reset_cause() says after it: MicroPython's
# ports/esp32/modmachine.c. Any other signal is a crash, which is a hard reset too; no signal, Ctrl-D.
POWER_ON, HARD_RESET, WDT_RESET, SOFT_RESET = 1, 2, 3, 5
BOOT_S = 3.0
"""How long a process that says nothing takes until it listens. What came before would be lost, and Ctrl-C
would end it: MicroPython empties its terminal, and takes the signal, just before its first word."""
CAUSES = {-signal.SIGUSR1: HARD_RESET, -signal.SIGUSR2: WDT_RESET, -signal.SIGKILL: POWER_ON}


def micropython() -> Path | None:
    """Return the MicroPython that belongs to this Python's environment, or None."""
    beside = Path(sys.executable).with_name("micropython")
    found = str(beside) if beside.exists() else shutil.which("micropython")
    return Path(found) if found else None


class VirtualBoard:
    """One board. folder: where its flash image, world.json and pins.log live.

    A context manager: powered on inside, `port` is its serial port. The world (see tools/board/world.py)
    can be changed at any time with change_world(). boots: how often it booted, Ctrl-D of mpremote left out.
    """

    def __init__(self, folder: Path, *, heapsize: str = "244k", **world: Any) -> None:
        self.folder = folder
        self.port = ""
        self.boots = 0
        self._heapsize = heapsize
        self._world = world
        self._process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        folder.mkdir(parents=True, exist_ok=True)
        self.change_world(**world)

    def change_world(self, **changes: Any) -> None:
        """Change what lies around the board; it notices within a second of its own time."""
        self._world.update(changes)
        new = self.folder / "world.json.new"
        new.write_text(json.dumps(self._world))
        new.replace(self.folder / "world.json")

    def pins(self) -> list[tuple[int, int, int]]:
        """Return what the pins did so far: (board's milliseconds, pin, value)."""
        log = self.folder / "pins.log"
        lines = log.read_text().splitlines() if log.exists() else []
        return [(int(ms), int(pin), int(value)) for ms, pin, value in (line.split() for line in lines)]

    def __enter__(self) -> "VirtualBoard":
        self._host, self._host_end = pty.openpty()
        tty.setraw(self._host_end)  # kept open, or the other side gets EIO when mpremote closes
        os.set_blocking(self._host, False)
        self.port = os.ttyname(self._host_end)
        self._spawn(raw=False, cause=POWER_ON)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=10)
        self._end_process()
        os.close(self._host)
        os.close(self._host_end)

    def _spawn(self, raw: bool, cause: int) -> None:
        """Start the processor. raw: it stops before main.py, and its banner goes nowhere."""
        program = micropython()
        if program is None:
            raise FileNotFoundError("no micropython beside this Python; make install")
        self._repl = RawRepl(raw)
        self._device, slave = pty.openpty()
        _set_terminal(slave)
        environment = {
            **os.environ,
            "MICROPYPATH": f"{FAKES}:.frozen",
            "JUDDER_WORLD": str(self.folder.absolute()),
            "JUDDER_FLASH": str((self.folder / "flash.img").absolute()),
            "JUDDER_MODE": "raw" if raw else "",
            "JUDDER_RESET_CAUSE": str(cause),
        }
        self._process = subprocess.Popen(
            [program, "-X", f"heapsize={self._heapsize}", "-i", "-c", "import start; start.run()"],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
        )
        os.close(slave)
        self.boots += not raw
        self._listens_at = time.monotonic() + BOOT_S

    def _end_process(self) -> int:
        process = self._process
        assert process
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        os.close(self._device)
        return process.wait()

    def _serve(self) -> None:
        pending = bytearray()
        while not self._stop.is_set():
            writable = [self._host] if pending else []
            listens = time.monotonic() >= self._listens_at
            sources = [self._device, self._host] if listens else [self._device]
            readable, writable, _ = select.select(sources, writable, [], 0.2)
            if self._host in readable:
                self._from_host(pending)
            if self._device in readable and not self._from_device(pending):
                self._respawn(pending)
            if self._host in writable:
                with contextlib.suppress(BlockingIOError):
                    del pending[: os.write(self._host, pending)]

    def _from_host(self, pending: bytearray) -> None:
        try:
            data = os.read(self._host, 4096)
        except (BlockingIOError, OSError):
            return
        data = self._repl.from_host(data, pending)
        if data:
            with contextlib.suppress(OSError):
                os.write(self._device, data)

    def _from_device(self, pending: bytearray) -> bool:
        """Pass on what the process printed; return False when it has ended."""
        try:
            data = os.read(self._device, 4096)
        except OSError:  # EIO: the other end of the pty is closed
            return False
        if not data:
            return False
        self._listens_at = 0.0
        answer = self._repl.from_process(data, pending)
        if answer:
            os.write(self._device, answer)
        return True

    def _respawn(self, pending: bytearray) -> None:
        """Tell Ctrl-D (stay in raw mode, no main.py) from all other ends (a whole boot)."""
        assert self._process
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
        ended = self._end_process()
        soft = ended >= 0
        if soft:
            pending += SOFT_REBOOT
        self._spawn(raw=soft and self._repl.raw, cause=SOFT_RESET if soft else CAUSES.get(ended, HARD_RESET))


def _set_terminal(slave: int) -> None:
    """Make the process's terminal as plain as a UART, but let Ctrl-C through as SIGINT."""
    attributes = termios.tcgetattr(slave)
    attributes[0] &= ~(termios.ICRNL | termios.INLCR | termios.IXON)
    attributes[1] &= ~termios.OPOST
    attributes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    attributes[3] |= termios.ISIG | termios.NOFLSH
    control = attributes[6]
    control[termios.VMIN], control[termios.VTIME] = 1, 0
    control[termios.VINTR] = b"\x03"
    control[termios.VQUIT] = control[termios.VSUSP] = b"\x00"
    termios.tcsetattr(slave, termios.TCSANOW, attributes)


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a virtual board and print its serial port.")
    parser.add_argument("folder", type=Path, help="where its flash image and world.json live")
    parser.add_argument("--signal", type=Path, required=True, help="int16 x, y, z, 1/4096 g per count")
    parser.add_argument("--signal-hz", type=int, default=250)
    parser.add_argument("--device-id", default="0200000000a1")
    parser.add_argument("--factor", type=int, default=1, help="how many times faster than real time it waits")
    parser.add_argument("--cpu-factor", type=int, default=0, help="how much slower than this PC it computes")
    parser.add_argument("--chip", default="esp32", choices=[p.stem for p in FAKES.glob("chips/esp32*.py")])
    parser.add_argument("--part", default="38=msa301", help="ADDRESS=KIND of the sensor on its I2C bus")
    world = vars(parser.parse_args())
    folder, samples = world.pop("folder"), world.pop("signal")
    world["parts"] = dict([world.pop("part").split("=")])
    board = VirtualBoard(folder, signal="signal.i16", **world)
    shutil.copyfile(samples, folder / "signal.i16")
    with board, contextlib.suppress(KeyboardInterrupt):
        print(board.port, flush=True)
        while True:
            time.sleep(1)


if __name__ == "__main__":
    main()
