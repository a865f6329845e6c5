"""An ISCN text as JSON: syntax, computed semantics and diagnostics, in the order of the published output.

All offsets are in characters of the input. Fields beyond the published ones: ``boundary`` (bands in which a break
lies, so that they belong to no run of ``net``), ``unresolved`` (items whose effect the text does not fully tell),
``expanded`` (all items of the clone, inherited ones included), ``parts`` of derivatives, and under ``summary`` the
items ``counted``, each rule set's verdict (``rules``), what is said of genes (``loci``) and iAMP21.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature import bands, loci
from adapter.nomenclature.iscn import effects, rules, signals
from adapter.nomenclature.iscn.expand import expand
from adapter.nomenclature.iscn.meaning import meaning, place, places
from adapter.nomenclature.iscn.model import Diagnostic
from adapter.nomenclature.iscn.render import breakpoint_text, render, signal_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.nomenclature.iscn.expand import Line, Step
    from adapter.nomenclature.iscn.meaning import Meaning
    from adapter.nomenclature.iscn.model import (
        Abnormality,
        ArrayEvent,
        Cells,
        Clone,
        Document,
        FishPattern,
        Linkage,
        Range,
        Status,
    )
    from adapter.nomenclature.iscn.profiles import Run
    from adapter.terms import Terms

Json = dict[str, Any]


def _range(value: Range) -> Json:
    return {"low": value.low, "high": value.high}


def _cells(cells: Cells | None) -> Json | None:
    return None if cells is None else {"n": cells.n, "composite": cells.composite}


def _diagnostic(one: Diagnostic) -> Json:
    return {
        "code": one.code,
        "severity": one.severity,
        "start": one.start,
        "end": one.end,
        "message": one.message,
        "suggestion": one.suggestion,
    }


# ---------------------------------------------------------------------------------------------- karyotype


def _abnormality(item: Abnormality, known: Meaning) -> Json:
    found = {
        "text": known.text,
        "start": item.start,
        "end": item.end,
        "kind": item.kind,
        "sign": item.sign,
        "multiplier": _range(item.multiplier),
        "chromosomes": list(item.chromosomes),
        "breakpoints": list(known.places),
        "constitutional": item.constitutional,
        "certain": known.certain,
    }
    if item.parts:
        found["parts"] = [
            {"kind": part.kind, "chromosomes": list(part.chromosomes), "breakpoints": list(places(part))}
            for part in item.parts
        ]
    return found


def _alone(item: Abnormality | None) -> Json | None:
    """The item on which a FISH or sequencing result stands."""
    return None if item is None else _abnormality(item, meaning(item))


def _sex(clone: Clone) -> str | None:
    sex = clone.sex
    if sex is None:
        return None
    if sex.undisclosed:
        return "U"
    return f"{sex.letters}{'?' if sex.unknown else ''}{'c' if sex.constitutional else ''}"


def _relation(clone: Clone) -> Json | None:
    relation = clone.relation
    if relation is None:
        return None
    return {
        "kind": relation.kind,
        "number": relation.number,
        "clone": relation.clone,
        "multiplier": relation.multiplier,
    }


def _run(run: Run) -> Json:
    ideogram = bands.ideogram(run.chromosome)
    ends = {"from": ideogram[run.first].name, "to": ideogram[run.end - 1].name}
    return {"chromosome": run.chromosome, **ends, "low": run.low, "high": run.high}


def _boundary(chromosome: str, first: int, end: int) -> Json:
    ideogram = bands.ideogram(chromosome)
    return {"chromosome": chromosome, "from": ideogram[first].name, "to": ideogram[end - 1].name}


def _amplified(place: effects.Amplified) -> Json:
    genes = loci.amplified_at(f"{place.chromosome}{place.band}") if place.chromosome and place.band else ()
    return {"chromosome": place.chromosome, "band": place.band, "genes": list(genes), "form": place.form}


def _carried(step: Step) -> list[str]:
    """An item as the clone carries it; where its derivative was taken away again, the normal chromosomes it cost."""
    change = step.readings[0]
    if change.gives or step.item.kind == "chromosome" or not change.takes:
        return [step.meaning.text]
    return [f"-{chromosome}" for chromosome in change.takes]


def _normal(line: Line) -> bool:
    clone = line.clone
    return clone.normal and _sex(clone) in ("XX", "XY") and (clone.count.low, clone.count.high) == (46, 46)


def _clone(done: effects.CloneEffects) -> Json:
    line, clone = done.line, done.line.clone
    return {
        "index": clone.index,
        "start": clone.start,
        "end": clone.end,
        "relation": _relation(clone),
        "population": clone.population,
        "count": _range(clone.count),
        "counted": _range(line.counted),
        "ploidy": line.ploidy,
        "sex": _sex(clone),
        "normal": _normal(line),
        "cells": _cells(clone.cells),
        "abnormalities": [_abnormality(*one) for one in zip(clone.abnormalities, line.stated, strict=True)],
        "net": [_run(run) for run in done.net],
        "junctions": [list(pair) for pair in done.junctions],
        "amplified": [_amplified(place) for place in done.amplified],
        "boundary": [_boundary(*cut) for cut in done.boundary],
        "unresolved": list(done.unresolved),
        "expanded": [text for step in line.steps for text in _carried(step)],
        "incomplete": clone.incomplete,
    }


# ---------------------------------------------------------------------------------------------- FISH and arrays


def _link(link: Linkage) -> Json:
    copies = None if link.copies is None else _range(link.copies)
    return {"probes": [signals.name(link.first), signals.name(link.second)], "copies": copies}


def percent(positive: int | None, scored: int | None) -> str | None:
    """The share of positive nuclei in percent, to one decimal, without a trailing zero; None where not counted.

    >>> percent(137, 200)
    '68.5'
    """
    if positive is None or not scored:
        return None
    share = (Decimal(100 * positive) / scored).quantize(Decimal("0.1"))
    return str(share).removesuffix(".0")


def _fish(pattern: FishPattern, symbol: Callable[[str], str]) -> Json:
    numbers = signals.counts(pattern)
    everything = [*pattern.signals, *(one for link in pattern.linkages for one in (link.first, link.second))]
    probes = list(dict.fromkeys(symbol(one.probe) for one in everything))
    counted = pattern.positive is not None or pattern.scored is not None
    found: Json = {
        "technique": pattern.technique,
        "probes": probes,
        "signals": {_current(probe, symbol): _range(number) for probe, number in numbers.items()},
        "separated": [_link(link) for link in pattern.linkages if link.kind == "sep"],
        "fused": [_link(link) for link in pattern.linkages if link.kind == "con"],
        "cells": {"positive": pattern.positive, "scored": pattern.scored} if counted else None,
        "percent": percent(pattern.positive, pattern.scored),
        "start": pattern.start,
        "end": pattern.end,
        "amplified": [state.gene for state in signals.of_pattern(pattern, symbol) if state.state == "amplification"],
        "states": {signals.name(one): one.state for one in pattern.signals if one.state},
        "locus": [place("", point) for point in pattern.locus],
        "abnormality": _alone(pattern.abnormality),
    }
    written = {symbol(one.probe): one.probe for one in everything if symbol(one.probe) != one.probe}
    places = [[signal_text(s) for s in run] for _, run in groupby(pattern.signals, key=lambda s: (s.group, s.place))]
    several = any(one.place for one in pattern.signals)
    told = {"written": written, "places": places if several else None, "population": pattern.population}
    return found | {name: value for name, value in told.items() if value}


def _current(probe: str, symbol: Callable[[str], str]) -> str:
    """The probe with its side, its gene under the current symbol."""
    side = probe[:2] if probe[:2] in ("5'", "3'") else ""
    return side + symbol(probe[len(side) :])


def _band(event: ArrayEvent) -> str | None:
    return "".join(breakpoint_text(point) for point in event.bands) or None


def _array(event: ArrayEvent) -> Iterator[Json]:
    """One object per chromosome of an array region; ``start`` and ``end`` are base positions, ``span`` is the text."""
    for chromosome in event.chromosomes:
        yield {
            "build": event.build,
            "chromosome": chromosome,
            "band": _band(event),
            "start": event.first,
            "end": event.last,
            "copies": None if event.copies is None else _range(event.copies),
            "amplified": event.state == "amp",
            "mosaic": event.mosaic or None,
            "neutral_loh": event.state == "hmz" and (event.copies is None or event.copies.low == 2),
            "technique": event.technique,
            "state": event.state or None,
            "span": [event.start, event.end],
            "abnormality": _alone(event.abnormality),
            "junction": list(event.junction),
            "outer": list(event.outer) if event.outer else None,
            "mos": event.mos,
            "hgvs": event.hgvs or None,
        }


# ---------------------------------------------------------------------------------------------- summary


def _rule(verdict: rules.Verdict) -> Json:
    return {
        "rule": verdict.rule,
        "complex": verdict.complex,
        "high": verdict.high,
        "count": verdict.number,
        "exempt_by": verdict.exempt_by,
    }


def _state(state: signals.State) -> Json:
    copies = None if state.copies is None else _range(state.copies)
    return {
        "gene": state.gene,
        "state": state.state,
        "copies": copies,
        "by": state.by,
        "start": state.start,
        "end": state.end,
    }


def _genes(found: tuple[signals.State, ...], probed: set[str]) -> list[str]:
    """Genes the text names by a probe, or by a recurrent rearrangement or amplified place; not by whole chromosomes."""
    derived = {s.gene for s in found if s.by != "nuc ish" and s.state in ("rearrangement", "amplification")}
    return sorted(derived | probed)


def _summary(
    document: Document, lines: tuple[Line, ...], symbol: Callable[[str], str], approved: set[str], diagnosis: str | None
) -> Json:
    found = rules.assess(document, diagnosis, lines)
    states = signals.states(document, lines, symbol)
    iamp21 = signals.iamp21(document, lines, symbol)
    return {
        "abnormalities": len(found.counted),
        "complex": {verdict.rule: verdict.complex for verdict in found.verdicts},
        "monosomal": found.monosomal.present,
        "ploidy_class": found.ploidy,
        "genes": _genes(states, approved),
        "counted": [one.text for one in found.counted],
        "rules": [_rule(verdict) for verdict in found.verdicts],
        "monosomal_disputed": found.monosomal.disputed,
        "recurrent": list(found.recurrent),
        "loci": [_state(state) for state in states],
        "iamp21": None if iamp21 is None else {"sure": iamp21.sure, "start": iamp21.start, "end": iamp21.end},
    }


def _canonical(document: Document, lines: tuple[Line, ...], status: Status) -> str | None:
    """The canonical text; None where something is wrong or was not read, since it would say less than was written."""
    if status not in ("ok", "repaired"):
        return None
    texts = [tuple(known.text for known in line.stated) for line in lines]
    return render(document, texts)


class _Symbols:
    """Current gene symbols of probes; a probe that is no gene, or an ambiguous one, keeps its name."""

    def __init__(self, terms: Terms | None) -> None:
        self._terms = terms
        self._known: dict[str, str] = {}
        self.approved: set[str] = set()

    def __call__(self, probe: str) -> str:
        if probe not in self._known:
            self._known[probe] = self._current(probe)
        return self._known[probe]

    def _current(self, probe: str) -> str:
        if self._terms is None:
            from adapter.terms import load  # only a text with probes needs the gene table

            self._terms = load()
        if signals.names_no_gene(probe):
            return probe
        try:
            symbol = self._terms.gene(probe).symbol
        except (UnknownTerm, AmbiguousTerm):
            return probe
        self.approved.add(symbol)
        return symbol


def _aliases(document: Document, symbol: Callable[[str], str]) -> tuple[Diagnostic, ...]:
    """GENE-ALIAS: a probe under another than the current symbol of its gene."""
    return tuple(
        Diagnostic(
            "GENE-ALIAS", "info", one.start, one.end, f"{one.probe} is now {symbol(one.probe)}", symbol(one.probe)
        )
        for pattern in document.fish
        for one in pattern.signals
        if symbol(one.probe) != one.probe
    )


_SIGNS_IN_NAME = re.compile(r"(.+)[xX]\d+")


def _uncounted(document: Document, symbols: _Symbols) -> tuple[Diagnostic, ...]:
    """FISH-N: ``KMT2AX6``, whose end would be a number of signals if it were written ``x6``."""
    found = []
    for one in (signal for pattern in document.fish for signal in pattern.signals):
        name = _SIGNS_IN_NAME.fullmatch(one.probe) if one.copies is None and not one.state else None
        if name and symbols(name[1]) in symbols.approved and symbols(one.probe) not in symbols.approved:
            message = f"no number of signals is read: {one.probe} is taken for the name of a probe"
            found.append(Diagnostic("FISH-N", "warning", one.start, one.end, message))
    return tuple(found)


def describe(
    document: Document, terms: Terms | None = None, *, tokens: bool = False, diagnosis: str | None = None
) -> Json:
    """Everything a text says and implies, as one JSON object (the README of the output is ``docs/iscn.md``).

    ``terms`` gives the current symbols of probes (``MLL`` is KMT2A); None loads the packaged tables when a text has
    probes. With ``tokens`` the terminals of the grammar are listed as [start, end, role]. ``diagnosis``, a key of
    the diagnosis table, chooses the rule sets of the summary; None gives all of them.
    """
    lines = expand(document)
    checked = document.with_diagnostics(effects.contradictions(document, lines))
    symbols = _Symbols(terms)
    if document.fish:
        checked = checked.with_diagnostics((*_aliases(document, symbols), *_uncounted(document, _Symbols(terms))))
    found: Json = {
        "input": document.input,
        "status": checked.status,
        "canonical": _canonical(document, lines, checked.status),
        "diagnostics": [_diagnostic(one) for one in checked.diagnostics],
        "unclassified": [list(span) for span in document.unclassified],
        "segments": [{"kind": s.kind, "start": s.start, "end": s.end} for s in document.segments],
        "clones": [_clone(done) for done in effects.clone_effects(lines)],
        "fish": [_fish(pattern, symbols) for pattern in document.fish],
        "arrays": [one for event in document.arrays for one in _array(event)],
        "summary": _summary(document, lines, symbols, symbols.approved, diagnosis),
    }
    if tokens:
        found["tokens"] = [list(token) for token in document.tokens]
    return found
