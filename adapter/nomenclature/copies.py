"""Copy numbers as FISH and array reports write them: ``6~18``, ``8-11``, ``x6``, ``>=20``, ``<2``, ``~6``, ``amp``.

``~`` between two counts is ISCN's range, before one it means "about"; ``amp`` is ISCN's amplification, not counted.
"""

from __future__ import annotations

from decimal import Decimal

from adapter.errors import NomenclatureError
from adapter.nomenclature.grammar import BOUND, GAP, NUMBER, TO, Ends, bounded, decimal, match, plain_number
from adapter.nomenclature.quantities import Copies

EXPECTED = "copies per cell: 6, 6~18, >=20, <2, at least 6, up to 18, ~6, 3.5 or amp"
GRAMMAR = (
    f"(?:(?P<amp>amp)|(?:(?:x|\u00d7){GAP})?(?:(?:{BOUND})?(?P<one>{NUMBER})(?P<plus>\\+)?"
    f"|(?P<low>{NUMBER}){TO}(?P<high>{NUMBER})))(?:{GAP}(?:copies|copy|signals?))?"
)


def read(value: str | int | Decimal) -> Copies:
    """Copies from text or from a JSON number.

    >>> read("6~18").high
    Decimal('18')

    Raises NomenclatureError with the span and what would be accepted.
    """
    if not isinstance(value, str):
        return _number(value)
    found = match(GRAMMAR, value, EXPECTED)
    if found["amp"]:
        return Copies(value, None, None, amplified=True)
    if found["plus"]:
        return Copies(value, *_at_least(found["one"], any(found[n] for n in ("at_most", "less_than")), value))
    low, high = found["one"] or found["low"], found["high"]
    return Copies(value, *bounded(found, decimal(low), decimal(high) if high else None))


def _at_least(number: str, contradicted: bool, text: str) -> Ends:
    if contradicted:
        raise NomenclatureError("a plus after an upper bound contradicts it", text=text)
    return Ends(decimal(number), None)


def _number(value: int | Decimal) -> Copies:
    if not plain_number(value) or value < 0:
        raise NomenclatureError(f"expected {EXPECTED}", text=str(value))
    return Copies(str(value), Decimal(value), Decimal(value), stated="number")
