"""The abnormalities of a karyotype that was read, each as facts of its own: everything here was worked out.

An abnormality is counted once however many clones carry it; sidelines carry what their stem line has. A donor's cells
are not the patient's and give no finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from adapter.case.facts import Detail, Expression, GeneFact, Place
from adapter.case.findings.engines import KnownString
from adapter.nomenclature import bands, loci
from adapter.nomenclature.iscn.effects import net, persons
from adapter.nomenclature.iscn.expand import Line, Step
from adapter.nomenclature.iscn.meaning import places
from adapter.nomenclature.iscn.model import Abnormality, Document
from adapter.nomenclature.iscn.profiles import Run
from adapter.nomenclature.iscn.render import breakpoint_text
from adapter.nomenclature.iscn.rules import present
from adapter.nomenclature.quantities import Copies, Share
from adapter.terms import Terms

RULE = "iscn"
RECURRENT = "recurrent rearrangements, adapter/nomenclature/data/recurrent.tsv"
_DIPLOID = 2
_CHANGES = {"del": "deletion", "dup": "gain", "hsr": "amplification", "dmin": "amplification"}
_SIGNED = {"+": "gain", "-": "loss"}

Fields = dict[str, Any]


class Carrier(NamedTuple):
    """A clone; ``runs`` (``effects.net``) only where it carries a whole chromosome, of whose copies they tell."""

    line: Line
    person: str | None
    runs: tuple[Run, ...]


@dataclass(slots=True)
class Carried:
    """An abnormality and the clones that carry it."""

    step: Step
    clones: list[Carrier] = field(default_factory=list)


def abnormalities(known: KnownString, terms: Terms) -> Iterator[Fields]:
    """Fields of one Facts for each abnormality, in the order first written.

    Its cells are those of all clones that carry it, stated only where every clone has a number of them.
    """
    total = _scored(known.document)
    for carried in _carried(known.lines):
        yield _fields(carried, total, terms)


def _carried(lines: tuple[Line, ...]) -> list[Carried]:
    found: dict[tuple[str, bool], Carried] = {}
    for line, person in zip(lines, persons(lines), strict=True):
        if line.clone.population == "donor":
            continue
        numerical = any(step.item.kind == "chromosome" for step in line.steps)
        carrier = Carrier(line, person, net(line, person) if numerical else ())
        for key, step in {_key(s): s for s in reversed(line.steps) if _there(s)}.items():
            one = found.setdefault(key, Carried(step))
            one.clones.append(carrier)
    return sorted(found.values(), key=lambda one: (one.step.stated_in, one.step.item.start))


def _key(step: Step) -> tuple[str, bool]:
    """What makes two items one abnormality; the acquired ``+21`` of a person with ``+21c`` is another."""
    return step.meaning.key, step.item.constitutional


def _there(step: Step) -> bool:
    """Whether the clone has the item: not where it was taken away again, nor where nothing was there to take away."""
    removed = step.item.sign == "-" and step.item.kind != "chromosome"
    return not removed and (present(step) or step.item.constitutional or not step.readings[0].takes)


def share(positive: int, scored: int) -> Share | None:
    """Share of ``scored`` cells; None where the numbers are not known."""
    if not scored or not positive:
        return None
    percent = (Decimal(100 * positive) / scored).quantize(Decimal("1E-6"), ROUND_HALF_EVEN).normalize()
    exact = Decimal(format(percent, "f"))
    return Share(f"{positive}/{scored}", exact, exact, positive=positive, scored=scored)


def _scored(document: Document) -> int:
    """Metaphases of all clones, non-clonal ones included; 0 where some have no number, or a donor's are among them."""
    counted = [*(clone.cells for clone in document.clones), *(note.cells for note in document.notes)]
    if any(c.population == "donor" for c in document.clones) or any(c is None for c in counted):
        return 0
    return sum(cells.n for cells in counted if cells)


def _cells(carried: Carried, total: int) -> Share | None:
    """Cells of the carriers; not of a composite clone, in which not every cell need have it."""
    counted = [carrier.line.clone.cells for carrier in carried.clones]
    if any(cells is None or cells.composite for cells in counted):
        return None
    return share(sum(cells.n for cells in counted if cells), total)


def _fields(carried: Carried, total: int, terms: Terms) -> Fields:
    item = carried.step.item
    copies = _copies(carried)
    text = carried.step.meaning.text
    found: Fields = {
        "change": _change(carried, copies),
        "structure": item.kind.replace(" ", "-") if item.kind not in ("chromosome", *_CHANGES) else "",
        "place": place(item),
        "copies": copies,
        "cells": _cells(carried, total),
        "genes": _genes(carried.step, terms),
    }
    if item.constitutional and item.origin_certain:
        found["origin"] = "germline"
    if not item.certain or not all(item.chromosome_certain) or not _agreed(item):
        found["result"] = "indeterminate"
    derived = {fact: RECURRENT if fact == "genes" else RULE for fact, value in found.items() if value}
    clones = ", ".join(str(carrier.line.clone.index) for carrier in carried.clones)
    return found | {
        "expressions": (Expression("iscn", text, "", text, verbatim=True, grade="B"),),
        "details": (Detail("clone", clones, ""),),
        "derived": {"expressions": RULE} | derived,
    }


def _agreed(item: Abnormality) -> bool:
    """Whether all readings of an item are the same event of the same chromosome arms; their breaks may differ."""
    return all(_event(other) == _event(item) for other in item.alternatives)


def _event(item: Abnormality) -> tuple[object, ...]:
    arms = {point.arm for group in item.breakpoints for point in group}
    return item.kind, item.sign, item.chromosomes, arms, bool(item.parts)


def _change(carried: Carried, copies: Copies | None) -> str:
    """What happened to the copy number; a sign in a clone of another ploidy counts from that, not from two."""
    item = carried.step.item
    if item.kind != "chromosome":
        return _CHANGES.get(item.kind, "")
    if copies is not None and copies.low is not None and item.chromosomes[0] in bands.AUTOSOMES:
        return "gain" if copies.low > _DIPLOID else "loss" if copies.low < _DIPLOID else ""
    diploid = all(carrier.line.ploidy == _DIPLOID for carrier in carried.clones)
    return _SIGNED.get(item.sign or "", "") if diploid else ""


def _copies(carried: Carried) -> Copies | None:
    """Copies of a whole chromosome, where all clones that carry the item agree; None for any other item.

    A constitutional item tells the copies that the person was born with, whatever a clone did to them.
    """
    item = carried.step.item
    if item.kind != "chromosome" or not item.certain or not all(item.chromosome_certain):
        return None
    tell = _born if item.constitutional else _whole
    found = {tell(carrier, item.chromosomes[0]) for carrier in carried.clones}
    number = found.pop() if len(found) == 1 else None
    return None if number is None else Copies(str(number), Decimal(number), Decimal(number))


def _whole(carrier: Carrier, chromosome: str) -> int | None:
    """Copies of a whole chromosome in a clone; None where they differ along it or are not certain."""
    base = _born(carrier, chromosome)
    if base is None or _broken(carrier.line, chromosome):
        return None
    runs = [run for run in carrier.runs if run.chromosome == chromosome]
    if not runs:
        return base
    whole = len(runs) == 1 and runs[0].first == 0 and runs[0].end == bands.size(chromosome)
    return base + runs[0].low if whole and runs[0].low == runs[0].high else None


def _born(carrier: Carrier, chromosome: str) -> int | None:
    """Copies of a whole chromosome that the person was born with, from which ``effects.net`` counts.

    None where a constitutional item is not sure, or changes a part of the chromosome (``+i(21)(q10)c``).
    """
    person = carrier.person
    copies = _DIPLOID if chromosome in bands.AUTOSOMES else person.count(chromosome) if person else None
    if copies is None or chromosome not in bands.CHROMOSOMES:
        return None
    for step in carrier.line.steps:
        item = step.item
        if item.constitutional and chromosome in item.chromosomes:
            certain = item.certain and all(item.chromosome_certain) and step.times.low == step.times.high
            if item.kind != "chromosome" or not certain:
                return None
            copies += step.times.low if step.item.sign == "+" else -step.times.low
    return copies


def _broken(line: Line, chromosome: str) -> bool:
    return any(at[0] == chromosome for step in line.steps for at in step.effect.breaks)


def _genes(step: Step, terms: Terms) -> tuple[GeneFact, ...]:
    """Genes of the recurrent rearrangement or amplification that the item is, from the table."""
    named = loci.genes_of(step.effect.junctions)
    if step.item.kind == "hsr":
        named = tuple(gene for text in step.meaning.places for gene in loci.amplified_at(text))
    return tuple(GeneFact(symbol, terms.gene(symbol), "") for symbol in named)


def place(item: Abnormality) -> Place | None:
    """Chromosome, and the bands where breaks are stated; of several chromosomes the bands only."""
    if not item.chromosomes or not all(item.chromosome_certain):
        return None
    chromosome = item.chromosomes[0]
    if item.alternatives:  # what the readings share: the chromosome at most
        alone = {item.chromosomes, *(a.chromosomes for a in item.alternatives)} == {(chromosome,)}
        return Place("", chromosome, chromosome, "") if alone and chromosome != "?" else None
    if len(item.chromosomes) == 1 and not item.parts:
        if chromosome == "?":
            return None
        points = item.breakpoints[0] if item.breakpoints else ()
        text = chromosome + "".join(map(breakpoint_text, points))
        return Place("", text, chromosome, text if points else "")
    named = ";".join(text for text in dict.fromkeys(places(item)) if not text.startswith("?") and text[-1] != "?")
    return Place("", named, "", named) if named else None
