"""Physical chromosomes: what one item of a karyotype takes away and what it puts in its place.

``del(5)(q13q33)`` takes a normal chromosome 5 and gives one that runs from pter to q13 and from q33 to qter;
``dic(13;15)(q22;q24)`` takes a 13 and a 15 and gives one chromosome. Everything else (chromosome number, copy number of
each band, junctions) is computed from these values. Positions are cuts between the bands of the 850 level
(`adapter.nomenclature.bands`): a breakpoint in a band lies anywhere between the cut before and the cut after it.

Grammar and effects: ISCN 2016 to 2024 as described in public sources; the meaning of each symbol is in the docstring of
the function that reads it.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapter.nomenclature.iscn.model import Abnormality, Breakpoint, PathPart

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


# ---------------------------------------------------------------------------------------------- places


def _end(chromosome: str, name: str) -> Cut:
    low, high = bands.cut(chromosome, name) or (0, 0)
    return Cut(chromosome, low, high, name)


def whole(chromosome: str) -> Stretch:
    """A chromosome from pter to qter."""
    return Stretch(_end(chromosome, "pter"), _end(chromosome, "qter"))


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


def _cuts(item: Abnormality, base: int = 0) -> list[list[Cut | None]]:
    """The cuts of each chromosome of an item, in the order written."""
    return [
        [cut(point.chromosome or chromosome, point, base + 10 * group + place) for place, point in enumerate(points)]
        for group, (chromosome, points) in enumerate(zip(item.chromosomes, item.breakpoints, strict=False))
    ]


def _single(item: Abnormality, base: int = 0) -> list[Cut | None]:
    """One cut per chromosome, None where none or several are stated."""
    groups = _cuts(item, base)
    return [g[0] if len(g) == 1 else None for g in groups] + [None] * (len(item.chromosomes) - len(groups))


def _ordered(cuts: list[Cut | None]) -> list[Cut]:
    """The known cuts from pter to qter."""
    return sorted((c for c in cuts if c is not None), key=lambda c: (c.low, c.high, c.key))


def _arm(at: Cut) -> str:
    return at.name[:1]


def kept(at: Cut) -> Stretch:
    """The centromere's side of a break, as in ``add``, ``del``, ``t``, ``dic``."""
    ends = whole(at.chromosome)
    return Stretch(at, ends.end) if _arm(at) == "p" else Stretch(ends.start, at)


def distal(at: Cut) -> Stretch:
    """The telomere's side of a break."""
    ends = whole(at.chromosome)
    return Stretch(ends.start, at) if _arm(at) == "p" else Stretch(at, ends.end)


def _placed(at: Cut | None) -> bool:
    return at is not None and _arm(at) in ("p", "q")


def ending(piece: Stretch, at: Cut) -> Stretch:
    """The piece read so that ``at`` comes last."""
    return piece._replace(flipped=piece.start == at)


def starting(piece: Stretch, at: Cut) -> Stretch:
    """The piece read so that ``at`` comes first."""
    return piece._replace(flipped=piece.end == at)


def _joined(left: Cut, right: Cut) -> tuple[Stretch, ...]:
    """Two centric sides joined at their breaks, as in a dicentric chromosome."""
    return ending(kept(left), left), starting(kept(right), right)


# ---------------------------------------------------------------------------------------------- single chromosomes


def _deleted(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``del(7)(q22)``: from the break to the end of the arm; ``del(5)(q13q33)``: between the breaks."""
    known = _ordered(cuts)
    if len(known) == 1 and _placed(known[0]):
        return (kept(known[0]),)
    if len(known) != 2:
        return None
    ends = whole(known[0].chromosome)
    return Stretch(ends.start, known[0]), Stretch(known[1], ends.end)


def _repeated(times: int) -> Callable[[list[Cut | None]], tuple[Stretch, ...] | None]:
    """``dup``, ``trp``, ``qdp``: the segment between the breaks is there ``times`` times."""

    def build(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
        known = _ordered(cuts)
        if len(known) == 1:
            known = [known[0], known[0]._replace(key=known[0].key + 1)]
        if len(known) != 2:
            return None
        ends, (left, right) = whole(known[0].chromosome), known
        return Stretch(ends.start, right), *(Stretch(left, right),) * (times - 2), Stretch(left, ends.end)

    return build


def _inverted(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``inv``: the segment between the breaks is turned round; nothing is lost."""
    known = _ordered(cuts)
    if len(known) != 2:
        return None
    ends, (left, right) = whole(known[0].chromosome), known
    return Stretch(ends.start, left), Stretch(left, right, flipped=True), Stretch(right, ends.end)


def _isochromosome(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``i(17)(q10)``: two copies of the arm named, none of the other."""
    known = _ordered(cuts)
    if len(known) != 1 or not _placed(known[0]):
        return None
    middle = _end(known[0].chromosome, "cen")._replace(name=f"{_arm(known[0])}10")
    arm = distal(middle)
    return ending(arm, middle), starting(arm, middle)


def _isodicentric(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``idic(X)(q13)``: two copies of the centromere's side of the break."""
    known = _ordered(cuts)
    return _joined(known[0], known[0]) if len(known) == 1 and _placed(known[0]) else None


def _added(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``add(17)(p13)``: material of unknown origin replaces the arm from the break on."""
    known = _ordered(cuts)
    return (kept(known[0]),) if len(known) == 1 and _placed(known[0]) else None


def _between(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``r(7)(p22q36)``: the part between the breaks."""
    known = _ordered(cuts)
    return (Stretch(known[0], known[1]),) if len(known) == 2 else None


def _moved(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``ins(2)(p13q21q31)``: a segment moved within its chromosome; nothing is lost."""
    return (whole(cuts[0].chromosome),) if cuts and cuts[0] is not None else None


def _fission(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``fis(10)(p10)``: the arm named, divided from the other at the centromere."""
    known = _ordered(cuts)
    return (distal(known[0]),) if len(known) == 1 and _placed(known[0]) else None


_ALONE: dict[str, Callable[[list[Cut | None]], tuple[Stretch, ...] | None]] = {
    "del": _deleted,
    "add": _added,
    "dup": _repeated(2),
    "trp": _repeated(3),
    "inv dup": _repeated(2),
    "dir dup": _repeated(2),
    "qdp": _repeated(4),
    "inv": _inverted,
    "ins": _moved,
    "inv ins": _moved,
    "dir ins": _moved,
    "i": _isochromosome,
    "idic": _isodicentric,
    "psu idic": _isodicentric,
    "r": _between,
    "fis": _fission,
}

# fmt: off
_UNCHANGED = frozenset({
    "fra", "heteromorphism", "upd", "hsr", "dmin", "ace", "min", "var", "gap", "brk", "sce", "sct", "xma", "prx",
    "pvz", "pcc", "cht", "chr", "chtb", "chte", "chrb", "chre", "csb", "csg", "ctb", "cte", "ctg", "tr", "qr",
})
# fmt: on
"""Symbols that neither add nor remove a chromosome nor change the copy number of a band."""

_EXTRA = frozenset({"mar", "neo", "r"})
"""Symbols that, without a chromosome, stand for one more chromosome of unknown origin."""

_SEVERAL = frozenset({"dic", "psu dic", "trc", "psu trc", "rob", "tas", "dit", "qdc"})
"""Symbols that make one chromosome of several."""


# ---------------------------------------------------------------------------------------------- several chromosomes


def _whole_arms(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``der(1;7)(q10;p10)``, ``rob(13;21)(q10;q10)``: the arms named, joined at the centromere."""
    known = [c for c in cuts if c is not None]
    if len(known) != 2 or not all(_placed(c) and c.name[1:] in ("10", "11", "11.1") for c in known):
        return None
    left, right = (_end(c.chromosome, "cen")._replace(name=c.name, key=c.key) for c in known)
    return ending(distal(left), left), starting(distal(right), right)


def _centric_parts(item: Abnormality, base: int = 0) -> tuple[Stretch, ...] | None:
    """``dic(13;15)(q22;q24)``: the centromere's side of each; a chromosome in the middle keeps what is between."""
    stretches: list[Stretch] = []
    for number, (chromosome, group) in enumerate(zip(item.chromosomes, _cuts(item, base), strict=False)):
        known = _ordered(list(group))
        if chromosome == UNKNOWN:
            continue
        if len(known) == 1 and _placed(known[0]):
            turn = ending if number == 0 else starting
            stretches.append(turn(kept(known[0]), known[0]))
        elif len(known) == 2:
            stretches.append(Stretch(known[0], known[1]))
        else:
            return None
    return tuple(stretches) if len(item.breakpoints) == len(item.chromosomes) else None


def _by_telomeres(item: Abnormality) -> tuple[Stretch, ...]:
    """``tas(12;13)(q24.3;q34)``: whole chromosomes that hang together at the ends named."""
    ends: list[Stretch] = []
    for at in _single(item):
        if at is not None and _placed(at):
            full = whole(at.chromosome)
            edge = (full.start if _arm(at) == "p" else full.end)._replace(name=at.name, key=at.key)
            piece = Stretch(edge, full.end) if _arm(at) == "p" else Stretch(full.start, edge)
            ends.append(starting(piece, edge) if ends else ending(piece, edge))
    return tuple(ends)


def _together(item: Abnormality, base: int = 0) -> tuple[Stretch, ...] | None:
    """One chromosome made of several: by whole arms, by telomeres, or by breaks that keep the centromeres."""
    if item.kind == "tas":
        return _by_telomeres(item)
    if item.kind in ("rob", "der") and len(item.chromosomes) == 2:
        return _whole_arms(_single(item, base))
    if item.kind == "r":
        groups = [_between(list(group)) for group in _cuts(item, base)]
        return None if None in groups or not groups else tuple(s for group in groups if group for s in group)
    return _centric_parts(item, base)


def _translocated(item: Abnormality) -> tuple[Instance, ...]:
    """``t(9;22;17)(q34;q11.2;q22)``: each chromosome keeps its centromere and gets the end of the one before it."""
    cuts = _single(item)
    if not all(c == UNKNOWN or _placed(at) for c, at in zip(item.chromosomes, cuts, strict=True)):
        return tuple(normal(c) for c in item.chromosomes)
    derivatives = []
    for number, (chromosome, at) in enumerate(zip(item.chromosomes, cuts, strict=True)):
        before = cuts[number - 1]
        own = (ending(kept(at), at),) if at is not None else ()
        got = (starting(distal(before), before),) if before is not None else ()
        derivatives.append(Instance(chromosome, own + got))
    return tuple(derivatives)


def _inserted(item: Abnormality) -> tuple[Instance, ...] | None:
    """``ins(5;2)(p14;q32q22)``: the segment of the second chromosome lies in the first, turned if written so."""
    receiver, *donors = item.chromosomes
    if len(donors) != 1:
        return None
    into = _event_ins((whole(receiver),), item, receiver) if receiver != UNKNOWN else ()
    left = _event_ins((whole(donors[0]),), item, donors[0]) if donors[0] != UNKNOWN else ()
    return None if into is None or left is None else (Instance(receiver, into), Instance(donors[0], left))


# ---------------------------------------------------------------------------------------------- derivatives


def _holds(stretch: Stretch, at: Cut) -> bool:
    return stretch.chromosome == at.chromosome and stretch.start.low <= at.low and at.high <= stretch.end.high


def _split(stretches: tuple[Stretch, ...], at: Cut) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]] | None:
    """The derivative before and after a break; None where it holds no such place."""
    for number, stretch in enumerate(stretches):
        if _holds(stretch, at):
            low, high = stretch._replace(end=at), stretch._replace(start=at)
            near, far = (high, low) if stretch.flipped else (low, high)
            return (*stretches[:number], near), (far, *stretches[number + 1 :])
    return None


def _centric(stretches: tuple[Stretch, ...], chromosome: str) -> bool:
    """Whether the centromere of ``chromosome`` lies inside, not only at an end, of one of the stretches."""
    middle = bands.centromere(chromosome)
    return any(s.chromosome == chromosome and s.start.low <= middle <= s.end.high for s in stretches)


def _keep(stretches: tuple[Stretch, ...], at: Cut, label: str) -> tuple[tuple[Stretch, ...], bool] | None:
    """The side of a break with the centromere, and whether it is the first side; None where that is not known."""
    sides = _split(stretches, at)
    if sides is None or not _placed(at) or label not in bands.CHROMOSOMES:
        return None
    centric = (_centric(sides[0], label), _centric(sides[1], label))
    if centric[0] == centric[1]:
        return (sides[0], True) if at.low == at.high and _arm(at) == "q" else None
    return (sides[0], True) if centric[0] else (sides[1], False)


def _attach(
    stretches: tuple[Stretch, ...], at: Cut, label: str, piece: tuple[Stretch, ...]
) -> tuple[Stretch, ...] | None:
    """The derivative with everything beyond ``at`` replaced by ``piece`` (read from the junction outwards)."""
    side = _keep(stretches, at, label)
    if side is None:
        return None
    stump, first = side
    return (*stump, *piece) if first else (*(s._replace(flipped=not s.flipped) for s in reversed(piece)), *stump)


def _event_t(stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int) -> tuple[Stretch, ...] | None:
    """``der(1)t(1;3)(p32;q21)``: beyond the break the derivative goes on with the end of the chromosome before it."""
    cuts = _single(event, base)
    order = sorted(range(len(cuts)), key=lambda n: event.chromosomes[n] != label)
    for number in order:
        at, before = cuts[number], cuts[number - 1]
        partner = event.chromosomes[number - 1]
        if at is not None and at.low == at.high:
            return None  # a whole-arm exchange does not say which arms this derivative has
        if at is None and event.chromosomes[number] == label == UNKNOWN:
            return (*stretches, starting(distal(before), before)) if before is not None and _placed(before) else None
        if at is None or not any(_holds(s, at) for s in stretches):
            continue
        if before is not None and _placed(before):
            return _attach(stretches, at, label, (starting(distal(before), before),))
        return _attach(stretches, at, label, (unsure(partner),) if partner in bands.CHROMOSOMES else ())
    return None


def _event_end(stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int) -> tuple[Stretch, ...] | None:
    """``add`` and ``del`` inside a derivative."""
    known = _ordered([c for group in _cuts(event, base) for c in group])
    if len(known) == 1:
        return _attach(stretches, known[0], label, ())
    middle = _middle(stretches, known)
    return None if middle is None or event.kind == "add" else (*middle[0], *middle[2])


def _middle(stretches: tuple[Stretch, ...], known: list[Cut]) -> tuple[tuple[Stretch, ...], ...] | None:
    """The derivative before, between and after two breaks."""
    outer = _split(stretches, known[0]) if len(known) == 2 else None
    if outer is None:
        return None
    for number, side in enumerate(outer):
        inner = _split(side, known[1])
        if inner is not None:
            return (*inner, outer[1]) if number == 0 else (outer[0], *inner)
    return None


_TIMES = {"inv": 1, "dup": 2, "inv dup": 2, "dir dup": 2, "trp": 3, "qdp": 4}
"""How often the segment between the breaks is there afterwards."""


def _event_segment(
    stretches: tuple[Stretch, ...], event: Abnormality, _label: str, base: int
) -> tuple[Stretch, ...] | None:
    """``inv``, ``dup``, ``trp``, ``qdp`` inside a derivative."""
    parts = _middle(stretches, _ordered([c for group in _cuts(event, base) for c in group]))
    if parts is None:
        return None
    before, segment, after = parts
    if event.kind == "inv":
        segment = tuple(s._replace(flipped=not s.flipped) for s in reversed(segment))
    return (*before, *segment * _TIMES[event.kind], *after)


def _event_ins(
    stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int = 0
) -> tuple[Stretch, ...] | None:
    """``der(5)ins(5;7)(p14;q11q22)``: what a receiver gets, or what a donor keeps."""
    if len(event.chromosomes) != 2:
        return stretches if len(event.chromosomes) == 1 else None
    groups = _cuts(event, base)
    if label == event.chromosomes[1]:
        parts = _middle(stretches, _ordered(list(groups[1]) if len(groups) > 1 else []))
        return None if parts is None else (*parts[0], *parts[2])
    segment = groups[1] if len(groups) > 1 else []
    piece: tuple[Stretch, ...]
    if len(segment) == 2 and segment[0] is not None and segment[1] is not None:
        left, right = segment[0], segment[1]
        piece = (Stretch(left, right) if left.low <= right.low else Stretch(right, left, flipped=True),)
    else:
        piece = (unsure(event.chromosomes[1]),) if event.chromosomes[1] in bands.CHROMOSOMES else ()
    at = groups[0][0] if groups and groups[0] else None
    sides = _split(stretches, at) if at is not None else None
    return (*stretches, *piece) if sides is None else (*sides[0], *piece, *sides[1])


_EVENTS: dict[str, Callable[[tuple[Stretch, ...], Abnormality, str, int], tuple[Stretch, ...] | None]] = {
    "t": _event_t,
    "add": _event_end,
    "del": _event_end,
    **dict.fromkeys(_TIMES, _event_segment),
    **dict.fromkeys(("ins", "inv ins", "dir ins"), _event_ins),
    "hsr": lambda stretches, _event, _label, _base: stretches,
    "fra": lambda stretches, _event, _label, _base: stretches,
}


def _start(item: Abnormality, label: str) -> tuple[tuple[Stretch, ...] | None, tuple[Abnormality, ...]]:
    """What a derivative is before its events, and the events: ``der dic(14;17)(...)del(14)(...)`` starts dicentric."""
    if item.parts and item.parts[0].kind in _SEVERAL | {"r", "i", "idic", "psu idic"}:
        first = item.parts[0]
        alone = _ALONE.get(first.kind) if len(first.chromosomes) == 1 else None
        groups = _cuts(first)
        return (alone(list(groups[0])) if alone and groups else _together(first)), item.parts[1:]
    if len(item.chromosomes) > 1:
        return _together(item), item.parts
    return ((whole(label),) if label in bands.CHROMOSOMES else ()), item.parts


def _derived(item: Abnormality) -> tuple[Stretch, ...] | None:
    """``der(1)t(1;3)(p32;q21)t(1;11)(q25;q13)``: the events one after the other on the chromosome named."""
    label = item.chromosomes[0]
    stretches, events = _start(item, label)
    if not item.parts and len(item.chromosomes) == 1:
        return None
    for number, event in enumerate(events, 1):
        apply = _EVENTS.get(event.kind)
        if stretches is None or apply is None:
            return None
        stretches = apply(stretches, event, label, 100 * number)
    return stretches


def _isoderived(item: Abnormality) -> tuple[Stretch, ...] | None:
    """``ider(22)(q10)t(9;22)(q34;q11.2)``: two copies of the arm named, each with the events."""
    label = item.chromosomes[0]
    point = _single(item)[0]
    if point is None or not item.parts or not _placed(point):
        return None
    changed: tuple[Stretch, ...] | None = (whole(label),)
    for number, event in enumerate(item.parts, 1):
        apply = _EVENTS.get(event.kind)
        if changed is None or apply is None:
            return None
        changed = apply(changed, event, label, 100 * number)
    middle = _end(label, "cen")._replace(name=f"{_arm(point)}10")
    sides = None if changed is None else _split(changed, middle)
    if sides is None:
        return None
    arm = sides[1] if _arm(point) == "q" else tuple(s._replace(flipped=not s.flipped) for s in reversed(sides[0]))
    return (*(s._replace(flipped=not s.flipped) for s in reversed(arm)), *arm)


def _recombinant(item: Abnormality) -> tuple[Stretch, ...] | None:
    """``rec(6)dup(6p)inv(6)(p22.2q25.2)``: meiosis doubled one end of the inversion and lost the other."""
    doubled = next((p for p in item.parts if p.kind == "dup"), None)
    inversion = next((p for p in item.parts if p.kind == "inv"), None)
    if doubled is None or inversion is None or not doubled.breakpoints or not doubled.breakpoints[0]:
        return None
    known = _ordered([c for group in _cuts(inversion) for c in group])
    if len(known) != 2:
        return None
    ends, (left, right) = whole(known[0].chromosome), known
    if doubled.breakpoints[0][0].arm == "p":
        return Stretch(ends.start, right), Stretch(ends.start, left, flipped=True)
    return Stretch(right, ends.end, flipped=True), Stretch(left, ends.end)


def _part(part: PathPart, label: str, key: int) -> Stretch | None:
    """One stretch of a long form: ``9pter->9q34``, or a single band; None where it is unknown material."""
    first, last = part.first, part.last
    if first is None or (last is None and first.band in ("", "ter", "cen")):
        return None
    chromosome = first.chromosome or label
    left, right = (
        cut(chromosome, first, key),
        cut((last.chromosome if last else None) or chromosome, last or first, key + 1),
    )
    if left is None or right is None or left.chromosome != right.chromosome:
        return None
    if last is None:
        return Stretch(left._replace(high=left.low), right._replace(low=right.high))
    return (
        Stretch(left, right) if (left.low, left.high) <= (right.low, right.high) else Stretch(right, left, flipped=True)
    )


def _written_out(item: Abnormality) -> tuple[tuple[Stretch, ...], bool]:
    """The stretches of a long form and whether all of them are known."""
    label = item.chromosomes[0] if item.chromosomes else UNKNOWN
    stretches = [_part(part, label, 10 * number) for number, part in enumerate(item.path)]
    return tuple(s for s in stretches if s is not None), None not in stretches


# ---------------------------------------------------------------------------------------------- items


def _composed(item: Abnormality) -> tuple[Stretch, ...] | None:
    """The single chromosome that a structural item makes; None where the text does not tell."""
    if item.kind == "der":
        return _derived(item)
    if item.kind == "ider":
        return _isoderived(item)
    if item.kind == "rec":
        return _recombinant(item)
    alone = _ALONE.get(item.kind) if len(item.chromosomes) == 1 else None
    if alone is None:
        return _together(item) if item.kind in _SEVERAL | {"r"} else None
    groups = _cuts(item)
    return alone(list(groups[0])) if groups else None


_COMPLEX = frozenset({"cx", "cth", "cha", "cpx", "rea", "fus"})
"""Symbols of rearrangements about whose copy numbers the text says nothing."""


def _loose(item: Abnormality) -> tuple[Stretch, ...]:
    """An unknown part of each chromosome that takes part."""
    named = [*item.chromosomes, *(c for part in item.parts for c in part.chromosomes)]
    return tuple(unsure(c) for c in dict.fromkeys(named) if c in bands.CHROMOSOMES)


def _structural(item: Abnormality) -> Change:
    """What a structural item takes and gives, as if it were stated without a sign."""
    if item.kind == "t":
        known = all(c == UNKNOWN or _placed(at) for c, at in zip(item.chromosomes, _single(item), strict=True))
        return Change(item.chromosomes, _translocated(item), known)
    if item.kind in ("ins", "inv ins", "dir ins") and len(item.chromosomes) > 1:
        inserted = _inserted(item)
        unchanged = tuple(normal(c) for c in item.chromosomes)
        return Change(item.chromosomes, unchanged if inserted is None else inserted, inserted is not None)
    if item.path:
        written, complete = _written_out(item)
        return Change(item.chromosomes, (Instance(item.chromosomes[0], written),), complete)
    if item.kind in _COMPLEX or any(part.kind in _COMPLEX for part in item.parts):
        return Change(item.chromosomes[:1], (normal(item.chromosomes[0]),), resolved=False)
    composed = _composed(item)
    stretches = _loose(item) if composed is None else composed
    resolved = composed is not None and UNKNOWN not in item.chromosomes
    return Change(item.chromosomes, (Instance(item.chromosomes[0], stretches),), resolved)


def _change(item: Abnormality) -> Change:
    """What one reading of an item takes and gives; for a sign, one more chromosome or one less."""
    if item.kind == "chromosome":
        named = item.chromosomes[0] if item.chromosomes else UNKNOWN
        if item.sign == "-":
            return Change((named,), (), named != UNKNOWN)
        return Change((), (normal(named),), named != UNKNOWN) if item.sign == "+" else NOTHING
    if item.kind in _UNCHANGED:
        # a fragile or variant X or Y is written in place of a sex letter: ``46,X,fra(X)(q27.3)``
        own = tuple(c for c in item.chromosomes if c in ("X", "Y"))
        return Change(own, tuple(normal(c) for c in own), item.kind not in ("dmin", "ace", "min"))
    if not item.chromosomes:
        extra = item.kind in _EXTRA or item.sign == "+"
        return Change((), (Instance(UNKNOWN),) if extra else (), False)
    change = _structural(item)
    return change._replace(takes=()) if item.sign == "+" else change


def _readings_of_points(item: Abnormality) -> Iterator[Abnormality]:
    """The item once for each choice among ``p13.3 or q13.3``."""
    if not any(point.alternatives for group in item.breakpoints for point in group):
        yield item
        return
    from dataclasses import replace  # only here: rare

    for groups in product(*(product(*((p, *p.alternatives) for p in group)) for group in item.breakpoints)):
        plain = tuple(tuple(replace(p, alternatives=()) for p in group) for group in groups)
        yield replace(item, breakpoints=plain)


@lru_cache(maxsize=8192)
def readings(item: Abnormality) -> tuple[Change, ...]:
    """Every reading of an item: one where the text is certain, more where it says ``?`` or ``or``."""
    changes = [_change(reading) for one in (item, *item.alternatives) for reading in _readings_of_points(one)]
    if not item.certain or False in item.chromosome_certain:
        changes.append(_doubted(item))
    if item.kind == "tas":  # laboratories count associated chromosomes as one or as two
        changes.append(Change(item.chromosomes, tuple(normal(c) for c in item.chromosomes)))
    return tuple(dict.fromkeys(changes))


def _doubted(item: Abnormality) -> Change:
    """The reading in which a questioned item, or the chromosome it names, is not what it seems."""
    if item.kind == "chromosome" and item.certain:
        return Change((UNKNOWN,)) if item.sign == "-" else Change((), (Instance(UNKNOWN),))
    return NOTHING


def junctions(instance: Instance) -> Iterator[tuple[str, str]]:
    """Places that the instance joins and that are not neighbours in a normal chromosome: ``("9q34", "22q11.2")``."""
    for left, right in pairwise(instance.stretches):
        one, other = (right.first, left.last) if left.flipped else (left.last, right.first)
        if one.name not in ("", "?") and other.name not in ("", "?") and one.exact and other.exact:
            yield f"{one.chromosome}{one.name}", f"{other.chromosome}{other.name}"


def breaks(instance: Instance) -> Iterator[Cut]:
    """The breaks of an instance that certainly lie in the band stated."""
    for stretch in instance.stretches:
        for at in (stretch.start, stretch.end):
            if at.exact and at.low < at.high:
                yield at
