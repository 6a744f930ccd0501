"""The verbs and the first line of each one's help.

That line stands here a second time so that `judder --help` and a shell's completion load none of them.
"""

import importlib
import keyword

VERBS = {
    "alerts": "Check that alerts reach people.",
    "audit": "Show who changed what on the server.",
    "backup": "Copy what a server keeps, also while it runs, and check the copy.",
    "bench": "Compute what Judder detects, what it misses, and the controls that keep the figures honest.",
    "cert": "Make the server's certificates for TLS, and show them.",
    "config": "Show the server's settings, check a board's config.json.",
    "delete": "Delete a board, a recording, a model or an alert on the server.",
    "demo": "Two virtual boards learn a normal fan; one fan loses its balance, and its board alone alarms.",
    "deploy": "Copy Judder to a board, verify every file, reset it, and wait until it reports its model id.",
    "doctor": "Check what Judder needs: Python, its parts, serial ports, the server, the folder.",
    "evaluate": "Score recordings with a model and print AUC, false alarms and detections, per condition.",
    "export": "Write recordings as CSV or .npz, a model for TensorFlow or the sketch, or an array as C.",
    "fetch-data": "Download the ceiling-fan recordings of the well-known tutorial (12 MB) and check them.",
    "import": "Make a model file of a Mahalanobis model that the reference's notebook trained.",
    "inspect": "Show rate, length and statistics of each condition, and say what is odd.",
    "key": "Make, list, rotate and revoke boards' keys.",
    "learn": "Let a board learn what is normal now: record, train, and put the model on it over the network.",
    "put": "Put a model on boards over the network: on one first, on the others once it has run there well.",
    "record": "Record a condition. After a break, the same command goes on where it stopped.",
    "replay": "Send the windows of a recording to a server, as a board would, and tell what it answered.",
    "report": "Write one HTML page: what is odd, how it shakes, what separates, and how well a model does.",
    "restore": "Check a backup, and put it into an empty data folder.",
    "serve": "Take in the boards' windows, store and score them, until Ctrl-C.",
    "simulate": "Simulate a machine, what it stands in, and the sensor and clock that watch it.",
    "token": "Make, list and revoke people's tokens.",
    "train": "Train a model of the normal machine and write it to a file that boards and the server load.",
}


def load(verb: str) -> None:
    """Import a verb's module, by which it registers with the app: `fetch-data` is fetch_data.py."""
    module = verb.replace("-", "_") + "_" * keyword.iskeyword(verb)
    importlib.import_module(f"{__package__}.{module}")
