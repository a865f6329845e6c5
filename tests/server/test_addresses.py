"""Addresses that no request may reach: in every spelling, behind a name, and after a second look-up."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from adapter.cli import main
from adapter.errors import ServerError
from adapter.server import Client, Server, find, upload, validate
from adapter.server.retry import Clock
from adapter.server.transport import allowed
from tests.server.scripted import bundle

# (spelling, what the resolver of the C library makes of the host)
FORMS = (
    ("http://127.0.0.1/fhir", "127.0.0.1"),
    ("http://127.1/fhir", "127.0.0.1"),
    ("http://2130706433/fhir", "127.0.0.1"),
    ("http://0x7f000001/fhir", "127.0.0.1"),
    ("http://0177.0.0.1/fhir", "127.0.0.1"),
    ("http://localhost/fhir", "127.0.0.1"),
    ("http://0.0.0.0/fhir", "0.0.0.0"),  # noqa: S104
    ("http://10.0.0.8/fhir", "10.0.0.8"),
    ("http://172.16.3.4/fhir", "172.16.3.4"),
    ("http://192.168.1.1/fhir", "192.168.1.1"),
    ("http://169.254.169.254/latest", "169.254.169.254"),
    ("http://100.64.0.1/fhir", "100.64.0.1"),
    ("http://192.0.0.192/fhir", "192.0.0.192"),
    ("http://198.18.0.1/fhir", "198.18.0.1"),
    ("http://224.0.0.1/fhir", "224.0.0.1"),
    ("http://255.255.255.255/fhir", "255.255.255.255"),
    ("http://[::1]/fhir", "::1"),
    ("http://[::]/fhir", "::"),
    ("http://[::ffff:127.0.0.1]/fhir", "::ffff:127.0.0.1"),
    ("http://[::127.0.0.1]/fhir", "::7f00:1"),
    ("http://[64:ff9b::a9fe:a9fe]/fhir", "64:ff9b::a9fe:a9fe"),
    ("http://[fd00::1]/fhir", "fd00::1"),
    ("http://[fe80::1]/fhir", "fe80::1"),
    ("http://[fec0::1]/fhir", "fec0::1"),
    ("http://[2002:7f00:1::]/fhir", "2002:7f00:1::"),
    ("http://internal.example/fhir", "10.1.2.3"),
)
UNUSABLE = (
    "file:///etc/passwd",
    "gopher://example.org/",
    "ftp://example.org/",
    "http://user:secret@example.org/fhir",
    "http:///fhir",
    "http://example.org/fhir?x=1",
    "http://example.org/fhir#x",
)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A resolver that answers as told, and connections that are counted and never made."""
    seen: dict[str, Any] = {"connects": [], "lookups": 0, "answers": []}

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = seen["answers"][min(seen["lookups"], len(seen["answers"]) - 1)]
        seen["lookups"] += 1
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        seen["connects"].append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    return seen


def _client(url: str, **settings: Any) -> Client:
    quick = Clock(sleep=lambda _: None)
    return Client(Server.model_validate({"id": "url", "url": url, "attempts": 1, **settings}), clock=quick)


def test_there_are_at_least_22_forms() -> None:
    assert len(FORMS) >= 22


@pytest.mark.parametrize(("url", "address"), FORMS)
def test_a_form_never_connects(url: str, address: str, network: dict[str, Any]) -> None:
    network["answers"] = [address]
    with _client(url) as ours:
        report, result = validate(bundle(), ours), upload(bundle(), ours)
    assert network["connects"] == []
    assert not report.valid
    assert not result.uploaded


def test_a_public_address_connects(network: dict[str, Any]) -> None:
    network["answers"] = ["93.184.215.14"]
    with _client("http://fhir.example.org/r4") as ours:
        assert not validate(bundle(), ours).valid
    assert network["connects"] == ["93.184.215.14"]


def test_the_checked_address_is_the_one_connected_to(network: dict[str, Any]) -> None:
    """A name server that answers 127.0.0.1 the second time is not asked a second time."""
    network["answers"] = ["93.184.215.14", "127.0.0.1"]
    with _client("http://rebinding.example/fhir") as ours:
        validate(bundle(), ours)
    assert network["connects"] == ["93.184.215.14"]


@pytest.mark.parametrize("url", UNUSABLE)
def test_an_unusable_url_is_refused_before_any_lookup(url: str, network: dict[str, Any]) -> None:
    with pytest.raises(ServerError):
        find(url, allow_url=True)
    assert network["lookups"] == 0


@pytest.mark.parametrize(("url", "address"), [f for f in FORMS if f[1] not in {"127.0.0.1", "::1"}])
def test_allow_url_at_the_terminal_reaches_nothing_private(
    url: str, address: str, network: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    network["answers"] = [address]
    assert main(["check", "samples/minimal.json", "--server", url, "--allow-url"]) == 1
    assert network["connects"] == []
    assert "not-checked" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "upload"])
def test_a_url_without_allow_url_is_refused(command: str, network: dict[str, Any]) -> None:
    assert main([command, "samples/minimal.json", "--server", "https://fhir.example.org/r4"]) == 2
    assert network["lookups"] == 0


@pytest.mark.parametrize(
    ("address", "network", "expected"),
    [
        ("93.184.215.14", "public", True),
        ("2a00:1450::1", "public", True),
        ("127.0.0.1", "public", False),
        ("127.0.0.1", "loopback", True),
        ("::1", "loopback", True),
        ("10.0.0.1", "loopback", False),
        ("10.0.0.1", "private", True),
        ("fd00::1", "private", True),
        ("127.0.0.1", "private", True),
        ("169.254.169.254", "private", False),
        ("fe80::1", "private", False),
        ("224.0.0.1", "private", False),
        ("0.0.0.0", "private", False),  # noqa: S104
    ],
)
def test_where_a_registered_server_may_lie(address: str, network: Any, expected: bool) -> None:
    assert allowed(address, network) is expected


def test_a_private_network_is_reached_when_registered_but_never_the_clouds_metadata(network: dict[str, Any]) -> None:
    network["answers"] = ["10.1.2.3"]
    with _client("http://internal.example/fhir", network="private") as ours:
        validate(bundle(), ours)
    assert network["connects"] == ["internal.example"]
    network.update(answers=["169.254.169.254"], connects=[])
    with _client("http://internal.example/fhir", network="private") as ours:
        validate(bundle(), ours)
    assert network["connects"] == []
