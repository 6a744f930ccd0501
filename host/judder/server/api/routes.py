"""Every route there is. The router and the description are made from this table.

A handler's docstring says what its route is for.
"""

from functools import cache
from typing import Any

from aiohttp import web
from judder_core import wire

from judder.server.api import (
    alerts,
    answers,
    devices,
    events,
    health,
    ingest,
    learning,
    messages,
    metrics,
    models,
    page,
    recordings,
    reference,
    windows,
)
from judder.server.api import parameters as given
from judder.server.api.access_routes import ACCESS
from judder.server.api.replies import reply
from judder.server.api.route import Media, Route
from judder.server.services import wishes
from judder.server.services.learnings import Learning
from judder.server.services.recordings import ServerRecording
from judder.server.services.report import Report
from judder.server.services.tokens import Role

TEXT = {"type": "string"}
AXIS = {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": wire.MAX_WINDOW_LEN}
FRAMES = Media(
    wire.CONTENT_TYPE, "One frame or several, one after another, as judder_core.wire has them.", {}
)
REFERENCE_WINDOW = Media(
    "application/json",
    "As many samples of each axis, in g.",
    {"type": "object", "properties": dict.fromkeys("xyz", AXIS), "required": ["x", "y", "z"]},
)
MODEL_FILE = Media("application/json", "A model file, as judder train writes it.", {"type": "object"})
DIGIT = Media("text/plain", "To a board: 1 while a recording wants its windows, else 0.", TEXT)
PAGE = Media("text/html", "To a browser: the page.", TEXT)
SCRIPT = Media("text/javascript", "A module of the page.", TEXT)
METRICS = Media("text/plain", "Figures, as Prometheus reads them.", TEXT)
EVENTS = Media("text/event-stream", "Server-sent events; host/README.md lists them.", TEXT)


async def get_description(request: web.Request) -> web.Response:
    """Return what can be asked here, as OpenAPI 3.1 has it."""
    return reply(_description())


ROUTES = (
    Route(
        "GET",
        "/",
        reference.get_root,
        gives=(DIGIT, PAGE),
        asks=(given.SKETCH,),
        of_boards=True,
        has_head=False,
    ),
    Route(
        "POST",
        "/",
        reference.post_reference,
        takes=REFERENCE_WINDOW,
        gives=answers.WindowAnswer,
        of_boards=True,
        asks=(given.SKETCH,),
        errors=(411, 429),
    ),
    Route("GET", f"{page.PREFIX}states.js", page.get_states, gives=(SCRIPT,), is_open=True),
    Route("GET", "/healthz", health.get_healthz, gives=answers.Health, errors=(503,), is_open=True),
    Route("GET", "/metrics", metrics.get_metrics, gives=(METRICS,)),
    Route("GET", "/api/v1/openapi.json", get_description, gives=dict),
    Route("GET", "/api/v1/events", events.get_events, gives=(EVENTS,), has_head=False, errors=(503,)),
    Route(
        "POST",
        "/api/v1/windows",
        ingest.post_windows,
        takes=FRAMES,
        gives=answers.WindowAnswer,
        of_boards=True,
        errors=(409, 411, 422, 429),
    ),
    Route(
        "GET",
        "/api/v1/windows",
        windows.list_windows,
        gives=answers.Windows,
        asks=(given.OF_DEVICE, given.WINDOWS_LISTED),
    ),
    Route("GET", "/api/v1/windows/{device}/{boot_id}/{seq}", windows.get_window, gives=answers.WholeWindow),
    Route("GET", "/api/v1/devices", devices.list_devices, gives=answers.Devices),
    Route(
        "PATCH",
        "/api/v1/devices/{device}",
        devices.change_device,
        takes=wishes.ModelOrder,
        gives=answers.Device,
        errors=(409,),
    ),
    Route(
        "DELETE",
        "/api/v1/devices/{device}",
        devices.delete_device,
        gives=answers.DeviceDeleted,
        errors=(409,),
    ),
    Route(
        "PUT",
        "/api/v1/devices/{device}/name",
        devices.rename_device,
        takes=wishes.NameWish,
        gives=answers.Device,
    ),
    Route(
        "GET",
        "/api/v1/devices/{device}/sums",
        devices.list_sums,
        gives=answers.Sums,
        asks=(given.HOURS, given.DAYS),
    ),
    Route(
        "POST",
        "/api/v1/devices/{device}/learn",
        learning.start_learning,
        takes=wishes.LearningWish,
        gives=Learning,
        errors=(409,),
    ),
    Route(
        "DELETE",
        "/api/v1/devices/{device}/learn",
        learning.stop_learning,
        gives=Learning,
        errors=(409,),
    ),
    Route(
        "GET",
        "/api/v1/devices/{device}/scores",
        windows.list_scores,
        gives=answers.Scores,
        asks=(given.SECONDS, given.POINTS),
    ),
    Route(
        "POST",
        "/api/v1/devices/{device}/status",
        devices.post_status,
        takes=Report,
        gives=answers.ReportAnswer,
        of_boards=True,
        errors=(429,),
        of=(given.NEW_DEVICE,),
    ),
    Route("GET", "/api/v1/alerts", alerts.list_alerts, gives=answers.Alerts, asks=(given.ALERTS_LISTED,)),
    Route(
        "PATCH",
        "/api/v1/alerts/{number}",
        alerts.change_alert,
        takes=wishes.Acknowledgement,
        gives=answers.Alert,
        role=Role.ANSWER,
    ),
    Route(
        "DELETE",
        "/api/v1/alerts/{number}",
        alerts.delete_alert,
        gives=answers.AlertDeleted,
        errors=(409,),
    ),
    Route("GET", "/api/v1/health", health.get_health, gives=answers.Health),
    Route("GET", "/api/v1/messages", messages.list_messages, gives=answers.Messages),
    Route(
        "PATCH",
        "/api/v1/messages/{number}",
        messages.change_message,
        takes=wishes.MessageChange,
        gives=answers.SetAside,
        errors=(409,),
        role=Role.ANSWER,
    ),
    Route(
        "DELETE",
        "/api/v1/messages/{number}",
        messages.drop_message,
        gives=answers.SetAside,
        role=Role.ANSWER,
    ),
    Route("GET", "/api/v1/recordings", recordings.list_recordings, gives=answers.Recordings),
    Route(
        "POST",
        "/api/v1/recordings",
        recordings.start_recording,
        takes=wishes.RecordingWish,
        gives=ServerRecording,
        errors=(409,),
    ),
    Route("GET", "/api/v1/recordings/{number}", recordings.get_recording, gives=ServerRecording),
    Route(
        "PATCH",
        "/api/v1/recordings/{number}",
        recordings.change_recording,
        takes=wishes.RecordingChange,
        gives=ServerRecording,
        errors=(409,),
    ),
    Route(
        "DELETE",
        "/api/v1/recordings/{number}",
        recordings.delete_recording,
        gives=ServerRecording,
        errors=(409,),
    ),
    Route("GET", "/api/v1/model", models.get_model, gives=answers.Model, errors=(404,)),
    Route("PUT", "/api/v1/model", models.put_model, takes=MODEL_FILE, gives=answers.ModelChanged),
    Route("GET", "/api/v1/models", models.list_models, gives=answers.Models),
    Route("POST", "/api/v1/models", models.post_model, takes=MODEL_FILE, gives=answers.ModelChanged),
    Route("GET", "/api/v1/models/{model_id}", models.get_model_file, gives=(MODEL_FILE,), of_boards=True),
    Route(
        "POST",
        "/api/v1/models/{model_id}/boards",
        models.post_group_order,
        takes=wishes.GroupOrder,
        gives=answers.Devices,
        errors=(409,),
    ),
    Route(
        "PATCH",
        "/api/v1/models/{model_id}",
        models.change_model,
        takes=wishes.ModelChange,
        gives=answers.ModelChanged,
    ),
    Route(
        "DELETE",
        "/api/v1/models/{model_id}",
        models.delete_model,
        gives=answers.ModelChanged,
        errors=(409,),
    ),
    *ACCESS,
)


@cache
def _description() -> dict[str, Any]:
    from judder.server.api.openapi import describe  # the schemas take 5 MB and are asked for seldom

    return describe(ROUTES)
