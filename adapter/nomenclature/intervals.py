"""Ages, durations and dates as case reports write them.

Ages: ``58 y``, ``58-year-old``, ``P58Y``, ``58 y 3 mo``, ``66;4``, ``>89 y``, ``50-59 y``, ``newborn``. Durations:
``two months``, ``within four days``, ``<= 4 d``, ``about 2 years``, ``2-3 weeks``, ``3+ years``. Dates: ``2020``,
``2020-03``, ``2020-03-14``. English unit words and the number words one to twenty are read; nothing is converted.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from adapter.errors import NomenclatureError
from adapter.nomenclature.grammar import (
    ABOUT,
    AT_LEAST,
    AT_MOST,
    DASH,
    GAP,
    LESS_THAN,
    MORE_THAN,
    POINT,
    TO,
    compiled,
    decimal,
    match,
)
from adapter.nomenclature.quantities import Age, Bound, Date, Duration, Span, Stated

WORDS = {
    word: Decimal(n)
    for n, word in enumerate(
        (
            "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        ),
        start=1,
    )
}  # fmt: skip
UNITS = {
    "years": "years|year|yrs|yr|y",
    "months": "months|month|mos|mo",
    "weeks": "weeks|week|wks|wk|w",
    "days": "days|day|d",
    "hours": "hours|hour|hrs|hr|h",
}
_N = f"[0-9]{{1,6}}(?:{POINT}[0-9]{{1,6}})?|" + "|".join(sorted(WORDS, key=len, reverse=True))
_AND = f"{GAP}(?:,|and)?{GAP}"
_BETWEEN = f"(?:{GAP}|{DASH})"


def _term(unit: str, name: str) -> str:
    """N UNIT"""
    return f"(?P<{unit}_{name}>{_N}){_BETWEEN}(?:{UNITS[unit]})"


def _span(name: str) -> str:
    """YEARS? MONTHS? WEEKS? DAYS? HOURS?, at least one, or an ISO 8601 duration"""
    units = list(UNITS)
    chains = "|".join(
        _term(unit, f"{name}{n}") + "".join(f"(?:{_AND}{_term(later, f'{name}{n}')})?" for later in units[n + 1 :])
        for n, unit in enumerate(units)
    )
    iso = "".join(f"(?:(?P<{unit}_{name}iso>[0-9]{{1,6}}(?:\\.[0-9]{{1,6}})?){unit[0]})?" for unit in units[:4])
    hours = f"(?:t(?P<hours_{name}iso>[0-9]{{1,6}})h)?"
    return f"(?:{chains}|(?P<{name}iso>p(?=[0-9]|t){iso}{hours}))"


_BOUNDS = (
    f"(?:(?P<at_most>{AT_MOST}|within)|(?P<at_least>{AT_LEAST})|(?P<less_than>{LESS_THAN})|(?P<more_than>{MORE_THAN})"
    f"|(?P<about>{ABOUT})){GAP}"
)
_RANGE = (
    f"(?P<from>{_N}){TO}(?P<to>{_N}){_BETWEEN}(?:" + "|".join(f"(?P<range_{u}>{w})" for u, w in UNITS.items()) + ")"
)
_PLUS = f"(?P<plus>{_N})\\+{GAP}(?:" + "|".join(f"(?P<plus_{u}>{w})" for u, w in UNITS.items()) + ")"

AGE_EXPECTED = "an age: 58 y, 58-year-old, P58Y, 58 y 3 mo, 7 months, 66;4, >89 y, 50-59 y or newborn"
AGE = (
    f"(?:(?P<newborn>newborn|neonate)|(?P<school>[0-9]{{1,3}};[0-9]{{1,2}})|{_PLUS}|{_RANGE}|(?:{_BOUNDS})?{_span('a')})"
    f"(?:{_BETWEEN}old)?"
)
DURATION_EXPECTED = "a duration: two months, 60 d, P2M, within four days, <= 4 d, about 2 years, 2-3 weeks or 3+ years"
DURATION = f"(?:{_PLUS}|{_RANGE}|(?:{_BOUNDS})?{_span('a')})"
DATE_EXPECTED = "a date: 2020, 2020-03 or 2020-03-14"
DATE = "(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"

_SIDES: dict[str, Bound] = {
    "at_most": "at-most", "at_least": "at-least", "less_than": "less-than", "more_than": "more-than", "about": "about",
}  # fmt: skip


def read_age(value: str | int | Decimal) -> Age:
    """Age of a person from text.

    >>> read_age("58-year-old").low.iso
    'P58Y'

    Raises NomenclatureError with the span and what would be accepted.
    """
    text = _text(value, f"a number without a unit is years or months; expected {AGE_EXPECTED}")
    found = match(AGE, text, AGE_EXPECTED)
    if found["newborn"]:
        return Age(text, Span(days=Decimal(0)), Span(days=Decimal(0)), newborn=True)
    if found["school"]:
        years, _, months = found["school"].partition(";")
        if int(months) > 11:
            raise NomenclatureError("the months after the semicolon are 0 to 11", text=text, start=text.index(";") + 1)
        span = Span(years=Decimal(years), months=Decimal(months))
        return Age(text, span, span)
    low, high, bound = _ends(found)
    return Age(text, low, high, bound)


def read_duration(value: str | int | Decimal) -> Duration:
    """Duration from text; "within four days" is an upper bound, ``3+ years`` a lower one whose end was not reached.

    >>> read_duration("within four days").high.iso
    'P4D'

    Raises NomenclatureError with the span and what would be accepted.
    """
    text = _text(value, f"a number without a unit is days or months; expected {DURATION_EXPECTED}")
    found = match(DURATION, text, DURATION_EXPECTED)
    low, high, bound = _ends(found)
    return Duration(text, low, high, bound, censored=bool(found["plus"]))


def read_date(value: str | int | Decimal) -> Date:
    """Calendar date from text, or a year from a JSON number; a missing month or day is never filled in.

    Raises NomenclatureError for what is no date, with what would be accepted.
    """
    text = value if isinstance(value, str) else str(value)
    found = re.fullmatch(DATE, text, re.ASCII)
    if found is None or (not isinstance(value, str) and found["month"]):
        raise NomenclatureError(f"expected {DATE_EXPECTED}", text=text)
    try:
        date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1))
    except ValueError:
        raise NomenclatureError("no such day in the calendar", text=text) from None
    stated: Stated = "text" if isinstance(value, str) else "number"
    return Date(text, "day" if found["day"] else "month" if found["month"] else "year", stated)


def read_moment(value: str | int | Decimal) -> Date | Duration:
    """A date, or a duration counted from an event named beside it. Raises NomenclatureError."""
    if not isinstance(value, str) or compiled(DATE).fullmatch(value):
        return read_date(value)
    try:
        return read_duration(value)
    except NomenclatureError as error:
        raise NomenclatureError(f"expected {DATE_EXPECTED}, or {DURATION_EXPECTED}", text=error.text) from None


def _text(value: str | int | Decimal, bare: str) -> str:
    if not isinstance(value, str) or re.fullmatch(r"\s*[0-9.·]+\s*", value):
        raise NomenclatureError(bare, text=str(value))
    return value


def _ends(found: re.Match[str]) -> tuple[Span | None, Span | None, Bound]:
    if found["plus"]:
        return _one(found, "plus", found["plus"]), None, "at-least"
    if found["from"]:
        low, high = _one(found, "range", found["from"]), _one(found, "range", found["to"])
        if _number(found["to"]) < _number(found["from"]):
            raise NomenclatureError("the range runs downwards", text=found.string)
        return low, high, "exact"
    span = _stated_span(found)
    bound: Bound = next((b for name, b in _SIDES.items() if found[name]), "exact")
    return (
        None if bound in {"at-most", "less-than"} else span,
        None if bound in {"at-least", "more-than"} else span,
        bound,
    )


def _stated_span(found: re.Match[str]) -> Span:
    stated = {
        name.partition("_")[0]: text
        for name, text in found.groupdict().items()
        if text and name.partition("_")[0] in UNITS
    }
    return Span(**{unit: _number(text) for unit, text in stated.items()})


def _one(found: re.Match[str], kind: str, number: str) -> Span:
    unit = next(unit for unit in UNITS if found[f"{kind}_{unit}"])
    return Span(**{unit: _number(number)})


def _number(text: str) -> Decimal:
    return WORDS.get(text.lower()) or decimal(text)
