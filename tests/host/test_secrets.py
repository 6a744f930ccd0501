"""No secret comes out: one is planted in every place that holds one, and searched for in all outputs."""

import asyncio
import json
import os
import socket
import subprocess
import threading

import pytest
import requests
from judder.server.api.routes import ROUTES
from judder.settings import ADDRESSES, SECRETS
from judder.text.addresses import without_path
from judder_core import wire

from tests.host.alerting import ALERT
from tests.host.conftest import frame
from tests.host.signing import ONE
from tests.host.test_openapi import path_of
from tests.host.test_serve_process import JUDDER

CANARY = "canary-{}-that-is-longer-than-32-characters"
PLANTED = {name: CANARY.format(name) for name in (*SECRETS, *ADDRESSES)}


@pytest.fixture(scope="module")
def nonsense():
    """Return the port of a server that answers nonsense, so that clients say what went wrong."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"this is no HTTP, no SMTP and no MQTT\r\n\r\n")
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(65536)

        threading.Thread(target=answer, daemon=True).start()
        yield listening.getsockname()[1]


@pytest.fixture(scope="module")
def environment(nonsense):
    """Return the environment of a server with a canary in each of its secrets."""
    secret = PLANTED["webhook_url"]
    settings = {name: PLANTED[name] for name in SECRETS}
    settings |= {
        "webhook_url": f"http://bot:{secret}@127.0.0.1:{nonsense}/{secret}?key={secret}",
        "mqtt_host": "127.0.0.1",
        "mqtt_port": str(nonsense),
        "mqtt_user": "judder",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(nonsense),
        "smtp_user": "judder",
        "mail_from": "judder@example.com",
        "mail_to": "anna@example.com",
    }
    return {**os.environ, **{f"JUDDER_{name.upper()}": value for name, value in settings.items()}}


@pytest.fixture(scope="module")
def run(tmp_path_factory, environment):
    """Return (what each output of a server said, what it keeps on disk, the secrets made meanwhile)."""
    folder = tmp_path_factory.mktemp("canaries")
    log = folder / "log"
    with log.open("w") as out:
        command = [JUDDER, "serve", "--data-dir", folder / "data", "--port", "0", "--log-level", "debug"]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            url = asyncio.run(_address(log))
            made, answers = _use(url)
            asyncio.run(_until(lambda: '"channel": "webhook"' in log.read_text()))
        finally:
            process.terminate()
            process.wait()
    on_disk = {file.name: file.read_bytes() for file in (folder / "data").rglob("*") if file.is_file()}
    return {"log": log.read_text(), **answers}, on_disk, made


async def _address(log):
    await _until(lambda: "listens on" in log.read_text())
    return log.read_text().split("listens on ")[1].split(",")[0]


async def _until(done, tries=300):
    for _ in range(tries):
        if done():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it did not come to that")


def _use(url):
    """Let an alert go out, make a key, a token and a login, guess, and read all there is."""
    administrator = {"Authorization": f"Bearer {PLANTED['token']}"}

    def ask(method, path, **how):
        return requests.request(method, url + path, headers=administrator, timeout=30, **how)

    frames = {**administrator, "Content-Type": wire.CONTENT_TYPE}
    requests.post(f"{url}/api/v1/windows", data=bytes(frame(flags=ALERT)), headers=frames, timeout=30)
    key = ask("POST", "/api/v1/keys", json={"device": ONE}).json()["key"]
    token = ask("POST", "/api/v1/tokens", json={"name": "anna", "role": "look"}).json()["token"]
    session = ask("POST", "/api/v1/session", json={"token": token}).cookies["judder_session"]
    requests.get(f"{url}/api/v1/devices", headers={"Authorization": "Bearer wrong"}, timeout=30)
    read = [r for r in ROUTES if r.method == "GET" and not r.path.endswith("events")]
    answers = {route.path: ask("GET", path_of(route)).text for route in read}
    made = {"key": key, "token that was made": token, "cookie": session}
    return made, answers


def found_in(texts, secrets):
    return [
        (where, what) for where, text in texts.items() for what, secret in secrets.items() if secret in text
    ]


def test_no_secret_of_the_settings_is_in_the_log_or_in_any_answer(run):
    said, _, _ = run
    assert found_in(said, PLANTED) == []


def test_no_key_token_or_cookie_is_in_the_log_or_in_any_later_answer(run):
    said, _, made = run
    assert found_in(said, made) == []


def test_that_the_webhook_failed_is_said_without_its_secret(run):
    said, _, _ = run
    assert "not_delivered" in said["log"] and '"channel": "webhook"' in said["log"]


def test_on_disk_is_no_secret_but_the_keys_of_boards(run):
    _, on_disk, made = run
    secrets = {name: value.encode() for name, value in {**PLANTED, **made}.items() if name != "key"}
    assert any(made["key"].encode() in data for data in on_disk.values())  # or nothing was looked at
    assert found_in(on_disk, secrets) == []


@pytest.mark.parametrize("arguments", [["config", "show"], ["config", "show", "--json"], ["alerts", "test"]])
def test_no_command_prints_a_secret(environment, tmp_path, arguments):
    run = subprocess.run([JUDDER, *arguments], capture_output=True, text=True, env=environment, cwd=tmp_path)
    printed = {"stdout": run.stdout.replace("\n", ""), "stderr": run.stderr.replace("\n", "")}
    assert "127.0.0.1" in printed["stdout"] and found_in(printed, PLANTED) == []


def test_what_is_shown_of_an_address_is_where_it_leads(environment, tmp_path):
    command = [JUDDER, "config", "show", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
    shown = json.loads(run.stdout)["webhook_url"]["value"]
    assert shown == without_path(environment["JUDDER_WEBHOOK_URL"])
    assert shown.startswith("http://127.0.0.1:") and shown.endswith("/...")
