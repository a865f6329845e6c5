"""Genes at bands and at positions, and places whose rearrangement or amplification is known to involve certain genes.

Gene positions: MANE transcripts (public domain), bands from `adapter.nomenclature.bands`. Recurrent places:
``data/recurrent.tsv``; the bands of a row hold the genes' positions, older names of a place have rows of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Locus:
    """Where a gene lies: its band at the 850 level and its first and last base (from 1, inclusive)."""

    gene: str
    chromosome: str
    band: str
    grch38: tuple[int, int]
    grch37: tuple[int, int] | None


class Place(NamedTuple):
    """A chromosome and the numbers of the bands that a stated band covers, the last included."""

    chromosome: str
    first: int
    last: int

    def meets(self, other: Place) -> bool:
        """Whether the two can be the same place."""
        return self.chromosome == other.chromosome and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Recurrent:
    """A recurrent abnormality: ``kind`` is junction, partner (with any other place) or amplified."""

    key: str
    kind: str
    places: tuple[Place, ...]
    genes: tuple[str, ...]


def rows(name: str) -> list[list[str]]:
    """The rows of a packaged table, without its head."""
    text = files("adapter.nomenclature").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@lru_cache(maxsize=1024)
def place(stated: str) -> Place | None:
    """The place that text such as ``9q34`` names; None where there is none."""
    chromosome = stated[:2] if stated[:2].isdecimal() else stated[:1]
    covered = bands.covered(chromosome, stated[len(chromosome) :])
    return None if covered is None else Place(chromosome, *covered)


def _locus(row: list[str]) -> Locus:
    gene, chromosome, band, first38, last38, first37, last37 = row
    older = (int(first37), int(last37)) if first37 else None
    return Locus(gene, chromosome, band, (int(first38), int(last38)), older)


@cache
def loci() -> Mapping[str, Locus]:
    """Positions of the genes reported in haematological malignancies, by symbol."""
    return MappingProxyType({row[0]: _locus(row) for row in rows("genes.tsv")})


@cache
def recurrent() -> tuple[Recurrent, ...]:
    """The recurrent abnormalities."""
    return tuple(
        Recurrent(
            key,
            kind,
            tuple(p for text in places.split("|") if (p := place(text))),
            tuple(filter(None, genes.split("|"))),
        )
        for key, kind, places, genes in rows("recurrent.tsv")
    )


@cache
def _junctions() -> Mapping[frozenset[str], tuple[Recurrent, ...]]:
    """The recurrent junctions by the chromosomes that they join."""
    found: dict[frozenset[str], tuple[Recurrent, ...]] = {}
    for entry in recurrent():
        if entry.kind == "junction":
            key = frozenset((entry.places[0].chromosome, entry.places[-1].chromosome))
            found[key] = (*found.get(key, ()), entry)
    return MappingProxyType(found)


@cache
def _partners() -> tuple[Recurrent, ...]:
    return tuple(entry for entry in recurrent() if entry.kind == "partner")


def _pairs(entry: Recurrent, one: Place, other: Place) -> bool:
    left, right = entry.places[0], entry.places[-1]
    return (one.meets(left) and other.meets(right)) or (one.meets(right) and other.meets(left))


@lru_cache(maxsize=1024)
def at_junction(one: str, other: str) -> tuple[Recurrent, ...]:
    """Recurrent rearrangements that a junction of two stated bands can be, ``partner`` entries included.

    A band coarser than the recurrent place (``19p13``) does not tell two of them apart: then none of them is given.
    """
    left, right = place(one), place(other)
    if left is None or right is None:
        return ()
    joined = _junctions().get(frozenset((left.chromosome, right.chromosome)), ())
    pairs = [entry for entry in joined if _pairs(entry, left, right)]
    several = len({entry.key for entry in pairs}) > 1
    elsewhere = _partners() if left.chromosome != right.chromosome else ()
    partners = [entry for entry in elsewhere if any(entry.places[0].meets(p) for p in (left, right))]
    return (*(() if several else pairs), *partners)


@lru_cache(maxsize=256)
def amplified_at(stated: str) -> tuple[str, ...]:
    """Genes that an amplification at a stated band is known to involve."""
    where = place(stated)
    found = [e for e in recurrent() if e.kind == "amplified" and where is not None and e.places[0].meets(where)]
    return tuple(gene for entry in found for gene in entry.genes)


def within(chromosome: str, first: int, last: int, assembly: str) -> tuple[str, ...]:
    """Genes of the table that the bases ``first`` to ``last`` (from 1, inclusive) of GRCh37 or GRCh38 touch."""
    return tuple(
        locus.gene
        for locus in loci().values()
        if locus.chromosome == chromosome and _touches(locus, first, last, assembly)
    )


def _touches(locus: Locus, first: int, last: int, assembly: str) -> bool:
    span = locus.grch38 if assembly == "GRCh38" else locus.grch37
    return span is not None and span[0] <= last and first <= span[1]


def genes_of(junctions: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Genes of the recurrent rearrangements among the junctions, in alphabetical order."""
    return tuple(sorted({gene for pair in junctions for entry in at_junction(*pair) for gene in entry.genes}))
