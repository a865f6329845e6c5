"""Who we are to a server: nothing, a bearer token, basic, or a SMART backend service (private_key_jwt).

SMART App Launch 2.2, backend services (http://hl7.org/fhir/smart-app-launch/backend-services.html): a client assertion
signed with RS384 or ES384 buys an access token of a few minutes. mTLS is the transport's.
"""

from __future__ import annotations

import time
import uuid
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from adapter.errors import ServerError
from adapter.server.config import Server, read_text
from adapter.server.transport import Answer, NoAnswer, Transport

_ASSERTION_LIFE = 240  # seconds; the specification allows at most five minutes
_EARLY = 30.0  # seconds before its end at which a token is renewed
_CURVES = {"P-384": "ES384"}


class Auth(Protocol):
    """What adds credentials to a request."""

    def headers(self, transport: Transport) -> dict[str, str]:
        """Headers of the next request. Raises ServerError when there are no credentials to be had."""

    def renew(self) -> bool:
        """Forget what was refused with 401; true when a second try can differ."""


class Fixed:
    """Headers that do not change: none, bearer, basic."""

    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def headers(self, transport: Transport) -> dict[str, str]:  # noqa: ARG002
        """The headers."""
        return self._headers

    def renew(self) -> bool:
        """A fixed secret that was refused stays refused."""
        return False


class Smart:
    """SMART backend services: an access token, kept until shortly before it expires."""

    def __init__(self, server: Server) -> None:
        self._server, self._token, self._until = server, "", 0.0

    def headers(self, transport: Transport) -> dict[str, str]:
        """The bearer token, fetched when there is none or it is about to expire."""
        if not self._token or time.monotonic() >= self._until:
            self._fetch(transport)
        return {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Drop the token, so that the next request fetches another."""
        self._token = ""
        return True

    def _fetch(self, transport: Transport) -> None:
        url = self._server.token_url or _token_url(transport)
        if urlsplit(url).scheme != "https" and self._server.network == "public":
            raise ServerError("the token endpoint is not https")
        form = {
            "grant_type": "client_credentials",
            "scope": self._server.scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion(self._server, url),
        }
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        answer = transport.exchange("POST", url, body=urlencode(form).encode(), headers=sent)
        self._token, life = _granted(answer)
        self._until = time.monotonic() + max(0.0, life - _EARLY)


def authorisation(server: Server) -> Auth:
    """How requests to ``server`` are authorised. Raises ServerError when a secret is missing."""
    if server.auth == "bearer":
        return Fixed({"Authorization": f"Bearer {_one_line(server.secret('token'))}"})
    if server.auth == "basic":
        from base64 import b64encode

        pair = f"{server.user}:{server.secret('password')}".encode()
        return Fixed({"Authorization": f"Basic {b64encode(pair).decode()}"})
    return Smart(server) if server.auth == "smart" else Fixed({})


def assertion(server: Server, audience: str) -> str:
    """A signed client assertion for the token endpoint ``audience``, valid for four minutes.

    The key file is a private JWK (RSA, or EC on P-384). Raises ServerError for any other key.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    now = int(time.time())
    claims = {
        "iss": server.client_id,
        "sub": server.client_id,
        "aud": audience,
        "iat": now,
        "exp": now + _ASSERTION_LIFE,
        "jti": uuid.uuid4().hex,
    }
    stored = _jwk(server)
    algorithm = "RS384" if stored.get("kty") == "RSA" else _CURVES.get(str(stored.get("crv")), "")
    if not algorithm:
        raise ServerError(f"server {server.id}: key_file: expected an RSA or P-384 key")
    header = {"alg": algorithm, "typ": "JWT", **({"kid": stored["kid"]} if "kid" in stored else {})}
    try:
        return jwt.encode(header, claims, import_key(stored), algorithms=[algorithm])
    except (JoseError, ValueError, TypeError):
        raise ServerError(f"server {server.id}: key_file: expected a private JWK") from None


def _jwk(server: Server) -> dict[str, Any]:
    from adapter.errors import ReadError
    from adapter.formats import document

    text = read_text(server.key_file, f"server {server.id}: key_file")
    try:
        found = document.read_json(text.encode())
    except ReadError:
        raise ServerError(f"server {server.id}: key_file: expected a JWK in JSON") from None
    if not isinstance(found, dict) or "d" not in found:
        raise ServerError(f"server {server.id}: key_file: expected a private JWK")
    return found


def _token_url(transport: Transport) -> str:
    answer = transport.exchange(
        "GET", f"{transport.server.base}/.well-known/smart-configuration", headers={"Accept": "application/json"}
    )
    found = (answer.body or {}).get("token_endpoint")
    if answer.status != 200 or not isinstance(found, str):
        raise ServerError("the server names no token endpoint", status=answer.status)
    return found


def _granted(answer: Answer) -> tuple[str, float]:
    """Token and life in seconds."""
    body = answer.body or {}
    token, life = body.get("access_token"), body.get("expires_in", 300)
    if answer.status >= 500:
        raise NoAnswer("the token endpoint failed")
    if answer.status != 200 or not isinstance(token, str) or str(body.get("token_type", "")).lower() != "bearer":
        raise ServerError("the token endpoint gave no bearer token", status=answer.status)
    if isinstance(life, bool) or not isinstance(life, int):
        raise ServerError("the token endpoint gave a token without a life in seconds", status=answer.status)
    return _one_line(token), float(min(max(life, 0), 86_400))


def _one_line(secret: str) -> str:
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise ServerError("a token that cannot stand in a header")
    return secret
