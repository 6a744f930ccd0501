"""What handlers find in the application, by typed keys."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aiohttp import web

from judder.settings import Settings

if TYPE_CHECKING:
    from judder.server.alerts import Alerts
    from judder.server.devices import Devices
    from judder.server.events import Events
    from judder.server.ingest import Ingest
    from judder.server.learning import Learner
    from judder.server.metrics import Metrics
    from judder.server.models import Models
    from judder.server.notify.messenger import Messenger
    from judder.server.recordings import Recordings
    from judder.server.scoring import Scoring
    from judder.server.store import Store

SETTINGS = web.AppKey("settings", Settings)
STORE: "web.AppKey[Store]" = web.AppKey("store")
RECORDINGS: "web.AppKey[Recordings]" = web.AppKey("recordings")
DEVICES: "web.AppKey[Devices]" = web.AppKey("devices")
EVENTS: "web.AppKey[Events]" = web.AppKey("events")
ALERTS: "web.AppKey[Alerts]" = web.AppKey("alerts")
MESSENGER: "web.AppKey[Messenger]" = web.AppKey("messenger")
METRICS: "web.AppKey[Metrics]" = web.AppKey("metrics")
MODELS: "web.AppKey[Models]" = web.AppKey("models")
SCORING: "web.AppKey[Scoring]" = web.AppKey("scoring")
LEARNER: "web.AppKey[Learner]" = web.AppKey("learner")
INGEST: "web.AppKey[Ingest]" = web.AppKey("ingest")
CLOCK_US: "web.AppKey[Callable[[], int]]" = web.AppKey("clock_us")
