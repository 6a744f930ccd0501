"""TLS: certificates that OpenSSL and Python find good, and a server that shows them."""

import asyncio
import contextlib
import json
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from judder.client import ServerClient
from judder.errors import JudderError
from judder.server.edge import gate, listening, tls
from judder.server.running import running
from judder.server.services import certificates
from judder.server.services.certificate_health import CertificateHealth
from judder.settings import Settings

JUDDER = Path(sys.executable).with_name("judder")
NAMES = ["localhost", "judder.local", "127.0.0.1", "::1"]
IN_2000 = 946_684_800
"""What an ESP32 takes for the time before anybody told it."""


def openssl(*arguments, said=""):
    """Return what openssl says, and whether it was content."""
    try:
        run = subprocess.run(
            ["openssl", *map(str, arguments)], input=said, capture_output=True, text=True, timeout=60
        )
    except FileNotFoundError:
        pytest.skip("No openssl to check certificates with: apt install openssl")
    return run.stdout + run.stderr, run.returncode == 0


@pytest.fixture
def folder(tmp_path):
    certificates.make(tmp_path / "tls", NAMES)
    return tmp_path / "tls"


@pytest.fixture
async def secure(folder, tmp_path):
    """A server with TLS."""
    pair = {"tls_cert": folder / "server.pem", "tls_key": folder / "server-key.pem"}
    settings = Settings(data_dir=tmp_path / "data", host="127.0.0.1", port=0, max_connections=16, **pair)
    async with running(settings, shutdown_s=1) as server:
        yield server


async def healthy(server, ca):
    async with ServerClient(f"https://localhost:{server.port}", ca=ca) as client:
        return (await client.get("/healthz"))["version"]


@pytest.mark.parametrize("how", [("-verify_hostname", name) for name in NAMES[:2]] + [("-verify_ip", "::1")])
def test_openssl_finds_the_certificate_good_for(folder, how):
    said, good = openssl("verify", "-x509_strict", "-CAfile", folder / "ca.pem", *how, folder / "server.pem")
    assert good, said


def test_openssl_finds_it_wrong_for_another_name(folder):
    _, good = openssl(
        "verify", "-CAfile", folder / "ca.pem", "-verify_hostname", "x.example", folder / "server.pem"
    )
    assert not good


def test_it_is_good_for_a_board_that_does_not_know_the_time(folder):
    how = ("-CAfile", folder / "ca.pem", "-attime", IN_2000)
    assert openssl("verify", *how, folder / "server.pem")[1]


def test_what_boards_get_is_the_same_ca(folder):
    pem, _ = openssl("x509", "-in", folder / "ca.pem", "-noout", "-fingerprint", "-sha256")
    der, _ = openssl("x509", "-in", folder / "ca.der", "-inform", "DER", "-noout", "-fingerprint", "-sha256")
    assert pem == der and "=" in pem


def test_nobody_else_may_read_the_keys(folder):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {
        "ca-key.pem": 0o600,
        "server-key.pem": 0o600,
        "ca.pem": 0o644,
        "ca.der": 0o644,
        "server.pem": 0o644,
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_fingerprint_is_openssls(folder):
    said, _ = openssl("x509", "-in", folder / "server.pem", "-noout", "-fingerprint", "-sha256")
    expected = said.strip().split("=")[1].replace(":", "").lower()
    assert certificates.show(folder / "server.pem").fingerprint == expected


def test_a_renewed_certificate_is_of_the_same_ca_and_for_the_same_names(folder):
    before, ca = certificates.show(folder / "server.pem"), (folder / "ca.pem").read_bytes()
    after = certificates.renew(folder)
    assert after.names == before.names == tuple(NAMES)
    assert after.fingerprint != before.fingerprint and (folder / "ca.pem").read_bytes() == ca
    assert openssl("verify", "-CAfile", folder / "ca.pem", folder / "server.pem")[1]


@pytest.mark.parametrize("name", ["", "a b", "http://x", "x:1"])
def test_what_is_no_name_is_refused(tmp_path, name):
    with pytest.raises(JudderError, match="no host name"):
        certificates.make(tmp_path, [name])


async def test_a_client_that_knows_the_ca_is_answered(secure, folder):
    assert await healthy(secure, folder / "ca.pem")
    assert secure.url.startswith("https://")


async def test_a_client_that_does_not_know_it_says_what_to_give(secure):
    with pytest.raises(JudderError, match="not trusted") as caught:
        await healthy(secure, None)
    assert "--ca" in caught.value.hint


async def test_a_client_that_knows_another_ca_sends_nothing(secure, tmp_path):
    certificates.make(tmp_path / "other", NAMES)
    with pytest.raises(JudderError, match="not trusted"):
        await healthy(secure, tmp_path / "other" / "ca.pem")


async def shake_hands(server, folder, *options):
    arguments = ("s_client", "-connect", f"localhost:{server.port}", "-CAfile", folder / "ca.pem", *options)
    return await asyncio.to_thread(openssl, *arguments)


async def test_openssl_shakes_hands_and_verifies(secure, folder):
    said, _ = await shake_hands(secure, folder, "-verify_return_error", "-verify_hostname", "localhost")
    assert "Verify return code: 0 (ok)" in said


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
async def test_versions_that_are_broken_are_refused(secure, folder, version):
    said, _ = await shake_hands(secure, folder, version, "-cipher", "ALL:@SECLEVEL=0")
    assert "Cipher is (NONE)" in said or "Cipher    : 0000" in said


async def test_without_tls_nobody_is_answered_and_others_are(secure, folder):
    reader, writer = await asyncio.open_connection("127.0.0.1", secure.port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        assert b"HTTP" not in await asyncio.wait_for(reader.read(), 30)
    writer.close()
    assert await healthy(secure, folder / "ca.pem")


async def test_who_never_shakes_hands_is_closed(monkeypatch, secure):
    monkeypatch.setattr(listening, "HANDSHAKE_S", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", secure.port)
    with contextlib.suppress(ConnectionError):
        assert await asyncio.wait_for(reader.read(), 30) == b""
    writer.close()


async def test_those_that_never_shake_hands_make_room(secure, folder):
    silent = [await asyncio.open_connection("127.0.0.1", secure.port) for _ in range(60)]
    assert await healthy(secure, folder / "ca.pem")
    for _, writer in silent:
        writer.close()


async def shown(server, folder):
    """Return the fingerprint of what the server shows."""
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    _, writer = await asyncio.open_connection("localhost", server.port, ssl=context)
    der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    (folder / "shown.der").write_bytes(der)
    said, _ = openssl(
        "x509", "-in", folder / "shown.der", "-inform", "DER", "-noout", "-fingerprint", "-sha256"
    )
    return said.strip().split("=")[1].replace(":", "").lower()


@pytest.fixture
def watchful(monkeypatch):
    monkeypatch.setattr(tls, "LOOK_EVERY_S", 0.05)
    monkeypatch.setattr(gate, "LOOK_EVERY_S", 0.05)


async def test_a_running_server_takes_a_renewed_certificate(watchful, secure, folder):
    renewed = certificates.renew(folder).fingerprint
    async with asyncio.timeout(30):
        while await shown(secure, folder) != renewed:
            await asyncio.sleep(0.05)


async def test_a_certificate_that_cannot_be_used_leaves_the_one_before(watchful, secure, folder):
    before = await shown(secure, folder)
    (folder / "server.pem").write_text("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n")
    await asyncio.sleep(0.3)
    assert await shown(secure, folder) == before


async def test_a_certificate_whose_key_is_another_leaves_the_one_before(watchful, secure, folder):
    before = await shown(secure, folder)
    certificates.make(folder.parent / "other", NAMES)
    (folder / "server.pem").write_bytes((folder.parent / "other" / "server.pem").read_bytes())
    await asyncio.sleep(0.3)
    assert await shown(secure, folder) == before


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"tls_cert": "nowhere.pem", "tls_key": "nowhere.pem"}, "cannot be used"),
        ({"tls_cert": "nowhere.pem"}, "belong together"),
        ({"tls_key": "nowhere.pem"}, "belong together"),
    ],
)
async def test_a_server_without_its_certificate_does_not_start(tmp_path, wrong, said):
    with pytest.raises(JudderError, match=said):
        async with running(Settings(data_dir=tmp_path, host="127.0.0.1", port=0, **wrong)):
            pass


def health_at(folder, days):
    """Return what health says of the certificate so many days before its end."""
    end_us = certificates.show(folder / "server.pem").until.timestamp() * 1e6
    check = CertificateHealth(folder / "server.pem", lambda: int(end_us - days * 86_400e6))
    return [(problem.sentence.split(";")[0], problem.severe) for problem in check.problems()]


@pytest.mark.parametrize(
    "days, said",
    [
        (31, []),
        (20.5, [("The server's certificate ends in 20 days", False)]),
        (2.5, [("The server's certificate ends in 2 days", True)]),
        (-3, [("The server's certificate has ended", True)]),
    ],
)
def test_an_end_that_is_near_is_told(folder, days, said):
    assert health_at(folder, days) == said


def judder(folder, *arguments):
    run = subprocess.run([JUDDER, *arguments], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_the_command_makes_shows_and_renews(tmp_path):
    made = judder(tmp_path, "cert", "make", "--host", "attic.example", "--host", "192.0.2.7")
    assert "attic.example, 192.0.2.7" in made and "ca.der" in made
    first = json.loads(judder(tmp_path, "cert", "show", "--json"))
    judder(tmp_path, "cert", "renew")
    second = json.loads(judder(tmp_path, "cert", "show", "--json"))
    assert first["names"] == second["names"] == ["attic.example", "192.0.2.7"]
    assert first["sha256"] != second["sha256"] and 823 <= second["days_left"] <= 825
