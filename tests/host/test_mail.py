"""Alerts by e-mail, through a real SMTP server on this machine: open, with STARTTLS and a login, with TLS."""

import email
import email.policy
import json
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from judder.cli.app import app
from judder.server.api.keys import STORE
from judder.server.notify import outbox
from judder.server.notify.message import Message
from judder.settings import Settings
from typer.testing import CliRunner

from tests.host.alerting import Board, until

WHO = {"mail_from": "judder@example.org", "mail_to": "ann@example.org, bob@example.org"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(outbox, "FIRST_PAUSE_S", 0.05)
    monkeypatch.setattr(outbox, "LOOK_EVERY_S", 0.05)


class Postbox:
    """What an SMTP server got. answers: what it says to each next message's data; then 250."""

    def __init__(self):
        self.answers = []
        self.letters = []
        self.recipients = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 OK"


class SmtpServer(Controller):
    """On a free port of this machine."""

    def _trigger_server(self):
        """aiosmtpd looks whether the port answers before it knows which one it got."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def start_smtp():
    """Return a function that starts an SMTP server and returns (its Postbox, its port)."""
    running = []

    def start(**options):
        postbox = Postbox()
        running.append(SmtpServer(postbox, hostname="127.0.0.1", port=0, **options))
        running[-1].start()
        return postbox, running[-1].port

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def only_ann(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"ann", b"open sesame"), handled=False)


async def test_an_alert_and_its_end_reach_every_recipient_once(start_server, start_smtp):
    postbox, port = start_smtp()
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **WHO}
    board = Board(await start_server(**settings, alert_cooldown_s=0, public_url="http://judder.local:1337"))
    await board.report(name="attic fan", place="attic")
    for alert in (True, True, False, False):
        await board.send(alert)
    await until(lambda: len(postbox.letters) == 2)
    first, second = postbox.letters
    assert first["Subject"] == "Alarm: attic fan (attic) shakes differently"
    assert second["Subject"] == "attic fan (attic) is back to normal"
    assert postbox.recipients == [["ann@example.org", "bob@example.org"]] * 2
    assert "http://judder.local:1337" in first.get_content()
    assert first["References"] == second["References"] and first["Message-ID"] != second["Message-ID"]


async def test_a_server_that_is_busy_gets_the_same_letter_again(start_server, start_smtp):
    postbox, port = start_smtp()
    postbox.answers = ["451 Try again later"] * 2
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **WHO}
    await Board(await start_server(**settings)).send(alert=True)
    await until(lambda: postbox.letters)
    assert len(postbox.letters) == 1


async def test_a_letter_refused_for_ever_holds_up_no_other(start_server, start_smtp):
    postbox, port = start_smtp()
    postbox.answers = ["554 No"]
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **WHO}
    board = Board(await start_server(**settings, alert_cooldown_s=0))
    await board.send(alert=True)
    await until(lambda: not postbox.answers)
    await board.send(alert=False)
    (letter,) = await until(lambda: postbox.letters)
    assert letter["Subject"].endswith("is back to normal")


@pytest.mark.parametrize("name", ["fan\r\nBcc: eve@example.org", "fan \ud800", "fan\x00", "\u00fc" * 300])
async def test_an_odd_name_of_before_is_a_letter_and_holds_up_no_other(start_server, start_smtp, name):
    postbox, port = start_smtp()
    settings = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "none", **WHO}
    server = await start_server(**settings)
    odd = Message("key", "alert", 1, "020000000009", name=name, started_us=2**63 - 1, why=name)
    await server.app[STORE].write(lambda unit: unit.outbox.post("key", ["mail"], odd.to_json(), 1))
    await Board(server).send(alert=True)
    first, second = await until(lambda: postbox.letters[1:] and postbox.letters)
    assert first["Bcc"] is None and "020000000001" in second["Subject"]


async def test_starttls_and_login_are_used(start_server, start_smtp, server_tls, certificate):
    postbox, port = start_smtp(
        tls_context=server_tls, require_starttls=True, auth_required=True, authenticator=only_ann
    )
    login = {"smtp_user": "ann", "smtp_password": "open sesame", "ca_file": certificate[0]}
    board = Board(await start_server(smtp_host="127.0.0.1", smtp_port=port, **login, **WHO))
    await board.send(alert=True)
    await until(lambda: postbox.letters)


async def test_tls_from_the_first_byte_is_spoken(start_server, start_smtp, server_tls, certificate):
    postbox, port = start_smtp(ssl_context=server_tls)
    where = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_security": "tls", "ca_file": certificate[0]}
    await Board(await start_server(**where, **WHO)).send(alert=True)
    await until(lambda: postbox.letters)


@pytest.fixture
def alerts_test(monkeypatch, tmp_path):
    """Return a function that runs `judder alerts test` with settings."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JUDDER_{name.upper()}", raising=False)

    def run(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"JUDDER_{name.upper()}", str(value))
        return CliRunner().invoke(app, ["alerts", "test", "--json"])

    return run


def test_a_test_letter_arrives_without_a_server(alerts_test, start_smtp):
    postbox, port = start_smtp()
    result = alerts_test(smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", **WHO)
    assert result.exit_code == 0 and json.loads(result.stdout)[0]["error"] is None
    assert [letter["Subject"] for letter in postbox.letters] == ["Judder's alerts reach you"]


def test_a_wrong_password_is_said_in_one_sentence_with_a_hint(
    alerts_test, start_smtp, server_tls, certificate
):
    _, port = start_smtp(
        tls_context=server_tls, require_starttls=True, auth_required=True, authenticator=only_ann
    )
    login = {"smtp_user": "ann", "smtp_password": "wrong", "ca_file": certificate[0]}
    result = alerts_test(smtp_host="127.0.0.1", smtp_port=port, **login, **WHO)
    (row,) = json.loads(result.stdout)
    assert result.exit_code == 1 and "535" in row["error"] and row["hint"]


def test_a_certificate_of_nobody_known_is_refused(alerts_test, start_smtp, server_tls):
    postbox, port = start_smtp(tls_context=server_tls, require_starttls=True)
    result = alerts_test(smtp_host="127.0.0.1", smtp_port=port, **WHO)
    assert result.exit_code == 1 and postbox.letters == []
    assert "certificate" in json.loads(result.stdout)[0]["error"].lower()


def test_without_a_channel_it_says_which_settings_make_one(alerts_test):
    error = alerts_test().exception
    assert "No alert channel" in str(error) and "webhook_url" in error.hint


def test_a_sender_that_is_missing_is_said(alerts_test):
    assert "mail_from" in str(alerts_test(smtp_host="127.0.0.1").exception)
