"""The board: all its parts, and the path of a window from sample to alert in Board.watch."""

import asyncio
import gc
import os

import machine
from judder_core.model import as_float
from judder_core.window import FLAG_ALERT, FLAG_CLOCK_SYNCED, FLAG_LATE, FLAG_LOCAL_SCORE, FLAG_OPINION_WANTED
from judder_core.wire import frame_size

from . import ORDER, TRIED_MODEL
from .alarm import CODE_MODEL, CODE_SENSOR, Alarm
from .clock import Clock
from .http import Connection
from .sampler import SensorStalled
from .spool import Spool
from .status import report
from .uplink import Uplink
from .wifi import Wifi

_SENSOR_RETRY_S = 5
_ENOENT = 2


class Board:
    """All parts of one board. model_error: why a model that is there is not the scorer's. fetch_error: why
    one that was ordered is not there.
    """

    def __init__(self, config, scorer, sampler, model_error, fetch_error):
        self.name = config[""]["name"]
        self.place = config[""]["place"]
        self.task = config[""]["task"]
        self.drop_late = config["signal"]["late_windows"] == "drop"
        self.device_id = machine.unique_id()[:6]
        self.boot_id = int.from_bytes(os.urandom(4), "little") >> 2
        self.clock = Clock()
        self.model_error = model_error
        self.fetch_error = fetch_error
        self.model_path = config[""]["model"]
        self.on_trial = True  # until the server has answered a window that its model, new or not, has judged
        self.scorer = scorer
        self.alarm = Alarm(config["alarm"], scorer.model)
        self.sampler = sampler
        window_len = config["signal"]["window_len"]
        self.uplink = Uplink(
            Connection(config["server"]),
            config["server"],
            window_len,
            "".join(["%02x" % byte for byte in self.device_id]),
            Spool(config["server"]["spool_kb"] * 1024, frame_size(window_len)),
            self.on_outcome,
            lambda: report(self),
        )
        self.wifi = Wifi(config["wifi"], self.name)
        self.state = "starting"
        self.verdicts = {}  # local verdicts of windows that wait for the host's opinion, by seq
        self.judged_by = None
        self.windows = 0
        self.dropped_late = 0
        self.unjudged = 0
        self.recording = False
        self.order = None  # the id of the model that the server wants to see here

    async def run(self):
        """Run for ever. Raises what no part expects: a board that starts anew is better than half a board."""
        if self.model_error:
            asyncio.create_task(self.alarm.blink(CODE_MODEL, 3))
        await asyncio.gather(self.wifi.keep(), self.uplink.run(), self.keep_watching())

    async def keep_watching(self):
        while True:
            try:
                await self.watch()
            except (OSError, SensorStalled) as error:
                self.sampler.stop()
                self.state = "sensor fault"
                print("sensor:", error or "no samples come")
                await self.alarm.blink(CODE_SENSOR, 1)
                await asyncio.sleep(_SENSOR_RETRY_S)

    async def watch(self):
        """Sample -> window -> score -> verdict -> alert, once a window. Raises OSError, SensorStalled."""
        self.sampler.start()
        self.state = "collecting" if self.task == "collect" else "starting"
        async for window in self.sampler.windows():
            self.windows += 1
            if window.flags & FLAG_LATE and self.drop_late:
                self.dropped_late += 1
                continue
            verdict = self.judge(window)
            self.stamp(window, verdict)
            self.uplink.offer(window)
            if self.uplink.between_windows():
                self.sampler.begin_again()
            if self.order:
                self.obey()
            gc.collect()  # now, not between two samples of the next window

    def judge(self, window):
        """Return the board's verdict, or None, and let it drive the alarm unless the host is asked too."""
        if self.task == "collect":
            return None
        try:
            verdict = self.scorer.score(window)
        except MemoryError:  # one window unjudged is better than a board that stopped watching
            gc.collect()
            verdict = None
            self.unjudged += 1
        asks = self.scorer.wants_opinion(verdict)
        if asks:
            window.flags |= FLAG_OPINION_WANTED
        if asks and not self.uplink.failures:
            self.verdicts[window.seq] = verdict
        elif verdict is not None:
            self.decide(verdict.alarming, verdict.state, "board")
        return verdict

    def decide(self, alarming, state, judged_by):
        """Let one window's outcome drive the alarm, and name the state in a word for people."""
        before = self.alarm.alert
        if self.alarm.update(alarming) != before or judged_by != self.judged_by:
            print("alert", "on" if self.alarm.alert else "off", "- judged by", judged_by)
        self.state = "anomaly" if self.alarm.alert and state in ("normal", "suspect") else state
        self.judged_by = judged_by

    def stamp(self, window, verdict):
        """Write into window what the server should know of it."""
        samples_us = int(window.window_len * 1e6 / window.sample_rate_hz)
        window.device_id = self.device_id
        window.boot_id = self.boot_id
        if self.clock.synced:
            window.timestamp_us = self.clock.at(window.end_us) - samples_us
            window.flags |= FLAG_CLOCK_SYNCED
        if verdict is not None:
            window.local_score = as_float(verdict.score)
            window.flags |= FLAG_LOCAL_SCORE
            window.model_hash = self.scorer.model.model_hash
        if self.alarm.alert:
            window.flags |= FLAG_ALERT

    def obey(self):
        """Let the next boot fetch the model that is ordered, while the memory is empty."""
        print("model", self.order, "is ordered: starting anew to fetch it")
        with open(ORDER, "w") as file:
            file.write(self.order)
        self.uplink.keep()
        machine.reset()

    def settle_trial(self):
        """Let a fetched model take the place of the one before: the board runs with it."""
        try:
            os.rename(TRIED_MODEL, self.model_path)
        except OSError as error:
            if error.errno != _ENOENT:  # none was fetched, as a rule
                return
        self.on_trial = False

    def on_outcome(self, seq, reply):
        """Take the server's Reply to window seq (None: to a status report), or None where none comes."""
        if reply is not None:
            if self.on_trial and seq is not None:
                self.settle_trial()
            if reply.server_time_us is not None:
                self.clock.set(reply.server_time_us)
            self.recording = reply.record
            self.order = reply.model
        if seq not in self.verdicts:
            return
        local = self.verdicts.pop(seq)
        if reply is not None and reply.judged:
            self.decide(reply.alarming, reply.state, "host")
        elif local is not None:  # the host is late, gone or has no model: the local verdict stands
            self.decide(local.alarming, local.state, "board")
