"""A chromosome without its sign: gain or loss, where the stated chromosome number leaves only one of the two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.expand import expand
from adapter.nomenclature.iscn.model import Diagnostic, Document

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import Abnormality, Clone, Sign

_MOST_CLONES = 30
"""Clones of one text that are counted for this; each costs an expansion of all before it."""


def settled(clones: tuple[Clone, ...], found: list[Diagnostic]) -> tuple[Clone, ...]:
    """The clones with ``46,XY,rob(14;21)(q10;q10),21`` read as ``+21``: with ``-21`` there would be 44 chromosomes.

    Only for one such item of a clone that states an exact number; ``46,XY,21`` agrees with neither sign
    and stays an error. What is read so is a repair in place of the error.
    """
    if len(clones) > _MOST_CLONES:
        return clones
    for number, clone in enumerate(clones):
        bare = [item for item in clone.abnormalities if _signless(item)]
        composite = clone.cells is not None and clone.cells.composite
        if len(bare) != 1 or composite or clone.incomplete or not clone.count.exact:
            continue
        signs: tuple[Sign, Sign] = ("+", "-")
        fitting = [one for one in (_signed(clone, bare[0], sign) for sign in signs) if _agrees(clones[:number], one)]
        if len(fitting) == 1:
            clones = (*clones[:number], fitting[0], *clones[number + 1 :])
            _repaired(found, bare[0], fitting[0])
    return clones


def _signless(item: Abnormality) -> bool:
    return item.kind == "chromosome" and item.sign is None


def _signed(clone: Clone, bare: Abnormality, sign: Sign) -> Clone:
    items = tuple(replace(item, sign=sign) if item is bare else item for item in clone.abnormalities)
    return replace(clone, abnormalities=items)


def _agrees(before: tuple[Clone, ...], clone: Clone) -> bool:
    counted = expand(Document("", "ok", (*before, clone)))[-1].counted
    return counted == clone.count


def _repaired(found: list[Diagnostic], bare: Abnormality, clone: Clone) -> None:
    sign = next(item.sign for item in clone.abnormalities if (item.start, item.end) == (bare.start, bare.end))
    message = f"no sign; only {sign} agrees with the {clone.count} chromosomes stated"
    for k, one in enumerate(found):
        if one.code == "SEP" and one.severity == "error" and bare.start <= one.start < bare.end:
            found[k] = Diagnostic("SEP", "repair", one.start, one.end, message, f"{sign}{bare.chromosomes[0]}")
