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
    end, unit = start + len(ref), abs(len(ref) - len(alt))
    shifted = not ref or not alt or (len(ref) != len(alt) and ref[0] == alt[0])
    if not shifted or (len(alt) > len(ref) and len(ref) < unit):
        return ga4gh.allele_id(refget, start, end, alt, "2.0")
    location = ga4gh.sequence_location(refget, start, end)
    return ga4gh.identify(ga4gh.allele(location, ga4gh.repeated(len(alt), unit)), "2.0")
