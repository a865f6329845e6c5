"""Structural items by symbol: what one chromosome, or several, become.

The meaning of each symbol, as described in public sources on ISCN 2016 to 2024, is in the docstring of its function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.instances import (
    UNKNOWN,
    Cut,
    Instance,
    Stretch,
    arm,
    cuts_of,
    distal,
    end,
    ending,
    in_turn,
    joined,
    kept,
    normal,
    one_each,
    ordered,
    placed,
    starting,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.nomenclature.iscn.model import Abnormality

SEVERAL = frozenset({"dic", "psu dic", "trc", "psu trc", "rob", "tas", "dit", "qdc"})
"""Symbols that make one chromosome of several."""


def _deleted(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``del(7)(q22)``: from the break to the end of the arm; ``del(5)(q13q33)``: between the breaks."""
    known = ordered(cuts)
    if len(known) == 1 and placed(known[0]):
        return (kept(known[0]),)
    if len(known) != 2:
        return None
    ends, (left, right) = whole(known[0].chromosome), in_turn(known[0], known[1])
    return Stretch(ends.start, left), Stretch(right, ends.end)


def _repeated(times: int) -> Callable[[list[Cut | None]], tuple[Stretch, ...] | None]:
    """``dup``, ``trp``, ``qdp``: the segment between the breaks is there ``times`` times."""

    def build(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
        known = ordered(cuts)
        if len(known) == 1:
            known = [known[0], known[0]._replace(key=known[0].key + 1)]
        if len(known) != 2:
            return None
        ends, (left, right) = whole(known[0].chromosome), in_turn(known[0], known[1])
        return Stretch(ends.start, right), *(Stretch(left, right),) * (times - 2), Stretch(left, ends.end)

    return build


def _inverted(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``inv``: the segment between the breaks is turned round; nothing is lost."""
    known = ordered(cuts)
    if len(known) != 2:
        return None
    ends, (left, right) = whole(known[0].chromosome), known
    return Stretch(ends.start, left), Stretch(left, right, flipped=True), Stretch(right, ends.end)


def _isochromosome(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``i(17)(q10)``: two copies of the arm named, none of the other."""
    known = ordered(cuts)
    if len(known) != 1 or not placed(known[0]):
        return None
    middle = end(known[0].chromosome, "cen")._replace(name=f"{arm(known[0])}10")
    side = distal(middle)
    return ending(side, middle), starting(side, middle)


def _isodicentric(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``idic(X)(q13)``: two copies of the centromere's side of the break."""
    known = ordered(cuts)
    return joined(known[0], known[0]) if len(known) == 1 and placed(known[0]) else None


def _added(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``add(17)(p13)``: material of unknown origin replaces the arm from the break on."""
    known = ordered(cuts)
    return (kept(known[0]),) if len(known) == 1 and placed(known[0]) else None


def _between(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``r(7)(p22q36)``: the part between the breaks."""
    known = ordered(cuts)
    return (Stretch(known[0], known[1]),) if len(known) == 2 else None


def _moved(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``ins(2)(p13q21q31)``: a segment moved within its chromosome; nothing is lost."""
    return (whole(cuts[0].chromosome),) if cuts and cuts[0] is not None else None


def _fission(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``fis(10)(p10)``: the arm named, divided from the other at the centromere."""
    known = ordered(cuts)
    return (distal(known[0]),) if len(known) == 1 and placed(known[0]) else None


ALONE: dict[str, Callable[[list[Cut | None]], tuple[Stretch, ...] | None]] = {
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


def _whole_arms(cuts: list[Cut | None]) -> tuple[Stretch, ...] | None:
    """``der(1;7)(q10;p10)``, ``rob(13;21)(q10;q10)``: the arms named, joined at the centromere."""
    known = [c for c in cuts if c is not None]
    if len(known) != 2 or not all(placed(c) and c.name[1:] in ("10", "11", "11.1") for c in known):
        return None
    left, right = (end(c.chromosome, "cen")._replace(name=c.name, key=c.key) for c in known)
    return ending(distal(left), left), starting(distal(right), right)


def _centric_parts(item: Abnormality, base: int = 0) -> tuple[Stretch, ...] | None:
    """``dic(13;15)(q22;q24)``: the centromere's side of each; a chromosome in the middle keeps what is between."""
    stretches: list[Stretch] = []
    for number, (chromosome, group) in enumerate(zip(item.chromosomes, cuts_of(item, base), strict=False)):
        known = ordered(list(group))
        if chromosome == UNKNOWN:
            continue
        if len(known) == 1 and placed(known[0]):
            turn = ending if number == 0 else starting
            stretches.append(turn(kept(known[0]), known[0]))
        elif len(known) == 2 and arm(known[0]) != arm(known[1]):  # else the centromere is not between them
            stretches.append(Stretch(known[0], known[1]))
        else:
            return None
    return tuple(stretches) if len(item.breakpoints) == len(item.chromosomes) else None


def _by_telomeres(item: Abnormality) -> tuple[Stretch, ...]:
    """``tas(12;13)(q24.3;q34)``: whole chromosomes that hang together at the ends named."""
    ends: list[Stretch] = []
    for at in one_each(item):
        if at is not None and placed(at):
            full = whole(at.chromosome)
            edge = (full.start if arm(at) == "p" else full.end)._replace(name=at.name, key=at.key)
            piece = Stretch(edge, full.end) if arm(at) == "p" else Stretch(full.start, edge)
            ends.append(starting(piece, edge) if ends else ending(piece, edge))
    return tuple(ends)


def together(item: Abnormality, base: int = 0) -> tuple[Stretch, ...] | None:
    """One chromosome made of several: by whole arms, by telomeres, or by breaks that keep the centromeres."""
    if item.kind == "tas":
        return _by_telomeres(item)
    if item.kind in ("rob", "der") and len(item.chromosomes) == 2:
        return _whole_arms(one_each(item, base))
    if item.kind == "r":
        groups = [_between(list(group)) for group in cuts_of(item, base)]
        return None if None in groups or not groups else tuple(s for group in groups if group for s in group)
    return _centric_parts(item, base)


def translocated(item: Abnormality) -> tuple[Instance, ...]:
    """``t(9;22;17)(q34;q11.2;q22)``: each chromosome keeps its centromere and gets the end of the one before it."""
    cuts = one_each(item)
    if not all(c == UNKNOWN or placed(at) for c, at in zip(item.chromosomes, cuts, strict=True)):
        return tuple(normal(c) for c in item.chromosomes)
    derivatives = []
    for number, (chromosome, at) in enumerate(zip(item.chromosomes, cuts, strict=True)):
        before = cuts[number - 1]
        own = (ending(kept(at), at),) if at is not None else ()
        got = (starting(distal(before), before),) if before is not None else ()
        derivatives.append(Instance(chromosome, own + got))
    return tuple(derivatives)
