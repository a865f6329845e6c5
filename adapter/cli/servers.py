"""The FHIR server a command was told to use."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from adapter.server import Client

# A person at a terminal who writes out this machine's own name means it; other private places have to be registered.
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def connected(name: str, stack: ExitStack, *, allow_url: bool) -> Client:
    """A client of the server ``name`` (an id, or a URL where allowed), closed with ``stack``. Raises ServerError."""
    from adapter.server import Client, find

    return stack.enter_context(Client(find(name, allow_url=allow_url, network="loopback" if _here(name) else "public")))


def _here(name: str) -> bool:
    try:
        parts = urlsplit(name)
    except ValueError:
        return False
    spelled = parts.netloc.rpartition(":")[0] if parts.netloc.count(":") == 1 else parts.netloc
    return parts.hostname in _HERE and "@" not in spelled
