"""What stands around the core of an item: numbers of it, its origin, the cells that have it."""

from __future__ import annotations

from adapter.nomenclature.iscn.model import ONE, Cells, Range
from adapter.nomenclature.iscn.operations import ORIGINS
from adapter.nomenclature.iscn.scan import Reader
from adapter.nomenclature.iscn.symbols import begins_item

_LARGEST_COUNT = 9999


def number(r: Reader, role: str) -> int:
    """A number of at most four digits; COUNT where it is longer."""
    text = r.texts[r.i]
    if len(text) > 4:
        r.say("COUNT", "error", r.starts[r.i], r.ends[r.i], f"no count of chromosomes is {text[:12]}")
        r.take(role)
        return _LARGEST_COUNT
    r.take(role)
    return int(text)


def range_sign(r: Reader) -> None:
    """The sign between the ends of a range; a hyphen is the older style and repaired."""
    if r.texts[r.i] == "-":
        r.drop("SEP", "a range is written with ~", "~")
    else:
        r.take("range")


def suffixes(r: Reader, multiplier: Range) -> tuple[Range, tuple[str, ...], bool, Cells | None]:
    """Suffix = "x" NUMBER | "?"? origin | cells-of-the-item"""
    origin: tuple[str, ...] = ()
    certain, cells = True, None
    while True:
        text = r.texts[r.i]
        if text in ("x", "X") and r.kinds[r.i + 1] == "number" and multiplier == ONE:
            multiplier = _times(r)
        elif text in ORIGINS:
            origin = (*origin, r.take("origin"))
        elif text == "?" and r.texts[r.i + 1] in ORIGINS:
            r.take("uncertain")
            certain = False
        elif text == "[" and cells is None:
            cells = _item_cells(r)
            if cells is None:
                return multiplier, origin, certain, cells
        else:
            return multiplier, origin, certain, cells


def _times(r: Reader) -> Range:
    """Times = "x" NUMBER ("~" NUMBER)?"""
    r.take("times")
    low = high = number(r, "multiplier")
    if r.texts[r.i] in ("~", "-") and r.kinds[r.i + 1] == "number":
        range_sign(r)
        high = number(r, "multiplier")
    return Range(min(low, high), max(low, high))


def _item_cells(r: Reader) -> Cells | None:
    """item-cells = "[" "cp"? NUMBER "]" before ",", before the cells of the clone or, its comma missing, an item"""
    i = r.i + 1
    composite = r.texts[i] == "cp"
    if composite:
        i += 1
    if r.fish or r.kinds[i] != "number" or r.texts[i + 1] != "]":
        return None
    after = i + 2 + (r.texts[i + 2] == ";")
    if r.texts[i + 2] not in (",", "[") and (after in r.gaps or not begins_item(r, after)):
        return None
    start = r.starts[r.i]
    r.take("bracket")
    if composite:
        r.take("composite")
    n = number(r, "cells")
    r.take("bracket")
    return Cells(n, composite, "", start, r.ends[r.i - 1])
