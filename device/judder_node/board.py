"""The board: all its parts, and the path of a window from sample to alert in Board.watch."""

import asyncio
import gc

from judder_core.decision import ALARM, LEVELS, NORMAL
from judder_core.errors import ConfigError
from judder_core.model import as_float
from judder_core.window import (
    FLAG_ALERT,
    FLAG_CLOCK_SYNCED,
    FLAG_LATE,
    FLAG_LOCAL_SCORE,
    FLAG_MOUNTING,
    FLAG_NOTICE,
    FLAG_OPINION_WANTED,
)
from micropython import const

from . import forget, status
from .alarm import CODE_MODEL, CODE_SENSOR
from .clock import Clock
from .node import Node
from .sampler import SensorStalled

_SENSOR_RETRY_S = const(5)
_MOST_STARVED = const(5)
_TRIAL_WINDOWS = const(30)
_JUDGED_BY_NOBODY = const(3)  # windows; then the state says so
_RUNS_WELL = const(60)  # windows; then what ended the boots before is over


class Board(Node):
    """A Node that watches a machine.

    room: see Node. scorer: with the model, or without one. model_error: why a model that is there is not the
    one. fetch_error: why one that was ordered is not there.
    """

    facts = status.of_board

    def __init__(self, config, room, scorer, sampler, model_error, fetch_error):
        model = scorer.model
        super().__init__(config, room, model)
        self.task = config[""]["task"]
        self.idle_state = self.state = "collecting" if self.task == "collect" else "starting"
        self.drop_late = config["signal"]["late_windows"] == "drop"
        self.clock = Clock()
        self.model_error = model_error
        self.fetch_error = fetch_error
        self.model_path = config[""]["model"]
        self.on_trial = True  # until the server has answered a window that its model, new or not, has judged
        self.model_id = model.model_id if model else None
        self.scorer = scorer
        self.sampler = sampler
        self.verdicts = {}  # local verdicts of windows that wait for the host's opinion, by seq
        self.judged_by = None
        self.mounting_changed = False
        self.sensor_error = None
        self.windows = 0
        self.dropped_late = 0
        self.since_judged = 0
        self.recording = False
        self.answered = False  # the server, a window
        self.has_judged = (
            self.task == "collect"
        )  # the model, a window; where it is to judge none, it may stay
        self.settled = False
        self.starved = 0  # how often in a row memory was too short to watch
        self.order = None  # the id of the model that the server wants to see here

    @property
    def why(self):
        """Why the board does not judge, a sentence, or None where it does."""
        if self.state == "sensor fault":
            return self.sensor_error
        return self.scorer.why_not if self.state == "not judged" else None

    async def run(self):
        """Run for ever. Raises what no part expects: a board that starts anew is better than half a board."""
        if self.model_error:
            asyncio.create_task(self.alarm.blink(CODE_MODEL, 3))
        await asyncio.gather(
            self.wifi.keep(), self.uplink.run(), self.keep_watching(), self.sampler.keep_awake()
        )

    async def keep_watching(self):
        while True:
            try:
                await self.watch()
            except MemoryError:  # the next boot may find more, or say why not
                self.starved += 1
                if self.starved >= _MOST_STARVED:
                    raise
                self.fail("The board's memory is full.")
            except (OSError, SensorStalled, ConfigError, ValueError) as error:
                self.fail(explain(error))
            self.sampler.stop()
            self.watchdog.feed()
            self.uplink.between_windows()
            await self.alarm.blink(CODE_SENSOR, 1)
            await asyncio.sleep(_SENSOR_RETRY_S)

    def fail(self, why):
        """Say why nothing can be watched now."""
        self.state = "sensor fault"
        self.sensor_error = why
        print("sensor:", why)

    async def watch(self):
        """Sample -> window -> score -> verdict -> alert, once a window.

        Raises OSError, SensorStalled, ConfigError where the sensor does not answer, stops, or is another one.
        """
        self.sampler.start()
        async for window in self.sampler.windows():
            self.watchdog.feed()
            if self.sensor_error:
                self.sensor_error, self.state = None, self.idle_state
            self.take(window)
            self.tidy()
            self.starved = 0
            gc.collect()  # now, not between two samples of the next window

    def take(self, window):
        """Judge window and give it to the uplink, or drop it where the config wants that of late ones."""
        self.windows += 1
        self.since_judged += 1
        if window.flags & FLAG_LATE and self.drop_late:
            self.dropped_late += 1
            self.scorer.why_not = "Samples were read late."
        else:
            verdict = self.judge(window)
            self.stamp(window, verdict)
            self.uplink.offer(window)
        if self.since_judged >= _JUDGED_BY_NOBODY and self.task != "collect":
            self.state = "not judged"

    def tidy(self):
        """Do what must not be done while a window is sampled: write to the flash, start anew."""
        self.uplink.between_windows()
        if self.on_trial and self.windows >= _TRIAL_WINDOWS:  # a crash before takes the next boot back
            if not self.has_judged:
                self.do_once("end_trial")
            elif self.answered:
                self.do_once("settle_trial")
        if self.windows >= _RUNS_WELL and not self.settled:
            self.do_once("settle_boot")
        if self.order:
            self.do_once("obey")

    def do_once(self, what):
        """Do what once.py calls so, which a boot needs once; where memory is short, a window later."""
        try:
            from . import once

            getattr(once, what)(self)
        except MemoryError:
            pass
        finally:
            forget("judder_node.once")
            forget("judder_node.crash")

    def judge(self, window):
        """Return the board's verdict, or None, and let it drive the alarm unless the host is asked too."""
        if self.task == "collect":
            return None
        verdict = self.scorer.score(window)
        self.has_judged = self.has_judged or verdict is not None
        asks = self.scorer.wants_opinion(window, verdict)
        if asks:
            window.flags |= FLAG_OPINION_WANTED
        if asks and not self.uplink.failures:
            self.verdicts[window.seq] = verdict
        elif verdict is not None:
            self.decide(verdict, "board")
        return verdict

    def decide(self, outcome, judged_by):
        """Let one window's outcome drive the alarm, and name the state in a word for people.

        outcome: a Verdict, or the Reply that has the host's.
        """
        before, state = self.alarm.level, outcome.state
        self.since_judged = 0
        level = self.alarm.update(outcome)
        if level != before or judged_by != self.judged_by:
            print(LEVELS[level], "- judged by", judged_by)
        if state in LEVELS or (state == "mounting changed" and level != NORMAL):
            state = LEVELS[level]
        self.state = state
        self.mounting_changed = outcome.mounting_changed
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
            window.verdict, window.level = verdict, self.alarm.level
            if verdict.mounting_changed:
                window.flags |= FLAG_MOUNTING
        if self.alarm.level != NORMAL:
            window.flags |= FLAG_NOTICE
        if self.alarm.level == ALARM:
            window.flags |= FLAG_ALERT

    def on_outcome(self, seq, reply):
        """Take the server's Reply to window seq (None: to a report), or None where none comes in time."""
        if reply is not None:
            self.answered = self.answered or seq is not None
            if reply.server_time_us is not None:
                self.clock.set(reply.server_time_us)
            self.recording = reply.record
            if reply.model and reply.model != self.model_id:
                self.order = reply.model
        if seq not in self.verdicts:
            return
        local = self.verdicts.pop(seq)
        if reply is not None and reply.judged:
            self.decide(reply, "host")
        elif local is not None:  # the host is late, gone or has no model: the local verdict stands
            self.decide(local, "board")


def explain(error):
    """Return a sentence for people on an error of the sensor, with its hint where it has one."""
    if isinstance(error, OSError) and error.args and isinstance(error.args[0], int):
        return "The sensor does not answer: error %d of its bus." % error.args[0]
    hint = getattr(error, "hint", None)
    return "%s %s" % (error, hint) if hint else str(error) or "No samples come."
