"""The application: its parts made, its routes named, its life from the first request to the last."""

import secrets
import time
from collections.abc import AsyncIterator, Callable
from functools import partial

from aiohttp import web

from judder.server.api import audit, guards, metrics, page, reference
from judder.server.api.health_metrics import HealthFigures
from judder.server.api.keys import (
    ALERTS,
    AUDIT,
    CLOCK_US,
    DEVICES,
    EVENTS,
    GUESSES,
    HEALTH,
    INGEST,
    KEYS,
    LEARNER,
    MESSENGER,
    MODELS,
    PROBE,
    RECORDINGS,
    REFUSALS,
    REPORTS,
    RETENTION,
    ROLLOUT,
    SESSIONS,
    SETTINGS,
    SIGNATURE_GUESSES,
    STEADY,
    STORE,
    SUMS,
    TASKS,
    TOKENS,
    WINDOWS,
)
from judder.server.api.replies import errors_as_json
from judder.server.api.route import ROUTE_OF
from judder.server.api.routes import ROUTES
from judder.server.notify.channels import make_channels
from judder.server.notify.house import House
from judder.server.notify.incidents import Rules
from judder.server.notify.messenger import Messenger
from judder.server.notify.troubles import Troubles
from judder.server.services.alerts import Alerts
from judder.server.services.audit import Audit
from judder.server.services.board_health import BoardHealth
from judder.server.services.certificate_health import CertificateHealth
from judder.server.services.devices import Devices
from judder.server.services.disk_health import DiskHealth
from judder.server.services.events import Events
from judder.server.services.guesses import Guesses
from judder.server.services.health import Health
from judder.server.services.ingest import Ingest
from judder.server.services.keys import Keys
from judder.server.services.learning import Learner
from judder.server.services.models import FOLDER as MODELS_FOLDER
from judder.server.services.models import Models
from judder.server.services.probe import Probe
from judder.server.services.problem import DISK, MESSAGES, MODEL, PRUNE, REFUSED, SILENT, TASK
from judder.server.services.quotas import Quotas
from judder.server.services.recordings import Recordings
from judder.server.services.refusals import Refusals
from judder.server.services.report import Reports
from judder.server.services.retention import Budget, Retention
from judder.server.services.rollout import Rollout
from judder.server.services.scoring import Scoring
from judder.server.services.sessions import Sessions
from judder.server.services.steady import Steady
from judder.server.services.store_health import StoreHealth
from judder.server.services.sums import DAY_US, Sums
from judder.server.services.supervise import Tasks
from judder.server.services.tokens import Tokens
from judder.server.services.windows import Windows
from judder.server.storage.folder import store_in
from judder.server.storage.store import Store
from judder.settings import Settings


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    clock: Callable[[], float] = time.time,
) -> web.Application:
    """Return the server's application. clock: Unix time in seconds, followed as services/steady.py says."""
    app = web.Application(
        middlewares=[errors_as_json, guards.let_in, audit.note_changes],
        client_max_size=settings.max_body_bytes,
    )
    app[SETTINGS] = settings
    app[STORE] = store or store_in(settings.data_dir)
    app[STEADY] = Steady(clock)
    app[CLOCK_US] = app[STEADY].now_us
    app[ROUTE_OF] = {route.definition.handler: route for route in ROUTES}
    _add_rights(app)
    _add_services(app)
    _add_ways_in_and_out(app)
    app.cleanup_ctx.append(_running_store)
    app.on_response_prepare.extend([reference.exactly_two_headers, page.guard_page])
    app.on_shutdown.extend([_end_events, _end_learning])
    app.add_routes([route.definition for route in ROUTES])
    if settings.base_path:
        app.router.add_get(settings.base_path, page.add_slash)
    app.add_routes([web.static(page.PREFIX, page.STATIC)])
    return app


def _add_rights(app: web.Application) -> None:
    """Make what says who may do what."""
    settings, store, clock_us = app[SETTINGS], app[STORE], app[CLOCK_US]
    app[KEYS] = Keys(store, clock_us, app[STEADY].signing_us)
    tokens = app[TOKENS] = Tokens(store, clock_us, settings.token)
    app[SESSIONS] = Sessions(store, tokens, clock_us)
    app[GUESSES], app[SIGNATURE_GUESSES] = Guesses(), Guesses()
    app[REFUSALS] = Refusals()
    app[AUDIT] = Audit(store, clock_us)


def _add_services(app: web.Application) -> None:
    """Make what handlers and channels call."""
    settings, store = app[SETTINGS], app[STORE]
    events = app[EVENTS] = Events(run=secrets.token_hex(4))
    recordings = app[RECORDINGS] = Recordings(store, events, settings.max_recordings)
    health, tasks = app[HEALTH], app[TASKS] = Health(events, app[CLOCK_US]), Tasks()
    health.register(TASK, tasks.problems)
    health.register(REFUSED, app[REFUSALS].problems)
    health.register(DISK, DiskHealth(settings.data_dir, app[CLOCK_US]).problems)
    if settings.tls_cert:
        health.register(REFUSED, CertificateHealth(settings.tls_cert, app[CLOCK_US]).problems)
    app[PROBE] = Probe(store, health, settings.max_waiting)
    devices = app[DEVICES] = Devices(store, events, _quotas(app))
    models = app[MODELS] = Models(settings.data_dir / MODELS_FOLDER, events)
    models.load(settings.model)
    health.register(SILENT, BoardHealth(devices, app[CLOCK_US]).problems)
    app[ALERTS] = Alerts(store, events, models.baseline_s)
    app[WINDOWS] = Windows(store)
    sums = app[SUMS] = Sums(store, devices)
    retention = app[RETENTION] = Retention(store, recordings, sums, app[STEADY], _budget(settings))
    health.register(PRUNE, StoreHealth(store, retention, app[STEADY]).problems)
    app[ROLLOUT] = Rollout(store, devices, models)
    app[LEARNER] = Learner(store, recordings, devices, models, tasks, app[CLOCK_US], settings.data_dir)
    app[REPORTS] = Reports(devices, app[LEARNER], recordings)


def _add_ways_in_and_out(app: web.Application) -> None:
    """Make what windows come in by, what messages go out by, and what counts both."""
    settings, store, clock_us = app[SETTINGS], app[STORE], app[CLOCK_US]
    recordings, devices, alerts = app[RECORDINGS], app[DEVICES], app[ALERTS]
    house = House(app[EVENTS], devices, recordings, alerts, app[LEARNER], app[AUDIT], clock_us)
    app[MESSENGER] = Messenger(store, make_channels(settings), _rules(settings), house, clock_us)
    app[HEALTH].register(MESSAGES, app[MESSENGER].letters.problems)
    counted = metrics.Snapshot(
        devices, alerts, app[MESSENGER], app[REFUSALS], clock_us, lambda: app[INGEST].waiting
    )
    app[metrics.METRICS] = metrics.Metrics(counted, HealthFigures(app[HEALTH], app[TASKS]))
    app[INGEST] = Ingest(
        store,
        recordings,
        devices,
        alerts,
        Scoring(app[MODELS]),
        judged=app[metrics.METRICS].judging.took,
        max_waiting=settings.max_waiting,
        boot_id=secrets.randbits(31),
    )
    app[HEALTH].register(MODEL, app[INGEST].failures.problems)


def _budget(settings: Settings) -> Budget:
    size = None if settings.keep_gb is None else int(settings.keep_gb * 1e9)
    return Budget(size, int(settings.keep_days * DAY_US), int(settings.keep_minutes_days * DAY_US))


def _quotas(app: web.Application) -> Quotas:
    settings = app[SETTINGS]
    return Quotas(app[REFUSALS], settings.max_boards, int(settings.max_board_mb_per_minute * 1e6))


def _troubles(app: web.Application) -> Troubles:
    rules, couriers = _rules(app[SETTINGS]), app[MESSENGER].couriers
    return Troubles(app[STORE], app[HEALTH], couriers, app[CLOCK_US], rules.cooldown_us, rules.url)


def _rules(settings: Settings) -> Rules:
    cooldown_us, repeat_us = (int(s * 1e6) for s in (settings.alert_cooldown_s, settings.alert_repeat_s))
    return Rules(cooldown_us, repeat_us, settings.alert_least_level, settings.public_url)


async def _running_store(app: web.Application) -> AsyncIterator[None]:
    await app[STORE].open()
    await app[RETENTION].load()
    await app[KEYS].load()
    await app[TOKENS].load()
    if app[SETTINGS].needs_keys:
        await app[TOKENS].make_first()
    await app[SESSIONS].load()
    await app[RECORDINGS].load()
    await app[DEVICES].load()
    await app[LEARNER].load()
    _begin_work(app)
    yield
    await app[TASKS].end()
    await app[STORE].close()


def _begin_work(app: web.Application) -> None:
    """Begin all that goes on for as long as the server does."""
    tasks = app[TASKS]
    tasks.supervise("prune", app[RETENTION].run, kind=PRUNE)
    tasks.supervise("silence", partial(app[DEVICES].watch_silence, app[CLOCK_US]))
    tasks.supervise("probe", app[PROBE].run)
    tasks.supervise("health", app[HEALTH].watch)
    if app[SETTINGS].health_messages:
        tasks.supervise("troubles", _troubles(app).run, kind=MESSAGES)
    for name, work in app[MESSENGER].works():
        tasks.supervise(name, work, kind=MESSAGES)


async def _end_events(app: web.Application) -> None:
    app[EVENTS].end()


async def _end_learning(app: web.Application) -> None:
    await app[LEARNER].close()
