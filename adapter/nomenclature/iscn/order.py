"""Order and existence inside one item: which chromosome and which band is written first, and whether bands exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.operations import ACROCENTRIC, place

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.model import Breakpoint
    from adapter.nomenclature.iscn.scan import Reader

Groups = tuple[tuple["Breakpoint", ...], ...]


def existing(r: Reader, groups: Groups) -> Groups:
    """The groups with bands that exist: BAND otherwise."""
    if all(_exists(b) for group in groups for b in group):
        return groups
    return tuple(tuple(_existing(r, b) for b in group) for group in groups)


def _exists(b: Breakpoint) -> bool:
    if b.chromosome is None or b.arm is None:
        return b.to is None and not b.alternatives
    stated = f"{b.arm}{b.certain}"
    return (
        bands.exists(b.chromosome, stated)
        and (b.to is None or _exists(b.to))
        and all(map(_exists, b.alternatives))
        and (not b.doubt or b.certain == b.band or bands.exists(b.chromosome, b.name))
    )


def _existing(r: Reader, b: Breakpoint) -> Breakpoint:
    """One band: kept, read as its region where only the region exists, or an error."""
    if b.to is not None:
        b = replace(b, to=_existing(r, b.to))
    b = replace(b, alternatives=tuple(_existing(r, other) for other in b.alternatives))
    if b.chromosome is None or b.arm is None or _exists(replace(b, to=None, alternatives=())):
        return b
    whole = b.band.removesuffix("0").rstrip(".")
    if whole != b.band and len(whole) > 1 and bands.exists(b.chromosome, f"{b.arm}{whole}"):
        r.say(
            "BAND",
            "repair",
            b.start,
            b.end,
            f"no band {b.chromosome}{b.name}; sub-bands count from 1",
            f"{b.arm}{whole}",
        )
        return replace(b, band=whole, certain=whole)
    region = b.band[:1]
    if region and bands.exists(b.chromosome, f"{b.arm}{region}"):
        message = f"no band {b.chromosome}{b.name}; its region {b.chromosome}{b.arm}{region} is kept"
        r.say("BAND", "repair", b.start, b.end, message, f"{b.arm}{region}?")
        return replace(b, band=region, certain=region, doubt=True)
    r.say("BAND", "error", b.start, b.end, f"there is no band {b.chromosome}{b.name}")
    return b


def ordered(
    r: Reader, kind: str, names: tuple[str, ...], certain: tuple[bool, ...], groups: Groups, span: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[bool, ...], Groups]:
    """Chromosomes and bands of an item in the order of writing; CHR-ORDER, BP-ORDER, ROB are recorded."""
    if len(names) > 1:
        return _chromosomes(r, kind, names, certain, groups, span)
    if len(names) == 1 and len(groups) == 1 and len(groups[0]) == 2:
        return names, certain, (_pair(r, kind, *groups[0]),)
    return names, certain, groups


def _chromosomes(
    r: Reader, kind: str, names: tuple[str, ...], certain: tuple[bool, ...], groups: Groups, span: tuple[int, int]
) -> tuple[tuple[str, ...], tuple[bool, ...], Groups]:
    """A translocation begins with the lowest chromosome (X and Y first): turned round, its circle stays the same."""
    if kind == "rob" and not ACROCENTRIC.issuperset(names) and "?" not in names:
        r.say("ROB", "warning", *span, "a Robertsonian translocation joins chromosomes 13 to 15, 21 and 22")
    if "?" in names or kind not in ("t", "dic", "rob", "tas"):
        return names, certain, groups
    first = min(range(len(names)), key=lambda k: place(names[k]))
    if place(names[first]) == place(names[0]):
        return names, certain, groups
    turned = names[first:] + names[:first]
    right = f"{kind}({';'.join(turned)})"
    if kind != "t" or (groups and len(groups) != len(names)):
        r.say("CHR-ORDER", "warning", *span, "the lowest chromosome stands first (X and Y before 1)", right)
        return names, certain, groups
    r.say("CHR-ORDER", "repair", *span, "the lowest chromosome stands first (X and Y before 1)", right)
    return turned, certain[first:] + certain[:first], groups[first:] + groups[:first] if groups else ()


def _pair(r: Reader, kind: str, a: Breakpoint, b: Breakpoint) -> tuple[Breakpoint, Breakpoint]:
    """Two bands of one chromosome. Direction means something in a duplication, so that one is never turned."""
    if not (a.known and b.known) or kind not in ("del", "inv", "r"):
        return a, b
    wrong = a.arm == "q" and (b.arm == "p" or a.band > b.band)
    if kind == "r":
        wrong = (a.arm, b.arm) == ("q", "p")
    if kind == "del" and (a.arm, b.arm) == ("p", "p") and a.band < b.band:
        message = "the 2024 edition writes the band nearer to pter first"
        r.say("BP-ORDER", "info", a.start, b.end, message, f"{b.name}{a.name}")
    if not wrong:
        return a, b
    r.say("BP-ORDER", "repair", a.start, b.end, "bands run from pter to qter", f"{b.name}{a.name}")
    return b, a
