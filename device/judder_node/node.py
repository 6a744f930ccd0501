"""What every board has, also one that cannot watch: a name, an LED, the network, and a watchdog."""

import os

import machine
from micropython import const

from .alarm import Alarm
from .http import Connection
from .spool import Spool
from .uplink import Uplink
from .wifi import Wifi

_WATCHDOG_S = const(30)  # and four windows more


class Node:
    """name, place: what people call it. state: a word of judder_core.states. boot_id: another each boot.
    last_error: the traceback of the last boot that ended by itself, or None.

    frames: see Uplink. model: or None.
    """

    def __init__(self, config, frames, model):
        from . import crash

        self.last_error = crash.last_error()
        self.name = config[""]["name"]
        self.place = config[""]["place"]
        self.state = "starting"
        self.device_id = machine.unique_id()[:6]
        self.boot_id = int.from_bytes(os.urandom(4), "little") >> 2
        self.alarm = Alarm(config["alarm"], model)
        self.wifi = Wifi(config["wifi"], self.name)
        self.uplink = Uplink(
            Connection(config["server"]),
            config["server"],
            frames,
            "".join(["%02x" % byte for byte in self.device_id]),
            Spool(config["server"]["spool_kb"] * 1024, len(frames[0])),
            self.on_outcome,
            self.report,
        )
        window_s = config["signal"]["window_len"] / config["signal"]["sample_rate_hz"]
        self.watchdog = machine.WDT(timeout=int(1000 * (_WATCHDOG_S + 4 * window_s)))
