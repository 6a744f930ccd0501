"""The description at /api/v1/openapi.json, and the server asked as it says, and as it forbids."""

import ast
import binascii
import os
from array import array
from pathlib import Path

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judder.data.frames import LAST_US, RANGES
from judder.server.api.openapi import describe
from judder.server.api.parameters import MODEL_ID
from judder.server.api.routes import ROUTES
from judder.server.services.report import Report
from judder.server.services.wishes import parse
from judder_core import wire
from judder_core.window import FLAG_ALERT, FLAG_LOCAL_SCORE, Window
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import CHECKS

from tests.host.alerting import DEVICE
from tests.host.conftest import frame
from tests.host.test_serve_process import serving

ROOT = Path(__file__).parents[2]
EXAMPLES = int(os.environ.get("JUDDER_EXAMPLES", "0"))
"""Per operation, other ones in each run; 0: the same few in each run."""
DESCRIPTION = describe(ROUTES)
SCHEMAS = DESCRIPTION["components"]["schemas"]
TOKEN = "so long that nobody can guess it at all"
FOREVER = "/api/v1/events"
BEYOND_SCHEMAS = {"/", "/api/v1/model", "/api/v1/models"}
"""What these take cannot be said in JSON schema: axes of one length, a model with its golden windows."""


def test_the_description_is_valid_openapi():
    OpenAPIV31SpecValidator(DESCRIPTION).validate()


def test_every_route_says_what_it_is_for():
    assert [r.path for r in ROUTES if not r.handler.__doc__] == []


def test_every_field_of_a_boards_report_is_described():
    tree = ast.parse((ROOT / "device" / "judder_node" / "status.py").read_text())
    reported = {key.value for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys} - {
        None
    }
    assert {key for key in reported if isinstance(key, str)} == set(Report.model_fields)


@pytest.mark.parametrize("report", [{}, {"name": "5"}, {"windows": 5}, {"new": None, "model_dump": 1}])
def test_a_report_is_kept_as_it_came(report):
    assert parse(Report, report).model_dump(exclude_unset=True) == report


def path_of(route):
    """Return a path that leads to route."""
    path = route.path
    for parameter in route.in_path:
        path = path.replace(f"{{{parameter.name}}}", str(parameter.schema["examples"][0]))
    return path


async def test_without_the_token_every_route_but_the_open_ones_says_401(start_server):
    server = await start_server(token="secret")
    closed = [route for route in ROUTES if not route.is_open]
    del server.client._session.headers["Authorization"]
    assert {(await server.ask(r.method, path_of(r)))[0] for r in closed} == {401}
    assert [route.path for route in closed if 401 not in route.refuses] == []


async def test_a_page_of_another_site_gets_403_from_every_route_that_changes_anything(server):
    elsewhere = {"Origin": "http://elsewhere.example"}
    changing = [route for route in ROUTES if route.method != "GET"]
    assert {(await server.ask(r.method, path_of(r), headers=elsewhere))[0] for r in changing} == {403}
    assert [route.path for route in changing if 403 not in route.refuses] == []


async def test_head_is_refused_where_the_body_never_ends(server):
    async with server.client._session.head(f"{server.client.url}{FOREVER}") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert (await server.ask("GET", "/healthz"))[0] == 200  # on the same connection


async def test_the_description_is_served(server):
    assert await server.client.get("/api/v1/openapi.json") == DESCRIPTION


def of(name):
    """Return what a field of a frame can be."""
    least, most = RANGES[name]
    return st.floats(1.01 * least, 0.99 * most)


@st.composite
def frames(draw):
    """Return frames of a board, right in form, with anything in their fields."""
    window_len = draw(st.integers(1, 64))
    counts = draw(
        st.lists(st.integers(-(2**15), 2**15 - 1), min_size=3 * window_len, max_size=3 * window_len)
    )
    number = st.integers(0, 2**32 - 1)
    window = Window(
        array("h", counts),
        draw(of("scale_g")),
        draw(of("sample_rate_hz")),
        device_id=draw(st.binary(min_size=6, max_size=6)),
        boot_id=draw(number),
        seq=draw(number),
        timestamp_us=draw(st.integers(0, LAST_US)),
        flags=draw(st.integers(0, 255)),
        sensor=draw(st.integers(0, 255)),
        local_score=draw(st.floats(allow_nan=False, allow_infinity=False, width=32)),
        model_hash=draw(st.binary(min_size=4, max_size=4)),
    )
    return bytes(wire.encode_window(window))


@st.composite
def broken_frames(draw):
    """Return frames with some bytes changed, cut or put in, the checksum right again or not."""
    body = bytearray(draw(frames()))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(body) - 1))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    if draw(st.booleans()) and len(body) > 4:
        body[-4:] = binascii.crc32(memoryview(body)[:-4]).to_bytes(4, "little")
    return bytes(body)


schemathesis.openapi.media_type(wire.CONTENT_TYPE, frames())


@pytest.fixture(scope="module")
def url(tmp_path_factory, model_data):
    """A server that requires keys, with a board, a window, an alert, a recording and a model, so that answers
    are not empty."""
    folder = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDDER_TOKEN", TOKEN)
        with serving(folder) as (port, _):
            url = f"http://127.0.0.1:{port}"
            able = {"commands": ["model"], "name": "fan", "boot_id": 1}
            ask("POST", f"{url}/api/v1/devices/{DEVICE}/status", json=able)
            ask("PUT", f"{url}/api/v1/model", data=model_data)
            ask("POST", f"{url}/api/v1/recordings", json={"condition": "low/normal", "device": "no-board"})
            ask("POST", f"{url}/api/v1/keys", json={"device": "0200000000ff"})
            ask("POST", f"{url}/api/v1/tokens", json={"name": "anna", "role": "look"})
            post_frames(url, bytes(frame(seq=1, flags=FLAG_LOCAL_SCORE | FLAG_ALERT)))
            yield url


def ask(method, url, headers=None, **how):
    """Return the answer to an administrator."""
    return requests.request(
        method, url, headers={"Authorization": f"Bearer {TOKEN}", **(headers or {})}, **how
    )


def post_frames(url, body):
    return ask("POST", f"{url}/api/v1/windows", data=body, headers={"Content-Type": wire.CONTENT_TYPE})


@pytest.fixture(scope="module")
def model_id(url):
    return ask("GET", f"{url}/api/v1/model").json()["model_id"]


def undescribed(value, schema, place=""):
    """Yield the place of every key in value that schema has no word for."""
    shapes = [schema, *schema.get("anyOf", [])]
    shapes = [SCHEMAS[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape for shape in shapes]
    known = {key: kind for shape in shapes for key, kind in shape.get("properties", {}).items()}
    if isinstance(value, list):
        items = [shape["items"] for shape in shapes if "items" in shape]
        yield from (found for each in value for found in undescribed(each, items[0], place))
    elif isinstance(value, dict) and not any(shape.get("additionalProperties") for shape in shapes):
        yield from (f"{place}/{key}" for key in set(value) - set(known))
        for key in set(value) & set(known):
            yield from undescribed(value[key], known[key], f"{place}/{key}")


@pytest.mark.parametrize(
    "route", [r for r in ROUTES if r.method == "GET" and isinstance(r.gives, type)], ids=lambda r: r.path
)
def test_no_key_of_an_answer_lacks_a_description(url, route):
    answer = ask("GET", f"{url}{path_of(route)}").json()
    schema = DESCRIPTION["paths"][route.path]["get"]["responses"]["200"]["content"]["application/json"]
    assert list(undescribed(answer, schema["schema"])) == []


api = schemathesis.openapi.from_dict(describe(ROUTES)).exclude(path=FOREVER)

bounded = settings(
    max_examples=EXAMPLES or 8,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@api.parametrize()
@bounded
def test_every_answer_is_as_described_and_none_is_a_failure_of_the_server(url, model_id, case):
    if case.path_parameters.get("model_id") == MODEL_ID.example:
        case.path_parameters["model_id"] = model_id
    left_out = [CHECKS.get_one("positive_data_acceptance")] if case.path in BEYOND_SCHEMAS else []
    case.call_and_validate(
        base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, excluded_checks=left_out
    )


@bounded
@given(body=broken_frames())
def test_no_bytes_of_a_frame_are_a_failure_of_the_server(url, body):
    answer = post_frames(url, body)
    allowed = (200, 400, 401, 409, 422)  # 401: of a board that was given a key by the tests above
    assert answer.status_code in allowed, answer.text
