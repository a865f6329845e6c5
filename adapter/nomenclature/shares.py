"""Shares: of cells in percent (``68.5 %``, ``137/200``), of reads as a fraction (``43 %``, ``43/100 reads``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from adapter.errors import NomenclatureError
from adapter.nomenclature.grammar import (
    BOUND,
    COUNT,
    GAP,
    NUMBER,
    POINT,
    TO,
    Ends,
    bounded,
    decimal,
    match,
    plain_number,
)
from adapter.nomenclature.quantities import Fraction, Share

_PERCENT = f"{GAP}(?:%|percent|per cent)"
_PERCENTAGE = (
    f"(?:(?:{BOUND})?(?P<one>{NUMBER}){_PERCENT}|(?P<low>{NUMBER})(?:{_PERCENT})?{TO}(?P<high>{NUMBER}){_PERCENT})"
)


def _counts(what: str, n: str) -> str:
    """137/200, [137/200], 137 of 200 cells"""
    return f"\\[?{GAP}(?P<part{n}>{COUNT}){GAP}(?:/|of|out of){GAP}(?P<whole{n}>{COUNT}){GAP}\\]?(?:{GAP}(?:{what}))?"


SHARE_EXPECTED = "a share of cells: 68.5 %, 137/200, >90 %, 60-70 % or <1 %"
_CELLS = "cells|nuclei|metaphases"
SHARE = f"{_PERCENTAGE}(?:{GAP}(?:\\(|\\[){_counts(_CELLS, '1')}(?:\\)|\\]))?|{_counts(_CELLS, '2')}"

FRACTION_EXPECTED = "an allele fraction: 43 %, 0.43 or 43/100 reads"
FRACTION = (
    f"{_PERCENTAGE}(?:{GAP}\\({_counts('reads', '1')}\\))?|{_counts('reads', '2')}"
    f"|(?P<fraction>0|0?{POINT}[0-9]{{1,12}}|1{POINT}0{{1,12}})"
)

_BARE_SHARE = "a number without a unit is a percentage or a fraction of 1; expected " + SHARE_EXPECTED
_BARE_FRACTION = "a number without a unit is a percentage or a fraction of 1; expected " + FRACTION_EXPECTED


def read_share(value: str | int | Decimal | Mapping[str, object]) -> Share:
    """Share of cells from text or from an object of counts, ``{"positive": 137, "scored": 200}``.

    >>> read_share("137/200").low
    Decimal('68.5')

    Raises NomenclatureError with the span and what would be accepted.
    """
    if isinstance(value, Mapping):
        return _scored(value)
    if not isinstance(value, str) or _bare(value):
        raise NomenclatureError(_BARE_SHARE, text=str(value))
    found = match(SHARE, value, SHARE_EXPECTED)
    positive, scored = _stated_counts(found)
    ends = _percent(found) if found["one"] or found["low"] else _quotient(positive, scored, value)
    _agree(ends, positive, scored, value)
    return Share(value, *ends, positive=positive, scored=scored)


def read_fraction(value: str | int | Decimal) -> Fraction:
    """Variant allele fraction, 0 to 1, from text or from a JSON number below 1.

    >>> read_fraction("43 %").low
    Decimal('0.43')

    Raises NomenclatureError with the span and what would be accepted.
    """
    text = value if isinstance(value, str) else str(value)
    if not isinstance(value, str):
        if not (plain_number(value) and 0 <= value < 1):
            raise NomenclatureError(_BARE_FRACTION, text=text)
        return Fraction(text, Decimal(value), Decimal(value), stated="number")
    if (_bare(text) and not 0 <= decimal(text) <= 1) or text.strip() == "1":
        raise NomenclatureError(_BARE_FRACTION, text=text)
    found = match(FRACTION, text, FRACTION_EXPECTED)
    if found["fraction"]:
        return Fraction(text, decimal(found["fraction"]), decimal(found["fraction"]))
    reads, depth = _stated_counts(found)
    ends = _percent(found) if found["one"] or found["low"] else _quotient(reads, depth, text)
    _agree(ends, reads, depth, text)
    return Fraction(text, *_of_one(ends), reads=reads, depth=depth)


def _bare(text: str) -> bool:
    return re.fullmatch(f"{GAP}{NUMBER}{GAP}", text) is not None


def _scored(value: Mapping[str, object]) -> Share:
    positive, scored = value.get("positive"), value.get("scored")
    if set(value) != {"positive", "scored"} or type(positive) is not int or type(scored) is not int or positive < 0:
        raise NomenclatureError("expected two whole counts, positive and scored", text="")
    text = f"{positive}/{scored}"
    return Share(text, *_quotient(positive, scored, text), stated="counts", positive=positive, scored=scored)


def _stated_counts(found: re.Match[str]) -> tuple[int | None, int | None]:
    part, whole = found["part1"] or found["part2"], found["whole1"] or found["whole2"]
    return (int(part), int(whole)) if part else (None, None)


def _quotient(part: int | None, whole: int | None, text: str) -> Ends:
    """Percentage of two counts, exact where it ends within 6 decimals, else rounded to 6."""
    if not whole or part is None or part > whole:
        raise NomenclatureError("the first count is larger than the second, or nothing was scored", text=text)
    percent = Decimal(100 * part) / whole
    rounded = percent.quantize(Decimal("1E-6"), ROUND_HALF_EVEN)
    exact = Decimal(format(rounded.normalize(), "f"))
    return Ends(exact, exact)


def _percent(found: re.Match[str]) -> Ends:
    low, high = found["one"] or found["low"], found["high"]
    ends = bounded(found, decimal(low), decimal(high) if high else None)
    if any(end is not None and end > 100 for end in ends[:2]):
        raise NomenclatureError("a share is at most 100 %", text=found.string)
    return ends


def _agree(ends: Ends, part: int | None, whole: int | None, text: str) -> None:
    """Refuse a percentage beside counts that give another, at the precision it is stated with."""
    if part is None or ends.low is None or ends.low != ends.high:
        return
    percent = _quotient(part, whole, text).low
    exponent = ends.low.as_tuple().exponent
    if percent is None or abs(percent - ends.low) > Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0):
        raise NomenclatureError("the percentage and the counts disagree", text=text)


def _of_one(ends: Ends) -> Ends:
    return ends._replace(
        low=None if ends.low is None else ends.low.scaleb(-2), high=None if ends.high is None else ends.high.scaleb(-2)
    )
