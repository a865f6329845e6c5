"""Where a gene lies: chromosome and band, from the positions of MANE transcripts on GRCh38.

A gene of the pseudoautosomal regions lies on X and on Y, and no report says on which: such a gene has no locus here
(CRLF2, P2RY8). The regions are those of GRCh38 (Genome Reference Consortium; chrX, 1-based, ends included).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from adapter.nomenclature import bands, loci

_PSEUDOAUTOSOMAL = ((10_001, 2_781_479), (155_701_383, 156_030_895))
RULE = "band of the gene, from its MANE transcript"
PLACED = {"place": RULE}
"""What is derived of a finding that states its gene and no place."""


class Locus(NamedTuple):
    """Chromosome ("1" to "22", "X", "Y") and band with it ("11q23.3")."""

    chromosome: str
    band: str


@lru_cache(maxsize=4096)
def locus(symbol: str) -> Locus | None:
    """Locus of the gene with this approved symbol; None where no transcript places it, and for X and Y alike."""
    known = loci.loci().get(symbol)
    if known is not None:
        return _locus(known.chromosome, *known.grch38)
    from adapter.nomenclature.hgvs import transcripts

    found = transcripts.by_gene(symbol)
    if not found:
        return None
    exons = found[0].exons
    return _locus(found[0].chromosome, min(e.start for e in exons) + 1, max(e.end for e in exons))


def _locus(chromosome: str, first: int, last: int) -> Locus | None:
    if chromosome in {"X", "Y"} and any(low <= first and last <= high for low, high in _PSEUDOAUTOSOMAL):
        return None
    touched = bands.at(chromosome, first - 1, last)
    if touched is None:
        return None
    names = [bands.ideogram(chromosome)[n].name for n in sorted(set(touched))]
    return Locus(chromosome, chromosome + "-".join(names))


def on_sex_chromosome(symbol: str) -> str:
    """The chromosome X or Y for a gene of only one of them; "" for any other."""
    found = locus(symbol)
    return found.chromosome if found and found.chromosome in {"X", "Y"} else ""
