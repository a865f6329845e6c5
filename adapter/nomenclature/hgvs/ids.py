"""SPDI expression and VRS identifiers of an allele on a chromosome.

An allele is its 0-based start, the bases deleted and the bases inserted, over the whole region in which an insertion
or deletion could be written (fully justified).
"""

from __future__ import annotations

from adapter.nomenclature import vrs as ga4gh
from adapter.nomenclature.hgvs.transcripts import chromosome

Placed = tuple[int, str, str]


def spdi(name: str, allele: Placed, assembly: str = "GRCh38") -> str | None:
    """The SPDI expression, None where the assembly has no such chromosome.

    >>> spdi("17", (7675087, "C", "T"))
    'NC_000017.11:7675087:C:T'
    """
    known = chromosome(assembly, name)
    start, ref, alt = allele
    return f"{known[0]}:{start}:{ref}:{alt}" if known else None


def vrs(name: str, allele: Placed, assembly: str = "GRCh38") -> dict[str, str]:
    """The VRS identifiers by version, empty where the assembly has no such chromosome.

    >>> vrs("17", (7675087, "C", "T"))["2.0"]
    'ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR'
    """
    known = chromosome(assembly, name)
    if known is None:
        return {}
    start, ref, alt = allele
    refget, end = known[2], start + len(ref)
    return {"1.3": ga4gh.allele_id(refget, start, end, alt, "1.3"), "2.0": _second(refget, start, ref, alt)}


def _second(refget: str, start: int, ref: str, alt: str) -> str:
    """VRS 2.0: what repeats the reference is a length of it, not a literal sequence (normalisation, step 5)."""
    end, unit = start + len(ref), _unit(ref, alt)
    if not unit:
        return ga4gh.allele_id(refget, start, end, alt, "2.0")
    location = ga4gh.sequence_location(refget, start, end)
    return ga4gh.identify(ga4gh.allele(location, ga4gh.repeated(len(alt), unit)), "2.0")


def _unit(ref: str, alt: str) -> int:
    """Length of the unit that the new bases repeat, 0 where they are no length of the reference.

    >>> _unit("AAA", "AA"), _unit("G", "GGG"), _unit("", "ACG"), _unit("C", "T")
    (1, 1, 0, 0)
    """
    size = len(alt) - len(ref)
    if size < 0:
        return -size if not alt or ref[0] == alt[0] else 0
    if not size or not alt.startswith(ref):
        return 0
    cycles = (n for n in range(min(size, len(ref)), 0, -1) if size % n == 0)
    return next((n for n in cycles if all(alt[i] == alt[i - n] for i in range(len(ref), len(alt)))), 0)
