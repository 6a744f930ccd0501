"""What a board tells the server of itself, every few seconds."""

import gc
import json
import sys

import machine
from judder_core.decision import ALARM, LEVELS

from . import VERSION
from .engine import ENGINE

_COMMANDS = ("model",)  # what once.obey() knows
_RESETS = {
    machine.PWRON_RESET: "power on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "deep sleep",
    machine.SOFT_RESET: "soft reset",
}
_FIRMWARE = "judder %s, MicroPython %d.%d.%d" % ((VERSION,) + sys.implementation[1][:3])
_TOLD_SHARE = 0.003  # of a sensor's reads that fail: from here on people are told


def write(parts, report):
    """Write parts, dicts, into report, an empty bytearray, as one JSON object: one after the other, since a
    full heap has no room for all of it at once.
    """
    for facts in parts:
        report.extend(b", " if report else b"{")
        report.extend(memoryview(json.dumps(facts))[1:-1])
    report.extend(b"}")


def of_node(node):
    """Yield what every Node tells of itself, in parts."""
    yield {
        "name": node.name,
        "place": node.place,
        "state": node.state,
        "level": LEVELS[node.alarm.level],
        "alert": node.alarm.level == ALARM,
        "boot_id": node.boot_id,
        "why": node.why,
        "safe_mode": node.state == "safe mode",
        "last_error": node.last_error,
    }
    uplink = node.uplink
    yield {
        "queued": len(uplink.queue),
        "spooled": uplink.spool.waiting,
        "dropped": uplink.spool.dropped,
        "refused": uplink.refused,
        "uplink_error": uplink.last_error,
        "wifi_error": node.wifi.why,
        "signal_dbm": node.wifi.signal_dbm(),
    }
    free, largest = free_memory()
    yield {
        "free_memory": free,
        "largest_free": largest,
        "firmware": _FIRMWARE,
        "reset_cause": machine.reset_cause(),
        "reset_reason": _RESETS.get(machine.reset_cause(), "unknown"),
    }


def of_board(board):
    """Yield what a Board tells of itself, in parts."""
    yield from of_node(board)
    sampler, model = board.sampler, board.scorer.model
    yield {
        "sensor": sampler.driver.NAME if sampler.driver else None,
        "sensor_error": board.sensor_error or _bus_quality(sampler.failing_share()),
        "sample_rate_hz": round(sampler.beat.rate_hz, 3),
        "nominal_rate_hz": sampler.nominal_rate_hz,
        "window_len": sampler.window_len,
        "late_samples": sampler.beat.late,
        "lost_samples": sampler.beat.lost,
        "bus_errors": sampler.bus_errors,
    }
    yield {
        "task": board.task,
        "judged_by": board.judged_by,
        "mounting_changed": board.mounting_changed,
        "windows": board.windows,
        "lost_windows": sampler.lost_windows + board.uplink.lost,
        "dropped_late": board.dropped_late,
        "unjudged": board.scorer.unjudged,
    }
    yield {
        "model_id": model.model_id if model else None,
        "detector": model.detectors[0].kind if model else None,
        "model_error": board.model_error,
        "fetch_error": board.fetch_error,
        "engine": ENGINE,
        "commands": _COMMANDS,
    }


def _bus_quality(share):
    if share < _TOLD_SHARE:
        return None
    return "%.1f %% of its reads fail: are its wires short and firm?" % (100 * share)


def free_memory():
    """Return (free bytes of the heap, largest block it can still grow by).

    On an ESP32 gc.mem_free() counts that block as free, which Wi-Fi and TLS need too.
    """
    free = gc.mem_free()
    try:
        import esp32
    except ImportError:
        return free, None
    largest = max([region[2] for region in esp32.idf_heap_info(esp32.HEAP_DATA)])
    return max(0, free - largest), largest
