"""Derivative chromosomes: the events inside ``der``, ``ider`` and ``rec``, insertions, and the long form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.instances import (
    UNKNOWN,
    Cut,
    Instance,
    Stretch,
    arm,
    cut,
    cuts_of,
    distal,
    end,
    in_turn,
    one_each,
    ordered,
    placed,
    starting,
    unsure,
    whole,
)
from adapter.nomenclature.iscn.structures import ALONE, SEVERAL, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.nomenclature.iscn.model import Abnormality, PathPart


def turned(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The stretches read from the other end."""
    return tuple(stretch._replace(flipped=not stretch.flipped) for stretch in reversed(stretches))


def _holds(stretch: Stretch, at: Cut) -> bool:
    """Whether the break can lie in the stretch; material of unknown extent is never the one meant."""
    within = stretch.start.low <= at.low and at.high <= stretch.end.high
    return within and stretch.chromosome == at.chromosome and stretch.start.name != "?"


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
    return any(s.chromosome == chromosome and s.start.high <= middle <= s.end.low for s in stretches)


def _keep(stretches: tuple[Stretch, ...], at: Cut, label: str) -> tuple[tuple[Stretch, ...], bool] | None:
    """The side of a break with the centromere, and whether it is the first side; None where that is not known."""
    sides = _split(stretches, at)
    if sides is None or not placed(at) or label not in bands.CHROMOSOMES:
        return None
    centric = (_centric(sides[0], label), _centric(sides[1], label))
    if centric[0] == centric[1]:  # at the centromere itself the arm that is broken is named
        exact = at.low == at.high and centric[0]
        return ((sides[0], True) if arm(at) == "q" else (sides[1], False)) if exact else None
    return (sides[0], True) if centric[0] else (sides[1], False)


def _attach(
    stretches: tuple[Stretch, ...], at: Cut, label: str, piece: tuple[Stretch, ...]
) -> tuple[Stretch, ...] | None:
    """The derivative with everything beyond ``at`` replaced by ``piece`` (read from the junction outwards)."""
    side = _keep(stretches, at, label)
    if side is None:
        return None
    stump, first = side
    return (*stump, *piece) if first else (*turned(piece), *stump)


def _event_t(stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int) -> tuple[Stretch, ...] | None:
    """``der(1)t(1;3)(p32;q21)``: beyond the break the derivative goes on with the end of the chromosome before it."""
    cuts = one_each(event, base)
    order = sorted(range(len(cuts)), key=lambda n: event.chromosomes[n] != label)
    for number in order:
        at, before = cuts[number], cuts[number - 1]
        partner = event.chromosomes[number - 1]
        if at is not None and at.low == at.high:
            return None  # a whole-arm exchange does not say which arms this derivative has
        if at is None and event.chromosomes[number] == label == UNKNOWN:
            return (*stretches, starting(distal(before), before)) if before is not None and placed(before) else None
        if at is None or not any(_holds(s, at) for s in stretches):
            continue
        if before is not None and placed(before):
            return _attach(stretches, at, label, (starting(distal(before), before),))
        return _attach(stretches, at, label, (unsure(partner),) if partner in bands.CHROMOSOMES else ())
    return None


def _event_end(stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int) -> tuple[Stretch, ...] | None:
    """``add`` and ``del`` inside a derivative."""
    known = ordered([c for group in cuts_of(event, base) for c in group])
    if len(known) == 1:
        return _attach(stretches, known[0], label, ())
    middle = _middle(stretches, known)
    return None if middle is None or event.kind == "add" else (*middle[0], *middle[2])


def _middle(stretches: tuple[Stretch, ...], known: list[Cut]) -> tuple[tuple[Stretch, ...], ...] | None:
    """The derivative before, between and after two breaks."""
    known = list(in_turn(*known)) if len(known) == 2 else known
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
    parts = _middle(stretches, ordered([c for group in cuts_of(event, base) for c in group]))
    if parts is None:
        return None
    before, segment, after = parts
    if event.kind == "inv":
        segment = turned(segment)
    return (*before, *segment * _TIMES[event.kind], *after)


def _event_ins(
    stretches: tuple[Stretch, ...], event: Abnormality, label: str, base: int = 0
) -> tuple[Stretch, ...] | None:
    """``der(5)ins(5;7)(p14;q11q22)``: what a receiver gets, or what a donor keeps."""
    if len(event.chromosomes) != 2:
        return stretches if len(event.chromosomes) == 1 else None
    groups = cuts_of(event, base)
    if label == event.chromosomes[1]:
        parts = _middle(stretches, ordered(list(groups[1]) if len(groups) > 1 else []))
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
    if item.parts and item.parts[0].kind in SEVERAL | {"r", "i", "idic", "psu idic"}:
        first = item.parts[0]
        alone = ALONE.get(first.kind) if len(first.chromosomes) == 1 else None
        groups = cuts_of(first)
        return (alone(list(groups[0])) if alone and groups else together(first)), item.parts[1:]
    if len(item.chromosomes) > 1:
        return together(item), item.parts
    return ((whole(label),) if label in bands.CHROMOSOMES else ()), item.parts


def derived(item: Abnormality) -> tuple[Stretch, ...] | None:
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


def isoderived(item: Abnormality) -> tuple[Stretch, ...] | None:
    """``ider(22)(q10)t(9;22)(q34;q11.2)``: two copies of the arm named, each with the events."""
    label = item.chromosomes[0]
    point = one_each(item)[0]
    if point is None or not item.parts or not placed(point):
        return None
    changed: tuple[Stretch, ...] | None = (whole(label),)
    for number, event in enumerate(item.parts, 1):
        apply = _EVENTS.get(event.kind)
        if changed is None or apply is None:
            return None
        changed = apply(changed, event, label, 100 * number)
    middle = end(label, "cen")._replace(name=f"{arm(point)}10")
    sides = None if changed is None else _split(changed, middle)
    if sides is None:
        return None
    outwards = sides[1] if arm(point) == "q" else turned(sides[0])
    return (*turned(outwards), *outwards)


def recombinant(item: Abnormality) -> tuple[Stretch, ...] | None:
    """``rec(6)dup(6p)inv(6)(p22.2q25.2)``: meiosis doubled one end of the inversion and lost the other."""
    doubled = next((p for p in item.parts if p.kind == "dup"), None)
    inversion = next((p for p in item.parts if p.kind == "inv"), None)
    if doubled is None or inversion is None or not doubled.breakpoints or not doubled.breakpoints[0]:
        return None
    known = ordered([c for group in cuts_of(inversion) for c in group])
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


def written_out(item: Abnormality) -> tuple[tuple[Stretch, ...], bool]:
    """The stretches of a long form and whether all of them are known."""
    label = item.chromosomes[0] if item.chromosomes else UNKNOWN
    stretches = [_part(part, label, 10 * number) for number, part in enumerate(item.path)]
    return tuple(s for s in stretches if s is not None), None not in stretches


def inserted(item: Abnormality) -> tuple[Instance, ...] | None:
    """``ins(5;2)(p14;q32q22)``: the segment of the second chromosome lies in the first, turned if written so."""
    receiver, *donors = item.chromosomes
    if len(donors) != 1:
        return None
    into = _event_ins((whole(receiver),), item, receiver) if receiver != UNKNOWN else ()
    left = _event_ins((whole(donors[0]),), item, donors[0]) if donors[0] != UNKNOWN else ()
    return None if into is None or left is None else (Instance(receiver, into), Instance(donors[0], left))
