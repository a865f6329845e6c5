"""Text to document: division into techniques, each read by its own grammar, and the account of every character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.abnormality import item
from adapter.nomenclature.iscn.array import Arrays
from adapter.nomenclature.iscn.check import checked
from adapter.nomenclature.iscn.fish import patterns
from adapter.nomenclature.iscn.karyotype import Karyotype
from adapter.nomenclature.iscn.model import Diagnostic, Document, Segment, status_of
from adapter.nomenclature.iscn.scan import clean, divide, lexemes, probe_lexemes
from adapter.nomenclature.iscn.signs import settled
from adapter.nomenclature.iscn.symbols import begins_item, label_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.nomenclature.iscn.model import Abnormality, ArrayEvent, Clone, Columns, FishPattern, Note
    from adapter.nomenclature.iscn.scan import Part, Reader

_APART = frozenset(
    {
        "or",
        "population",
        "note",
        "prose",
        "symbol",
        "technique",
        "probe state",
        "build",
        "origin",
        "state",
        "linkage",
        "probe side",
        "hgvs",
    }
)


class _Parts:
    """What the segments of one text gave."""

    def __init__(self) -> None:
        self.clones: tuple[Clone, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.fish: list[FishPattern] = []
        self.arrays: list[ArrayEvent] = []
        self.segments: list[Segment] = []
        self.found: list[Diagnostic] = []
        self.columns: list[Columns] = []
        self.unclassified: list[tuple[int, int]] = []
        self.iscn = False


def parse(text: str) -> Document:
    """What ``text`` says in ISCN; never raises for any text.

    text = karyotype? ("." technique body)*  ; everything not understood is in ``unclassified`` or in a diagnostic.
    """
    parts = _Parts()
    plain = clean(text, parts.found)
    for part in divide(plain):
        _segment(parts, text, plain, part)
    if not parts.iscn:
        return _not_iscn(text)
    parts.found.sort(key=_place)
    diagnostics, unclassified = tuple(parts.found), tuple(parts.unclassified)
    return Document(
        text,
        status_of(diagnostics, unclassified, iscn=True),
        parts.clones,
        parts.notes,
        tuple(parts.fish),
        tuple(parts.arrays),
        tuple(parts.segments),
        diagnostics,
        unclassified,
        tuple(parts.columns),
    )


def parse_item(text: str) -> Abnormality | None:
    """One abnormality alone, as a rearrangement is named: ``t(9;22)(q34;q11.2)``; None where the text is not just one.

    >>> parse_item("t(22;9)(q11.2;q34)").chromosomes, parse_item("46,XX"), parse_item("t(9;22)(q34)")
    (('9', '22'), None, None)
    """
    found: list[Diagnostic] = []
    r = lexemes(text, clean(text, found), 0, len(text), found)
    alone = item(r) if begins_item(r, 0) else None
    return alone if r.at_end() and not any(d.severity == "error" for d in found) else None


def _place(d: Diagnostic) -> tuple[int, int, str]:
    return d.start, d.end, d.code


def _not_iscn(text: str) -> Document:
    """A text without nomenclature: one segment of prose, all of it unclassified."""
    end = len(text)
    message = "no karyotype, FISH or array nomenclature in this text"
    if begins_item(lexemes(text, clean(text, []), 0, end, []), 0):
        message = "an item alone: a karyotype begins with the number of chromosomes and the sex chromosomes"
    found = Diagnostic("PROSE", "error", 0, end, message)
    spans = ((0, end),) if text.strip() else ()
    return Document(text, "not-iscn", segments=(Segment("prose", 0, end),), diagnostics=(found,), unclassified=spans)


def _segment(parts: _Parts, raw: str, plain: str, part: Part) -> None:
    """One part of the text, by its technique."""
    kind, start, body, end = part
    if kind == "karyotype":
        r = lexemes(raw, plain, start, end, parts.found)
        _karyotype(parts, r, start, end)
    elif kind in ("ish", "nuc ish", "rev ish", "fib ish"):
        r = probe_lexemes(raw, plain, start, end, parts.found, nuclear=kind == "nuc ish")
        _technique(r, body)
        found = patterns(r, kind)
        parts.iscn = parts.iscn or bool(found)
        _empty(r, found)
        parts.fish += found
        parts.segments.append(Segment(kind, start, end))
    else:
        r = lexemes(raw, plain, start, end, parts.found)
        r.fish = True
        _technique(r, body)
        arrays = Arrays(r, kind)
        parts.iscn = arrays.read() or parts.iscn
        parts.arrays += arrays.events
        _empty(r, arrays.events)
        stop = arrays.prose[0][0] if arrays.prose else end
        parts.segments.append(Segment(kind, start, stop))
        parts.segments += [Segment("prose", *span) for span in arrays.prose]
    _account(parts, r)


def _karyotype(parts: _Parts, r: Reader, start: int, end: int) -> None:
    karyotype = Karyotype(r)
    if not karyotype.read():
        parts.segments.append(Segment("prose", start, end))
        if label_end(r, 0) == r.n - 1:
            r.roles[: r.n] = ["prose"] * r.n
            r.say("PROSE", "repair", start, end, "label before the result left out", "")
        else:
            r.say("PROSE", "warning", start, end, "text before the result, not a karyotype")
        return
    parts.iscn = True
    clones = karyotype.by_population()
    if any(d.code == "SEP" and d.severity == "error" for d in parts.found):
        clones = settled(clones, parts.found)
    parts.clones = checked(clones, parts.found)
    parts.notes = tuple(karyotype.notes)
    stop = karyotype.prose[0][0] if karyotype.prose else end
    parts.segments.append(Segment("karyotype", start, start + len(r.raw[start:stop].rstrip(" .,/;"))))
    parts.segments += [Segment("prose", *span) for span in karyotype.prose]


def _technique(r: Reader, body: int) -> None:
    """The symbol of the technique, with what leads to it; ``/.ish`` has a slash too many."""
    while not r.at_end() and r.ends[r.i] <= body:
        if r.kinds[r.i] == "word":
            r.take("technique")
        elif r.texts[r.i] == "." and r.i == 0 and r.starts[0]:
            r.take("technique separator")
        else:
            r.drop("SEP", "sign before the technique")


def _empty(r: Reader, found: Sequence[object]) -> None:
    """A technique without any result."""
    if not found and None not in r.roles:
        r.say("PROSE", "repair", r.starts[0], r.ends[r.n - 1], "a technique without a result left out", "")


def _account(parts: _Parts, r: Reader) -> None:
    """Tokens, unclassified spans and needless blanks of one segment."""
    for i in r.gaps:
        before, after = r.roles[i - 1], r.roles[i]
        if before == after == "probe":
            r.say("SEP", "info", r.ends[i - 1], r.starts[i], "blank in the name of a probe, kept")
        elif before and after and before not in _APART and after not in _APART:
            r.say("SEP", "repair", r.ends[i - 1], r.starts[i], "blank left out", "")
    parts.columns.append((r.starts, r.ends, r.roles))
    spans = r.unclassified()
    if spans:
        parts.unclassified += spans
        _remarked(r, spans)


def _remarked(r: Reader, spans: list[tuple[int, int]]) -> None:
    """No unclassified span without a warning or an error over it."""
    said = bytearray(len(r.raw))
    for d in r.found:
        if d.severity in ("error", "warning"):
            said[d.start : d.end] = b"\1" * (d.end - d.start)
    for start, end in spans:
        if not all(said[start:end]):
            r.say("PROSE", "warning", start, end, "not understood")
