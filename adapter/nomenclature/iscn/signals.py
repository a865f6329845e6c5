"""What FISH signals, array regions and karyotype together say of a gene: amplified, gained, lost, rearranged, fused.

Amplification of a locus, rearrangement (probe halves apart) and gain of the whole chromosome (a control probe of the
same chromosome shows the same number) are three different findings and are never taken for each other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import loci
from adapter.nomenclature.iscn.changes import readings
from adapter.nomenclature.iscn.effects import amplified, joined
from adapter.nomenclature.iscn.instances import junctions
from adapter.nomenclature.iscn.model import Range
from adapter.nomenclature.iscn.rules import tumour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.nomenclature.iscn.expand import Line
    from adapter.nomenclature.iscn.model import ArrayEvent, Document, FishPattern, Linkage, Signal

AMPLIFIED_FROM = 6
"""Signals per nucleus from which a locus is called amplified rather than gained, with no control that shows as many."""

IAMP21_FROM = 5
"""RUNX1 signals per nucleus from which iAMP21 is considered (Harrison 2014)."""

_CONTROL = re.compile(r"(?:CEP|cep|CEN|cen|D)?\s?(\d{1,2}|X|Y)(?:Z\d+)?")
_NO_GENE = re.compile(
    r"(?:\d{1,2}|[XYxy]|D(?:\d{1,2}|X|Y)[SZFE]\d+|(?:wcp|pcp|CEP|CEN)\s?(?:\d{1,2}|X|Y))", re.IGNORECASE
)


def names_no_gene(probe: str) -> bool:
    """Whether a probe is called after a chromosome or an anonymous segment (``X``, ``D7S486``), which no gene is."""
    return all(_NO_GENE.fullmatch(part) for part in probe.split("/"))


NEGATIVE = frozenset({"normal", "not-fused", "not-rearranged"})
"""States that say that nothing was found."""


class State(NamedTuple):
    """What is said of one gene: ``state`` and, where counted, copies per cell; ``by`` names the technique.

    ``state`` is amplification, gain, whole-chromosome-gain, normal, loss, uncertain, rearrangement, fusion, or
    not-rearranged and not-fused of ``sep`` and ``con`` with the number 0. ``start``
    and ``end`` are the span of the text it rests on.
    """

    gene: str
    state: str
    copies: Range | None
    by: str
    start: int
    end: int


def name(signal: Signal) -> str:
    """The probe as written, with its side: ``5'KMT2A``."""
    return f"{signal.side}{signal.probe}"


def counts(pattern: FishPattern) -> dict[str, Range]:
    """Signals per nucleus by probe, with its side.

    Halves of one gene that are seen together are the gene: ``(5'KMT2A con 3'KMT2Ax6~18)`` is 6 to 18 of KMT2A. Of a
    probe stated twice (``ETV6x1,ETV6 dimx1``) the undiminished signals are given.
    """
    found: dict[str, Range] = {}
    for signal in pattern.signals:
        if signal.copies is not None and (name(signal) not in found or signal.state != "diminished"):
            found[name(signal)] = signal.copies
    for link in pattern.linkages:
        halves = [found.get(name(half), link.copies) for half in (link.first, link.second)]
        whole = halves == [link.copies, link.copies]
        if link.kind == "con" and link.copies and link.first.probe == link.second.probe and whole:
            found.setdefault(link.first.probe, link.copies)
    return found


def _unequal(pattern: FishPattern, numbers: dict[str, Range]) -> Iterator[str]:
    """Genes of which one half shows another number of signals than the other, ``(5'KMT2Ax2,3'KMT2Ax1)``.

    Whether a half is lost or moved, the signals do not tell.
    """
    halves = [(probe[2:], number) for probe, number in numbers.items() if probe[:2] in ("5'", "3'")]
    for gene in dict.fromkeys(gene for gene, _ in halves):
        apart = any(link.kind == "sep" and link.first.probe == gene for link in pattern.linkages)
        if len({number for other, number in halves if other == gene}) > 1 and not apart:
            yield gene


def control_of(probe: str) -> str | None:
    """The chromosome that a centromere probe stands for: ``CEP11``, ``D11Z1``; None for another probe."""
    found = _CONTROL.fullmatch(probe)
    centromeric = found is not None and ("Z" in probe or not probe.startswith(("D", "d")))
    return found.group(1) if found and centromeric else None


def _chromosome(probe: str, pattern: FishPattern) -> str | None:
    locus = loci.loci().get(probe)
    if locus is not None:
        return locus.chromosome
    return pattern.locus[0].chromosome if pattern.locus else None


def _height(copies: Range, control: Range | None) -> str:
    """What a number of signals means for an autosomal locus."""
    if copies.high is not None and copies.high < 2:
        return "loss"
    if copies.low <= 2:
        return "normal" if copies.exact else "uncertain"
    if control is not None and (control.low, control.high) == (copies.low, copies.high):
        return "whole-chromosome-gain"
    return "amplification" if copies.low >= AMPLIFIED_FROM else "gain"


def _linked(link: Linkage, pattern: FishPattern, symbol: Callable[[str], str]) -> Iterator[State]:
    """Halves of one gene apart are its rearrangement; two genes together are a fusion."""
    span = pattern.technique, pattern.start, pattern.end
    one, other = symbol(link.first.probe), symbol(link.second.probe)
    none = link.copies is not None and link.copies.high == 0
    if link.kind == "sep" and one == other:
        yield State(one, "not-rearranged" if none else "rearrangement", link.copies, *span)
    elif link.kind == "con" and one != other and not _neighbours(one, other):
        yield State(f"{one}::{other}", "not-fused" if none else "fusion", link.copies, *span)


NEAR = 5_000_000
"""Bases within which two probes are seen together in any cell, so that ``con`` tells nothing of a fusion."""


def _neighbours(one: str, other: str) -> bool:
    """Whether two genes lie so near each other that their signals always touch (FIP1L1, CHIC2 and PDGFRA in 4q12)."""
    from adapter.nomenclature.hgvs.transcripts import by_gene  # its table is large: only where probes are seen together

    places = [[(t.chromosome, t.exons[0].start) for t in by_gene(gene)] for gene in (one, other)]
    return any(a == b and abs(x - y) < NEAR for a, x in places[0] for b, y in places[1])


def linked(document: Document) -> dict[int, frozenset[str]]:
    """Probes split or fused in the result that a pattern is part of, by the place of the pattern.

    In the older form one result runs over commas, ``12p13(ETV6x1),21q22(RUNX1x3)(ETV6 con RUNX1x1)[150/200]``: what
    stands before the nuclei belongs together.
    """
    found: dict[int, frozenset[str]] = {}
    run: list[FishPattern] = []
    for pattern in document.fish:
        run = [*run, pattern] if pattern.joint == "," and run and run[-1].scored is None else [pattern]
        probes = frozenset(s.probe for p in run for link in p.linkages for s in (link.first, link.second))
        found |= {one.start: probes for one in run}
    return found


def of_pattern(
    pattern: FishPattern, symbol: Callable[[str], str], also: frozenset[str] = frozenset()
) -> Iterator[State]:
    """States of the genes of one FISH pattern; ``symbol`` gives the current symbol of a probe.

    Signals of a probe that is split or fused, here or in the same result (``also``), are not counted as copies: a
    translocation makes more signals of it.
    """
    span = pattern.technique, pattern.start, pattern.end
    numbers = counts(pattern)
    controls = {c: number for probe, number in numbers.items() if (c := control_of(probe))}
    for signal in pattern.signals:
        if signal.state == "amplified":
            yield State(symbol(signal.probe), "amplification", signal.copies, *span)
    joint = [state for link in pattern.linkages for state in _linked(link, pattern, symbol)]
    yield from joint
    apart = {gene for state in joint if state.state not in NEGATIVE for gene in state.gene.split("::")}
    if not pattern.linkages:
        apart |= set(map(symbol, also))
    for gene in _unequal(pattern, numbers):
        yield State(symbol(gene), "uncertain", None, *span)
    for probe, number in numbers.items():
        current = symbol(probe)
        if probe[:1].isdecimal() or control_of(probe) or current in apart:
            continue
        control = controls.get(_chromosome(current, pattern) or "")
        yield State(current, _height(number, control), number, *span)


def _of_array(event: ArrayEvent) -> Iterator[State]:
    """Genes of a region that is amplified or counted six times or more, and of a recurrent rearrangement."""
    span = event.technique, event.start, event.end
    high = event.state == "amp" or (event.copies is not None and event.copies.low >= AMPLIFIED_FROM)
    if high and event.first is not None and event.last is not None and event.build in ("GRCh37", "GRCh38"):
        for chromosome in event.chromosomes:
            for gene in loci.within(chromosome, event.first, event.last, event.build):
                yield State(gene, "amplification", event.copies, *span)
    if event.abnormality is not None:
        given = readings(event.abnormality)[0].gives
        for gene in loci.genes_of(pair for instance in given for pair in junctions(instance)):
            yield State(gene, "rearrangement", None, *span)


_WHOLE = {"11": "KMT2A", "21": "RUNX1"}
"""Genes whose gain with the whole chromosome must not be taken for an amplification."""


def _of_line(line: Line) -> Iterator[State]:
    for step in line.steps:
        item = step.item
        if item.kind == "chromosome" and item.sign == "+" and not item.constitutional and item.chromosomes[0] in _WHOLE:
            yield State(_WHOLE[item.chromosomes[0]], "whole-chromosome-gain", None, "karyotype", item.start, item.end)
    start, end = line.clone.start, line.clone.end
    for place in amplified(line):
        for gene in loci.amplified_at(f"{place.chromosome}{place.band}") if place.band else ():
            yield State(gene, "amplification", None, "karyotype", start, end)
    for gene in loci.genes_of(joined(line)):
        yield State(gene, "rearrangement", None, "karyotype", start, end)


def own(document: Document) -> tuple[FishPattern, ...]:
    """The patterns of the patient's cells: those behind ``//`` are the donor's."""
    return tuple(pattern for pattern in document.fish if pattern.population != "donor")


def states(document: Document, lines: tuple[Line, ...], symbol: Callable[[str], str]) -> tuple[State, ...]:
    """Everything the text says of genes, each state of a gene once by technique, in the order of the text."""
    found = [state for line in tumour(lines) for state in _of_line(line)]
    beside = linked(document)
    found += [s for pattern in own(document) for s in of_pattern(pattern, symbol, beside[pattern.start])]
    found += [state for event in document.arrays for state in _of_array(event)]
    once: dict[tuple[object, ...], State] = {}
    for state in found:
        once.setdefault((state.gene, state.state, state.copies, state.by), state)
    return tuple(once.values())


class IAmp21(NamedTuple):
    """Intrachromosomal amplification of chromosome 21; ``sure`` where an array or an abnormal 21 shows it, too.

    Five or more RUNX1 signals alone can be extra normal chromosomes 21; three or more of those in the karyotype
    (a number that hyperdiploidy reaches) take the finding away.
    """

    sure: bool
    start: int
    end: int


def iamp21(document: Document, lines: tuple[Line, ...], symbol: Callable[[str], str]) -> IAmp21 | None:
    """iAMP21 where signals or an array show five or more copies of RUNX1 that whole chromosomes do not explain."""
    event = next((e for e in document.arrays if _shows_21(e)), None)
    if event is not None:
        return IAmp21(sure=True, start=event.start, end=event.end)
    pattern = next((p for p in own(document) if _runx1(p, symbol) >= IAMP21_FROM), None)
    if pattern is None or any(_extra_21(line) >= 3 for line in lines):
        return None
    abnormal = any(
        step.item.chromosomes[:1] == ("21",) and step.item.kind != "chromosome" for line in lines for step in line.steps
    )
    return IAmp21(sure=abnormal, start=pattern.start, end=pattern.end)


def _shows_21(event: ArrayEvent) -> bool:
    high = event.copies is not None and event.copies.low >= IAMP21_FROM
    return "21" in event.chromosomes and event.technique != "sseq" and (event.state in ("amp", "cth") or high)


def _runx1(pattern: FishPattern, symbol: Callable[[str], str]) -> int:
    return max((n.low for probe, n in counts(pattern).items() if symbol(probe) == "RUNX1"), default=0)


def _extra_21(line: Line) -> int:
    return sum(step.times.low for step in line.steps if step.item.chromosomes == ("21",) and step.item.sign == "+")
