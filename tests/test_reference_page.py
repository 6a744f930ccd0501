"""What has a name is documented, and what is documented exists: the docs' tables against the code."""

import ast
import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from documents import ROOT, first_names, names, rows
from judder.cli.app import app
from judder.server.api.metrics import METRICS
from judder.server.app import create_app
from judder.server.notify.home_assistant import COMMANDS
from judder.server.notify.message import KINDS, Message
from judder.settings import Settings
from judder_core.config import SCHEMA

REFERENCE = (ROOT / "REFERENCE.md").read_text()
HOST = (ROOT / "host" / "README.md").read_text()
DEVICE = (ROOT / "device" / "README.md").read_text()
EXAMPLE = (ROOT / "judder.example.toml").read_text()


def shown(default):
    """Return a setting's default as the tables say it."""
    if default is None:
        return "none"
    return json.dumps(str(default) if isinstance(default, Path) else default).strip('"') or '""'


def test_every_setting_of_the_server_is_documented_with_its_default_and_description():
    expected = [[f"`{n}`", shown(f.default), f.description] for n, f in Settings.model_fields.items()]
    assert rows(REFERENCE, "Settings of the server") == expected


def test_the_example_settings_are_the_defaults_described_alike():
    commented = re.findall(r"^# (\w+) = ", EXAMPLE, re.MULTILINE)
    values = {name: Settings.model_fields[name].default for name in Settings.model_fields}
    assert [name for name in values if values[name] is None] == commented
    given = tomllib.loads(EXAMPLE)
    assert given == {n: str(v) if isinstance(v, Path) else v for n, v in values.items() if v is not None}
    for name, field in Settings.model_fields.items():
        assert re.search(rf"^# {re.escape(field.description)}\n(# )?{name} = ", EXAMPLE, re.MULTILINE), name


def verbs(group, before=""):
    """Return every verb there is, as people type it."""
    found = []
    for name, command in group.commands.items():
        found += verbs(command, f"{before}{name} ") if hasattr(command, "commands") else [before + name]
    return found


def test_every_verb_is_documented():
    assert sorted(first_names(REFERENCE, "Verbs")) == sorted(verbs(typer.main.get_command(app)))


@pytest.fixture
def application(tmp_path):
    return create_app(Settings(data_dir=tmp_path / "data", webhook_url="http://127.0.0.1:9"))


def test_every_metric_is_documented(application):
    assert sorted(first_names(REFERENCE, "Metrics")) == application[METRICS].names()


def test_every_label_is_documented(application):
    families = {metric.name: metric for metric in application[METRICS].registry.collect()}
    for name, what in rows(REFERENCE, "Metrics"):
        family = families[re.sub(r"_(total|info)$", "", names(name)[0])]
        labels = {label for sample in family.samples for label in sample.labels} - {"le", "version"}
        assert labels <= set(names(what)), name


def test_every_route_is_documented(application):
    routes = {f"{r.method} {r.resource.canonical}" for r in application.router.routes() if r.method != "HEAD"}
    assert set(first_names(HOST, "Routes")) == routes


def test_every_event_is_documented():
    server = "".join(file.read_text() for file in (ROOT / "host" / "judder" / "server").rglob("*.py"))
    kinds = {*re.findall(r'publish\("(\w+)"', server), *re.findall(r'Event\("", "(\w+)"', server)}
    assert set(first_names(HOST, "Events")) == kinds


def test_every_field_of_a_message_is_documented():
    documented = [name for row in rows(REFERENCE, "Alerts")[:14] for name in names(row[0])]
    assert sorted(documented) == sorted([field.name for field in fields(Message)] + ["subject", "text"])
    assert tuple(names(rows(REFERENCE, "Alerts")[1][1])) == KINDS


def test_every_mqtt_command_is_documented():
    topics = [name for row in rows(REFERENCE, "Alerts")[14:] for name in names(row[0])]
    assert topics == ["server", "BOARD/available", "BOARD/state", "BOARD/alert"] + [
        f"BOARD/{c}" for c in COMMANDS
    ]


def test_every_setting_of_a_board_is_documented():
    documented = []
    for row in rows(DEVICE, "config.json"):
        section = ""
        for name in names(row[0]):  # `alarm.led_pin`, `buzzer_pin`: the section is said once
            section = name.rpartition(".")[0] or section
            documented.append(f"{section}.{name.rpartition('.')[2]}")
    assert sorted(documented) == sorted(f"{section}.{key}" for section in SCHEMA for key in SCHEMA[section])


def test_every_led_code_is_documented():
    tree = ast.parse((ROOT / "device" / "judder_node" / "alarm.py").read_text())
    assigned = {node.targets[0].id: node.value.value for node in tree.body if isinstance(node, ast.Assign)}
    codes = sorted(value for name, value in assigned.items() if name.startswith("CODE_"))
    documented = [row[0].split()[0] for row in rows(DEVICE, "LED")]
    assert codes and documented == ["steady", "alternating", *map(str, codes)]
