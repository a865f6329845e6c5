"""One bounded exchange with a server: guarded address, no redirect, limited time, limited bytes, strict JSON.

Built on requests and requests-hardened. The hardened adapter resolves a name once, refuses addresses that are not
public and connects to the address it has checked, so that a second answer of the name server changes nothing; here the
same address is held against Python's own registry of special addresses too, since each list has gaps.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import urlsplit

import requests
import urllib3.connection
import urllib3.connectionpool
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession  # type: ignore[import-untyped]
from requests_hardened.ip_filter import InvalidIPAddress  # type: ignore[import-untyped]
from requests_hardened.ip_filter_adapter import IPFilterAdapter  # type: ignore[import-untyped]

from adapter.errors import ReadError, ServerError
from adapter.formats import document
from adapter.report import Json
from adapter.server.config import Network, Server

FHIR_JSON = "application/fhir+json"
_PIECE = 65_536
_JSON_TYPE = re.compile(r"application/([a-z0-9.+-]+\+)?json|text/json", re.IGNORECASE)


class NoAnswer(ServerError):
    """No usable answer came. ``again`` tells whether a repeat may help; the request may have had its effect."""

    def __init__(self, message: str, *, again: bool = True) -> None:
        super().__init__(message)
        self.again = again


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: ``body`` is its JSON object, or None with the reason in ``note``."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Json | None = None
    note: str = ""


class Transport:
    """The connection to one server; for one thread at a time. Use as a context manager."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._abort = _Abort()
        self._session = _session(server, self._abort)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._session.close()
        self._abort.close()

    def exchange(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Send one request and read the whole answer within ``timeout`` seconds (the server's, when absent).

        Raises NoAnswer when none came in time, the address is refused, or the answer is larger than allowed.
        """
        refuse_url(url)
        limit = min(timeout or self.server.timeout, self.server.timeout)
        request = requests.Request(method, url, data=body, headers=dict(headers or {}), auth=auth)
        watch = threading.Timer(limit, self._abort.fire)
        watch.daemon = True
        self._abort.arm()
        watch.start()
        try:
            return self._exchange(request, limit)
        finally:
            watch.cancel()

    def _exchange(self, request: requests.Request, limit: float) -> Answer:
        try:
            prepared = self._session.prepare_request(request)
            timeouts = (min(self.server.connect_timeout, limit), limit)
            with self._session.send(
                prepared,
                stream=True,
                timeout=timeouts,
                verify=self.server.ca_file or True,
                cert=_certificate(self.server),
            ) as response:
                data = self._read(response)
        except InvalidIPAddress:
            raise NoAnswer("the address of the server is not one that may be contacted", again=False) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError):
            raise NoAnswer("the address of the server cannot be used", again=False) from None
        except requests.exceptions.SSLError:
            raise NoAnswer("no trusted TLS connection to the server", again=False) from None
        except _BROKEN as error:
            raise NoAnswer(_why(error, late=self._abort.fired)) from None
        if self._abort.fired:
            raise NoAnswer("the server took longer than allowed")
        return _answer(response, data)

    def _read(self, response: requests.Response) -> bytes:
        """The decoded body. Raises NoAnswer past the limit, and ends the connection then."""
        data = bytearray()
        for piece in response.iter_content(_PIECE):
            data += piece
            if len(data) > self.server.largest_answer:
                self._abort.fire()
                raise NoAnswer(f"the answer is larger than {self.server.largest_answer} bytes", again=False)
        return bytes(data)


_BROKEN = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    # urllib3 raises both for headers that are no HTTP.
    ValueError,
    AttributeError,
)


def refuse_url(url: str) -> None:
    """Raise NoAnswer for a URL that is not plain http or https with a host of its own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise NoAnswer("the address of the server cannot be used", again=False) from None
    plain = parts.scheme in {"http", "https"} and parts.hostname and port != 0
    if not plain or parts.username is not None or parts.password is not None or not url.isascii():
        raise NoAnswer("the address of the server cannot be used", again=False)


def allowed(address: str, network: Network) -> bool:
    """Whether a numeric address may be contacted: globally routable, or what ``network`` adds to that."""
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.strip("[]"))
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    if ip.is_unspecified or ip.is_multicast or ip.is_link_local:
        return False
    if ip.is_loopback:
        return network != "public"
    if network == "private":
        return True
    if isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local:
        return False
    return ip.is_global and not ip.is_reserved


class _Abort:
    """Ends the connection in use from another thread, whatever state it is in.

    A second handle on the same socket is kept: shutting it down wakes a read that waits, in a TLS handshake too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self.fired = False

    def arm(self) -> None:
        self.fired = False

    def watch(self, sock: socket.socket) -> socket.socket:
        with self._lock:
            self._drop()
            self._handle = sock.dup()
            if self.fired:
                self._shut()
        return sock

    def fire(self) -> None:
        with self._lock:
            self.fired = True
            self._shut()

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _shut(self) -> None:
        if self._handle is not None:
            try:
                self._handle.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The other side was faster: the connection has ended, which is all that is wanted.
                return

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def _session(server: Server, abort: _Abort) -> HTTPSession:
    session = HTTPSession(
        Config(
            ip_filter_enable=False,  # our own adapters, mounted below, filter
            ip_filter_allow_loopback_ips=False,
            never_redirect=True,
            default_timeout=(server.connect_timeout, server.timeout),
            user_agent_override="haem-adapter",
        )
    )
    # Neither proxies nor .netrc of the environment: both would take the request elsewhere than the guard has looked.
    session.trust_env = False
    for scheme in ("http", "https"):
        session.mount(f"{scheme}://", _adapter(server, abort, secure=scheme == "https"))
    return session


def _adapter(server: Server, abort: _Abort, *, secure: bool) -> HTTPAdapter:
    adapter = _Open(server.network) if server.network == "private" else _Guarded(server.network, secure=secure)
    manager = adapter.poolmanager
    manager.pool_classes_by_scheme = _pools(abort.watch)
    return adapter


class _Guarded(IPFilterAdapter):  # type: ignore[misc]  # the package has no types
    """The hardened adapter, and our own look at the address it pinned."""

    def __init__(self, network: Network, *, secure: bool) -> None:
        super().__init__(is_https_proto=secure, allow_loopback=network != "public")
        self._network = network

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        _refuse_address(host["host"], self._network)
        return host, pool


class _Open(HTTPAdapter):
    """For a server that the operator registered in a private network: addresses that are never a server's stay out."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        found = socket.getaddrinfo(host["host"], host["port"], type=socket.SOCK_STREAM)
        for *_, address in found:
            _refuse_address(str(address[0]).partition("%")[0], self._network)
        return host, pool


def _refuse_address(address: str, network: Network) -> None:
    if not allowed(address, network):
        raise InvalidIPAddress(address)


def _pools(watch: Callable[[socket.socket], socket.socket]) -> dict[str, type]:
    """Connection pools whose sockets ``watch`` sees as soon as they are connected."""

    class Plain(urllib3.connection.HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return watch(super()._new_conn())

    class Secure(urllib3.connection.HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return watch(super()._new_conn())

    class PlainPool(urllib3.connectionpool.HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(urllib3.connectionpool.HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _certificate(server: Server) -> tuple[str, str] | None:
    return (server.certificate_file, server.certificate_key_file) if server.auth == "mtls" else None


def _why(error: BaseException, *, late: bool) -> str:
    if late or isinstance(error, requests.exceptions.Timeout | TimeoutError):
        return "the server took longer than allowed"
    chain: Iterable[object] = (error, error.__cause__, error.__context__, *error.args)
    if any(isinstance(e, ssl.SSLError) for e in chain):
        return "no trusted TLS connection to the server"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "the server cannot be reached, or ended the connection"
    return "the answer is broken off or is no HTTP"


def _answer(response: requests.Response, data: bytes) -> Answer:
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    if not data.strip():
        return Answer(response.status_code, response.headers, None, "no body")
    if kind and not _JSON_TYPE.fullmatch(kind):
        return Answer(response.status_code, response.headers, None, "a body that is not JSON")
    try:
        parsed = document.read_json(data)
    except ReadError:
        return Answer(response.status_code, response.headers, None, "a body that is not strict JSON")
    if not isinstance(parsed, dict):
        return Answer(response.status_code, response.headers, None, "JSON that is no object")
    return Answer(response.status_code, response.headers, parsed)
