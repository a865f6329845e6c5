"""Chromosome bands: which exist, which finer bands a name covers, and where they lie on GRCh37 and GRCh38.

The 862 bands of the 850-band level are numbered on each chromosome from pter to qter, starting at 0. A band name of
any level covers a run of them: ``q22`` of chromosome 7 is ``q22.1`` to ``q22.3``. A *cut* is the place between two
numbered bands, so that cut 0 is pter, and the centromere is the cut before the first band of the long arm.

>>> covered("7", "q22")
(27, 29)
>>> [band.name for band in ideogram("7")[27:30]]
['q22.1', 'q22.2', 'q22.3']

Source of the table: UCSC ``cytoBand`` for hg19 and hg38, equal in names to NCBI's 850-level ideogram, with the parents
at the 550 and 400 level from NCBI's ideograms of those levels (``data/README.md``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Assembly = Literal["GRCh37", "GRCh38"]

AUTOSOMES: tuple[str, ...] = tuple(str(number) for number in range(1, 23))
CHROMOSOMES: tuple[str, ...] = (*AUTOSOMES, "X", "Y")
ACROCENTRIC: frozenset[str] = frozenset({"13", "14", "15", "21", "22"})
"""Chromosomes whose short arm carries only satellites and ribosomal genes; its loss is not reported clinically."""


@dataclass(frozen=True, slots=True)
class Band:
    """One band of the 850-band level.

    ``grch37`` and ``grch38`` are (start, end) in bases, counted from 0, end excluded. ``at_550`` and ``at_400`` name
    the band it belongs to at these levels; ``stain`` is UCSC's Giemsa class.
    """

    chromosome: str
    name: str
    grch37: tuple[int, int]
    grch38: tuple[int, int]
    stain: str
    at_550: str
    at_400: str


def _row(line: str) -> Band:
    chromosome, name, start37, end37, start38, end38, stain, at_550, at_400 = line.split("\t")
    return Band(chromosome, name, (int(start37), int(end37)), (int(start38), int(end38)), stain, at_550, at_400)


@cache
def _table() -> Mapping[str, tuple[Band, ...]]:
    """The bands by chromosome, read once."""
    text = files("adapter.nomenclature").joinpath("data/cytobands.tsv").read_text(encoding="utf-8")
    rows = [_row(line) for line in text.splitlines()[1:]]
    return MappingProxyType({name: tuple(row for row in rows if row.chromosome == name) for name in CHROMOSOMES})


def ideogram(chromosome: str) -> tuple[Band, ...]:
    """The bands of ``chromosome`` ("1" to "22", "X", "Y") from pter to qter; a KeyError for another name."""
    return _table()[chromosome]


@cache
def size(chromosome: str) -> int:
    """How many bands ``chromosome`` has at the 850 level."""
    return len(ideogram(chromosome))


@cache
def centromere(chromosome: str) -> int:
    """The cut between the arms: the number of the first band of the long arm."""
    return next(number for number, band in enumerate(ideogram(chromosome)) if band.name[0] == "q")


def _names(stated: str, name: str) -> bool:
    """Whether the 850-level band ``name`` is ``stated`` or a part of it (``q2`` > ``q22`` > ``q22.1``)."""
    if not name.startswith(stated):
        return False
    return len(stated) != 3 or len(name) == 3 or name[3] == "."


def _undivided_parent(chromosome: str, stated: str) -> str | None:
    """The 850-level band that a finer name divides (``1q32.11`` of ``1q32.1``); sub-bands are numbered 1 to 3."""
    for length in range(len(stated) - 1, 2, -1):
        parent, rest = stated[:length].rstrip("."), stated[length:].lstrip(".")
        if any(band.name == parent for band in ideogram(chromosome)):
            return parent if 1 <= len(rest) <= 2 and set(rest) <= set("123") else None
    return None


@lru_cache(maxsize=2048)
def covered(chromosome: str, stated: str) -> tuple[int, int] | None:
    """First and last number of the 850-level bands that a band, region or arm name covers; None where none exists.

    A band finer than the table is read as the band it divides, so that the answer is never too narrow.
    """
    if chromosome not in CHROMOSOMES or stated[:1] not in ("p", "q"):
        return None
    numbers = [number for number, band in enumerate(ideogram(chromosome)) if _names(stated, band.name)]
    if numbers:
        return numbers[0], numbers[-1]
    parent = _undivided_parent(chromosome, stated)
    return None if parent is None else covered(chromosome, parent)


@lru_cache(maxsize=2048)
def cut(chromosome: str, stated: str) -> tuple[int, int] | None:
    """The cuts between which a breakpoint at ``stated`` lies: lowest and highest; equal where the place is exact.

    ``pter``, ``qter``, ``cen``, ``p10`` and ``q10`` are exact; a band is not: the break is somewhere inside it.
    """
    if chromosome not in CHROMOSOMES:
        return None
    exact = {"pter": 0, "qter": size(chromosome)} | dict.fromkeys(
        ("cen", "pcen", "qcen", "p10", "q10"), centromere(chromosome)
    )
    if stated in exact:
        return exact[stated], exact[stated]
    bands = covered(chromosome, stated)
    return None if bands is None else (bands[0], bands[1] + 1)


def exists(chromosome: str, stated: str) -> bool:
    """Whether ``stated`` is a place on ``chromosome``: a band of any level, region, arm, end or centromere."""
    return cut(chromosome, stated) is not None


def level(chromosome: str, stated: str) -> Literal[400, 550, 850] | None:
    """The lowest resolution, in bands per haploid set, at which ``stated`` is one whole band; None where at none."""
    bands = ideogram(chromosome) if chromosome in CHROMOSOMES else ()
    if any(band.at_400 == stated for band in bands):
        return 400
    if any(band.at_550 == stated for band in bands):
        return 550
    return 850 if any(band.name == stated for band in bands) else None


def interval(chromosome: str, first: int, last: int, assembly: Assembly = "GRCh38") -> tuple[int, int]:
    """Bases from band number ``first`` to ``last``, counted from 0, end excluded, at the resolution of the bands."""
    bands = ideogram(chromosome)
    ends = (bands[first], bands[last])
    if assembly == "GRCh37":
        return ends[0].grch37[0], ends[1].grch37[1]
    return ends[0].grch38[0], ends[1].grch38[1]


def at(chromosome: str, start: int, end: int, assembly: Assembly = "GRCh38") -> tuple[int, int] | None:
    """First and last number of the bands that the bases ``start`` to ``end`` (from 0, end excluded) touch."""
    numbers = [
        number
        for number, band in enumerate(ideogram(chromosome))
        for left, right in (band.grch37 if assembly == "GRCh37" else band.grch38,)
        if left < end and start < right
    ]
    return (numbers[0], numbers[-1]) if numbers else None
