"""Order of items and clones: warnings that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.model import Diagnostic
from adapter.nomenclature.iscn.operations import place

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import Abnormality, Clone


def checked(clones: tuple[Clone, ...], found: list[Diagnostic]) -> tuple[Clone, ...]:
    """The clones as they are; ITEM-ORDER and CLONE-ORDER are added to ``found``."""
    for clone in clones:
        if len(clone.abnormalities) > 1:
            _items(clone.abnormalities, found)
    for clone in clones[:-1]:
        if clone.normal and clone.population not in ("recipient", "donor", "mos", "chi"):
            message = "the normal clone stands last"
            found.append(Diagnostic("CLONE-ORDER", "warning", clone.start, clone.end, message))
    return clones


def _rank(item: Abnormality) -> tuple[int, int]:
    """Sex chromosomes, 1 to 22, unknown; numerical before structural of one chromosome; markers last."""
    if not item.chromosomes:
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
