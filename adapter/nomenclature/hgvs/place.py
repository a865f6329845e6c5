"""Positions: c. and n. numbering, the transcript, and the chromosomes of GRCh38 and GRCh37.

A :class:`Position` is what HGVS writes (1-based, no zero, ``*`` after the stop codon, intronic offsets). On a
transcript and on a chromosome positions are 0-based. Nothing here needs a sequence.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapter.errors import NomenclatureError
from adapter.nomenclature.hgvs.transcripts import Exon, Transcript
from adapter.nomenclature.value import value

UPSTREAM = 1000  # bases before the first exon that c.-N may still name (promoter variants such as TERT c.-124C>T)


class Unplaced(NomenclatureError):
    """A position that the transcript or the assembly does not have; ``code`` is that of the diagnostic."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, text="")
        self.code = code


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position as c., n. or g. writes it: ``base`` (negative before the start codon), ``offset`` into the intron."""

    after_stop: bool
    base: int
    offset: int = 0

    def __str__(self) -> str:
        base = f"*{self.base}" if self.after_stop else str(self.base)
        return f"{base}{self.offset:+d}" if self.offset else base

    @property
    def residue(self) -> int | None:
        """The number of the amino acid whose codon holds this base, None outside the coding sequence."""
        return (self.base + 2) // 3 if not self.after_stop and self.base > 0 else None


@value
class Locus:
    """A 0-based position on GRCh38 with the exon it is numbered from, and what to add for GRCh37 if that is known."""

    position: int
    exon: int
    shift: int | None


def on_transcript(position: Position, transcript: Transcript, kind: str = "c") -> int:
    """0-based place on the transcript of the base that a c. or n. position names (the intron offset left aside).

    Raises:
        Unplaced: the position lies behind the end of the coding sequence or of the transcript.
    """
    start, end = transcript.coding
    if kind == "n":
        if position.after_stop or position.base < 1:
            raise Unplaced("OUTSIDE-TRANSCRIPT", f"n.{position} lies outside of {transcript.nm}")
        place = position.base - 1
    elif position.after_stop:
        place = end + position.base - 1
    elif position.base > end - start:
        raise Unplaced(
            "OUTSIDE-TRANSCRIPT",
            f"c.{position.base} lies behind the coding sequence of {transcript.nm} ({end - start})",
        )
    else:
        place = start + position.base - (position.base > 0)
    if place >= transcript.length:
        raise Unplaced("OUTSIDE-TRANSCRIPT", f"{position} lies behind the end of {transcript.nm}")
    return place


def _exonic(place: int, exon: Exon, strand: int) -> int:
    return exon.start + place - exon.offset if strand > 0 else exon.end - 1 - (place - exon.offset)


def locate(position: Position, transcript: Transcript, kind: str = "c") -> Locus:
    """Where a c. or n. position lies on GRCh38.

    Raises:
        Unplaced: the transcript has no such position, or the intron offset does not start at an exon's edge or
            is longer than the intron: the position was numbered on another transcript.
    """
    place = on_transcript(position, transcript, kind)
    if place < 0:
        return _upstream(place, position, transcript)
    number = transcript.exon_at(place)
    exon = transcript.exons[number]
    here = _exonic(place, exon, transcript.strand)
    if not position.offset:
        return Locus(here, number, exon.shift)
    shift = _intron_shift(place, position, transcript, number)
    return Locus(here + transcript.strand * position.offset, number, shift)


def _upstream(place: int, position: Position, transcript: Transcript) -> Locus:
    """Before the first exon: the genome continued, as promoter variants are numbered."""
    if place < -UPSTREAM or position.offset:
        raise Unplaced("OUTSIDE-TRANSCRIPT", f"{position} lies before the start of {transcript.nm}")
    exon = transcript.exons[0]
    return Locus(_exonic(place, exon, transcript.strand), 0, exon.shift)


def _intron_shift(place: int, position: Position, transcript: Transcript, number: int) -> int | None:
    """The GRCh37 shift of an intronic position: certain only where both neighbouring exons have the same."""
    exon = transcript.exons[number]
    edge = exon.offset if position.offset < 0 else exon.offset + exon.end - exon.start - 1
    other = number + (1 if position.offset > 0 else -1)
    if place != edge or not 0 <= other < len(transcript.exons):
        raise Unplaced("INTRON-ANCHOR", f"{position} does not start at an exon boundary of {transcript.nm}")
    neighbour = transcript.exons[other]
    left, right = sorted((exon, neighbour), key=lambda e: e.start)
    if abs(position.offset) > right.start - left.end:
        raise Unplaced("INTRON-ANCHOR", f"{position} is longer than the intron of {transcript.nm}")
    return exon.shift if exon.shift == neighbour.shift else None


def numbered(place: int, transcript: Transcript) -> Position:
    """The c. position of a 0-based place on the transcript."""
    start, end = transcript.coding
    if place >= end:
        return Position(after_stop=True, base=place - end + 1)
    return Position(after_stop=False, base=place - start + (place >= start))


def from_genome(position: int, transcript: Transcript, assembly: str = "GRCh38") -> Position:
    """The c. position of a 0-based position on a chromosome; intronic positions count from the nearer exon.

    Raises:
        Unplaced: the position lies outside the transcript, or in a part whose place on the assembly is not known.
    """
    spans = [_span(exon, assembly) for exon in transcript.exons]
    for exon, span in zip(transcript.exons, spans, strict=True):
        if span and span[0] <= position < span[1]:
            inside = position - span[0] if transcript.strand > 0 else span[1] - 1 - position
            return numbered(exon.offset + inside, transcript)
    return _intronic(position, transcript, spans, assembly)


def _span(exon: Exon, assembly: str) -> tuple[int, int] | None:
    if assembly == "GRCh38":
        return exon.start, exon.end
    return None if exon.shift is None else (exon.start + exon.shift, exon.end + exon.shift)


def _intronic(position: int, transcript: Transcript, spans: list[tuple[int, int] | None], assembly: str) -> Position:
    for number in range(len(spans) - 1):
        first, second = spans[number], spans[number + 1]
        if first is None or second is None:
            continue
        low, high = sorted((first, second))
        if low[1] <= position < high[0]:
            if assembly == "GRCh37" and transcript.exons[number].shift != transcript.exons[number + 1].shift:
                break  # the intron has another length on GRCh37, so offsets counted there may not be the transcript's
            from_low, from_high = position - low[1] + 1, high[0] - position
            left, right = (number, number + 1) if transcript.strand > 0 else (number + 1, number)
            return _nearer(from_low, from_high, left, right, transcript)
    raise Unplaced("OUTSIDE-TRANSCRIPT", f"the position is not known to lie in {transcript.nm}")


def _nearer(from_low: int, from_high: int, left: int, right: int, transcript: Transcript) -> Position:
    """Offset from the nearer exon; in the middle from the one before (HGVS: the last base counts from upstream)."""
    upstream, downstream = (from_low, from_high) if transcript.strand > 0 else (from_high, from_low)
    before, after = min(left, right), max(left, right)
    if upstream <= downstream:
        exon = transcript.exons[before]
        anchor, offset = exon.offset + exon.end - exon.start - 1, upstream
    else:
        anchor, offset = transcript.exons[after].offset, -downstream
    base = numbered(anchor, transcript)
    return Position(base.after_stop, base.base, offset)
