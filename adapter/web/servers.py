"""The registered FHIR server that a request names. A request never brings an address of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapter.errors import ServerError
from adapter.web import body
from adapter.web.errors import Refused

if TYPE_CHECKING:
    from adapter.server import Client


def known(name: str) -> None:
    """Refused (404) unless a server of this id is registered."""
    from adapter.server import registry

    if name not in registry(body.settings().servers):
        raise Refused(404, "no server of this id is registered")


@contextmanager
def answering(name: str) -> Iterator[Client]:
    """A client of the registered server ``name`` that has just answered.

    Raises Refused: 404 for an unknown id, 504 when the server took too long, 502 when it did not answer as a FHIR
    server.
    """
    from adapter.server import Client, find

    known(name)
    try:
        client = Client(find(name, path=body.settings().servers))
    except ServerError:
        # The reason names variables and files of the operator, which are not the caller's to know.
        raise Refused(502, "the server's configuration cannot be used; the operator has to look at it") from None
    with client:
        try:
            client.capability()
        except ServerError as error:
            raise Refused(504 if "longer than allowed" in str(error) else 502, str(error)) from None
        yield client
