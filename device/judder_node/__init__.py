"""The board's side of Judder: samples, scores, alarms, and tells the server."""

VERSION = "0.1.0"
