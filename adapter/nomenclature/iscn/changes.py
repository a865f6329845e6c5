"""What one item of a karyotype changes: the normal chromosomes it takes, the physical chromosomes it gives.

An uncertain text (``?``, ``or``) has several readings, each a change of its own.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.derivatives import derived, inserted, isoderived, recombinant, written_out
from adapter.nomenclature.iscn.instances import (
    NOTHING,
    UNKNOWN,
    Change,
    Instance,
    Stretch,
    cuts_of,
    normal,
    one_each,
    placed,
    unsure,
    whole,
)
from adapter.nomenclature.iscn.structures import ALONE, SEVERAL, together, translocated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.nomenclature.iscn.model import Abnormality

# fmt: off
_UNCHANGED = frozenset({
    "fra", "heteromorphism", "upd", "hsr", "dmin", "ace", "min", "var", "gap", "brk", "sce", "sct", "xma", "prx",
    "pvz", "pcc", "cht", "chr", "chtb", "chte", "chrb", "chre", "csb", "csg", "ctb", "cte", "ctg", "tr", "qr",
})
# fmt: on
"""Symbols that neither add nor remove a chromosome nor change the copy number of a band."""

_EXTRA = frozenset({"mar", "neo", "r"})
"""Symbols that, without a chromosome, stand for one more chromosome of unknown origin."""


def _composed(item: Abnormality) -> tuple[Stretch, ...] | None:
    """The single chromosome that a structural item makes; None where the text does not tell."""
    if item.kind == "der":
        return derived(item)
    if item.kind == "ider":
        return isoderived(item)
    if item.kind == "rec":
        return recombinant(item)
    kind = "idic" if _is_mirrored(item) else item.kind
    alone = ALONE.get(kind) if len(item.chromosomes) == 1 else None
    if alone is None:
        return together(item) if item.kind in SEVERAL | {"r"} else None
    groups = cuts_of(item)
    return alone(list(groups[0])) if groups else None


def _is_mirrored(item: Abnormality) -> bool:
    """``+inv dup(15)(q13)``: an extra chromosome of two centric halves, as isodicentric ones were called before."""
    return item.kind == "inv dup" and item.sign == "+" and sum(map(len, item.breakpoints)) == 1


_COMPLEX = frozenset({"cx", "cth", "cha", "cpx", "rea", "fus"})
"""Symbols of rearrangements about whose copy numbers the text says nothing."""


_BALANCED = frozenset({"inv", "ins", "inv ins", "dir ins"})
_DOUBLING = frozenset({"i", "idic", "psu idic", "ider", "rec"})


def _loose(item: Abnormality) -> tuple[Stretch, ...]:
    """What is known where places are not: an inversion keeps everything, an isochromosome may have a part twice."""
    named = dict.fromkeys([*item.chromosomes, *(c for part in item.parts for c in part.chromosomes)])
    known = [c for c in named if c in bands.CHROMOSOMES]
    if item.kind in _BALANCED:
        return tuple(whole(c) for c in known)
    return tuple(unsure(c) for c in known for _ in range(2 if item.kind in _DOUBLING else 1))


def _structural(item: Abnormality) -> Change:
    """What a structural item takes and gives, as if it were stated without a sign."""
    if item.kind == "t":
        known = all(c == UNKNOWN or placed(at) for c, at in zip(item.chromosomes, one_each(item), strict=True))
        return Change(item.chromosomes, translocated(item), known)
    if item.kind in ("ins", "inv ins", "dir ins") and len(item.chromosomes) > 1:
        given = inserted(item)
        unchanged = tuple(normal(c) for c in item.chromosomes)
        return Change(item.chromosomes, unchanged if given is None else given, given is not None)
    if item.path:
        written, complete = written_out(item)
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
    for groups in product(*(product(*((p, *p.alternatives) for p in group)) for group in item.breakpoints)):
        plain = tuple(tuple(replace(p, alternatives=()) for p in group) for group in groups)
        yield replace(item, breakpoints=plain)


def readings(item: Abnormality) -> tuple[Change, ...]:
    """Every reading of an item: one where the text is certain, more where it says ``?`` or ``or``."""
    changes = [_change(reading) for one in (item, *item.alternatives) for reading in _readings_of_points(one)]
    if not item.certain or False in item.chromosome_certain:
        changes.append(_doubted(item))
    sure = tuple(part for part in item.parts if part.certain and False not in part.chromosome_certain)
    if len(sure) < len(item.parts):
        changes.append(_change(replace(item, parts=sure)))
    if item.kind == "tas":  # laboratories count associated chromosomes as one or as two
        changes.append(Change(item.chromosomes, tuple(normal(c) for c in item.chromosomes)))
    return tuple(dict.fromkeys(changes))


def _doubted(item: Abnormality) -> Change:
    """The reading in which a questioned item, or the chromosome it names, is not what it seems."""
    if item.kind == "chromosome" and item.certain:
        return Change((UNKNOWN,)) if item.sign == "-" else Change((), (Instance(UNKNOWN),))
    return NOTHING
