"""FHIR datatypes as the quantities a case states: the words as stated where they stand beside, else the number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.reader.node import number, obj, objects, text
from adapter.nomenclature.intervals import UNITS

if TYPE_CHECKING:
    from adapter.report import Json

_TIME = {"a": "y", "mo": "mo", "wk": "wk", "d": "d", "h": "h"}
_SHORT = {"years": "y", "months": "mo", "weeks": "wk", "days": "d", "hours": "h"}
_TIME_WORDS = {word: _SHORT[unit] for unit, words in UNITS.items() for word in words.split("|")}
_SIGNS = ("<", "<=", ">=", ">")
_ONE_UNIT = frozenset({"value", "unit", "system", "code", "comparator", "extension"})


def value_of(node: Json) -> tuple[str, Any]:
    """Kind and value of ``value[x]``: ("Quantity", {...}); ("", None) without one."""
    for member, value in node.items():
        if member.startswith("value") and value is not None:
            return member[5:], value
    return "", None


def as_stated(node: Any, address: str) -> str:
    """The words beside a value, "" where none stand there."""
    return next((text(e, "valueString") for _, e in objects(node, "extension") if text(e, "url") == address), "")


def unit_of(quantity: Json) -> str:
    """Unit of a Quantity for people, "" for a bare number."""
    unit = text(quantity, "unit") or text(quantity, "code")
    return "" if text(quantity, "code") == "1" else unit


def is_percent(quantity: Any) -> bool:
    """Whether a Quantity is in percent: by its code, or by its unit where it has none."""
    return (text(quantity, "code") or text(quantity, "unit")) in ("%", "percent")


def plain(value: Any, sign: str = "") -> str:
    """A Quantity or Range as number, bound or range, followed by ``sign``; "" for what is none."""
    if not isinstance(value, dict):
        return ""
    low, high = number(obj(value, "low").get("value")), number(obj(value, "high").get("value"))
    if low is not None and high is not None:
        same = unit_of(obj(value, "low")) == unit_of(obj(value, "high"))
        return f"{low}~{high}{sign}" if same else ""
    if low is not None or high is not None:
        return f">={low}{sign}" if low is not None else f"<={high}{sign}"
    one, comparator = number(value.get("value")), value.get("comparator", "")
    if one is None or comparator not in ("", *_SIGNS) or value.keys() - _ONE_UNIT:
        return ""
    return f"{comparator}{one:f}{sign}"


def _unit_of_time(ends: list[Any]) -> str:
    """The unit of ages or intervals by their code, else by their words; "" where they differ or are no time."""
    if code := next((code for one in ends if (code := text(one, "code"))), ""):
        return _TIME.get(code, "")
    words = {_TIME_WORDS.get(text(one, "unit").lower(), "") for one in ends}
    return words.pop() if len(words) == 1 else ""


def time(kind: str, value: Any, address: str) -> str:
    """An age or interval as text a case reads: ``58 y``, ``>89 y``, ``2-3 wk``; "" for what is none."""
    if kind == "String":
        return value if isinstance(value, str) else ""
    if said := as_stated(value, address):
        return said
    low, high = obj(value, "low"), obj(value, "high")
    unit = _unit_of_time([one for one in (low, high) if one] or [value])
    if not unit:
        return ""
    first, last = number(low.get("value")), number(high.get("value"))
    if first is not None and last is not None:
        return f"{first}-{last} {unit}" if text(low, "code") == text(high, "code") else ""
    return plain(value, f" {unit}")
