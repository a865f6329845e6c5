"""Quantities as people write them: copies, shares of cells, ages, durations, dates, allele fractions.

One grammar each (case-format section 4), in the modules beside this one: :mod:`copies`, :mod:`shares`,
:mod:`intervals` (ages, durations, dates) and :mod:`readings` (what a laboratory measured). A value keeps its text, its
parsed form and its digits; a text with two readings is refused with both of them named.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Stated = Literal["text", "number", "counts"]
"""How a quantity stood in the document: as text, as a JSON number, or as an object of two counts."""


def json_number(text: str) -> int | Decimal:
    """The JSON number written ``text``, with its digits.

    >>> json_number("6.50")
    Decimal('6.50')
    """
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Exact decimals between two bounds; None is an open end.

    ``low == high`` with both ends inclusive is one number. ``approximate`` is the writer's own "about".
    """

    text: str
    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = True
    high_inclusive: bool = True
    approximate: bool = False
    stated: Stated = "text"

    def to_json(self) -> str | int | Decimal | dict[str, int]:
        """The quantity as it stood in the document."""
        return json_number(self.text) if self.stated == "number" else self.text

    @property
    def exact(self) -> Decimal | None:
        """The one number meant, or None when it is a range, a bound or an estimate."""
        one = self.low is not None and self.low == self.high and not self.approximate
        return self.low if one else None


@dataclass(frozen=True, slots=True)
class Copies(Bounds):
    """Copies of a locus per cell; ``amplified`` is ISCN's ``amp``: many, not counted (then both bounds are None)."""

    amplified: bool = False


@dataclass(frozen=True, slots=True)
class Share(Bounds):
    """Share of cells in percent, 0 to 100; ``positive`` of ``scored`` cells only where the counts are stated.

    From counts alone, ``low`` and ``high`` are the quotient as percent, exact where it ends, else rounded to
    6 decimals.
    """

    positive: int | None = None
    scored: int | None = None

    def to_json(self) -> str | int | Decimal | dict[str, int]:
        """The share as it stood in the document; the object of two counts where it was one."""
        if self.stated == "counts" and self.positive is not None and self.scored is not None:
            return {"positive": self.positive, "scored": self.scored}
        return self.text


@dataclass(frozen=True, slots=True)
class Fraction(Bounds):
    """Variant allele fraction, 0 to 1; ``reads`` of ``depth`` only where the counts are stated."""

    reads: int | None = None
    depth: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as stated: whole or decimal numbers of units, never converted between units.

    ``iso`` is its ISO 8601 duration (``P58Y``, ``P2M``, ``P4D``).
    """

    years: Decimal | None = None
    months: Decimal | None = None
    weeks: Decimal | None = None
    days: Decimal | None = None
    hours: Decimal | None = None

    @property
    def iso(self) -> str:
        """ISO 8601 duration; a number of weeks beside other units is not possible there and is written in days."""
        days = self.days
        weeks = self.weeks
        if weeks is not None and (self.years, self.months, self.days, self.hours) != (None, None, None, None):
            days, weeks = (days or Decimal(0)) + weeks * 7, None
        date = "".join(
            f"{n}{u}" for n, u in ((self.years, "Y"), (self.months, "M"), (weeks, "W"), (days, "D")) if n is not None
        )
        return f"P{date}" + (f"T{self.hours}H" if self.hours is not None else "")

    @property
    def one(self) -> tuple[Decimal, Literal["a", "mo", "wk", "d", "h"]] | None:
        """Number and UCUM unit when the span has exactly one unit, else None."""
        units: tuple[tuple[Decimal | None, Literal["a", "mo", "wk", "d", "h"]], ...] = (
            (self.years, "a"),
            (self.months, "mo"),
            (self.weeks, "wk"),
            (self.days, "d"),
            (self.hours, "h"),
        )
        stated = [(n, u) for n, u in units if n is not None]
        return stated[0] if len(stated) == 1 else None


Bound = Literal["exact", "at-most", "at-least", "less-than", "more-than", "about"]


@dataclass(frozen=True, slots=True)
class Age:
    """Age of a person. ``low == high`` with bound "exact" is one age; a range has both; an open one has one of them.

    ``>89 y`` is low P89Y, high None, bound "more-than".
    """

    text: str
    low: Span | None
    high: Span | None
    bound: Bound = "exact"
    newborn: bool = False

    def to_json(self) -> str:
        """The age as it stood in the document."""
        return self.text


@dataclass(frozen=True, slots=True)
class Duration:
    """An interval of time. "within four days" is high P4D, low None, bound "at-most": an upper bound, not four days.

    ``censored`` is the plus of ``3+ years``: observed for that long, end not reached (bound "at-least").
    """

    text: str
    low: Span | None
    high: Span | None
    bound: Bound = "exact"
    censored: bool = False

    def to_json(self) -> str:
        """The duration as it stood in the document."""
        return self.text


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date as stated: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; a missing day is never filled in."""

    text: str
    precision: Literal["year", "month", "day"]
    stated: Stated = "text"

    def to_json(self) -> str | int | Decimal:
        """The date as it stood in the document; a year may have been a JSON number."""
        return json_number(self.text) if self.stated == "number" else self.text


@dataclass(frozen=True, slots=True)
class Reading:
    """What a laboratory reported: a number, a bound or a range with the unit in the text, or words.

    ``bounds`` is None for words (``undetectable``). ``unit`` is the unit that stood in the same text, as UCUM
    (``%``, ``%{IS}``), "" where there was none.
    """

    text: str
    bounds: Bounds | None = None
    unit: str = ""
    stated: Stated = "text"

    def to_json(self) -> str | int | Decimal:
        """The reading as it stood in the document."""
        return json_number(self.text) if self.stated == "number" else self.text


@dataclass(frozen=True, slots=True)
class Marker:
    """What was seen of a marker in flow cytometry: a word (``positive``, ``dim`` …) or a share of cells."""

    text: str
    share: Share | None = None

    def to_json(self) -> str:
        """The marker's result as it stood in the document."""
        return self.text
