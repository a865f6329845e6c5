"""The FHIR servers an operator has registered: a TOML file, one table a server (docs/servers.md).

Callers name a server by its id; an address of their own is refused unless it was allowed expressly. Secrets never stand
in the file: it names the environment variable or the file that holds them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from adapter.errors import ServerError

Network = Literal["public", "loopback", "private"]
Scheme = Literal["none", "bearer", "basic", "smart", "mtls"]

# What each kind of authentication cannot do without.
_NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "none": (),
    "bearer": (("token_env", "token_file"),),
    "basic": (("user",), ("password_env", "password_file")),
    "smart": (("client_id",), ("key_file",)),
    "mtls": (("certificate_file",), ("certificate_key_file",)),
}


class Server(BaseModel):
    """One FHIR server and how to talk to it. Times are seconds, sizes bytes after decompression.

    ``network`` is where its address may lie: ``public`` (globally routable addresses only), ``loopback`` (this machine
    too), ``private`` (any network the operator can reach). ``entries`` is the most entries of one transaction.
    ``timeout`` bounds one exchange from connect to the last byte, ``budget`` one document with all its repeats.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    url: str
    network: Network = "public"
    auth: Scheme = "none"
    token_env: str = ""
    token_file: str = ""
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    client_id: str = ""
    key_file: str = ""
    token_url: str = ""
    scope: str = "system/*.cruds"
    certificate_file: str = ""
    certificate_key_file: str = ""
    ca_file: str = ""
    entries: int = Field(100, ge=1, le=500)
    attempts: int = Field(5, ge=1, le=10)
    connect_timeout: float = Field(5.0, gt=0, le=60)
    timeout: float = Field(120.0, gt=0, le=900)
    budget: float = Field(600.0, gt=0, le=7200)
    longest_wait: float = Field(300.0, ge=0, le=3600)
    largest_answer: int = Field(32 * 1024 * 1024, ge=1024, le=1024**3)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        base = urlsplit(self.url)
        if base.scheme not in {"http", "https"} or not base.hostname:
            raise ValueError("url: expected http://host/path or https://host/path")
        if base.username or base.password or base.query or base.fragment:
            raise ValueError("url: expected no user, query or fragment")
        if self.auth != "none" and base.scheme != "https" and self.network == "public":
            raise ValueError("url: expected https where credentials are sent")
        missing = [names for names in _NEEDED[self.auth] if not any(getattr(self, n) for n in names)]
        if missing:
            raise ValueError(f"auth {self.auth}: expected {' or '.join(missing[0])}")
        return self

    @property
    def base(self) -> str:
        """The base URL without a slash at its end."""
        return self.url.rstrip("/")

    def secret(self, name: Literal["token", "password"]) -> str:
        """The secret ``name`` from its environment variable or file. Raises ServerError when there is none."""
        variable, file = getattr(self, f"{name}_env"), getattr(self, f"{name}_file")
        found = os.environ.get(variable, "") if variable else read_text(file, f"server {self.id}: {name}_file")
        if not found.strip():
            raise ServerError(f"server {self.id}: {variable or file} holds no {name}")
        return found.strip()


def read_text(file: str, what: str) -> str:
    """The text of a configured file. Raises ServerError that names ``what`` when it cannot be read."""
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"{what}: cannot be read ({type(error).__name__})") from None


def registry(path: Path | None = None) -> dict[str, Server]:
    """The registered servers by id, of ``path``, ``ADAPTER_SERVERS`` or the user's configuration folder.

    No file is no server; a file that was named and cannot be used is a ServerError.
    """
    named = path or (Path(os.environ["ADAPTER_SERVERS"]) if os.environ.get("ADAPTER_SERVERS") else None)
    file = named or _default()
    if named is None and not file.is_file():
        return {}
    try:
        tables = tomllib.loads(read_text(str(file), "the file of servers")).get("servers", {})
    except tomllib.TOMLDecodeError as error:
        raise ServerError(f"the file of servers is not TOML: {error}") from None
    if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
        raise ServerError("the file of servers: expected tables [servers.<id>]")
    return {key: _server({**table, "id": key}) for key, table in tables.items()}


def find(name: str, *, allow_url: bool = False, path: Path | None = None, network: Network = "public") -> Server:
    """The server called ``name``, or the one at the URL ``name`` where ``allow_url`` says so.

    ``network`` is where an address given as URL may lie. Raises ServerError for an unknown or refused name.
    """
    if "://" in name:
        if not allow_url:
            raise ServerError("a server is named by its id in the configuration; a URL needs --allow-url")
        return _server({"id": "url", "url": name, "network": network})
    known = registry(path)
    if name not in known:
        raise ServerError(f"no server of this id is configured (have: {', '.join(sorted(known)) or 'none'})")
    return known[name]


def _server(values: Mapping[str, object]) -> Server:
    try:
        return Server.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or "table"
        raise ServerError(f"server {values['id']}: {where}: {first['msg'].removeprefix('Value error, ')}") from None


def _default() -> Path:
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "haem-adapter" / "servers.toml"
