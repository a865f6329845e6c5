"""The answer to a transaction or batch, entry by entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from adapter.report import Json
from adapter.server.outcome import outcome, plain, text
from adapter.server.plan import Entry
from adapter.server.transport import Answer

_STATUS = re.compile(r"(\d{3})(?!\d)")
_LOCATION = re.compile(r"(?:^|/)([A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/([A-Za-z0-9.-]{1,64}))?/?$")
_TOO_LARGE = re.compile(
    r"too (many|large|big|long)|more than \d+|at most \d+|maximum"
    r"|(exceed|limit).{0,60}(entr|operation|size|bundle|transaction)"
    r"|(entr|operation|size|bundle|transaction).{0,60}(exceed|limit)|(contains|has) \d+ .{0,40}(operations|entries)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Result:
    """What a server says of one entry. ``status`` 0 is nothing usable; ``id`` and ``version`` "" when not told."""

    status: int
    id: str = ""
    version: str = ""
    message: str = ""


def results(answer: Answer, sent: tuple[Entry, ...]) -> tuple[Result, ...] | None:
    """One result per entry sent, in order; None when the answer is no response to them."""
    body = answer.body or {}
    entries = body.get("entry")
    if (
        answer.status not in {200, 201}
        or body.get("resourceType") != "Bundle"
        or body.get("type") not in {"transaction-response", "batch-response"}
        or not isinstance(entries, list)
        or len(entries) != len(sent)
    ):
        return None
    found = tuple(_result(raw, entry) for raw, entry in zip(entries, sent, strict=True))
    places = [(entry.kind, result.id) for entry, result in zip(sent, found, strict=True) if result.id]
    # Two resources under one id: whatever happened, it is not what was asked for.
    return found if len(set(places)) == len(places) else None


def too_large(answer: Answer) -> bool:
    """Whether the server refuses a transaction for the number or size of its entries."""
    issues = outcome(answer.body) or []
    return answer.status == 413 or (
        answer.status in {400, 422} and any(_TOO_LARGE.search(text(i)) or i["code"] == "too-costly" for i in issues)
    )


def _result(raw: Any, entry: Entry) -> Result:
    response = raw.get("response") if isinstance(raw, dict) else None
    stated = response.get("status") if isinstance(response, dict) else None
    match = _STATUS.match(stated) if isinstance(stated, str) else None
    if match is None or not isinstance(response, dict):
        return Result(0, message="the server says nothing usable of this entry")
    status = int(match[1])
    if status not in {200, 201, 204}:
        return Result(status, message=_reason(response, status))
    place = _LOCATION.search(response["location"]) if isinstance(response.get("location"), str) else None
    if place is None:
        return Result(status)
    if place[1] != entry.kind:
        return Result(0, message="the server names a place of another resource type")
    return Result(status, place[2], place[3] or "")


def _reason(response: Json, status: int) -> str:
    inside = response.get("outcome")
    issues = (outcome(inside) if isinstance(inside, dict) else None) or []
    said = next((text(i) for i in issues if i["severity"] in {"fatal", "error"}), "")
    return plain(f"status {status}{': ' if said else ''}{said}")
