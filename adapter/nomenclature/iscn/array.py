"""Microarray, sequencing and optical mapping results: regions with coordinates and copy numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from adapter.nomenclature import bands as band_table
from adapter.nomenclature.iscn.abnormality import item
from adapter.nomenclature.iscn.breakpoints import band, chromosome
from adapter.nomenclature.iscn.model import ONE, ArrayEvent, Breakpoint, Range
from adapter.nomenclature.iscn.operations import CHROMOSOMES, ORIGINS
from adapter.nomenclature.iscn.order import existing
from adapter.nomenclature.iscn.render import breaks_of, position_signs
from adapter.nomenclature.iscn.symbols import in_words, symbol_at

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import Abnormality
    from adapter.nomenclature.iscn.scan import Reader

Assembly = Literal["GRCh37", "GRCh38"]

_BUILDS: dict[str, str] = {
    "grch37": "GRCh37",
    "hg19": "GRCh37",
    "b37": "GRCh37",
    "grch38": "GRCh38",
    "hg38": "GRCh38",
    "ncbi36": "NCBI36",
    "hg18": "NCBI36",
    "t2t": "T2T-CHM13",
    "t2t-chm13": "T2T-CHM13",
    "t2t-chm13v2.0": "T2T-CHM13",
}
_STATES = frozenset({"amp", "cth", "cx", "hmz", "htz"})
_UNITS = frozenset({"mb", "kb", "bp"})
_PLATFORMS = frozenset({"cgh", "snp", "oligo"})
_REFERENCES = frozenset({"NC", "NG", "NM", "NT", "NW", "LRG"})
"""First letters of the reference sequences that a description by HGVS can begin with."""

Position = int | None
"""A base position from 1, None for ``?``."""


class _Span(NamedTuple):
    """What a region certainly and what it possibly covers."""

    first: Position = None
    last: Position = None
    outer: tuple[Position, Position] | None = None


class _Amount(NamedTuple):
    """What stands behind a region."""

    copies: Range | None = None
    state: str = ""
    mosaic: str = ""
    mos: bool = False
    origin: tuple[str, ...] = ()


class Arrays:
    """Collects the events of one array, sequencing or mapping part while they are read."""

    def __init__(self, r: Reader, technique: str) -> None:
        self.r, self.technique = r, technique
        self.build: str | None = None
        self.events: list[ArrayEvent] = []
        self.prose: list[tuple[int, int]] = []

    def read(self) -> bool:
        """Part = build? event ("," event)* prose?"""
        r = self.r
        while self.technique == "arr" and r.texts[r.i].lower() in _PLATFORMS:
            r.drop("PROSE", "the kind of array is no part of the symbol")
        if r.texts[r.i] == "[":
            self._build()
        elif (name := _BUILDS.get((r.texts[r.i] + r.texts[r.i + 1]).lower())) and r.kinds[r.i + 1] == "number":
            self.build = name
            r.say("BUILD", "repair", r.starts[r.i], r.ends[r.i + 1], "the build stands in brackets", f"[{name}]")
            r.take("build")
            r.take("build")
        while r.texts[r.i] in ("-", ":", "."):
            r.drop("SEP", "sign without anything to separate")
        while not r.at_end():
            if not self._event():
                self._rest()
                break
            if r.texts[r.i] in (")", "]") or (r.texts[r.i] in (",", ".", ";") and r.texts[r.i + 1] == ""):
                r.drop("PAREN" if r.texts[r.i] in ")]" else "SEP", "sign without partner")
            self._between()
        return bool(self.events)

    def _between(self) -> None:
        """The comma before the next event; another or a further sign is repaired."""
        r = self.r
        stop = r.i
        while r.texts[stop] in (",", ";", "/", "."):
            stop += 1
        if stop == r.i or not self._event_at(stop):
            return
        if not r.take_if(",", "separator"):
            r.drop("SEP", "a comma stands between results", ",")
        while r.i < stop:
            r.drop("SEP", "sign without anything to separate")

    def _build(self) -> None:
        """Build = "[" NAME "]"  ; GRCh37 or GRCh38, other names of them are repaired."""
        r = self.r
        start = r.i
        r.take("build")
        while r.texts[r.i] not in ("]", "", "(") and not (r.i > start + 1 and r.spaced()):
            r.take("build")
        name = "".join(r.texts[start + 1 : r.i])
        if not r.take_if("]", "build"):
            r.missing("PAREN", "]", "closing bracket missing")
        known = {_BUILDS.get(part.lower()) for part in name.split("/")}
        self.build = known.pop() if len(known) == 1 else None
        span = r.starts[start], r.ends[r.i - 1]
        if self.build is None:
            r.say("BUILD", "error", *span, "unknown genome build; GRCh37 or GRCh38 is expected")
        elif self.build != name:
            r.say("BUILD", "repair", *span, f"the build is written {self.build}", f"[{self.build}]")

    def _event_at(self, i: int) -> bool:
        """Whether an event begins at lexeme ``i``."""
        r = self.r
        text = r.texts[i]
        if text in ("+", "-", "?"):
            whole = r.texts[i + 1] in CHROMOSOMES and r.texts[i + 2] in (",", "", "[")
            return whole or symbol_at(r, i + 1) is not None
        if text == "(":
            return r.texts[i + 1].upper() in CHROMOSOMES or r.texts[i + 1] == "XY"
        if r.kinds[i] == "number" or text in ("X", "Y", "x", "y"):
            return r.kinds[i + 1] == "band" or r.texts[i + 1] in ("(", "x", "cen")
        named = r.texts[i + 1] == "(" and (r.kinds[i + 2] == "number" or r.texts[i + 2] in ("X", "Y", "x", "y", "?"))
        return named and symbol_at(r, i) is not None

    def _event(self) -> bool:
        """Event = (item positions? | places span?) amount* hgvs?"""
        r = self.r
        first = r.i
        if not self._event_at(first):
            return False
        place: tuple[Breakpoint, ...] = ()
        if r.texts[first] == "(":
            names = self._chromosomes()
        elif symbol_at(r, first) is not None or r.texts[first] in ("+", "-", "?"):
            return self._on_item(first)
        else:
            names, place = self._place()
            if r.texts[r.i] == "-" and r.texts[r.i + 1] == "(":
                r.drop("SEP", "positions stand directly behind the bands")
        span = self._span() if len(names) == 1 and self._opens_span() else _Span()
        self._add(first, names, place, span, self._amount())
        self._checked(self.events[-1])
        return True

    def _add(
        self,
        start: int,
        names: tuple[str, ...],
        place: tuple[Breakpoint, ...],
        span: _Span,
        amount: _Amount,
        item: Abnormality | None = None,
        junction: tuple[Position, ...] = (),
    ) -> None:
        """Keep the event that began at lexeme ``start``, with the description that may stand behind it."""
        described = self._hgvs()
        r = self.r
        self.events.append(
            ArrayEvent(
                self.technique,
                self.build,
                names,
                place,
                span.first,
                span.last,
                amount.copies,
                amount.state,
                amount.mosaic,
                amount.origin,
                item,
                junction,
                span.outer,
                amount.mos,
                described,
                r.starts[start],
                r.ends[r.i - 1],
            )
        )

    def _hgvs(self) -> str:
        """Hgvs = "g." ... | "NC_" ...  ; up to the comma before the next event, kept as text."""
        r = self.r
        first, depth = r.i, 0
        if not ((r.texts[first] == "g" and r.texts[first + 1] == ".") or r.texts[first] in _REFERENCES):
            return ""
        while r.texts[r.i] and not (r.texts[r.i] == "," and depth <= 0):
            depth += (r.texts[r.i] in "([") - (r.texts[r.i] in ")]")
            r.take("hgvs")
        span = r.starts[first], r.ends[r.i - 1]
        r.say("PROSE", "info", *span, "description of the sequence, kept as text")
        if depth:
            r.say("PAREN", "error", *span, "a bracket of the description has no partner")
        return "".join(r.texts[first : r.i])

    def _on_item(self, first: int) -> bool:
        """item-event = item ("(" POSITION (";" POSITION)* ")")?"""
        r = self.r
        found = item(r)
        if found is None:
            return False
        junction = self._breaks(found) if self._opens_positions() else ()
        amount = self._amount()
        if amount.copies is not None and not junction and found.multiplier == ONE:
            # directly behind its bands a number is that of the item, wherever it was written
            found, amount = replace(found, multiplier=amount.copies), amount._replace(copies=None)
        self._add(first, found.chromosomes, (), _Span(), amount, found, junction)
        return True

    def _breaks(self, of: Abnormality) -> tuple[Position, ...]:
        """The positions of the breaks of an item, one each: ``(21800000;118400000_118480000)``."""
        r, first = self.r, self.r.i
        places = tuple(self._positions("_;"))
        span = r.starts[first], r.ends[r.i - 1]
        stated = sum(breaks_of(of))
        region = len(of.chromosomes) == 1 and not of.parts
        if stated and len(places) not in (stated, 2 if region else len(of.chromosomes)):
            r.say("ARR-COORD", "error", *span, f"{stated} breakpoint(s) and {len(places)} position(s)")
            return places
        written = [text for text in r.texts[first : r.i] if text in ("_", ";")]
        wanted = position_signs(of, len(places))
        if written != wanted and len(written) == len(wanted):
            r.say("SEP", "repair", *span, "_ stands between positions of one chromosome, ; between chromosomes")
        return places

    def _chromosomes(self) -> tuple[str, ...]:
        """Chromosomes = "(" (chromosome ("-" chromosome)?) ("," ...)* ")"  ; ``(X,1-22)``"""
        r = self.r
        r.take("bracket")
        names: list[str] = []
        while r.texts[r.i] not in (")", "", "("):
            if r.texts[r.i] in (",", ";"):
                r.take("separator")
            elif r.texts[r.i] == "XY":
                r.take("chromosome")
                names += ("X", "Y")
            elif r.kinds[r.i] in ("number", "word"):
                names += self._run()
            else:
                r.drop("SEP", "sign in a list of chromosomes")
        if not r.take_if(")", "bracket"):
            r.missing("PAREN", ")", "closing parenthesis missing")
        return tuple(names)

    def _run(self) -> list[str]:
        """Run = chromosome (("-" | "~") chromosome)?"""
        r = self.r
        low, _ = chromosome(r)
        if r.texts[r.i] not in ("-", "~") or r.kinds[r.i + 1] != "number":
            return [low]
        r.take("range")
        high, _ = chromosome(r)
        if low in CHROMOSOMES and high in CHROMOSOMES and low.isdecimal() and high.isdecimal():
            if int(low) > int(high):
                r.say("CHR", "error", r.starts[r.i - 3], r.ends[r.i - 1], "a run of chromosomes goes upwards")
            return [str(n) for n in range(int(low), int(high) + 1)]
        return [low, high]

    def _place(self) -> tuple[tuple[str, ...], tuple[Breakpoint, ...]]:
        """Place = chromosome band*"""
        r = self.r
        name, _ = chromosome(r)
        found: list[Breakpoint] = []
        while r.kinds[r.i] == "band":
            found.append(band(r, name))
        return (name,), existing(r, (tuple(found),))[0] if found else ()

    def _opens_positions(self) -> bool:
        r = self.r
        prefixed = r.texts[r.i + 1] == "g" and r.texts[r.i + 2] == "."
        return r.texts[r.i] == "(" and (r.kinds[r.i + 1] == "number" or prefixed)

    def _opens_span(self) -> bool:
        r = self.r
        i = r.i + 1 + (r.texts[r.i + 1] == "(")
        if r.texts[r.i] == "(" and r.texts[i] == "chr" and r.texts[i + 2] == ":":
            return True
        return r.texts[r.i] == "(" and (r.kinds[i] == "number" or r.texts[i : i + 2] == ["?", "_"])

    def _span(self) -> _Span:
        """Span = "(" end "_" end ")" ; end = place | "(" place "_" place ")"  ; 1-based, both ends included."""
        r = self.r
        start = r.starts[r.i]
        closes = self._after_positions()
        wrapped = r.texts[closes] == "(" and r.texts[closes - 1] in ("(", "_")
        if not wrapped and r.texts[closes : closes + 3] != [")", "_", "("]:
            return self._plain(start)
        if wrapped:
            r.take("bracket")
        left = self._end()
        if not r.take_if("_", "range"):
            r.missing("SEP", "_", "positions are joined by _")
        right = self._end()
        if not wrapped:
            text = f"({r.raw[start : r.ends[r.i - 1]]})"
            r.say("PAREN", "repair", start, r.ends[r.i - 1], "two intervals stand in parentheses of their own", text)
        elif not r.take_if(")", "bracket"):
            r.missing("PAREN", ")", "closing parenthesis missing")
        places = [*left, *right]
        if not 1 <= len(left) <= 2 or not 1 <= len(right) <= 2 or not _ascending(places):
            r.say("ARR-COORD", "error", start, r.ends[r.i - 1], "a region runs from its first to its last base")
        if not (left and right):
            return _Span()
        inner, outer = (left[-1], right[0]), (left[0], right[-1])
        return _Span(*inner, outer if outer != inner else None)

    def _plain(self, start: int) -> _Span:
        r = self.r
        found = self._positions("_")
        if len(found) != 2 or not _ascending(found):
            r.say("ARR-COORD", "error", start, r.ends[r.i - 1], "a region runs from its first to its last base")
        return _Span(found[0], found[-1]) if found else _Span()

    def _after_positions(self) -> int:
        """The lexeme behind the positions of the parenthesis at the cursor: ``(`` where intervals are nested in it."""
        r, i = self.r, self.r.i + 1
        while r.kinds[i] == "number" or r.texts[i] in ("_", "?", ","):
            i += 1
        return i

    def _end(self) -> list[Position]:
        r, first = self.r, self.r.i
        if r.texts[first] != "(":
            return [self._one_position()]
        found = self._positions("_")
        if r.texts[r.i - 1] != ")":
            r.say("ARR-COORD", "error", r.starts[first], r.ends[r.i - 1], "an interval is closed by a parenthesis")
        return found

    def _one_position(self) -> Position:
        r = self.r
        if r.kinds[r.i] == "number":
            return self._position()
        if not r.take_if("?", "uncertain"):
            r.say("ARR-COORD", "error", r.starts[r.i], r.ends[r.i], "a position or ? is expected")
        return None

    def _positions(self, sign: str) -> list[Position]:
        """The base positions between parentheses; a hyphen for ``_`` is the older style."""
        r = self.r
        r.take("bracket")
        found: list[Position] = []
        while r.texts[r.i] not in (")", "", "(", "["):
            if r.kinds[r.i] == "number" or r.texts[r.i] == "?":
                found.append(self._one_position())
            elif r.texts[r.i] in sign:
                r.take("range")
            elif r.texts[r.i] in (".", "~") or r.texts[r.i].lower() in _UNITS:
                r.say("ARR-COORD", "error", r.starts[r.i], r.ends[r.i], "a position is one number of base pairs")
                r.drop("SEP", "positions are whole numbers")
            elif r.texts[r.i] == "chr" and r.texts[r.i + 2] == ":":
                for _ in range(3):
                    r.drop("SEP", "positions have no prefix")
            elif r.texts[r.i] == "g" and r.texts[r.i + 1] == ".":
                r.drop("SEP", "positions have no prefix")
                r.drop("SEP", "positions have no prefix")
            else:
                r.drop("SEP", f"positions are joined by {sign[0]}", sign[0])
        if not r.take_if(")", "bracket"):
            r.missing("PAREN", ")", "closing parenthesis missing")
        return found

    def _position(self) -> int:
        """Position = DIGITS ("," DIGITS)*  ; thousands marks are left out as a repair."""
        r = self.r
        first = r.i
        digits = r.take("position")[:12]
        while r.texts[r.i] == "," and r.kinds[r.i + 1] == "number" and len(r.texts[r.i + 1]) == 3:
            r.take("position")
            digits = (digits + r.take("position"))[:12]
        if r.i > first + 1:
            r.say("SEP", "repair", r.starts[first], r.ends[r.i - 1], "positions have no thousands marks", digits)
        return int(digits)

    def _amount(self) -> _Amount:
        """Amount = "x" NUMBER ("~" NUMBER)? | "mos" | state | "[" fraction "]" | origin"""
        r = self.r
        found = _Amount()
        while True:
            text = r.texts[r.i]
            if text in ("x", "X") and r.kinds[r.i + 1] == "number" and found.copies is None:
                found = found._replace(copies=self._copies())
            elif text in _STATES and not found.state:
                found = found._replace(state=r.take("state"))
            elif text == "mos" and not found.mos:
                r.take("state")
                found = found._replace(mos=True)
            elif text in ORIGINS:
                found = found._replace(origin=(*found.origin, r.take("origin")))
            elif text == "[" and not found.mosaic and self._fraction_at(r.i + 1):
                found = found._replace(mosaic=self._mosaic())
            else:
                return found

    def _copies(self) -> Range:
        r = self.r
        r.take("times")
        low = high = int(r.take("copies")[:4])
        if r.texts[r.i] in ("~", "-") and r.kinds[r.i + 1] == "number":
            if r.texts[r.i] == "-":
                r.drop("SEP", "a range is written with ~", "~")
            else:
                r.take("range")
            high = int(r.take("copies")[:4])
        return Range(min(low, high), max(low, high))

    def _fraction_at(self, i: int) -> bool:
        return self.r.kinds[i] == "number"

    def _mosaic(self) -> str:
        """Fraction = "[" NUMBER "." NUMBER ("~" NUMBER "." NUMBER)? "]"  ; of cells, 0..1, as written."""
        r = self.r
        start = r.i
        r.take("bracket")
        while r.texts[r.i] not in ("]", "", "[", ","):
            r.take("fraction")
        text = "".join(r.texts[start + 1 : r.i])
        if not r.take_if("]", "bracket"):
            r.missing("PAREN", "]", "closing bracket missing")
        return text

    def _checked(self, event: ArrayEvent) -> None:
        """ARR-COORD, ARR-BAND, BUILD: coordinates lie on the chromosome and in the bands stated."""
        r = self.r
        if event.first is None or event.last is None or len(event.chromosomes) != 1:
            return
        start, end = event.start, event.end
        if event.copies is None and not event.state:
            r.say("ARR-COORD", "warning", start, end, "no copy number stated")
        if event.build is None:
            r.say("BUILD", "warning", start, end, "coordinates without genome build")
            return
        name = event.chromosomes[0]
        if name not in CHROMOSOMES or event.build not in ("GRCh37", "GRCh38"):
            return
        assembly: Assembly = "GRCh37" if event.build == "GRCh37" else "GRCh38"
        size = len(band_table.ideogram(name))
        last = max(event.last, *(n for n in event.outer or () if n is not None), 0)
        if last > band_table.interval(name, 0, size - 1, assembly)[1]:
            r.say("ARR-COORD", "error", start, end, f"position beyond the end of chromosome {name}")
        elif event.bands and not _in_bands(event, assembly):
            r.say("ARR-BAND", "warning", start, end, "the coordinates lie outside the bands stated")

    def _rest(self) -> None:
        """Text behind the last event is prose; before the first, it stays unclassified."""
        r = self.r
        first = r.i
        start, end = r.starts[first], r.ends[r.n - 1]
        apart = not r.raw[start].isalnum() or r.spaced()
        if self.events and apart and in_words(r, first) and not self._holds_results(first):
            r.roles[first : r.n] = ["prose"] * (r.n - first)
            r.say("PROSE", "repair", start, end, "text beside the result left out", "")
            self.prose.append((start, end))
        else:
            r.say("PROSE", "warning", start, end, "not understood as an array result")
        r.i = r.n

    def _holds_results(self, first: int) -> bool:
        """Whether a number of copies, positions or a state stands in a text: it is no prose then."""
        r = self.r
        return any(
            (r.texts[k] in ("x", "X", "(") and r.kinds[k + 1] == "number") or r.texts[k] in _STATES
            for k in range(first, r.n)
        )


def _ascending(places: list[Position]) -> bool:
    """Whether the known positions never run back."""
    known = [n for n in places if n is not None]
    return known == sorted(known)


def _in_bands(event: ArrayEvent, assembly: Assembly) -> bool:
    """Whether any base of the region lies in a band stated."""
    name = event.chromosomes[0]
    stated = [band_table.covered(name, b.name) for b in event.bands]
    touched = band_table.at(name, (event.first or 1) - 1, event.last or 1, assembly)
    known = [pair for pair in stated if pair is not None]
    if touched is None or not known:
        return True
    return touched[0] <= max(high for _, high in known) and touched[1] >= min(low for low, _ in known)
