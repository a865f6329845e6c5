"""What a laboratory reports as a value: ``185``, ``<10``, ``0.01 %``, ``<10^-4``, ``0.003 % IS``, ``39 bp``, or words.

Used for measurements, expression levels, residual disease (MRD) and allelic ratios. A value that is no number is kept
as the words it is: no grammar covers what laboratories write here, and none is needed to carry it.
"""

from __future__ import annotations

import re
from decimal import Decimal

from adapter.errors import NomenclatureError
from adapter.nomenclature.grammar import BOUND, DASH, GAP, NUMBER, POINT, TO, bounded, compiled, decimal, plain_number
from adapter.nomenclature.quantities import Bounds, Marker, Reading
from adapter.nomenclature.shares import read_share

_POWER = (
    f"(?:(?P<mantissa>[0-9]{{1,3}}(?:{POINT}[0-9]{{1,6}})?){GAP}(?:x|×|\\*|·){GAP})?"
    f"10(?:\\^(?P<exponent>(?:{DASH})?[0-9]{{1,2}})|(?P<superscript>⁻?[⁰¹²³⁴-⁹]{{1,2}}))"
)
_SCIENTIFIC = r"(?P<scientific>[0-9](?:\.[0-9]{1,6})?e-?[0-9]{1,2})"
_UNIT = f"{GAP}(?:(?P<percent>%)?{GAP}(?P<scale>IS)?|(?P<bases>bp|nt))"
GRAMMAR = f"(?:(?P<low>{NUMBER}){TO}(?P<high>{NUMBER})|(?:{BOUND})?(?:{_POWER}|{_SCIENTIFIC}|(?P<one>{NUMBER}))){_UNIT}"
_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u2010\u2011\u2012–—\u2212", "-0123456789------")
MARKERS = ("positive", "negative", "dim", "bright", "partial")


def read(value: str | int | Decimal) -> Reading:
    """A reading from text or from a JSON number; text that is no number is words.

    >>> read("<10^-4").bounds.high
    Decimal('0.0001')

    Raises NomenclatureError for a number of a size no quantity has and for a range that runs downwards.
    """
    if not isinstance(value, str):
        return _measured(value)
    found = compiled(GRAMMAR).fullmatch(value)
    if found is None:
        return Reading(value)
    high = decimal(found["high"]) if found["high"] else None
    unit = ("%{IS}" if found["scale"] else "%") if found["percent"] else "{IS}" if found["scale"] else ""
    return Reading(value, Bounds(value, *bounded(found, _low(found), high)), unit or found["bases"] or "")


def read_marker(value: str) -> Marker:
    """Result of a marker: positive, negative, dim, bright, partial, or a share of cells. Raises NomenclatureError."""
    if isinstance(value, str) and value.strip().lower() in MARKERS:
        return Marker(value)
    try:
        return Marker(value, read_share(value))
    except NomenclatureError as error:
        raise NomenclatureError(f"expected {', '.join(MARKERS)}, or a percentage", text=error.text) from None


def _measured(value: int | Decimal) -> Reading:
    if not plain_number(value):
        raise NomenclatureError("expected a number of at most 12 digits on each side of the point", text=str(value))
    return Reading(str(value), Bounds(str(value), Decimal(value), Decimal(value), stated="number"), stated="number")


def _low(found: re.Match[str]) -> Decimal:
    if found["scientific"]:
        return Decimal(found["scientific"])
    power = (found["exponent"] or found["superscript"] or "").translate(_DIGITS)
    if power:
        return decimal(f"{found['mantissa'] or 1}E{power}")
    return decimal(found["one"] or found["low"])
