"""A rearrangement of one gene, or a fusion of two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from adapter.case.facts import GeneFact
from adapter.case.fields import Exons, Flag, Text, Texts
from adapter.case.findings.finding import (
    GenomicFinding,
    Understood,
    details,
    gene_facts,
    gene_of,
    iscn_expression,
    understood_iscn,
)
from adapter.errors import Fault
from adapter.terms import Terms


class Rearrangement(GenomicFinding):
    """``genes`` are 5' then 3', one gene when the partner is not known: it claims no translocation."""

    kind: Literal["rearrangement"]
    genes: Texts = ()
    fusion: Text | None = None
    iscn: Text | None = None
    transcripts: Texts = ()
    exons: Exons | None = None
    isoform: Text | None = None
    in_frame: Flag | None = None
    probe: Text | None = None
    signals: Text | None = None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """A rearrangement names a gene, a fusion, a string, a probe, or says something in words."""
        yield from super().faults(sex)
        if not (self.genes or self.fusion or self.iscn or self.probe or self.said):
            yield Fault("", "missing", "a rearrangement needs genes, a fusion, an ISCN string, a probe or words")

    def understand(self, terms: Terms) -> Understood | None:  # noqa: ARG002
        """The ISCN string as the engine reads it."""
        return understood_iscn(self.iscn)

    def own(self, path: str, terms: Terms) -> dict[str, Any]:
        """Genes with their roles, the fusion and string as printed, transcripts and how it was seen."""
        return {
            "genes": partners(gene_facts(self.genes, f"{path}/genes", terms))
            or _of_fusion(self.fusion, f"{path}/fusion", terms),
            "fusion": self.fusion or "",
            "expressions": iscn_expression(self.iscn, f"{path}/iscn", self.understood),
            "transcripts": self.transcripts,
            "details": details(
                path,
                {
                    "exons": self.exons, "isoform": self.isoform, "in_frame": self.in_frame, "probe": self.probe,
                    "signals": self.signals,
                },
            ),
        }  # fmt: skip


def partners(genes: tuple[GeneFact, ...]) -> tuple[GeneFact, ...]:
    """Two genes are 5' and 3' partner in the order named; one or many have no role."""
    if len(genes) != 2:
        return genes
    return replace(genes[0], role="five-prime"), replace(genes[1], role="three-prime")


def _of_fusion(text: str | None, path: str, terms: Terms) -> tuple[GeneFact, ...]:
    """The two genes of ``A::B``, ``A-B`` or ``A/B``, both of which the gene table must know."""
    for separator in ("::", "/", "-"):
        parts = [part.strip() for part in (text or "").split(separator)]
        genes = [gene_of(part, terms) for part in parts]
        if len(parts) == 2 and all(genes):
            return partners(tuple(GeneFact(part, gene, path) for part, gene in zip(parts, genes, strict=True)))
    return ()
