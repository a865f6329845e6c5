"""The effect of one item on copy numbers, junctions and the chromosome number."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.instances import Change, Cut, breaks, junctions, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEX_CHROMOSOMES = ("X", "Y")


class Run(NamedTuple):
    """Bands ``first`` to before ``end`` of a chromosome (850 level, from pter) with a difference in copy number."""

    chromosome: str
    first: int
    end: int
    low: int
    high: int


class Effect(NamedTuple):
    """What one copy of an item does: runs of bands, bands with breaks, junctions.

    ``resolved`` is False where more is unknown. ``least`` and ``most`` bound the difference in chromosome number, not
    counting the normal sex chromosomes taken, which are ``sex``: these are counted with the sex letters.
    """

    runs: tuple[Run, ...]
    breaks: tuple[tuple[str, int, int], ...]
    junctions: tuple[tuple[str, str], ...]
    resolved: bool
    least: int
    most: int
    sex: str


@lru_cache(maxsize=64)
def _ends(chromosome: str) -> tuple[Cut, Cut]:
    stretch = whole(chromosome)
    return stretch.start, stretch.end


def _deltas(change: Change) -> dict[str, dict[Cut, int]]:
    """By how much the copy number steps up or down at each cut; sex chromosomes taken are left to the sex letters."""
    deltas: dict[str, dict[Cut, int]] = {}
    edges = [
        (end, sign) for c in change.takes if c in bands.AUTOSOMES for end, sign in zip(_ends(c), (-1, 1), strict=True)
    ]
    edges += [
        (end, sign)
        for instance in change.gives
        for stretch in instance.stretches
        for end, sign in ((stretch.start, 1), (stretch.end, -1))
    ]
    for end, sign in edges:
        at = deltas.setdefault(end.chromosome, {})
        at[end] = at.get(end, 0) + sign
    return deltas


def _partial(steps: list[int]) -> tuple[int, int, int]:
    """Least and most that breaks somewhere in one range can have done at a place in it, and what they do in all."""
    sums = [0, *accumulate(steps)]
    return min(sums), max(sums), sums[-1]


def _sweep(chromosome: str, deltas: dict[Cut, int]) -> Iterator[Run]:
    """The runs of one chromosome: exact between breaks, bounds where breaks may lie.

    Breaks of one range follow each other in the order of their keys; those of different ranges are independent.
    """
    ranges: dict[tuple[int, int], list[int]] = {}
    for at in sorted(deltas, key=lambda cut: cut.key):
        if deltas[at]:
            ranges.setdefault((at.low, at.high), []).append(deltas[at])
    bounds: dict[int, tuple[int, int]] = {}
    for (first, end), steps in ranges.items():
        least, most, total = _partial(steps) if first < end else (sum(steps),) * 3
        for place, low, high in ((first, least, most), (end, total - least, total - most)):
            before = bounds.get(place, (0, 0))
            bounds[place] = (before[0] + low, before[1] + high)
    low = high = 0
    for place, following in pairwise(sorted(bounds)):
        low, high = low + bounds[place][0], high + bounds[place][1]
        if low or high:
            yield Run(chromosome, place, following, low, high)


def _runs(change: Change) -> tuple[Run, ...]:
    return tuple(run for chromosome, deltas in _deltas(change).items() for run in _sweep(chromosome, deltas))


def _value(runs: Iterable[Run], place: int) -> tuple[int, int]:
    low = high = 0
    for run in runs:
        if run.first <= place < run.end:
            low, high = low + run.low, high + run.high
    return low, high


def _hull(readings: list[tuple[Run, ...]]) -> tuple[Run, ...]:
    """The bounds over several readings."""
    hull = []
    for chromosome in dict.fromkeys(run.chromosome for runs in readings for run in runs):
        own = [[run for run in runs if run.chromosome == chromosome] for runs in readings]
        places = sorted({place for runs in own for run in runs for place in (run.first, run.end)})
        for first, end in pairwise(places):
            values = [_value(runs, first) for runs in own]
            low, high = min(v[0] for v in values), max(v[1] for v in values)
            if low or high:
                hull.append(Run(chromosome, first, end, low, high))
    return tuple(hull)


def effect(changes: tuple[Change, ...]) -> Effect:
    """The effect of one copy of an item, over all changes of its text."""
    every = [instance for change in changes for instance in change.gives]
    cuts = dict.fromkeys((at.chromosome, at.low, at.high) for instance in every for at in breaks(instance))
    runs = _runs(changes[0]) if len(changes) == 1 else _hull([_runs(change) for change in changes])
    joined = dict.fromkeys(pair for instance in changes[0].gives for pair in junctions(instance))
    resolved = all(change.resolved for change in changes)
    sizes = [len(change.gives) - sum(c not in SEX_CHROMOSOMES for c in change.takes) for change in changes]
    sex = "".join(c for c in changes[0].takes if c in SEX_CHROMOSOMES)
    return Effect(runs, tuple(cuts), tuple(joined), resolved, min(sizes), max(sizes), sex)
