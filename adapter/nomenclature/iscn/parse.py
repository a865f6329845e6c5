"""Text to document: division into techniques, each read by its own grammar, and the account of every character."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.check import checked
from adapter.nomenclature.iscn.karyotype import Karyotype
from adapter.nomenclature.iscn.model import Document, Segment, status_of
from adapter.nomenclature.iscn.scan import clean, divide, lexemes

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import ArrayEvent, Clone, Diagnostic, FishPattern, Note, SegmentKind, Token
    from adapter.nomenclature.iscn.scan import Reader

_APART = frozenset({"or", "population", "note", "prose", "symbol", "technique", "probe state", "cells", "composite"})


class _Parts:
    """What the segments of one text gave."""

    def __init__(self) -> None:
        self.clones: tuple[Clone, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.fish: list[FishPattern] = []
        self.arrays: list[ArrayEvent] = []
        self.segments: list[Segment] = []
        self.found: list[Diagnostic] = []
        self.tokens: list[Token] = []
        self.unclassified: list[tuple[int, int]] = []
        self.iscn = False


def parse(text: str) -> Document:
    """What ``text`` says in ISCN; never raises for any text.

    text = karyotype? ("." technique body)*  ; everything not understood is in ``unclassified`` or in a diagnostic.
    """
    parts = _Parts()
    plain = clean(text, parts.found)
    for kind, start, body, end in divide(plain):
        _segment(parts, text, plain, kind, start, body, end)
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
        tuple(parts.tokens),
    )


def _place(d: Diagnostic) -> tuple[int, int, str]:
    return d.start, d.end, d.code


def _not_iscn(text: str) -> Document:
    """A text without nomenclature: one segment of prose, all of it unclassified."""
    from adapter.nomenclature.iscn.model import Diagnostic

    end = len(text)
    found = Diagnostic("PROSE", "error", 0, end, "no karyotype, FISH or array nomenclature in this text")
    spans = ((0, end),) if text.strip() else ()
    return Document(text, "not-iscn", segments=(Segment("prose", 0, end),), diagnostics=(found,), unclassified=spans)


def _segment(parts: _Parts, raw: str, plain: str, kind: SegmentKind, start: int, body: int, end: int) -> None:
    r = lexemes(raw, plain, start, end, parts.found)
    karyotype = Karyotype(r)
    if karyotype.read():
        parts.iscn = True
        parts.clones = checked(karyotype.by_population(), parts.found)
        parts.notes = tuple(karyotype.notes)
        prose = karyotype.prose
        stop = prose[0][0] if prose else end
        parts.segments.append(Segment("karyotype", start, len(raw[:stop].rstrip())))
        parts.segments += [Segment("prose", *span) for span in prose]
    _account(parts, r)


def _account(parts: _Parts, r: Reader) -> None:
    """Tokens, unclassified spans and needless blanks of one segment."""
    for i in r.gaps:
        before, after = r.roles[i - 1], r.roles[i]
        if before and after and before not in _APART and after not in _APART:
            r.say("SEP", "repair", r.ends[i - 1], r.starts[i], "blank left out", "")
    parts.tokens += r.tokens()
    parts.unclassified += r.unclassified()
