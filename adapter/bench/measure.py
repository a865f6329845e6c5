"""CPU time of two functions in turn, and their ratio."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS = 9
ROUND_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """One ratio: ``left`` and ``right`` are CPU seconds per item (medians), ``ratio`` the median of the paired ratios.

    ``goal`` is "<= 2", ">= 40" or "" where only the figure is wanted; ``met`` is None then. ``number`` is that of the
    goal among those that were set for the product ("P1" to "P13"), empty for others. Where nothing could be measured
    (:func:`skipped`) the figures are 0 and ``note`` says why.
    """

    bench: str
    name: str
    left: float
    right: float
    ratio: float
    goal: str = ""
    note: str = ""
    number: str = ""

    @property
    def measured(self) -> bool:
        """Whether there are figures."""
        return self.ratio != 0

    @property
    def met(self) -> bool | None:
        """Whether the ratio keeps the goal."""
        if not self.goal or not self.measured:
            return None
        sign, _, bound = self.goal.partition(" ")
        return self.ratio <= float(bound) if sign == "<=" else self.ratio >= float(bound)

    def to_json(self) -> dict[str, Any]:
        """The row as one JSON line."""
        return {
            "bench": self.bench,
            "number": self.number,
            "name": self.name,
            "ratio": round(self.ratio, 3) if self.measured else None,
            "goal": self.goal,
            "met": self.met,
            "left_us": round(self.left * 1e6, 2),
            "right_us": round(self.right * 1e6, 2),
            "note": self.note,
        }


def ratio(
    bench: str,
    name: str,
    left: Callable[[], object],
    right: Callable[[], object],
    *,
    left_items: int = 1,
    right_items: int = 1,
    goal: str = "",
    note: str = "",
    number: str = "",
) -> Row:
    """CPU time per item of ``left`` over that of ``right``, in alternating rounds after one warm-up of each.

    The garbage collector is off while a round runs, since its pauses fall on whichever side happens to be running.
    """
    counts = [_warm(left), _warm(right)]
    pairs = [(_round(left, counts[0]) / left_items, _round(right, counts[1]) / right_items) for _ in range(ROUNDS)]
    return Row(
        bench,
        name,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
        goal,
        note,
        number,
    )


def budget(bench: str, name: str, seconds: float, allowed: float, *, note: str = "", number: str = "") -> Row:
    """CPU ``seconds`` of this machine as a share of those ``allowed``: where a goal is a time and not a ratio."""
    return Row(bench, name, seconds, allowed, seconds / allowed, "<= 1", note, number)


def skipped(bench: str, name: str, reason: str, *, number: str = "") -> Row:
    """A row that could not be measured, and why."""
    return Row(bench, name, 0.0, 0.0, 0.0, note=f"{reason}: not measured", number=number)


def _warm(work: Callable[[], object]) -> int:
    """How often ``work`` fits into one round."""
    work()
    start = time.process_time()
    work()
    return max(1, min(2_000, int(ROUND_SECONDS / max(time.process_time() - start, 1e-6))))


def _round(work: Callable[[], object], count: int) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(count):
            work()
        return (time.process_time() - start) / count
    finally:
        gc.enable()
