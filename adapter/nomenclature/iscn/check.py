"""Order, size and agreement of items and clones: warnings that change nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.model import Diagnostic
from adapter.nomenclature.iscn.operations import COUNTED, place

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import Abnormality, Clone


def checked(clones: tuple[Clone, ...], found: list[Diagnostic]) -> tuple[Clone, ...]:
    """The clones as they are; what is odd about them is added to ``found``."""
    for clone in clones:
        if len(clone.abnormalities) > 1:
            _items(clone.abnormalities, found)
            _twice(clone.abnormalities, found)
            _balance(clone.abnormalities, found)
        if clone.cells is not None and clone.cells.n < _LOSS_FROM and clone.abnormalities:
            _size(clone, found)
    if len(clones) > 1:
        _constitution(clones, found)
    for clone in clones[:-1]:
        if clone.normal and clone.population not in ("recipient", "donor", "mos", "chi"):
            message = "the normal clone stands last"
            found.append(Diagnostic("CLONE-ORDER", "warning", clone.start, clone.end, message))
    return clones


def _twice(items: tuple[Abnormality, ...], found: list[Diagnostic]) -> None:
    """DUP-ITEM: a structural item is written once, with ``x2`` where there are two of it."""
    seen: set[Abnormality] = set()
    for item in items:
        if not item.breakpoints or item.sign is not None:
            continue
        if item in seen:
            message = "this item stands twice; two of it are written x2"
            found.append(Diagnostic("DUP-ITEM", "warning", item.start, item.end, message))
        seen.add(item)


def _balance(items: tuple[Abnormality, ...], found: list[Diagnostic]) -> None:
    """BALANCE: the derivative of a translocation that is listed itself is either extra (+) or lost (-)."""
    pairs = {(item.chromosomes, bands) for item in items if item.kind == "t" for bands in (item.breakpoints, ())}
    for item in items if pairs else ():
        lone = item.kind == "der" and item.sign is None and len(item.parts) == 1 and item.parts[0].kind == "t"
        part = item.parts[0] if lone else item
        if lone and (part.chromosomes, part.breakpoints) in pairs:
            message = "both derivatives belong to the translocation listed; a further one has a +"
            found.append(Diagnostic("BALANCE", "warning", item.start, item.end, message))


_LAST = COUNTED - {"r"}
_LOSS_FROM = 3
_GAIN_FROM = 2


def _size(clone: Clone, found: list[Diagnostic]) -> None:
    """CLONE-SIZE: a clone is two cells with the same gain or structural change, or three with the same loss."""
    if clone.cells is None or clone.cells.composite or clone.relation is not None:
        return
    acquired = [item for item in clone.abnormalities if not item.constitutional]
    only_losses = all(item.kind == "chromosome" and item.sign == "-" for item in acquired)
    if acquired and clone.cells.n < (_LOSS_FROM if only_losses else _GAIN_FROM):
        message = f"{clone.cells.n} cell(s) make no clone of {'a loss' if only_losses else 'these items'}"
        found.append(Diagnostic("CLONE-SIZE", "warning", clone.cells.start, clone.cells.end, message))


def _constitution(clones: tuple[Clone, ...], found: list[Diagnostic]) -> None:
    """CONST: what is constitutional is in every clone of the person; sidelines inherit it."""
    stems = [clone for clone in clones if clone.relation is None and clone.population is None]
    carriers = Counter(item for clone in stems for item in set(clone.abnormalities) if item.origin[:1] == ("c",))
    for clone in stems if carriers else ():
        for item in clone.abnormalities:
            if 0 < carriers[item] < len(stems):
                message = "constitutional, but a clone of the same person does not have it"
                found.append(Diagnostic("CONST", "warning", item.start, item.end, message))


def _rank(item: Abnormality) -> tuple[int, int]:
    """Sex chromosomes, 1 to 22, unknown; numerical before structural of one chromosome; markers last."""
    if not item.chromosomes or item.kind in _LAST:
        return 100, 0
    return place(item.chromosomes[0]), item.kind != "chromosome"


def _items(items: tuple[Abnormality, ...], found: list[Diagnostic]) -> None:
    """One warning per clone, at the first item that stands too late."""
    before = _rank(items[0])
    for item in items[1:]:
        rank = _rank(item)
        if rank < before:
            message = "items run X, Y, 1 to 22, unknown; gains and losses first for each chromosome"
            found.append(Diagnostic("ITEM-ORDER", "warning", item.start, item.end, message))
            return
        before = rank
