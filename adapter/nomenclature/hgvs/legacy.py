"""Numberings older than MANE that reports still use: a table with sources, ``data/legacy-numbering.tsv``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from adapter.nomenclature.hgvs.grammar import Edit
from adapter.nomenclature.hgvs.pack import DIRECTORY
from adapter.nomenclature.hgvs.place import Position


@dataclass(frozen=True, slots=True)
class Numbering:
    """An older numbering of a gene: add ``shift`` bases, from the stated position ``start`` on (None: not known)."""

    gene: str
    mane: str
    shift: int
    start: int | None
    accessions: tuple[str, ...]
    name: str

    def on_mane(self, edit: Edit) -> Edit | None:
        """The edit in the numbering of MANE; None where the two numberings do not differ for it."""
        if self.start is not None and edit.end.base < self.start and not edit.end.after_stop:
            return None
        return replace(edit, start=self._moved(edit.start), end=self._moved(edit.end))

    def _moved(self, position: Position) -> Position:
        if position.after_stop or position.base < (self.start or 1):
            return position
        return replace(position, base=position.base + self.shift)


@lru_cache(maxsize=1)
def numberings() -> tuple[Numbering, ...]:
    """All rows of the table."""
    lines = (DIRECTORY / "legacy-numbering.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith(("#", "gene\t"))]
    return tuple(
        Numbering(gene, mane, int(shift), None if start == "?" else int(start), tuple(names.split(",")), name)
        for gene, mane, shift, start, names, name, _ in rows
    )


def of_gene(symbol: str) -> tuple[Numbering, ...]:
    """The older numberings of a gene."""
    return tuple(row for row in numberings() if row.gene == symbol)


def of_accession(accession: str) -> Numbering | None:
    """The older numbering that a stated transcript, of whatever version, has."""
    base = accession.partition(".")[0]
    return next((row for row in numberings() if base in row.accessions), None)
