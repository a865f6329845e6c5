"""What stands at the head and the tail of a clone: count, ploidy, sex complement, cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.model import Cells, Range, Sex
from adapter.nomenclature.iscn.scan import printed
from adapter.nomenclature.iscn.symbols import holds_items, in_words

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.scan import Reader

SEX = re.compile(r"([XYxy]+)(c?)")
"""Sex chromosomes as written, with ``c`` where they are constitutional."""


_CELLS = frozenset({"cell", "cells", "metaphase", "metaphases", "mitosis", "mitoses"})


def count(r: Reader) -> Range:
    """Count = NUMBER (("~" | "-") NUMBER)?"""
    low = high = int(r.take("count"))
    if r.texts[r.i] not in ("~", "-"):
        return Range(low, high)
    start = r.starts[r.i - 1]
    if r.texts[r.i] == "-":
        r.drop("SEP", "a range of counts is written with ~", "~")
    else:
        r.take("range")
    high = small_number(r, "count")
    if high < low:
        r.say("COUNT", "repair", start, r.ends[r.i - 1], "range runs downwards", f"{high}~{low}")
    return Range(min(low, high), max(low, high))


def small_number(r: Reader, role: str) -> int:
    """A number of at most three digits; COUNT where it is longer."""
    text = r.texts[r.i][:4]
    if len(r.texts[r.i]) > 3:
        r.say("COUNT", "error", r.starts[r.i], r.ends[r.i], f"{text} or more is no number of chromosomes or clones")
    r.take(role)
    return int(text)


def ploidy_level(r: Reader) -> int | None:
    """Ploidy = "<" DIGIT "n" ("+" | "-")* ">", a level such as ``<3n>``."""
    if r.texts[r.i] != "<":
        return None
    start, digit = r.starts[r.i], r.texts[r.i + 1]
    r.take("ploidy")
    usable = len(digit) == 1 and digit in "123456789" and r.texts[r.i + 1].lower() == "n"
    if not usable:
        r.say("COUNT", "error", start, r.ends[r.i - 1], "a ploidy level is written <3n>")
        return None
    r.take("ploidy")
    r.take("ploidy")
    while r.texts[r.i] in ("+", "-"):
        r.take("ploidy")
    if not r.take_if(">", "ploidy"):
        r.missing("PAREN", ">", "closing sign of the ploidy level missing")
    return int(digit)


def sex_complement(r: Reader) -> Sex | None:
    """Sex = ("X" | "Y")+ "?"? "c"? | "?" | "U"  ; None, with a warning, where none is stated."""
    i = r.i
    text, kind = r.texts[i], r.kinds[i]
    match = SEX.fullmatch(text)
    letters, constitutional = (match[1], bool(match[2])) if match else ("", False)
    if match is None and text not in ("?", "U"):
        return _no_sex(r, text, kind)
    r.take("sex")
    plain = "".join(sorted(letters.upper()))
    if plain != letters:
        code = "CASE" if letters.upper() == plain else "SEX"
        r.say(code, "repair", r.starts[i], r.starts[i] + len(letters), "sex chromosomes are written X before Y", plain)
    unknown = text in ("?", "U")
    doubt = False
    if r.texts[r.i] == "?" and not constitutional and not r.spaced():
        doubt = r.texts[r.i + 1] == "c"
        unknown = unknown or not doubt
        r.take("uncertain")
    if r.texts[r.i] == "c":
        r.take("origin")
        constitutional = True
    return Sex(plain, unknown, text == "U", constitutional, not doubt, r.starts[i], r.ends[r.i - 1])


def _no_sex(r: Reader, text: str, kind: str) -> Sex | None:
    """Letters that are no sex chromosomes are an error at the first wrong one; a missing complement a warning."""
    start, end = r.starts[r.i], r.ends[r.i]
    if kind == "word" and text.isupper() and r.texts[r.i + 1] in (",", "[", "/", "//", ""):
        wrong = next((k for k, letter in enumerate(text) if letter not in "XY"), 0)
        r.say("SEX", "error", start + wrong, start + wrong + 1, f"{text[wrong]} is no sex chromosome")
        r.take("sex")
        return None
    r.say("SEX", "warning", start, end, "no sex chromosomes are stated")
    before = r.i - 1
    if before >= 0 and r.texts[before] == ",":
        r.i = before
    return None


def cells(r: Reader) -> Cells | None:
    """Cells = "[" "cp"? NUMBER note? "]"  ; CELLS where there is no number of cells."""
    first = r.i
    stop, closed = _closing(r)
    start = r.starts[first]
    r.take("bracket")
    composite = r.texts[r.i].lower() == "cp"
    if composite:
        if r.texts[r.i] != "cp":
            r.say("CASE", "repair", r.starts[r.i], r.ends[r.i], "written cp", "cp")
        r.take("composite")
    number = r.texts[r.i]
    split = r.kinds[r.i + 1] == "number" and r.i + 2 == stop  # [1 7]: one number or two
    usable = r.kinds[r.i] == "number" and len(number) < 5 and r.texts[r.i + 1] not in (".", "%") and r.i < stop
    usable = usable and not split
    if not usable:
        _no_cells(r, first, stop, closed=closed)
        return None
    r.take("cells")
    end_of_number = r.ends[r.i - 1]
    if not closed and (holds_items(r, r.i, stop) or not in_words(r, r.i)):
        stop = r.i  # the bracket was forgotten; what follows is no note
    while r.i < stop:
        r.take("note")
    note = printed(r.raw[end_of_number : r.ends[r.i - 1]]).strip(" ,")
    if note.lower() in _CELLS:
        r.say("CELLS", "repair", end_of_number, r.ends[r.i - 1], "only the number of cells is written", "")
        note = ""
    if closed:
        r.take("bracket")
    else:
        r.missing("PAREN", "]", "closing bracket missing")
    if int(number) == 0:
        r.say("CELLS", "error", start, r.ends[r.i - 1], "a clone has at least one cell")
    return Cells(int(number), composite, note, start, r.ends[r.i - 1])


def _closing(r: Reader) -> tuple[int, bool]:
    """The lexeme that closes the bracket at the cursor, or where it ends without one."""
    i = r.i + 1
    slash = 0
    while r.texts[i] not in ("]", "[", ""):
        if not slash and r.texts[i] in ("/", "//"):
            slash = i
        i += 1
    if r.texts[i] == "]":
        return i, True
    return (slash or i), False


def _no_cells(r: Reader, first: int, stop: int, *, closed: bool) -> None:
    """Brackets without a number of cells are left out, the clone itself is not in doubt."""
    last = stop if closed else max(stop - 1, first)
    start, end = r.starts[first], r.ends[last]
    r.roles[first : last + 1] = [""] * (last + 1 - first)
    r.i = last + 1
    r.say("CELLS", "repair", start, end, "no number of cells such as [20] or [cp20]; brackets left out", "")
