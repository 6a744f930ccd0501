"""What the doctor finds, and where settings come from."""

import asyncio
import importlib.metadata
import importlib.util
import json
import os
from pathlib import Path

import pytest
from aiohttp import web
from judder.cli.app import app
from judder.errors import JudderError
from judder.settings import Settings
from judder_core.errors import ConfigError
from typer.testing import CliRunner

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens
EXAMPLE = Path(__file__).parents[2] / "device" / "config.example.json"


def run(*arguments, **how):
    return CliRunner(**how).invoke(app, list(map(str, arguments)))


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JUDDER_{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_machine_that_runs_these_tests_is_healthy_without_a_server():
    code, found = lines()
    assert code == 0
    assert (found["python"]["state"], found["folder"]["state"]) == ("ok", "ok")


def lines(*arguments, server=NOBODY):
    """Return (exit code, {name: check}) of judder doctor."""
    result = run("doctor", "--server", server, "--json", *arguments)
    checks = json.loads(result.stdout)
    checks = checks["checks"] if isinstance(checks, dict) else checks
    return result.exit_code, {check["name"]: check for check in checks}


def test_a_folder_that_is_read_only_fails_the_check(monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    code, found = lines()
    assert (code, found["folder"]["state"]) == (1, "broken") and found["folder"]["hint"]


def test_a_part_that_is_not_installed_names_the_extra_that_installs_it(monkeypatch):
    hide(monkeypatch, "mpremote")
    code, found = lines()
    assert (code, found["mpremote"]["state"]) == (0, "missing")
    assert "pip install -e '.[deploy]'" in found["mpremote"]["hint"]


def hide(monkeypatch, name):
    """Make name look as if it were not installed, however one asks."""
    find_spec, version = importlib.util.find_spec, importlib.metadata.version

    def no_version(package):
        if package == name:
            raise importlib.metadata.PackageNotFoundError(package)
        return version(package)

    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n == name else find_spec(n, *a))
    monkeypatch.setattr(importlib.metadata, "version", no_version)


@pytest.fixture
def list_ports(monkeypatch):
    """Return a function that sets which serial ports there are."""
    module = pytest.importorskip("serial.tools.list_ports", reason="pyserial comes with the extra deploy.")
    common = pytest.importorskip("serial.tools.list_ports_common")

    def there_are(*devices):
        monkeypatch.setattr(module, "comports", lambda: [common.ListPortInfo(name) for name in devices])

    return there_are


def test_each_serial_port_is_named(list_ports):
    list_ports("/dev/ttyUSB7", "/dev/ttyUSB8")
    assert all(f"/dev/ttyUSB{k}" in run("doctor", "--server", NOBODY).stdout for k in (7, 8))


def test_no_port_at_all_is_missing_with_a_hint_and_no_failure(list_ports):
    list_ports()
    code, found = lines()
    assert (code, found["serial ports"]["state"]) == (0, "missing") and found["serial ports"]["hint"]


async def test_a_running_server_is_ok(server):
    _, found = await asyncio.to_thread(lines, server=server.client.url)
    assert found["server"]["state"] == "ok"


def test_a_server_that_is_not_there_comes_with_how_to_start_one():
    code, found = lines()
    assert (code, found["server"]["state"]) == (0, "missing") and "judder serve" in found["server"]["hint"]


@pytest.mark.parametrize("status, body", [(200, "<html>"), (404, "<html>"), (404, '{"status": "gone"}')])
async def test_another_program_on_the_port_is_not_taken_for_judder(status, body):
    async def answer(request):
        return web.Response(status=status, text=body, content_type="application/json")

    other = web.Application()
    other.router.add_get("/healthz", answer)
    runner = web.AppRunner(other)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        _, found = await asyncio.to_thread(lines, server=url)
    finally:
        await runner.cleanup()
    assert found["server"]["state"] != "ok"


def setting(name):
    return json.loads(run("config", "show", "--json").stdout)[name]


def test_every_setting_is_shown():
    assert json.loads(run("config", "show", "--json").stdout).keys() == Settings.model_fields.keys()
    assert all(name in run("config", "show").stdout for name in Settings.model_fields)


def test_a_setting_that_nobody_gave_is_a_default():
    assert (setting("port")["value"], setting("port")["source"]) == (1337, "default")


def test_a_setting_in_the_file_comes_from_the_file(tmp_path):
    (tmp_path / "judder.toml").write_text("port = 8000\n")
    assert (setting("port")["value"], setting("port")["source"]) == (8000, "judder.toml")
    assert setting("host")["source"] == "default"


def test_a_variable_wins_over_the_file(tmp_path, monkeypatch):
    (tmp_path / "judder.toml").write_text("port = 8000\n")
    monkeypatch.setenv("JUDDER_PORT", "9000")
    assert (setting("port")["value"], setting("port")["source"]) == (9000, "JUDDER_PORT")


@pytest.mark.parametrize("arguments", [("config", "show"), ("config", "show", "--json")])
def test_the_token_is_never_printed(monkeypatch, arguments):
    monkeypatch.setenv("JUDDER_TOKEN", "open-sesame")
    result = run(*arguments)
    assert result.exit_code == 0 and "token" in result.stdout and "open-sesame" not in result.output


@pytest.mark.parametrize("text", ["port = 99999", "prot = 1"])
def test_a_wrong_judder_toml_is_one_sentence_with_a_hint(tmp_path, text):
    (tmp_path / "judder.toml").write_text(text)
    error = run("config", "show").exception
    assert isinstance(error, JudderError) and error.hint


def test_the_example_config_is_right():
    result = run("config", "check", EXAMPLE)
    assert result.exit_code == 0 and "is right" in result.stdout


def test_all_mistakes_of_a_config_are_told_at_once(tmp_path):
    config = json.loads(EXAMPLE.read_text())
    config["server"]["port"] = 0
    config["signal"] = {"sample_rate_hz": "fast"}
    config["colour"] = "red"
    (tmp_path / "config.json").write_text(json.dumps(config))
    error = run("config", "check", tmp_path / "config.json").exception
    assert isinstance(error, ConfigError) and error.hint
    assert all(name in str(error) for name in ("server.port", "signal.sample_rate_hz", "colour"))


@pytest.mark.parametrize("content", [None, b"{", b"[]"])
def test_a_config_that_cannot_be_read_is_one_sentence_with_a_hint(tmp_path, content):
    if content is not None:
        (tmp_path / "config.json").write_bytes(content)
    error = run("config", "check", tmp_path / "config.json").exception
    assert isinstance(error, JudderError | ConfigError) and error.hint


def test_an_option_wins_over_a_variable(monkeypatch):
    monkeypatch.setenv("JUDDER_PORT", "9000")
    shown = json.loads(run("config", "show", "--port", 8080, "--json").stdout)
    assert shown["port"] == {"value": 8080, "source": "--port"}


def test_a_variable_in_small_letters_is_a_variable(monkeypatch):
    monkeypatch.setenv("judder_port", "9000")
    assert setting("port") == {"value": 9000, "source": "JUDDER_PORT"}


def test_a_judder_toml_that_is_no_toml_is_one_sentence_with_a_hint(tmp_path):
    (tmp_path / "judder.toml").write_text("port = = 3")
    error = run("config", "show").exception
    assert isinstance(error, JudderError) and "judder.toml" in str(error) and error.hint
