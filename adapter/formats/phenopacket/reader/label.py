"""The words of a finding's label, parted again: genes or fusion, region, change, copies, expressions, kind, zygosity.

The writer joins them with blanks (``variation.label``); what is typed elsewhere in the descriptor (genes, counts, the
region) says where each ends, so that the text as stated comes back and not only its meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from adapter.case.findings.copy_number import Change
from adapter.errors import AmbiguousTerm, NomenclatureError, UnknownTerm
from adapter.formats.phenopacket.variation import count_of, whole_copies
from adapter.nomenclature import copies
from adapter.report import Json
from adapter.terms import Terms

KINDS = ("karyotype", "copy-number", "sequence-variant", "rearrangement", "normal")
CHANGES = sorted(get_args(Change), key=len, reverse=True)


class Words:
    """The rest of a label, taken apart from the left; what is taken must end at a blank or at the end."""

    def __init__(self, label: str) -> None:
        self.rest = label

    def take(self, text: str) -> bool:
        """Take ``text`` when the rest begins with it."""
        if not text or not (self.rest == text or self.rest.startswith(f"{text} ")):
            return False
        self.rest = self.rest[len(text) :].removeprefix(" ")
        return True

    def take_end(self, text: str) -> bool:
        """Take ``text`` when the rest ends with it."""
        if not text or not (self.rest == text or self.rest.endswith(f" {text}")):
            return False
        self.rest = self.rest[: len(self.rest) - len(text)].removesuffix(" ")
        return True

    def longest(self, fits: Callable[[str], bool]) -> str | None:
        """Take the longest beginning that ``fits``."""
        parts = self.rest.split(" ")
        for end in range(min(len(parts), 12), 0, -1):
            head = " ".join(parts[:end])
            if head and fits(head):
                self.take(head)
                return head
        return None

    def genes(self, known: list[str], terms: Terms) -> list[str]:
        """The genes at the beginning as they were named; ``known`` are their HGNC ids, or words no table knows."""
        found: list[str] = []
        left = list(known)
        while left and self.rest:
            gene = self.longest(lambda head: gene_key(head, terms) in left)
            if gene is None:
                break
            left.remove(gene_key(gene, terms))
            found.append(gene)
        return found

    def change(self) -> str | None:
        """The change at the beginning."""
        return next((change for change in CHANGES if self.take(change)), None)

    def copies(self, counts: Json) -> str | None:
        """The words of a count that VRS holds as ``counts``."""
        return self.longest(lambda head: _counts(head) == counts)

    def kind(self) -> str | None:
        """The kind, when nothing else is left: it stands in a label that says nothing of the finding itself."""
        return next((kind for kind in KINDS if self.rest == kind and self.take(kind)), None)


def gene_key(name: str, terms: Terms) -> str:
    """HGNC id of a gene name, the name itself where no gene is known by it."""
    try:
        return terms.gene(name).hgnc
    except (UnknownTerm, AmbiguousTerm):
        return name


def _counts(text: str) -> Json | None:
    try:
        found = whole_copies(copies.read(text))
    except NomenclatureError:
        return None
    return count_of(*found) if found else None
