"""The board's side of Judder: samples, scores, alarms, and tells the server."""

VERSION = "0.1.0"
ORDER = "order.txt"  # the id of a model that the server wants here, from its command to the next boot
NEW_MODEL = "new.judder.json"  # that model, from its download until it has proved itself
