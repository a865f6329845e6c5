"""What a clone's items do: copy number of every band, junctions, amplified places, chromosome number.

Net copy number is the difference from the person's constitutional karyotype (two sets of the sex, with the items marked
as constitutional), in whole copies, with a lower and an upper bound. A break somewhere in a band leaves that band
undecided; such bands belong to no run and are listed apart.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.expand import Line, Step, agrees, expand
from adapter.nomenclature.iscn.instances import UNKNOWN
from adapter.nomenclature.iscn.model import ONE, Diagnostic
from adapter.nomenclature.iscn.profiles import SEX_CHROMOSOMES, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.nomenclature.iscn.model import Abnormality, Document

_ORDER = {name: number for number, name in enumerate(bands.CHROMOSOMES)}


class Amplified(NamedTuple):
    """A place of amplification: ``hsr(11)(q23)`` or double minutes, whose place is not known (both None)."""

    chromosome: str | None
    band: str | None
    form: str


# ---------------------------------------------------------------------------------------------- clones


def _acquired(line: Line) -> list[Step]:
    return [step for step in line.steps if not step.item.origin]


def _sex_base(line: Line, person: str | None) -> dict[str, tuple[int, int]]:
    """By how many the normal X and Y that are left differ from the person's own; a range where those are not known."""
    # a constitutional abnormal sex chromosome belongs to the person: what it took is not missing
    owed = [c for step in line.steps if step.item.origin for c in step.readings[0].takes]
    x, y = (n + owed.count(c) for c, n in zip(SEX_CHROMOSOMES, line.normal_sex, strict=True))
    if person is not None:
        return {"X": (x - person.count("X"),) * 2, "Y": (y - person.count("Y"),) * 2}
    if line.sex_unknown:
        return {}
    return {"X": (x - 2, x - 1), "Y": (y - 1, y)}


def _scaled(run: Run, step: Step) -> tuple[int, int]:
    if step.times == ONE:
        return run.low, run.high
    most = step.times.low if step.times.high is None else step.times.high
    values = (run.low * step.times.low, run.low * most, run.high * step.times.low, run.high * most)
    return min(values), max(values)


def _whole_chromosomes(line: Line, person: str | None) -> dict[str, tuple[int, int]]:
    """Differences of whole normal chromosomes before any item."""
    sex = _sex_base(line, person)
    if line.ploidy == 2:
        return sex
    return sex | dict.fromkeys(bands.AUTOSOMES, (line.ploidy - 2,) * 2)


def _events(
    line: Line, person: str | None
) -> tuple[dict[str, list[tuple[int, int, int]]], dict[str, list[tuple[int, int]]]]:
    """Per chromosome where the bounds step and by how much, and the bands with breaks."""
    steps: dict[str, list[tuple[int, int, int]]] = {}
    cuts: dict[str, list[tuple[int, int]]] = {}
    for chromosome, (low, high) in _whole_chromosomes(line, person).items():
        if low or high:
            steps[chromosome] = [(0, low, high), (bands.size(chromosome), -low, -high)]
    for step in line.steps:
        done = step.effect
        for chromosome, first, end in done.breaks:
            cuts.setdefault(chromosome, []).append((first, end))
        if step.item.origin:
            continue
        for run in done.runs:
            low, high = _scaled(run, step)
            steps.setdefault(run.chromosome, []).extend(((run.first, low, high), (run.end, -low, -high)))
    return steps, cuts


def _outside(first: int, end: int, cuts: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The parts of a run in which no break lies."""
    for left, right in sorted(cuts) if len(cuts) > 1 else cuts:
        if left < end and first < right:
            if first < left:
                yield first, left
            first = max(first, right)
    if first < end:
        yield first, end


def _levels(events: list[tuple[int, int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Stretches of equal bounds; no chromosome can lose more copies than two sets have."""
    if len(events) == 2:  # one run, as nearly always
        (first, low, high), (end, *_) = events
        if low or high:
            yield first, end, max(low, -2), max(high, -2)
        return
    at: dict[int, tuple[int, int]] = {}
    for place, low, high in events:
        before = at.get(place, (0, 0))
        at[place] = (before[0] + low, before[1] + high)
    places = sorted(place for place, change in at.items() if change != (0, 0))
    low = high = 0
    for place, following in pairwise(places):
        low, high = low + at[place][0], high + at[place][1]
        if low or high:
            yield place, following, max(low, -2), max(high, -2)


def net(line: Line, person: str | None) -> tuple[Run, ...]:
    """Runs of bands whose copy number differs from that of ``person`` ("XX", "XY", None), from chromosome 1 to Y."""
    events, cuts = _events(line, person)
    found: list[Run] = []
    for chromosome in sorted(events, key=_ORDER.__getitem__):
        own = cuts.get(chromosome)
        for first, end, low, high in _levels(events[chromosome]):
            if own is None:
                found.append(Run(chromosome, first, end, low, high))
            else:
                found += [Run(chromosome, left, right, low, high) for left, right in _outside(first, end, own)]
    return tuple(found)


def boundary(line: Line) -> tuple[tuple[str, int, int], ...]:
    """Bands in which a break of the clone lies: chromosome, first band, band after the last."""
    found = dict.fromkeys(cut for step in line.steps for cut in step.effect.breaks)
    return tuple(sorted(found, key=lambda cut: (_ORDER[cut[0]], cut[1:]))) if found else ()


def joined(line: Line) -> tuple[tuple[str, str], ...]:
    """Junctions of the acquired items, in the order of the items, each once."""
    joining = [step for step in line.steps if step.effect.junctions and not step.item.origin]
    return tuple(dict.fromkeys(pair for step in joining for pair in _in_order(step))) if joining else ()


def _in_order(step: Step) -> tuple[tuple[str, str], ...]:
    """Junctions of one step; those of a translocation start with the chromosome named first."""
    pairs = step.effect.junctions
    return pairs if step.item.kind != "t" or len(pairs) < 3 else tuple((b, a) for a, b in (*pairs[1:], pairs[0]))


def unresolved(line: Line) -> tuple[str, ...]:
    """Items whose effect on copy numbers the text does not fully tell: markers, complex regions, unknown places."""
    return tuple(dict.fromkeys(step.meaning.text for step in _acquired(line) if not step.effect.resolved))


def amplified(line: Line) -> tuple[Amplified, ...]:
    """Places of amplification of unknown height, each once."""
    return tuple(dict.fromkeys(place for step in _acquired(line) for place in _amplified(step.item)))


def _amplified(item: Abnormality) -> Iterator[Amplified]:
    if item.kind == "chromosome":
        return
    if item.kind == "dmin":
        yield Amplified(None, None, "dmin")
    for one in (item, *item.parts):
        if one.kind == "hsr" and not one.chromosomes:
            yield Amplified(None, None, "hsr")
        elif one.kind == "hsr":
            groups = one.breakpoints or ((),)
            for chromosome, group in zip(one.chromosomes, groups, strict=False):
                known = chromosome if chromosome != UNKNOWN else None
                for name in (*(b.name for b in group), *(() if group else (None,))):
                    yield Amplified(known, name, "hsr")


def persons(lines: tuple[Line, ...]) -> tuple[str | None, ...]:
    """The person's sex chromosomes for each clone: what the clone shows, else what a clone of the same person shows."""
    if len(lines) == 1:
        return (lines[0].constitution,)
    found: dict[object, str] = {}
    for line in lines:
        group = line.clone.population == "donor"
        stated = line.clone.sex is not None and line.clone.sex.constitutional
        if line.constitution and (stated or group not in found):
            found[group] = line.constitution
    constitutional = {
        line.clone.population == "donor": line.constitution
        for line in lines
        if line.clone.sex is not None and line.clone.sex.constitutional
    }
    return tuple(
        constitutional.get(line.clone.population == "donor")
        or line.constitution
        or found.get(line.clone.population == "donor")
        for line in lines
    )


class CloneEffects(NamedTuple):
    """Everything that the items of one clone do; the fields are those of the functions of this module."""

    line: Line
    net: tuple[Run, ...]
    junctions: tuple[tuple[str, str], ...]
    amplified: tuple[Amplified, ...]
    boundary: tuple[tuple[str, int, int], ...]
    unresolved: tuple[str, ...]


def clone_effects(lines: tuple[Line, ...]) -> tuple[CloneEffects, ...]:
    """The effects of every clone of a text, whose lines `expand` gives."""
    return tuple(
        CloneEffects(line, net(line, person), joined(line), amplified(line), boundary(line), unresolved(line))
        for line, person in zip(lines, persons(lines), strict=True)
    )


# ---------------------------------------------------------------------------------------------- stated and counted


def contradictions(document: Document, lines: tuple[Line, ...] | None = None) -> tuple[Diagnostic, ...]:
    """Remarks that only the expanded clones allow: stated numbers that the items cannot make, removals of nothing.

    A clone is not judged where it is incomplete, or where some of its text was not understood.
    """
    lines = expand(document) if lines is None else lines
    found = [fault for line in lines for fault in line.faults]
    found += [
        _miscount(line)
        for line in lines
        if not _unjudged(document, line) and not agrees(line.clone.count, line.counted)
    ]
    return tuple(found)


def _unjudged(document: Document, line: Line) -> bool:
    clone = line.clone
    stem_missing = clone.relation is not None and clone.relation.clone is None
    unread = any(start < clone.end and clone.start < end for start, end in document.unclassified)
    errors = any(d.severity == "error" and clone.start <= d.start < max(clone.end, 1) for d in document.diagnostics)
    return clone.incomplete or stem_missing or unread or errors or bool(line.faults)


def _miscount(line: Line) -> Diagnostic:
    clone, counted = line.clone, line.counted
    width = len(str(clone.count))
    end = min(clone.start + width, clone.end) if clone.end else clone.start + width
    message = f"{clone.count} chromosomes are stated, the sex chromosomes and items make {counted}"
    # conventions differ on what a dicentric or a derivative of a sideline counts for; whole chromosomes leave no doubt
    plain = all(step.item.kind == "chromosome" and len(step.readings) == 1 for step in line.steps)
    return Diagnostic("COUNT", "error" if plain else "warning", clone.start, end, message, str(counted))
