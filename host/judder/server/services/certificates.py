"""A small certificate authority for one server: it signs what the server shows, and boards know it alone."""

import contextlib
import ipaddress
import os
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from judder.errors import JudderError
from judder.server.services.addresses import own_addresses

FOREVER_AGO = datetime(1999, 12, 31, tzinfo=UTC)
"""Boards have no clock before a server told them the time: an ESP32 starts at 2000."""
CA_LASTS = timedelta(days=20 * 365)
LASTS = timedelta(days=825)
"""Apple's devices believe no longer one."""
CA, CA_DER, CA_KEY, SERVER, SERVER_KEY = "ca.pem", "ca.der", "ca-key.pem", "server.pem", "server-key.pem"
FOLDER = "tls"
"""In the server's data folder."""


@dataclass(frozen=True)
class Shown:
    """What a certificate says. fingerprint: SHA-256 of it, in hex."""

    names: tuple[str, ...]
    until: datetime
    fingerprint: str

    def days_left(self, now: datetime) -> int:
        return (self.until - now).days


def usual_names() -> list[str]:
    """Return what a server on this machine is called by others and by itself."""
    addresses = own_addresses("0.0.0.0")
    return list(
        dict.fromkeys(["localhost", "judder.local", socket.gethostname(), "127.0.0.1", "::1", *addresses])
    )


def make(folder: Path, names: Iterable[str]) -> Shown:
    """Write a new certificate for a server called names, and its key; the CA in folder signs it, made where
    there is none. Return what it says.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / CA).exists():
        _make_ca(folder)
    ca, ca_key = _certificate(folder / CA), _key(folder / CA_KEY)
    key = ec.generate_private_key(ec.SECP256R1())
    made = _server_certificate(list(names), key, ca, ca_key)
    _write(folder / SERVER_KEY, _key_pem(key), 0o600)
    _write(folder / SERVER, _pem(made) + _pem(ca), 0o644)
    return _shown(made)


def renew(folder: Path) -> Shown:
    """Write a new certificate for the same names, as make() does. Raises JudderError where there is none."""
    return make(folder, show(folder / SERVER).names)


def show(path: Path) -> Shown:
    """Return what the first certificate in path says. Raises JudderError where there is none."""
    return _shown(_certificate(path))


def _make_ca(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named(f"Judder at {socket.gethostname()}"[:64])
    limits = x509.BasicConstraints(ca=True, path_length=0)
    built = (
        _builder(name, name, key, CA_LASTS)
        .add_extension(limits, critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    made = built.sign(key, hashes.SHA256())
    _write(folder / CA_KEY, _key_pem(key), 0o600)
    _write(folder / CA_DER, made.public_bytes(serialization.Encoding.DER), 0o644)
    _write(folder / CA, _pem(made), 0o644)


def _server_certificate(
    names: list[str],
    key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    called = x509.SubjectAlternativeName([_general(name) for name in names])
    by = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    return (
        _builder(_named(names[0][:64]), ca.subject, key, LASTS)
        .add_extension(called, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(purpose, critical=False)
        .add_extension(by, critical=False)
        .sign(ca_key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FOREVER_AGO)
        .not_valid_after(datetime.now(UTC) + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    none = dict.fromkeys((*others, "encipher_only", "decipher_only"), False)
    signs = {"key_cert_sign": signs_certificates, "crl_sign": signs_certificates}
    return x509.KeyUsage(digital_signature=not signs_certificates, **signs, **none)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    """Return name as a certificate has it. Raises JudderError where it is neither a name nor an address."""
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(name))
    with contextlib.suppress(ValueError):
        if name and not set(name) & set(" /:@"):
            return x509.DNSName(name)
    raise JudderError(f"{name!r} is no host name.", hint="Give a name or an address: --host judder.local")


def _shown(certificate: x509.Certificate) -> Shown:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(str(general.value) for general in found)
    except x509.ExtensionNotFound:
        names = ()
    return Shown(names, certificate.not_valid_after_utc, certificate.fingerprint(hashes.SHA256()).hex())


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise JudderError(f"{path} is no certificate.", hint="Make one: judder cert make") from error


def _key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise JudderError(
            f"{path}, the key of this CA, cannot be read: no certificate can be made without it.",
            hint="Make a new CA in another folder, and give it to the boards: judder cert make --out FOLDER",
        ) from error
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    how = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, *how)


def _write(path: Path, data: bytes, mode: int) -> None:
    """Write data to path, all of it or nothing, for nobody but mode to read from the first byte on."""
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
