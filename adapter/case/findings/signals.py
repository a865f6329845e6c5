"""FISH signals and array regions in an ISCN text, each as facts of its own: everything here was worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from adapter.case.facts import Detail, Expression, GeneFact, Place
from adapter.case.findings.abnormalities import RECURRENT, RULE, Fields, place, share
from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature import bands, loci
from adapter.nomenclature.iscn import signals
from adapter.nomenclature.iscn.changes import readings
from adapter.nomenclature.iscn.instances import junctions
from adapter.nomenclature.iscn.model import ArrayEvent, Document, FishPattern, Range
from adapter.nomenclature.iscn.render import breakpoint_text, render
from adapter.nomenclature.quantities import Copies, Share
from adapter.nomenclature.shares import read_share
from adapter.terms import Gene, Terms

_METHODS = {
    "nuc ish": "interphase FISH",
    "ish": "metaphase FISH",
    "arr": "microarray",
    "sseq": "sequencing",
    "ogm": "optical genome mapping",
}
_CHANGES = {"amplification": "amplification", "gain": "gain", "whole-chromosome-gain": "gain", "loss": "loss"}
_STRUCTURES = {"rearrangement": "sep", "fusion": "con", "not-rearranged": "sep", "not-fused": "con"}
_RESULTS = {**dict.fromkeys(signals.NEGATIVE, "absent"), "uncertain": "indeterminate"}
_STATES = {"amp": "amplification", "hmz": "copy-neutral LOH"}
_DIPLOID = 2


def fish(document: Document, terms: Terms) -> Iterator[Fields]:
    """Fields of one Facts for each gene or probe of each FISH pattern.

    A pattern of normal signals beside an abnormal one of the same probe is the normal cells' and no finding.
    """
    symbol = _symbols(terms)
    beside = signals.linked(document)
    found = [(p, s) for p in signals.own(document) for s in signals.of_pattern(p, symbol, beside[p.start])]
    abnormal = {gene for _, state in found if state.state not in signals.NEGATIVE for gene in state.gene.split("::")}
    for pattern, state in dict.fromkeys(found):
        if state.state != "normal" or state.gene not in abnormal:
            yield _of_pattern(pattern, state, terms)


def _symbols(terms: Terms) -> Callable[[str], str]:
    def symbol(probe: str) -> str:
        known = _gene(probe, terms)
        return known.symbol if known else probe

    return symbol


def _gene(name: str, terms: Terms) -> Gene | None:
    if signals.names_no_gene(name):
        return None
    try:
        return terms.gene(name)
    except (UnknownTerm, AmbiguousTerm):
        return None


def _of_pattern(pattern: FishPattern, state: signals.State, terms: Terms) -> Fields:
    genes = [(name, _gene(name, terms)) for name in state.gene.split("::")]
    result = _RESULTS.get(state.state, "")
    found: Fields = {
        "genes": tuple(GeneFact(name, gene, "") for name, gene in genes if gene),
        "change": _CHANGES.get(state.state, ""),
        "structure": _STRUCTURES.get(state.state, ""),
        "copies": None if state.state in _STRUCTURES else _copies(state.copies),
        "cells": None if result else share(pattern.positive or 0, pattern.scored or 0),
        "place": _locus(pattern),
    }
    found |= {"result": result} if result else {}
    details = tuple(Detail("probe", name, "") for name, gene in genes if not gene)
    if pattern.positive is None and pattern.scored is not None:
        details = (*details, Detail("cells-counted", pattern.scored, ""))
    return _derived(found, pattern.technique, Document("", "ok", fish=(pattern,)), details)


def _derived(found: Fields, technique: str, part: Document, details: tuple[Detail, ...] = ()) -> Fields:
    """The fields with the method, the string of this part alone, and what was worked out."""
    method = _METHODS.get(technique)
    found |= {"methods": (method,)} if method else {}
    text = render(part)
    derived = {fact: RULE for fact, value in found.items() if value}
    return found | {
        "expressions": (Expression("iscn", text, "", text, verbatim=True, grade="B"),),
        "details": details,
        "derived": {"expressions": RULE} | derived,
    }


def _copies(number: Range | None) -> Copies | None:
    if number is None:
        return None
    return Copies(str(number), Decimal(number.low), None if number.high is None else Decimal(number.high))


def _locus(pattern: FishPattern) -> Place | None:
    """The band of the probe where the text states it (older form ``11q23(KMT2Ax2)``)."""
    first = pattern.locus[0] if pattern.locus else None
    if first is None or first.chromosome is None:
        return None
    text = first.chromosome + "".join(map(breakpoint_text, pattern.locus))
    return Place("", text, first.chromosome, text)


# ---------------------------------------------------------------------------------------------- arrays


def regions(document: Document, terms: Terms) -> Iterator[Fields]:
    """Fields of one Facts for each chromosome of each region whose copy number or structure is stated as not normal."""
    for event in document.arrays:
        if event.abnormality is not None:
            yield _on_item(event, terms)
        elif not _is_normal(event):
            for chromosome in event.chromosomes:
                yield _region(event, chromosome, terms)


def _is_normal(event: ArrayEvent) -> bool:
    """Whether two copies are stated, or the number of X and Y of a list that begins with all chromosomes."""
    several = len(event.chromosomes) > 1
    two = event.copies is not None and event.copies.low == event.copies.high == _DIPLOID
    sexes = set(event.chromosomes) <= {"X", "Y"} and several
    return not event.state and (two or sexes)


def _amplified(event: ArrayEvent, chromosome: str, terms: Terms) -> tuple[GeneFact, ...]:
    """Genes reported in haematological malignancies that an amplified region touches."""
    if event.state != "amp" or event.first is None or event.last is None or not event.build:
        return ()
    within = loci.within(chromosome, event.first, event.last, event.build)
    return tuple(GeneFact(symbol, terms.gene(symbol), "") for symbol in within)


def _region(event: ArrayEvent, chromosome: str, terms: Terms) -> Fields:
    copies = _copies(event.copies)
    found: Fields = {
        "change": _change(event, chromosome),
        "copies": copies,
        "cells": _mosaic(event),
        "place": _place(event, chromosome),
        "structure": event.state if event.state in ("cth", "cx") else "",
        "genes": _amplified(event, chromosome, terms),
    }
    if event.origin:
        found["origin"] = "germline"
    return _derived(found, event.technique, Document("", "ok", arrays=(event,)))


def _change(event: ArrayEvent, chromosome: str) -> str:
    """Gain or loss of an autosome by its copies; of X and Y it depends on the person, whom the text does not name."""
    if event.state in _STATES:
        return _STATES[event.state]
    if event.copies is None or chromosome not in bands.AUTOSOMES:
        return ""
    low, high = event.copies.low, event.copies.high
    if low > _DIPLOID:
        return "gain"
    if high == 0:
        return "homozygous deletion"
    return "loss" if high is not None and high < _DIPLOID else ""


def _mosaic(event: ArrayEvent) -> Share | None:
    """The share of cells, which the text states as a fraction of one: ``[0.45]``, ``[0.2~0.3]``."""
    if not event.mosaic:
        return None
    ends = [Decimal(part) * 100 for part in event.mosaic.split("~") if part.replace(".", "", 1).isdecimal()]
    if not ends or max(ends) > 100 or min(ends) <= 0:
        return None
    return read_share(f"{'-'.join(f'{end.normalize():f}' for end in sorted(set(ends)))} %")


def _place(event: ArrayEvent, chromosome: str) -> Place:
    band = chromosome + "".join(map(breakpoint_text, event.bands)) if event.bands else ""
    if event.first is None or event.last is None:
        return Place("", band or chromosome, chromosome, band)
    text = f"{chromosome}:{event.first}-{event.last}"
    return Place("", text, chromosome, band, event.first, event.last, event.build or "")


def _on_item(event: ArrayEvent, terms: Terms) -> Fields:
    """A structural item of a sequencing or mapping result, with the genes of a recurrent rearrangement."""
    item = event.abnormality
    if item is None:
        return {}
    named = loci.genes_of(pair for given in readings(item)[0].gives for pair in junctions(given))
    found: Fields = {
        "structure": item.kind.replace(" ", "-") if item.kind != "chromosome" else "",
        "change": {"+": "gain", "-": "loss"}.get(item.sign or "", "") if item.kind == "chromosome" else "",
        "place": place(item),
        "genes": tuple(GeneFact(symbol, terms.gene(symbol), "") for symbol in named),
    }
    made = _derived(found, event.technique, Document("", "ok", arrays=(event,)))
    return made | ({"derived": made["derived"] | {"genes": RECURRENT}} if named else {})
