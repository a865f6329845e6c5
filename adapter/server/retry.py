"""When to try again, how long to wait, and when to leave a failing server alone."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from adapter.server.transport import NoAnswer

# Of these a repeat may end differently; 409 is the loser of two simultaneous conditional creates.
TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_FAILED = frozenset({500, 502, 503, 504})
_LONGEST_STEP = 60.0
_FAILURES, _COOLDOWN = 10, 60.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The time and its passing, replaced in tests."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[float, float], float] = random.uniform


@dataclass(slots=True)
class Breaker:
    """Lets no request through for a minute after ten failures on end, then one to try; shared by the threads."""

    clock: Clock = field(default_factory=Clock)
    failures: int = 0
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self) -> None:
        """Raise NoAnswer while the breaker is open; the first call after the pause may pass."""
        with self._lock:
            if self.failures < _FAILURES:
                return
            if self.clock.now() < self._until:
                raise NoAnswer("the server failed ten times on end and is left alone for a minute", again=False)
            self._until = self.clock.now() + _COOLDOWN

    def note(self, status: int) -> None:
        """Note an answer by its status, 0 for none."""
        with self._lock:
            if status and status not in _FAILED:
                self.failures = 0
                return
            self.failures += 1
            self._until = self.clock.now() + _COOLDOWN


def wait(attempt: int, clock: Clock) -> float:
    """Seconds before the next try after ``attempt`` (from 0) has failed: full jitter, doubling, a minute at most."""
    return clock.random(0.0, min(_LONGEST_STEP, 2.0**attempt))


def asked(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: Retry-After as number or date, or x-ms-retry-after-ms; None when it does not."""
    milliseconds = _number(headers.get("x-ms-retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    stated = headers.get("Retry-After", "").strip()
    seconds = _number(stated)
    if seconds is not None or not stated:
        return seconds
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, TypeError, OverflowError):
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())


def _number(text: str) -> float | None:
    return float(text[:18]) if text.isascii() and text.isdigit() else None
