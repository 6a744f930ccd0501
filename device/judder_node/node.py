"""What every board has, also one that cannot watch: a name, an LED, the network, and a watchdog."""

import os

import machine
from micropython import const

from . import forget, status
from .alarm import Alarm
from .spool import Spool
from .uplink import Uplink
from .wifi import Wifi

_WATCHDOG_S = const(30)  # and four windows more


class Node:
    """name, place: what people call it. state: a word of judder_core.states. boot_id: another each boot.
    last_error: the traceback of the last boot that ended by itself, or None.

    room: (connection, frames, report), see Uplink. model: or None.
    """

    facts = status.of_node  # what it tells the server of itself

    def __init__(self, config, room, model):
        connection, frames, report = room
        self.last_error = _last_error()
        self.name = config[""]["name"]
        self.place = config[""]["place"]
        self.state = "starting"
        self.device_id = machine.unique_id()[:6]
        self.boot_id = int.from_bytes(os.urandom(4), "little") >> 2
        self.alarm = Alarm(config["alarm"], model)
        forget("judder_node.pins")
        self.wifi = Wifi(config["wifi"], self.name)
        self.uplink = Uplink(
            connection,
            config["server"],
            frames,
            report,
            "".join(["%02x" % byte for byte in self.device_id]),
            Spool(config["server"]["spool_kb"] * 1024, len(frames[0]), connection.piece),
            self.on_outcome,
            self.write_report,
        )
        window_s = config["signal"]["window_len"] / config["signal"]["sample_rate_hz"]
        self.watchdog = machine.WDT(timeout=int(1000 * (_WATCHDOG_S + 4 * window_s)))

    def write_report(self, report):
        status.write(self.facts(), report)


def _last_error():
    """Return the traceback of the last boot that ended by itself, or None."""
    from .crash import last_error

    try:
        return last_error()
    finally:
        forget("judder_node.crash")
