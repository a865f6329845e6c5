"""What the grammars of quantities share: numbers, bounds, ranges, and how a grammar is published.

A grammar is one regular expression over ASCII letters in any case. :func:`published` gives it in the dialect of
ECMA 262, as a JSON Schema ``pattern``: what the pattern refuses is refused, what it accepts may still contradict itself
(a range that runs downwards).
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from adapter.errors import NomenclatureError

POINT = "[.·]"
"""The decimal point, and the raised one of British journals (``68·5 %``)."""
NUMBER = f"[0-9]{{1,12}}(?:{POINT}[0-9]{{1,12}})?"
COUNT = r"[0-9]{1,9}"
GAP = "[ \u00a0\u2000-\u200a\u202f\u205f\u3000]*"
"""Blanks between the parts of a quantity: the ordinary one and those that typesetters put (no-break, thin, wide)."""

TILDE = "~|\u223c|\uff5e"  # the tilde, and the operator and the wide one that printed articles have for it
DASH = "-|\u2010|\u2011|\u2012|–|—|\u2212"  # hyphens, dashes, and the minus sign set for them
TO = f"{GAP}(?:{TILDE}|{DASH}|to){GAP}"

AT_LEAST = r">=|≥|⩾|≧|at least"
MORE_THAN = r">|more than|over|above"
AT_MOST = r"<=|≤|⩽|≦|at most|up to|no more than"
LESS_THAN = r"<|less than|fewer than|under|below"
ABOUT = f"{TILDE}|≈|about|approximately|approx\\.|around|circa|ca\\."

BOUND = (
    f"(?:(?P<at_least>{AT_LEAST})|(?P<more_than>{MORE_THAN})|(?P<at_most>{AT_MOST})|(?P<less_than>{LESS_THAN})"
    f"|(?P<about>{ABOUT})){GAP}"
)


class Ends(NamedTuple):
    """The ends of a range: the fields that all quantities with bounds have."""

    low: Decimal | None
    high: Decimal | None
    low_inclusive: bool = True
    high_inclusive: bool = True
    approximate: bool = False


@cache
def compiled(grammar: str) -> re.Pattern[str]:
    """The grammar as an expression, compiled when first used."""
    return re.compile(f"{GAP}(?:{grammar}){GAP}", re.ASCII | re.IGNORECASE)


@cache
def published(grammar: str, *, blanks: bool = True) -> str:
    """The grammar as a JSON Schema pattern (ECMA 262: no named groups, no flag for letter case).

    ``blanks`` says whether blanks may stand around it, as they may for all but dates.

    >>> published("(?P<many>amp)") == f"^{GAP}(?:(?:[aA][mM][pP])){GAP}$"
    True
    """
    around = GAP if blanks else ""
    plain = re.sub(r"\(\?P<\w+>", "(?:", f"{around}(?:{grammar}){around}")
    return f"^{re.sub('[A-Za-z]', lambda m: f'[{m[0].lower()}{m[0].upper()}]', plain)}$"


def match(grammar: str, text: str, expected: str) -> re.Match[str]:
    """The whole of ``text`` read by ``grammar``; raises NomenclatureError that says what was ``expected``."""
    found = compiled(grammar).fullmatch(text)
    if found is None:
        raise NomenclatureError(f"expected {expected}", text=text)
    return found


def decimal(text: str) -> Decimal:
    """The number that :data:`NUMBER` matched, digits kept.

    >>> decimal("68·50")
    Decimal('68.50')
    """
    return Decimal(text.replace("·", "."))


def bounded(found: re.Match[str], low: Decimal, high: Decimal | None) -> Ends:
    """The ends meant by a bound word before ``low``, or by a range up to ``high``.

    Raises NomenclatureError for a range that runs downwards.
    """
    if high is not None:
        if high < low:
            raise NomenclatureError("the range runs downwards", text=found.string)
        return Ends(low, high)
    word = bound_of(found)
    if word in {"at_least", "more_than"}:
        return Ends(low, None, low_inclusive=word == "at_least")
    if word in {"at_most", "less_than"}:
        return Ends(None, low, high_inclusive=word == "at_most")
    return Ends(low, low, approximate=word == "about")


def bound_of(found: re.Match[str]) -> str:
    """Name of the bound that stood before the number: at_least, more_than, at_most, less_than, about, or ""."""
    named = found.groupdict()
    return next((n for n in ("at_least", "more_than", "at_most", "less_than", "about") if named.get(n)), "")


def plain_number(value: int | Decimal) -> bool:
    """Whether a JSON number is of a size that a quantity can have: at most 12 digits on each side of the point."""
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    return number.is_finite() and isinstance(exponent, int) and exponent >= -12 and abs(number) < 10**12
