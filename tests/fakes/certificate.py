"""Certificates for fake services that speak https, signed by themselves as those of home servers are."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def make_certificate(
    folder: Path, *, host: str = "127.0.0.1", name: str = "fake", days: int = 30, ca: bool = True
) -> Path:
    """A certificate and its key in one file.

    :param host: what it is for; ``name`` is whom it is made out to.
    :param days: for how long it is still valid; negative for one that is over.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, name)])
    other = x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=60))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{made.serial_number}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


def server_side(path: Path) -> ssl.SSLContext:
    """What a fake service speaks https with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def fingerprint_of(path: Path) -> str:
    """SHA-256 of the certificate in a file."""
    pem = path.read_text().split("-----BEGIN PRIVATE KEY")[0]
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
