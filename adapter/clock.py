"""The conversion time: an input like any other, so that equal inputs give equal bytes (contracts.md section 1)."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")


def instant(text: str) -> str:
    """``text`` (RFC 3339 with its zone) in UTC with a capital Z. Raises ValueError for anything else."""
    expected = "expected a date and time with zone, such as 2026-11-22T12:00:00Z"
    if not _TIME.fullmatch(text):
        raise ValueError(expected)
    try:
        return _utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise ValueError(expected) from None


def now() -> str:
    """The conversion time when none is given: ``SOURCE_DATE_EPOCH``, else now in whole seconds UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return _utc(datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC).replace(microsecond=0))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
