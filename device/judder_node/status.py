"""What a board tells the server of itself, every few seconds."""

import gc
import sys

import machine

from . import VERSION
from .scorer import ENGINE

_COMMANDS = ("model",)  # what Board.obey() knows


def report(board):
    """Return the report the server gets every few seconds."""
    sampler, uplink, model = board.sampler, board.uplink, board.scorer.model
    return {
        "name": board.name,
        "place": board.place,
        "task": board.task,
        "state": board.state,
        "alert": board.alarm.alert,
        "judged_by": board.judged_by,
        "boot_id": board.boot_id,
        "windows": board.windows,
        "sample_rate_hz": round(sampler.sample_rate_hz, 3),
        "nominal_rate_hz": sampler.nominal_rate_hz,
        "window_len": sampler.window_len,
        "late_samples": sampler.late,
        "lost_samples": sampler.lost_samples,
        "lost_windows": sampler.lost_windows + uplink.lost,
        "dropped_late": board.dropped_late,
        "unjudged": board.unjudged,
        "bus_errors": sampler.bus_errors,
        "queued": uplink.queued,
        "spooled": uplink.spool.waiting(),
        "dropped": uplink.spool.dropped,
        "refused": uplink.refused,
        "uplink_error": uplink.last_error,
        "free_memory": gc.mem_free(),
        "signal_dbm": board.wifi.signal_dbm(),
        "wifi_error": board.wifi.why,
        "model_id": model.model_id if model else None,
        "detector": model.detectors[0].kind if model else None,
        "model_error": board.model_error,
        "fetch_error": board.fetch_error,
        "firmware": "judder %s, MicroPython %s"
        % (VERSION, ".".join([str(n) for n in sys.implementation[1][:3]])),
        "engine": ENGINE,
        "reset_cause": machine.reset_cause(),
        "commands": _COMMANDS,
    }
