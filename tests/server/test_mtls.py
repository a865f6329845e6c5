"""Mutual TLS: the server shows a certificate of a private authority and asks for one of ours."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from adapter.server import Client, Server, upload, validate
from adapter.server.retry import Clock
from tests.server.scripted import Scripted, bundle, scripted

NOW = dt.datetime.now(dt.UTC)


class Authority:
    """A certificate authority of one test."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.file = self._written(f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str, usage: x509.ObjectIdentifier) -> tuple[Path, Path]:
        """Files of a certificate for 127.0.0.1 and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        certificate = self._sign(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            key,
            x509.ExtendedKeyUsage([usage]),
            x509.SubjectAlternativeName([address]),
        )
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return (
            self._written(f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM)),
            self._written(f"{name}.key", key.private_bytes(*plain)),
        )

    def _sign(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        made = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
        made = made.not_valid_before(NOW - dt.timedelta(hours=1)).not_valid_after(NOW + dt.timedelta(days=1))
        for one in extensions:
            made = made.add_extension(one, critical=isinstance(one, x509.BasicConstraints))
        return made.sign(self.key, hashes.SHA256())

    def _written(self, name: str, data: bytes) -> Path:
        file = self.folder / name
        file.write_bytes(data)
        return file


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def server(authority: Authority) -> Iterator[Scripted]:
    """A FHIR server over TLS that serves only clients with a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue("server", ExtendedKeyUsageOID.SERVER_AUTH))
    context.load_verify_locations(authority.file)
    context.verify_mode = ssl.CERT_REQUIRED
    with scripted() as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        running.url = running.url.replace("http:", "https:")
        yield running


def ours(server: Scripted, **settings: str) -> Client:
    limits = {"network": "loopback", "timeout": 2, "connect_timeout": 2, "attempts": 1}
    config = Server.model_validate({"id": "secure", "url": server.url, **limits, **settings})
    return Client(config, clock=Clock(sleep=lambda _: None))


def test_our_certificate_opens_the_server(authority: Authority, server: Scripted) -> None:
    certificate, key = authority.issue("client", ExtendedKeyUsageOID.CLIENT_AUTH)
    names = {"certificate_file": str(certificate), "certificate_key_file": str(key)}
    with ours(server, auth="mtls", ca_file=str(authority.file), **names) as client:
        assert validate(bundle(), client).valid
        assert upload(bundle(), client).uploaded
    assert server.good.resources


@pytest.mark.parametrize("whose", ["none", "another authority's"])
def test_without_a_certificate_that_it_trusts_nothing_is_valid_or_uploaded(
    authority: Authority, server: Scripted, whose: str, tmp_path: Path
) -> None:
    settings = {}
    if whose != "none":
        certificate, key = Authority(tmp_path, "stranger").issue("client", ExtendedKeyUsageOID.CLIENT_AUTH)
        settings = {"auth": "mtls", "certificate_file": str(certificate), "certificate_key_file": str(key)}
    with ours(server, ca_file=str(authority.file), **settings) as client:
        assert not validate(bundle(), client).valid
        assert not upload(bundle(), client).uploaded
    assert server.good.requests == []


def test_a_server_of_an_unknown_authority_is_not_spoken_to(authority: Authority, server: Scripted) -> None:
    certificate, key = authority.issue("client", ExtendedKeyUsageOID.CLIENT_AUTH)
    names = {"certificate_file": str(certificate), "certificate_key_file": str(key)}
    with ours(server, auth="mtls", **names) as client:
        report = validate(bundle(), client)
    assert not report.valid
    assert any("TLS" in issue.message for issue in report.issues)
    assert server.good.requests == []
