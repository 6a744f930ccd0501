"""An Uplink with its queue and its flash, for scripts that need no board around it."""

import sys
import time
from array import array
from binascii import unhexlify

from judder_core.signing import Signer
from judder_core.window import Window
from judder_core.wire import frame_size
from judder_node.http import Connection
from judder_node.spool import Spool
from judder_node.uplink import Uplink

DEVICE_ID = "0200000000a1"


def make_uplink(window_len, on_outcome, connection=Connection, **server):
    """Return an Uplink to the port that the script is given, which signs where it is given a key, too.

    server: what to change in its config.
    """
    config = {
        "host": "127.0.0.1",
        "port": int(sys.argv[1]),
        "token": "",
        "key": "",
        "tls": False,
        "ca": "ca.der",
        "timeout_ms": 2000,
        "queue_windows": 2,
        "status_interval_s": 1000,
    }
    config.update(server)
    signer = None
    if len(sys.argv) > 2:
        signer = Signer(sys.argv[2], unhexlify(DEVICE_ID), time.ticks_ms, time.ticks_diff)
    size = frame_size(window_len)
    frames = [bytearray(size) for _ in range(config["queue_windows"])]
    return Uplink(
        connection(config, signer),
        config,
        frames,
        bytearray(20),
        DEVICE_ID,
        Spool(65536, size),
        on_outcome,
        lambda report: report.extend(b'{"name": "fan"}'),
    )


def make_window(window_len, seq=0):
    window = Window(array("h", bytes(6 * window_len)), 1 / 2048, 250.0)
    window.seq = seq
    return window
