"""Physical chromosomes: breaks, stretches between them, and the chromosomes they make.

``del(5)(q13q33)`` takes a normal chromosome 5 and gives one that runs from pter to q13 and from q33 to qter;
``dic(13;15)(q22;q24)`` takes a 13 and a 15 and gives one chromosome. Everything else (chromosome number, copy number of
each band, junctions) is computed from these values. Positions are cuts between the bands of the 850 level
(`adapter.nomenclature.bands`): a breakpoint in a band lies anywhere between the cut before and the cut after it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.nomenclature.iscn.model import Abnormality, Breakpoint

UNKNOWN = "?"
"""Label of a chromosome that is not identified."""


class Cut(NamedTuple):
    """A break: somewhere between cut ``low`` and cut ``high`` of ``chromosome``; ``name`` is the band as stated.

    ``exact`` tells that the stated band certainly holds the break (or is an end or a centromere);
    ``key`` tells two breaks of one item apart that lie in the same band.
    """

    chromosome: str
    low: int
    high: int
    name: str = ""
    exact: bool = True
    key: int = 0


class Stretch(NamedTuple):
    """Part of a chromosome from ``start`` to ``end`` (pter to qter); ``flipped`` where it is read from qter to pter."""

    start: Cut
    end: Cut
    flipped: bool = False

    @property
    def chromosome(self) -> str:
        """The chromosome the material comes from."""
        return self.start.chromosome

    @property
    def first(self) -> Cut:
        """The end met first when the derivative is read."""
        return self.end if self.flipped else self.start

    @property
    def last(self) -> Cut:
        """The end met last."""
        return self.start if self.flipped else self.end


class Instance(NamedTuple):
    """One physical chromosome: ``label`` is the chromosome it is called after, ``?`` where that is not known."""

    label: str
    stretches: tuple[Stretch, ...] = ()


class Change(NamedTuple):
    """What an item does: normal chromosomes taken, physical chromosomes given.

    ``resolved`` is False where the text does not say enough to know the copy number of every band (markers, complex
    rearrangements, unknown breakpoints); what is known is in the instances nevertheless.
    """

    takes: tuple[str, ...] = ()
    gives: tuple[Instance, ...] = ()
    resolved: bool = True


NOTHING = Change()


def end(chromosome: str, name: str) -> Cut:
    """The exact cut at ``pter``, ``qter`` or ``cen``."""
    low, high = bands.cut(chromosome, name) or (0, 0)
    return Cut(chromosome, low, high, name)


def whole(chromosome: str) -> Stretch:
    """A chromosome from pter to qter."""
    return Stretch(end(chromosome, "pter"), end(chromosome, "qter"))


def unsure(chromosome: str) -> Stretch:
    """Some unknown part of a chromosome, perhaps nothing, perhaps all of it."""
    size = bands.size(chromosome)
    return Stretch(Cut(chromosome, 0, size, "?", False, 0), Cut(chromosome, 0, size, "?", False, 1))


def normal(chromosome: str) -> Instance:
    """A normal chromosome; an empty one where it is not identified."""
    return Instance(chromosome, (whole(chromosome),) if chromosome in bands.CHROMOSOMES else ())


@lru_cache(maxsize=4096)
def _span(chromosome: str, point: Breakpoint) -> tuple[int, int] | None:
    """The cuts between which a stated breakpoint lies; its doubts widen it."""
    if point.to is not None:
        ends = (_span(chromosome, point.to), bands.cut(chromosome, point.name))
        return (
            None if ends[0] is None or ends[1] is None else (min(e[0] for e in ends if e), max(e[1] for e in ends if e))
        )
    if point.band in ("ter", "cen", "10"):
        return bands.cut(chromosome, point.name)
    if not point.arm_certain or (point.arm is None and not point.band):
        return (0, bands.size(chromosome))
    if point.known:
        return bands.cut(chromosome, point.name)
    return bands.cut(chromosome, f"{point.arm or ''}{point.certain.rstrip('.')}")


def cut(chromosome: str, point: Breakpoint, key: int = 0) -> Cut | None:
    """The cut at a stated breakpoint; None where the chromosome is unknown or has no such band."""
    if chromosome not in bands.CHROMOSOMES:
        return None
    span = _span(chromosome, point)
    exact = point.known or point.band in ("ter", "cen", "10")
    return None if span is None else Cut(chromosome, span[0], span[1], point.name, exact, key)


def cuts_of(item: Abnormality, base: int = 0) -> list[list[Cut | None]]:
    """The cuts of each chromosome of an item, in the order written."""
    return [
        [cut(point.chromosome or chromosome, point, base + 10 * group + place) for place, point in enumerate(points)]
        for group, (chromosome, points) in enumerate(zip(item.chromosomes, item.breakpoints, strict=False))
    ]


def one_each(item: Abnormality, base: int = 0) -> list[Cut | None]:
    """One cut per chromosome, None where none or several are stated."""
    groups = cuts_of(item, base)
    return [g[0] if len(g) == 1 else None for g in groups] + [None] * (len(item.chromosomes) - len(groups))


def ordered(cuts: list[Cut | None]) -> list[Cut]:
    """The known cuts from pter to qter."""
    return sorted((c for c in cuts if c is not None), key=lambda c: (c.low, c.high, c.key))


def in_turn(left: Cut, right: Cut) -> tuple[Cut, Cut]:
    """Two breaks of one segment, the first never behind the second: doubt where they lie makes no copy of its own."""
    if left.high <= right.low or (left.exact and right.exact):
        return left, right
    return left._replace(high=max(left.low, right.low)), right._replace(high=max(left.high, right.high), exact=False)


def arm(at: Cut) -> str:
    """The arm of a break as stated, "" where it is not known."""
    return at.name[:1]


def kept(at: Cut) -> Stretch:
    """The centromere's side of a break, as in ``add``, ``del``, ``t``, ``dic``."""
    ends = whole(at.chromosome)
    return Stretch(at, ends.end) if arm(at) == "p" else Stretch(ends.start, at)


def distal(at: Cut) -> Stretch:
    """The telomere's side of a break."""
    ends = whole(at.chromosome)
    return Stretch(ends.start, at) if arm(at) == "p" else Stretch(at, ends.end)


def placed(at: Cut | None) -> bool:
    """Whether a break is known and names its arm."""
    return at is not None and arm(at) in ("p", "q")


def ending(piece: Stretch, at: Cut) -> Stretch:
    """The piece read so that ``at`` comes last."""
    return piece._replace(flipped=piece.start == at)


def starting(piece: Stretch, at: Cut) -> Stretch:
    """The piece read so that ``at`` comes first."""
    return piece._replace(flipped=piece.end == at)


def joined(left: Cut, right: Cut) -> tuple[Stretch, ...]:
    """Two centric sides joined at their breaks, as in a dicentric chromosome."""
    return ending(kept(left), left), starting(kept(right), right)


def junctions(instance: Instance) -> Iterator[tuple[str, str]]:
    """Places that the instance joins and that are not neighbours in a normal chromosome: ``("9q34", "22q11.2")``."""
    for left, right in pairwise(instance.stretches):
        if left.last == right.first and left.flipped == right.flipped:
            continue  # the chromosome goes on: a segment beside its copy, or unknown material between
        one, other = (right.first, left.last) if left.flipped else (left.last, right.first)
        if one.name not in ("", "?") and other.name not in ("", "?") and one.exact and other.exact:
            yield f"{one.chromosome}{one.name}", f"{other.chromosome}{other.name}"


def breaks(instance: Instance) -> Iterator[Cut]:
    """The breaks of an instance that certainly lie in the band stated."""
    for stretch in instance.stretches:
        for at in (stretch.start, stretch.end):
            if at.exact and at.low < at.high:
                yield at
