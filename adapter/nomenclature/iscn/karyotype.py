"""Clones of a karyotype: counts, sex, relations, items, cells, and what laboratories write beside them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from adapter.nomenclature.iscn.abnormality import item
from adapter.nomenclature.iscn.identity import SEX, cells, count, ploidy_level, sex_complement, small_number
from adapter.nomenclature.iscn.model import ONE, Abnormality, Cells, Clone, Note, Relation, Sex
from adapter.nomenclature.iscn.operations import COUNTED
from adapter.nomenclature.iscn.scan import printed
from adapter.nomenclature.iscn.symbols import begins_item, holds_items, in_words, label_end, symbol_at

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.scan import Reader

_TIMES_SIGN = re.compile(r"\s*[xX\u00d7]\s*\d")
_SEX_LIKE = re.compile(r"[A-Z]{1,8}c?")
_RELATION = re.compile(r"idem|sl|sdl", re.IGNORECASE)
_NOTES = frozenset({"nonclonal", "non", "noclonal", "na", "composite", "nc"})
_SEPARATORS = frozenset({",", ".", ";", ":"})
_ENDS = frozenset({"/", "//", ""})
_AFTER_ITEMS = frozenset({",", "[", "/", "//", ""})
_LARGEST_EXPANSION = 8
_LONGEST_NUMBER = 4


class Karyotype:
    """Collects the clones and notes of one karyotype while they are read."""

    def __init__(self, r: Reader) -> None:
        self.r = r
        self.clones: list[Clone] = []
        self.notes: list[Note] = []
        self.stems: list[int] = []
        self.sidelines: list[int] = []
        self.population: Literal["mos", "chi"] | None = None
        self.population_at = 0
        self.donor_from: int | None = None
        self.prose: list[tuple[int, int]] = []

    def read(self) -> bool:
        """Karyotype = label? ("mos" | "chi")? entry (("/" | "//") entry)*  ; False where the text is none."""
        r = self.r
        self._opening()
        if not (self._is_clone(r.i) or r.texts[r.i].lower() in _NOTES or self._only_donor()):
            return False
        while not r.at_end():
            if self._is_clone(r.i):
                self._clone()
            elif r.texts[r.i] not in _ENDS:
                self._note()
                if self._is_clone(r.i):
                    continue
            while not self._between():
                self._left_over()
        return bool(self.clones)

    def _opening(self) -> None:
        """A leading full stop, a label ending in a colon, or ``mos`` / ``chi`` before the first clone."""
        r = self.r
        if r.texts[0] in (".", ",", ":") and self._is_clone(1):
            r.drop("SEP", "punctuation before the karyotype")
        self._label()
        if self._is_population(r.i):
            self.population_at = r.i
            self.population = "mos" if r.take("population").lower() == "mos" else "chi"

    def _is_population(self, i: int) -> bool:
        return self.r.texts[i].lower() in ("mos", "chi") and self.r.kinds[i + 1] == "number"

    def _label(self) -> None:
        """A label before the first clone, such as ``Karyotype:``, is left out as a repair."""
        r = self.r
        i = label_end(r, r.i)
        if i is None or not (self._is_clone(i + 1) or self._is_population(i + 1)):
            return
        r.say("PROSE", "repair", r.starts[r.i], r.ends[i], "label before the karyotype left out", "")
        for k in range(r.i, i + 1):
            r.roles[k] = "prose"
        r.i = i + 1

    def _only_donor(self) -> bool:
        return self.r.i == 0 and self.r.texts[0] == "//" and self._is_clone(1)

    def _is_clone(self, i: int) -> bool:
        """Whether a clone begins at lexeme ``i``: a count and then a comma, sex chromosomes or a relation."""
        r = self.r
        if r.kinds[i] != "number" or len(r.texts[i]) > 3:
            return False
        i += 1
        if r.texts[i] in ("~", "-") and r.kinds[i + 1] == "number":
            i += 2
        if r.texts[i] == "<":
            return True
        if r.texts[i] in _SEPARATORS:
            while r.texts[i + 1] == ",":
                i += 1
            after = r.texts[i + 1]
            return (
                after in ("+", "-", "?")
                or bool(SEX.fullmatch(after) or _SEX_LIKE.fullmatch(after) or _RELATION.fullmatch(after))
                or symbol_at(r, i + 1 + (r.kinds[i + 1] == "number")) is not None
            )
        return bool(SEX.fullmatch(r.texts[i]) or _RELATION.fullmatch(r.texts[i]))

    def _between(self) -> bool:
        """The slash after an entry; a missing or another sign is repaired. False where something else stands here."""
        r = self.r
        text = r.texts[r.i]
        if text == "//":
            r.take("chimerism")
            self.donor_from = len(self.clones)
        elif text == "/":
            r.take("clone separator")
            if r.texts[r.i] in _ENDS or (r.texts[r.i] == "." and r.texts[r.i + 1] == ""):
                _left_out(r, r.i - 1, r.i, "slash without a clone")
        elif (text in (";", "|") and self._is_clone(r.i + 1)) or self._comma_of_clones():
            r.drop("SEP", "clones are separated by a slash", "/")
        elif text and r.texts[r.i - 1] == "]" and self._is_clone(r.i):
            r.missing("SEP", "/", "slash between clones missing")
        else:
            return not text
        return True

    def _comma_of_clones(self) -> bool:
        """Whether a comma parts two clones: behind the cells of one, before the number and sex of the next."""
        r, i = self.r, self.r.i
        follows = r.texts[i] == "," and r.texts[i - 1] == "]" and self._is_clone(i + 1)
        behind = i + 2 + 2 * (r.texts[i + 2] in ("~", "-"))
        after = r.texts[behind + 1]
        return follows and r.texts[behind] == "," and bool(SEX.fullmatch(after) or _RELATION.fullmatch(after))

    def _left_over(self) -> None:
        """Text after an entry that begins no further one, up to the next clone.

        Words set off by a space, a bracket or punctuation are prose and left out as a repair; what goes on as
        nomenclature stays unclassified.
        """
        r = self.r
        first = r.i
        apart = r.spaced() or r.texts[first - 1] == "]" or not r.texts[first][0].isalnum()
        while r.texts[r.i] and not (r.texts[r.i] in ("/", "//") and self._begins_entry(r.i + 1)):
            r.i += 1
        start, end = r.starts[first], r.ends[r.i - 1]
        if not any(map(str.isalnum, r.raw[start:end])):
            _left_out(r, first, r.i, "punctuation beside the karyotype")
        elif apart and in_words(r, first) and not holds_items(r, first, r.i):
            r.roles[first : r.i] = ["prose"] * (r.i - first)
            r.say("PROSE", "repair", start, end, "text beside the karyotype left out", "")
            self.prose.append((start, end))
        else:
            r.say("PROSE", "warning", start, end, "not understood as part of a karyotype")

    def _begins_entry(self, i: int) -> bool:
        return self._is_clone(i) or self.r.texts[i].lower() in _NOTES

    def _note(self) -> None:
        """Note = WORD+ cells?  ; such as ``nonclonal w/clonal abnormalities[2]`` or ``4n[1]``"""
        r = self.r
        first = r.i
        known = r.texts[first].lower() in _NOTES or (r.kinds[first] == "number" and r.texts[first + 1] == "n")
        if not known and not in_words(r, first):
            return
        while r.texts[r.i] not in _ENDS and r.texts[r.i] != "[" and not self._at_round_cells():
            if r.i > first and self._is_clone(r.i):
                _left_out(r, first, r.i, "text before the clone")
                return
            r.take("note")
        if r.i == first:
            return
        start, end = r.starts[first], r.ends[r.i - 1]
        if not any(map(str.isalnum, r.raw[start:end])):
            _left_out(r, first, r.i, "punctuation in place of a clone")
            return
        if not known:
            r.say("PROSE", "info", start, end, "text in place of a clone, kept as a note")
        end = r.ends[r.i - 1]
        found = cells(r) if r.texts[r.i] == "[" else self._round_cells() if r.texts[r.i] == "(" else None
        text = _printed(r.raw[start:end])
        self.notes.append(Note(text, found, len(self.clones), start, r.ends[r.i - 1]))

    def _clone(self) -> None:
        """Clone = count ploidy? "," sex? relation? ("," item)* cells?"""
        r = self.r
        first = r.i
        index = len(self.clones) + 1
        stated = count(r)
        ploidy = ploidy_level(r)
        _comma(r)
        while r.texts[r.i] == ",":
            r.drop("SEP", "comma without an item")
        sex, relation = self._identity()
        items, incomplete, found = self._items()
        if found is None and items and items[-1].cells is not None:
            found = items[-1].cells
            items[-1] = replace(items[-1], cells=None)
        if sex is None and relation is None and not items:
            r.say("SEX", "error", r.starts[first], r.ends[r.i - 1], "a count alone says nothing of the chromosomes")
        (self.stems if relation is None else self.sidelines).append(index)
        self.clones.append(
            Clone(
                index,
                stated,
                sex,
                ploidy,
                relation,
                tuple(items),
                found,
                self.population,
                incomplete,
                r.starts[first],
                r.ends[r.i - 1],
            )
        )

    def _identity(self) -> tuple[Sex | None, Relation | None]:
        """Identity = sex | relation  ; a sex repeated before the relation is a repair."""
        r = self.r
        relation = self._relation()
        if relation is not None:
            return None, relation
        at = r.i
        sex = sex_complement(r)
        if r.texts[r.i] == "," and sex is not None and _RELATION.fullmatch(r.texts[r.i + 1]):
            r.say("SEX", "repair", r.starts[at], r.ends[r.i], "the sex chromosomes are part of what is referred to", "")
            for k in range(at, r.i + 1):
                r.roles[k] = ""
            r.i += 1
            return None, self._relation()
        return sex, None

    def _relation(self) -> Relation | None:
        """Relation = ("idem" | "sl" | "sdl") NUMBER? ("x" NUMBER)?"""
        r = self.r
        word = r.texts[r.i].lower()
        if not _RELATION.fullmatch(word):
            return None
        start = r.starts[r.i]
        if word != r.texts[r.i]:
            r.say("CASE", "repair", start, r.ends[r.i], f"written {word}", word)
        r.take("relation")
        number = small_number(r, "number") if r.kinds[r.i] == "number" else None
        times = 1
        if r.texts[r.i] in ("x", "X") and r.kinds[r.i + 1] == "number":
            r.take("times")
            times = small_number(r, "multiplier")
        kind: Literal["idem", "sl", "sdl"] = "idem" if word == "idem" else "sl" if word == "sl" else "sdl"
        meant = self._meant(kind, number)
        end = r.ends[r.i - 1]
        if meant is None:
            r.say("STEM-REF", "error", start, end, "no earlier clone that this could refer to")
        return Relation(kind, number, max(times, 1), meant, start, end)

    def _meant(self, kind: str, number: int | None) -> int | None:
        """The index of the clone referred to: ``sl2`` is the second stemline, ``sdl`` the latest sideline."""
        if kind == "sdl":
            known, k = self.sidelines, (number or len(self.sidelines))
        else:
            known, k = self.stems, (number or 1)
        return known[k - 1] if 0 < k <= len(known) else None

    def _items(self) -> tuple[list[Abnormality], bool, Cells | None]:
        """Items = ("," (item | "inc"))* cells?"""
        r = self.r
        items: list[Abnormality] = []
        incomplete = False
        while True:
            text = r.texts[r.i]
            if self._comma_of_clones():
                return items, incomplete, None
            if text == ",":
                r.take("separator")
                if r.texts[r.i] in _AFTER_ITEMS:
                    _left_out(r, r.i - 1, r.i, "comma without an item")
                    continue
                if r.texts[r.i] in ("+", "-") and r.texts[r.i + 1] in _AFTER_ITEMS:
                    r.i += 1
                    _left_out(r, r.i - 2, r.i, "sign without a chromosome")
                    continue
            elif text == "[":
                return items, incomplete, self._cells()
            elif self._at_round_cells():
                return items, incomplete, self._round_cells()
            elif text in _ENDS:
                return items, incomplete, None
            else:
                verdict = self._unexpected(items)
                if verdict == "ends":
                    return items, incomplete, None
                if verdict == "again":
                    continue
            if r.texts[r.i].lower() == "inc":
                r.take("incomplete")
                incomplete = True
            else:
                _next(r, items)

    def _unexpected(self, items: list[Abnormality]) -> Literal["item", "again", "ends"]:
        """What stands where a comma should: an item without it, stray punctuation, or the end of the clone."""
        r = self.r
        text, after = r.texts[r.i], r.texts[r.i + 1]
        if text == ")" or (text == "(" and after in _AFTER_ITEMS):
            r.drop("PAREN", "parenthesis without partner")
            return "again"
        if text in (".", ";", ":") and (after in ("+", "-") or symbol_at(r, r.i + 1)):
            r.drop("SEP", "a comma stands between items", ",")
            return "item"
        if text in ("+", "-", "?") or text == "inc" or self._begins_item():
            return self._without_comma(items)
        if r.texts[r.i - 1] == "]" or r.spaced() or not text[0].isalnum():
            return "ends"
        _unknown_item(r)
        return "again"

    def _begins_item(self) -> bool:
        r = self.r
        return begins_item(r, r.i) or (symbol_at(r, r.i) is not None and not r.spaced())

    def _at_round_cells(self) -> bool:
        r, i = self.r, self.r.i
        number = r.kinds[i + 1] == "number" and len(r.texts[i + 1]) <= _LONGEST_NUMBER and int(r.texts[i + 1]) > 0
        return r.texts[i] == "(" and number and r.texts[i + 2] == ")" and r.texts[i + 3] in _ENDS

    def _round_cells(self) -> Cells:
        """``46,XX(20)``: the cells of a clone in the wrong parentheses."""
        r = self.r
        start = r.starts[r.i]
        r.drop("PAREN", "cells stand in square brackets", "[")
        n = int(r.take("cells"))
        r.drop("PAREN", "cells stand in square brackets", "]")
        return Cells(n, start=start, end=r.ends[r.i - 1])

    def _without_comma(self, items: list[Abnormality]) -> Literal["item", "again", "ends"]:
        r = self.r
        said, at = len(r.found), r.i
        r.missing("SEP", ",", "comma between items missing")
        if r.texts[at] == "inc":
            return "item"
        found = item(r)
        if found is None:
            del r.found[said:]
            if r.spaced() or r.texts[at - 1] == "]":
                return "ends"
            _unknown_item(r)
        else:
            items += repeated(r, found)
        return "again"

    def _cells(self) -> Cells | None:
        """The cells of the clone; in ``[3][cp20]`` the last ones."""
        r = self.r
        found = cells(r)
        while r.texts[r.i] == "[":
            more = cells(r)
            if more is not None and found is not None:
                r.say("CELLS", "repair", found.start, found.end, "another number of cells follows; left out", "")
            found = more or found
        return found

    def by_population(self) -> tuple[Clone, ...]:
        """The clones, those around ``//`` marked as recipient's and donor's."""
        if self.donor_from is None:
            return tuple(self.clones)
        at = self.donor_from
        if self.population is not None:
            start, end = self.r.starts[self.population_at], self.r.ends[self.population_at]
            self.r.say("PROSE", "repair", start, end, "a double slash says whose cells they are; left out", "")
        return tuple(
            replace(clone, population="recipient" if k < at else "donor") for k, clone in enumerate(self.clones)
        )


def _printed(text: str) -> str:
    """A note in plain characters and blanks, without a ``w`` that would read on over a slash."""
    return printed(text).replace("w /", "w/").removesuffix(" w")


def _comma(r: Reader) -> None:
    """The comma after the count; missing or another sign is a repair."""
    text = r.texts[r.i]
    if text == ",":
        r.take("separator")
    elif text in _SEPARATORS:
        r.drop("SEP", "a comma follows the count", ",")
    else:
        r.missing("SEP", ",", "a comma follows the count")


def _left_out(r: Reader, first: int, stop: int, message: str) -> None:
    """Leave lexemes out as a repair."""
    r.roles[first:stop] = [""] * (stop - first)
    r.say("SEP", "repair", r.starts[first], r.ends[stop - 1], message, "")


def _next(r: Reader, items: list[Abnormality]) -> None:
    found = item(r)
    if found is None:
        _unknown_item(r)
    elif found.kind == "chromosome" and found.multiplier != ONE:
        items += repeated(r, found)
    else:
        if found.multiplier.low > _LARGEST_EXPANSION and found.kind not in COUNTED:
            r.say("COUNT", "error", found.start, found.end, f"no clone has {found.multiplier} times this item")
        items.append(found)


def _unknown_item(r: Reader) -> None:
    """An item that is no nomenclature stays unclassified, with a warning, up to the next comma or bracket."""
    first = r.i
    depth = 0
    while r.texts[r.i] and not (depth <= 0 and r.texts[r.i] in _AFTER_ITEMS and r.i > first):
        depth += (r.texts[r.i] == "(") - (r.texts[r.i] == ")")
        r.i += 1
    end = r.ends[max(r.i - 1, first)]
    r.say("PROSE", "warning", r.starts[first], end, "not understood as an item of a karyotype")


def repeated(r: Reader, found: Abnormality) -> list[Abnormality]:
    """``+8x2`` is written ``+8,+8``: a multiplied whole chromosome becomes so many items."""
    times = found.multiplier.low
    if found.kind != "chromosome" or found.multiplier == ONE or found.sign is None:
        return [found]
    if not found.multiplier.exact or not 1 <= times <= _LARGEST_EXPANSION:
        r.say("COUNT", "error", found.start, found.end, f"no clone has {found.multiplier} times this item")
        return [found]
    one = replace(found, multiplier=ONE)
    text = _TIMES_SIGN.split(r.raw[found.start : found.end])[0]
    r.say(
        "SEP",
        "repair",
        found.start,
        found.end,
        "a whole chromosome is repeated, not multiplied",
        ",".join([text] * times),
    )
    return [one] * times
