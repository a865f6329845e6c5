"""The symbols of items where they stand in a text, and where nomenclature begins or words do."""

from __future__ import annotations

import re
from typing import NamedTuple

from adapter.nomenclature.iscn.operations import ALIASES, BARE, CHROMOSOMES, COMPARED, COUNTED, OPERATIONS, PREFIXES
from adapter.nomenclature.iscn.scan import Reader

VARIANT = re.compile(r"(?:[pq]|cen)(?:h|s|ss|stk|cenh)+|phqh", re.IGNORECASE)
"""What stands behind the chromosome of a variant: ``9qh+``."""

_SHORT_WORD = re.compile(r"[XYxy]+c?|U|idem|sl|sdl|inc", re.IGNORECASE)
_YEAR = 4
_MOST_SIGNS = 3
_AFTER_ITEMS = frozenset({",", "[", "/", "//", ""})


class Symbol(NamedTuple):
    """An item symbol as read: the symbol that is meant and how many lexemes it takes."""

    kind: str
    length: int


def symbol_at(r: Reader, i: int) -> Symbol | None:
    """The item symbol that begins at lexeme ``i``, or None.

    symbol = ("psu" | "inv" | "dir")? WORD
    """
    word = r.texts[i]
    if word in OPERATIONS and word not in PREFIXES:
        return Symbol(word, 1) if r.fish or word not in COMPARED else None
    word = word.lower()
    word = ALIASES.get(word, word)
    if word in PREFIXES and r.kinds[i + 1] == "word":
        second = r.texts[i + 1].lower()
        if second in PREFIXES[word] and word != "der":
            return Symbol(f"{word} {second}", 2)
    return Symbol(word, 1) if word in OPERATIONS and word not in COMPARED else None


def take_symbol(r: Reader, symbol: Symbol) -> str:
    """Take the lexemes of a symbol; another spelling is a repair."""
    i = r.i
    for _ in range(symbol.length):
        r.take("symbol")
    written = " ".join(r.texts[i : r.i])
    if written != symbol.kind:
        code = "CASE" if written.lower() == symbol.kind else "PROSE"
        r.say(code, "repair", r.starts[i], r.ends[r.i - 1], f"the symbol is {symbol.kind}", symbol.kind)
    return symbol.kind


def begins_item(r: Reader, i: int) -> bool:
    """Whether an item begins at lexeme ``i``: a sign and a chromosome, a symbol with its parenthesis, a variant."""
    first = i
    while i < first + _MOST_SIGNS and r.texts[i] in ("+", "-", "?"):
        i += 1
    symbol = symbol_at(r, i)
    if symbol is not None:
        after = r.texts[i + symbol.length]
        if symbol.kind == "der" and after.lower() in PREFIXES["der"]:
            after = r.texts[i + 2 + (after.lower() == "psu")]
        return after == "(" or (symbol.kind in BARE and len(symbol.kind) > 1 and after in _AFTER_ITEMS)
    if VARIANT.fullmatch(r.texts[i + 1]) and r.texts[i] in CHROMOSOMES:
        return True
    if i > first:
        return r.texts[i] in CHROMOSOMES
    if r.kinds[i] != "number":
        return False
    ranged = r.texts[i + 1] in ("~", "-") and r.kinds[i + 2] == "number"
    counted = symbol_at(r, i + 3 if ranged else i + 1)
    return counted is not None and counted.kind in COUNTED


def holds_items(r: Reader, first: int, stop: int) -> bool:
    """Whether items or cells are in a text, not just ``a 45,X cell line`` or ``the der(14;21)``."""
    return any(
        (r.texts[k] == "," and begins_item(r, k + 1)) or (r.texts[k] == "[" and r.kinds[k + 1] == "number")
        for k in range(first, stop)
    )


def label_end(r: Reader, i: int) -> int | None:
    """Label = WORD (WORD | YEAR | "(" | ")")* ":"  ; the lexeme of the colon, as in ``Karyotype (ISCN 2020):``."""
    first = i
    while r.kinds[i] == "word" or (i > first and (r.texts[i] in ("(", ")") or len(r.texts[i]) == _YEAR)):
        i += 1
    return i if i > first and r.texts[i] == ":" else None


def in_words(r: Reader, i: int) -> bool:
    """Whether the text from lexeme ``i`` on is told in words: behind punctuation, a word that is no nomenclature.

    ``is the standard karyotype``, ``-only 5 metaphases``, ``125kb deletion``; not ``1)(q21q23)`` and not ``t(9;22)``.
    """
    while r.texts[i] and not r.texts[i][0].isalnum():
        if begins_item(r, i):
            return False
        i += 1
    if r.kinds[i] == "number" and r.kinds[i + 1] == "word" and i + 1 not in r.gaps:
        return symbol_at(r, i + 1) is None and r.texts[i + 1][0] not in "pqPQ"
    unknown_symbol = r.texts[i + 1] == "(" and r.kinds[i + 2] in ("number", "band") and i + 1 not in r.gaps
    if r.kinds[i] != "word" or unknown_symbol or _SHORT_WORD.fullmatch(r.texts[i]):
        return False
    return not begins_item(r, i)
