"""What a running server knows: asked of its API, and read from its disk."""

import json
import sqlite3
import urllib.request


def get(port, path):
    """Return the JSON that the server on this machine answers."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return json.load(answer)


def device_on(port):
    """Return the only board that the server knows."""
    (device,) = get(port, "/api/v1/devices")["devices"]
    return device


def status_of(port, device_id="0200000000a1"):
    """Return the last report of a board, {} where there is none."""
    devices = get(port, "/api/v1/devices")["devices"]
    return next((device["status"] for device in devices if device["device_id"] == device_id), {})


def alerts(port):
    return get(port, "/api/v1/alerts")["alerts"]


def rows(data_dir, columns):
    """Return these columns of every window on the server's disk, by number."""
    with sqlite3.connect(data_dir / "judder.sqlite3") as database:
        return database.execute(f"SELECT {columns} FROM windows ORDER BY seq").fetchall()


def seqs(data_dir, boot_id=None):
    """Return the numbers of the windows on the server's disk, of one boot or of all."""
    return [seq for boot, seq in rows(data_dir, "boot_id, seq") if boot_id in (None, boot)]
