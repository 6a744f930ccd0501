"""The table of routes as an OpenAPI 3.1 description: https://spec.openapis.org/oas/v3.1.1.html"""

from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from judder import __version__
from judder.server.api.answers import Problem
from judder.server.api.guards import COOKIE
from judder.server.api.parameters import Parameter
from judder.server.api.route import Media, Route
from judder.server.services.keys import HEADER
from judder.server.services.wishes import Wish

REF = "#/components/schemas/{model}"
REFUSALS = {
    400: "The request makes no sense as it is.",
    401: "The token or the signature is missing or wrong.",
    403: "Whoever asks may not: a page of another site, a role too low, a board that speaks for another, "
    "a browser that calls the server by another's name.",
    404: "There is no such thing.",
    409: "Something else is so that this cannot be.",
    411: "The request does not say where its body ends.",
    413: "The body is too large.",
    415: "The body is of another type, or encoded.",
    422: "The checksum does not fit: ask for it again.",
    429: "Whoever asks has had its share, or guessed too often. Come again after Retry-After seconds.",
    503: "Not now: the disk does not keep up, or refuses. Come again after Retry-After seconds.",
}
RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}

Json = dict[str, Any]
SCHEMES: Json = {
    "token": {"type": "http", "scheme": "bearer", "description": "A person's, or a program's."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "A browser's, by POST /api/v1/session.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
        "description": "A board's, by its key: FORMATS.md says what is signed.",
    },
}
"""Where the settings require no keys, nothing of it is asked for."""


def describe(routes: Sequence[Route]) -> Json:
    """Return the description of routes."""
    shapes = _shapes(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Judder", "version": __version__, "license": {"name": "MIT", "identifier": "MIT"}},
        "security": [{}, {"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": shapes,
            "securitySchemes": SCHEMES,
        },
    }


def _shapes(routes: Iterable[Route]) -> Json:
    """Return the schemas of all that is taken and given, by name."""
    taken = [_shape(route.takes, "validation") for route in routes if isinstance(route.takes, type)]
    given = [_shape(route.gives, "serialization") for route in routes if isinstance(route.gives, type)]
    shapes = [_shape(Problem, "serialization"), *taken, *given]
    _, schemas = TypeAdapter.json_schemas(shapes, ref_template=REF)
    definitions: Json = schemas["$defs"]
    return definitions


def _shape(kind: type, mode: JsonSchemaMode) -> tuple[type, JsonSchemaMode, TypeAdapter[Any]]:
    return kind, mode, TypeAdapter(kind)


def _operation(route: Route) -> Json:
    summary, _, more = (route.handler.__doc__ or "").strip().partition("\n\n")
    described = {
        "operationId": route.handler.__name__,
        "summary": " ".join(summary.split()),
        "description": " ".join([*more.split(), *_rights(route)]),
        "parameters": [
            *(_parameter(each, "path", True) for each in route.in_path),
            *(_parameter(each, "query", False) for each in route.asks),
        ],
        "requestBody": _body(route.takes) if route.takes else None,
        "responses": {
            "200": {"description": "Done.", "content": _content(route.gives)},
            **{str(status): _refusal(status) for status in route.refuses},
        },
    }
    if route.is_open:
        described["security"] = []
    elif route.of_boards:
        described["security"] = [{}, *({name: []} for name in SCHEMES)]
    return {key: value for key, value in described.items() if value not in (None, "") or key == "security"}


def _rights(route: Route) -> list[str]:
    """Return the sentence on who may."""
    return [] if route.is_open else [f"For whoever may {route.least.word}."]


def _parameter(parameter: Parameter, place: str, required: bool) -> Json:
    return {
        "name": parameter.name,
        "in": place,
        "description": parameter.what,
        "required": required,
        "schema": parameter.schema,
    }


def _body(takes: type[Wish] | Media) -> Json:
    if isinstance(takes, Media):
        return {"description": takes.what, "required": True, "content": _content((takes,))}
    needed = any(field.is_required() for field in takes.model_fields.values())
    return {"required": needed, "content": _content(takes)}


def _content(gives: type | tuple[Media, ...]) -> Json:
    if isinstance(gives, tuple):
        return {media.type: {"schema": media.schema} if media.schema else {} for media in gives}
    schema = (
        {"type": "object", "additionalProperties": True}
        if gives is dict
        else {"$ref": REF.format(model=gives.__name__)}
    )
    return {"application/json": {"schema": schema}}


def _refusal(status: int) -> Json:
    described: Json = {"description": REFUSALS[status], "content": _content(Problem)}
    return described | ({"headers": {"Retry-After": RETRY_AFTER}} if status in (429, 503) else {})
