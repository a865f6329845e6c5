"""``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header): a repeated request has one effect and one answer."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response, request
from sqlalchemy import Connection

from adapter.errors import StoreError
from adapter.formats.document import dump, read_json
from adapter.store import Store
from adapter.store.keys import claim, finish, release
from adapter.web.errors import Refused

# A string as RFC 8941 writes it, or the bare token that many clients send.
KEY = r'^("[\x20-\x21\x23-\x5b\x5d-\x7e]{1,255}"|[A-Za-z0-9._~:+/=-]{1,255})$'
_KEY = re.compile(KEY)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that can be given again: status, the headers that belong to it, and a JSON body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def response(self) -> Response:
        """It as a response."""
        response = Response(self.body, self.status, mimetype="application/json")
        response.headers.update(self.headers)
        return response


def once(store: Store, document: bytes, effect: Callable[[Connection], Answer]) -> Answer:
    """Carry out ``effect`` in a transaction; where the request has a key, once, and answer repeats as the first time.

    ``document`` are the bytes that make two bodies the same. What is refused or fails has no effect and leaves the key
    free. Raises Running (409) and Reused (422) of :mod:`adapter.store.keys`, and what ``effect`` raises.
    """
    key = _key()
    if key is None:
        with store.transaction() as db:
            return effect(db)
    with store.transaction() as db:
        claimed = claim(db, key, f"{request.method} {request.path}\n".encode() + document)
    if claimed.answer is not None:
        return _read(claimed.answer)
    try:
        with store.transaction() as db:
            answer = effect(db)
            finish(db, claimed, _written(answer))
    except Exception:
        # Where the store is gone too, the claim lapses by itself.
        with contextlib.suppress(StoreError), store.transaction() as db:
            release(db, claimed)
        raise
    return answer


def _key() -> str | None:
    stated = request.headers.get("Idempotency-Key")
    if stated is None:
        return None
    if not _KEY.fullmatch(stated):
        raise Refused(400, "expected Idempotency-Key with a string of 1 to 255 characters")
    return stated.strip('"')


def _written(answer: Answer) -> bytes:
    return dump({"status": answer.status, "headers": dict(answer.headers), "body": answer.body.decode()})


def _read(noted: bytes) -> Answer:
    found = read_json(noted)
    return Answer(int(found["status"]), found["headers"], found["body"].encode())
