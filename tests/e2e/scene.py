"""What the page's tests look at: a server, two boards, and the page that watches them."""

import numpy as np
from judder.simulation import FanOptions, simulate

from tests.asking import get, status_of
from tests.board.bench import make_board
from tests.e2e.browser import Watched
from tests.e2e.house import fan_samples, judder, write_config
from tests.host.test_serve_process import serving

FACTOR = 4  # times real time: four windows a second from each board
LED = 13
BOARDS = {"fan-left": "0200000000e1", "fan-right": "0200000000e2"}


class Scene:
    """A server that can be restarted, two boards, and a page that was open before there was any of them."""

    def __init__(self, folder, browser):
        self.folder = folder
        self.start_server(0)
        self.watched = Watched(browser, color_scheme="light")
        self.page = self.watched.page
        self.page.goto(f"http://127.0.0.1:{self.port}/")
        self.boards = {name: self._board(name, device_id) for name, device_id in BOARDS.items()}

    def start_server(self, port):
        self._serving = serving(self.folder / "data", port=port)
        self.port, self._process = self._serving.__enter__()

    def stop_server(self):
        self._serving.__exit__(None, None, None)

    def _board(self, name, device_id):
        board = make_board(self.folder / name, fan_samples(), device_id=device_id, factor=FACTOR)
        shaking = simulate(FanOptions(seconds=30, imbalance=5, sample_rate_hz=250, range_g=2, seed=7))
        np.rint(shaking.in_g() * 4096).astype("<i2").tofile(board.folder / "shaking.i16")
        return board

    def deploy(self, name, model):
        config = write_config(self.folder / f"{name}.json", self.port, name=name, place="attic")
        run = judder("deploy", "--port", self.boards[name].port, "--config", config, "--model", model)
        assert run.returncode == 0, run.stderr

    def shake(self, name):
        self.boards[name].change_world(signal="shaking.i16")

    def led_is_on(self, name):
        states = [value for _, pin, value in self.boards[name].pins() if pin == LED]
        return bool(states and states[-1])

    def status(self, name):
        return status_of(self.port, BOARDS[name])

    def get(self, path):
        return get(self.port, path)
