"""What handlers find in the application, by typed keys."""

from collections.abc import Callable

from aiohttp import web

from judder.server.notify.messenger import Messenger
from judder.server.services.alerts import Alerts
from judder.server.services.audit import Audit
from judder.server.services.devices import Devices
from judder.server.services.events import Events
from judder.server.services.guesses import Guesses
from judder.server.services.health import Health
from judder.server.services.ingest import Ingest
from judder.server.services.keys import Keys
from judder.server.services.learning import Learner
from judder.server.services.models import Models
from judder.server.services.probe import Probe
from judder.server.services.recordings import Recordings
from judder.server.services.refusals import Refusals
from judder.server.services.report import Reports
from judder.server.services.retention import Retention
from judder.server.services.rollout import Rollout
from judder.server.services.sessions import Sessions
from judder.server.services.steady import Steady
from judder.server.services.sums import Sums
from judder.server.services.supervise import Tasks
from judder.server.services.tokens import Tokens
from judder.server.services.windows import Windows
from judder.server.storage.store import Store
from judder.settings import Settings

SETTINGS = web.AppKey("settings", Settings)
STORE: web.AppKey[Store] = web.AppKey("store")
RECORDINGS: web.AppKey[Recordings] = web.AppKey("recordings")
DEVICES: web.AppKey[Devices] = web.AppKey("devices")
EVENTS: web.AppKey[Events] = web.AppKey("events")
HEALTH: web.AppKey[Health] = web.AppKey("health")
TASKS: web.AppKey[Tasks] = web.AppKey("tasks")
PROBE: web.AppKey[Probe] = web.AppKey("probe")
ALERTS: web.AppKey[Alerts] = web.AppKey("alerts")
MESSENGER: web.AppKey[Messenger] = web.AppKey("messenger")
MODELS: web.AppKey[Models] = web.AppKey("models")
LEARNER: web.AppKey[Learner] = web.AppKey("learner")
REPORTS: web.AppKey[Reports] = web.AppKey("reports")
WINDOWS: web.AppKey[Windows] = web.AppKey("windows")
ROLLOUT = web.AppKey("rollout", Rollout)
INGEST: web.AppKey[Ingest] = web.AppKey("ingest")
STEADY = web.AppKey("steady", Steady)
SUMS: web.AppKey[Sums] = web.AppKey("sums")
RETENTION: web.AppKey[Retention] = web.AppKey("retention")
KEYS: web.AppKey[Keys] = web.AppKey("keys")
TOKENS: web.AppKey[Tokens] = web.AppKey("tokens")
SESSIONS: web.AppKey[Sessions] = web.AppKey("sessions")
GUESSES: web.AppKey[Guesses] = web.AppKey("guesses")
SIGNATURE_GUESSES: web.AppKey[Guesses] = web.AppKey("signature_guesses")
REFUSALS: web.AppKey[Refusals] = web.AppKey("refusals")
AUDIT: web.AppKey[Audit] = web.AppKey("audit")
CLOCK_US: web.AppKey[Callable[[], int]] = web.AppKey("clock_us")
