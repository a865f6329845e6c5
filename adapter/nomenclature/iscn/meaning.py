"""What is known of one item by itself, worked out once: the same items recur in sidelines and from case to case."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature.iscn.changes import readings
from adapter.nomenclature.iscn.model import ONE
from adapter.nomenclature.iscn.profiles import Effect, effect
from adapter.nomenclature.iscn.render import abnormality_text, breakpoint_text

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.instances import Change
    from adapter.nomenclature.iscn.model import Abnormality, Breakpoint

NOT_COUNTED = frozenset(
    {"heteromorphism", "fra", "upd", "var", "gap", "brk", "sce", "sct", "chtb", "chrb", "ctb", "csb"}
)
"""Variants and breakage, which no rule counts as abnormalities."""


class Meaning(NamedTuple):
    """One item by itself.

    ``readings`` and their ``effect`` are what it does (`changes.readings`, `profiles.effect`), ``text`` its canonical
    text. ``key`` is equal for items that are the same abnormality: it leaves out the sign of a structural item, its
    doubts and how many of it there are. ``places`` are its breaks with their chromosomes, those of its parts included;
    ``certain`` tells that nothing of it is in doubt, ``counts`` that rules count it: acquired, and no variant.
    """

    readings: tuple[Change, ...]
    effect: Effect
    text: str
    key: str
    places: tuple[str, ...]
    certain: bool
    counts: bool


@lru_cache(maxsize=1024)
def meaning(item: Abnormality) -> Meaning:
    """What is known of an item."""
    changes = readings(item)
    return Meaning(
        changes,
        effect(changes),
        abnormality_text(item),
        _key(item),
        places(item),
        _certain(item),
        not item.constitutional and item.kind not in NOT_COUNTED,
    )


def _key(item: Abnormality) -> str:
    sure = (True,) * len(item.chromosomes)
    sign = item.sign if item.kind == "chromosome" else None
    return abnormality_text(
        replace(
            item,
            sign=sign,
            certain=True,
            chromosome_certain=sure,
            multiplier=ONE,
            origin=(),
            origin_certain=True,
            alternatives=(),
            cells=None,
        )
    )


def place(chromosome: str, point: Breakpoint) -> str:
    """A break with its chromosome: ``9q34``."""
    return f"{point.chromosome or chromosome}{breakpoint_text(point)}"


def places(item: Abnormality) -> tuple[str, ...]:
    """The places of an item's breaks, those of its parts included."""
    own = tuple(
        place(chromosome, point)
        for chromosome, group in zip(item.chromosomes, item.breakpoints, strict=False)
        for point in group
    )
    return own + tuple(text for part in item.parts for text in places(part))


def _certain(item: Abnormality) -> bool:
    points = [point for group in item.breakpoints for point in group]
    doubtful = any(p.doubt or not p.arm_certain or p.band != p.certain or p.to or p.alternatives for p in points)
    whole = item.certain and all(item.chromosome_certain) and not item.alternatives and not doubtful
    return whole and all(_certain(part) for part in item.parts)
