"""A small CA and a server's certificate for tests, as a board's firmware takes them."""

import datetime
import ipaddress
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LONG_AGO = datetime.datetime(1970, 1, 1)
"""A board that is cold believes it is 2000: a certificate must be good then, too."""


def a_ca():
    """Return (key, certificate) of a CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("a CA for tests")
    limits = x509.BasicConstraints(ca=True, path_length=0)
    return key, _builder(name, name, key, LONG_AGO).add_extension(limits, True).sign(key, hashes.SHA256())


def context_of(folder, ca, names=("127.0.0.1",), since=LONG_AGO):
    """Return an ssl.SSLContext of a server with these names, whose certificate ca signed."""
    ca_key, ca_certificate = ca
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder(_name("a server"), ca_certificate.subject, key, since)
    certificate = builder.add_extension(
        x509.SubjectAlternativeName([_general(name) for name in names]), False
    ).sign(ca_key, hashes.SHA256())
    (folder / "server.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def der(ca):
    return ca[1].public_bytes(Encoding.DER)


def pem(ca):
    return ca[1].public_bytes(Encoding.PEM)


def _builder(subject, issuer, key, since):
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return builder.not_valid_before(since).not_valid_after(datetime.datetime(2049, 12, 31))


def _name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
