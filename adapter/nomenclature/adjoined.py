"""One component of a fusion expression, what stands between two ``::``, and what there is to say about it.

VICC gene fusion nomenclature (https://fusions.cancervariants.org, commit 219b4b1) and HGVS adjoined transcripts
(HGVS 21, RNA, from SVD-WG007). Offsets are in characters of the whole text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "gene", "unknown", "multiple", "transcript-segment", "rna-segment", "linker", "templated-linker", "regulatory"
]
GENES: frozenset[Kind] = frozenset({"gene", "unknown", "multiple", "transcript-segment", "rna-segment"})
"""Kinds that are a partner of the fusion, known or not."""

_SYMBOL = r"(?P<symbol>[^\s():@]+@?)"
_GENE_ID = r"(?:\((?P<hgnc>(?:hgnc|HGNC):[0-9]+)\))?"
_TRANSCRIPT = r"(?P<accession>(?:[NX][MR]_[0-9]+|ENST[0-9]+)(?:\.[0-9]+)?|LRG_[0-9]+t[0-9]+)"
_EXON = r"[1-9][0-9]*(?:[+-][0-9]+)?"
_RNA = r"(?:[-*]?[0-9]+(?:[+-][0-9]+)?|\?)"
_PLACE = r"NC_[0-9]+\.[0-9]+(?:\(chr ?[0-9XY]{1,2}\))?:g\.[0-9]+_[0-9]+"

_GRAMMAR: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("unknown", re.compile(r"\?")),
    ("multiple", re.compile("v")),
    ("rna-segment", re.compile(rf"{_TRANSCRIPT}(?:\({_SYMBOL}\))?:r\.(?P<place>{_RNA}_{_RNA})", re.ASCII)),
    (
        "transcript-segment",
        re.compile(rf"{_TRANSCRIPT}(?:\({_SYMBOL}\))?:e\.(?P<place>{_EXON}(?:_{_EXON})?)", re.ASCII),
    ),
    ("templated-linker", re.compile(rf"(?P<place>{_PLACE}\([+-]\))", re.ASCII)),
    (
        "regulatory",
        re.compile(
            rf"reg_(?P<regulatory>[a-z]+(?:_[a-z]+)*?)(?:_(?P<place>{_PLACE}|[A-Z][0-9A-Za-z.]*[0-9]))?"
            rf"(?:@{_SYMBOL}{_GENE_ID})?",
            re.ASCII,
        ),
    ),
    ("gene", re.compile(_SYMBOL + _GENE_ID)),
)
_LINKER = re.compile("[ACGT]+|[acgut]+")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a reader should know about a place of the text; ``severity`` is error, warning, info or repair."""

    code: str
    severity: str
    start: int
    end: int
    message: str
    suggestion: str | None = None


def error(code: str, start: int, end: int, message: str) -> Diagnostic:
    """A reason why the text cannot be used."""
    return Diagnostic(code, "error", start, end, message)


def info(code: str, start: int, end: int, message: str) -> Diagnostic:
    """Something that was understood, and how."""
    return Diagnostic(code, "info", start, end, message)


@dataclass(frozen=True, slots=True)
class Component:
    """A component as written: ``symbol`` names a gene, ``place`` exons, bases or a feature; empty where not stated.

    ``regulatory`` is the class of a regulatory element: ``e`` enhancer, ``p`` promoter, or an INSDC class.
    """

    kind: Kind
    text: str
    start: int
    symbol: str = ""
    hgnc: str = ""
    accession: str = ""
    place: str = ""
    regulatory: str = ""

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


def component(text: str, start: int, *, inner: bool) -> Component | None:
    """The component that ``text`` is, or None; only an ``inner`` one, with neighbours on both sides, can be a linker.

    >>> component("NM_004327.3(BCR):e.2+182", 0, inner=False).place
    '2+182'
    """
    if inner and _LINKER.fullmatch(text):
        return Component("linker", text, start)
    for kind, grammar in _GRAMMAR:
        if found := grammar.fullmatch(text):
            return Component(kind, text, start, **{k: v for k, v in found.groupdict().items() if v})
    return None


def written(part: Component, symbol: str, hgnc: str) -> str:
    """The component in VICC form, with the approved ``symbol`` and its id; empty ones where no gene belongs to it."""
    gene = f"{symbol}({hgnc.lower()})" if symbol else ""
    if part.kind == "gene":
        return gene
    if part.kind == "transcript-segment":
        return f"{part.accession}({symbol}):e.{part.place}" if symbol else f"{part.accession}:e.{part.place}"
    if part.kind == "regulatory":
        place = f"_{part.place}" if part.place else ""
        return f"reg_{part.regulatory}{place}" + (f"@{gene}" if gene else "")
    return part.text
