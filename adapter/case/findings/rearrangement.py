"""A rearrangement of one gene, or a fusion of two."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from adapter.case.facts import Expression, GeneFact
from adapter.case.fields import Exons, Flag, Text, Texts
from adapter.case.findings.engines import KnownString, read_fusion, remarks
from adapter.case.findings.finding import (
    GenomicFinding,
    Understood,
    details,
    gene_facts,
    iscn_expression,
    understood_iscn,
)
from adapter.errors import Fault
from adapter.terms import Terms

_SEEN = ("exons", "isoform", "in_frame", "probe", "signals")
FORMS = "HGNC and VICC form of the fusion"


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

    def understand(self, terms: Terms, diagnosis: str | None = None) -> Understood | None:  # noqa: ARG002
        """The ISCN string as the engine reads it, with the remarks on it and on the fusion."""
        known = understood_iscn(self.iscn)
        if self.fusion is None:
            return known
        issues = tuple(remarks(read_fusion(self.fusion, terms).diagnostics, "/fusion", "fusion"))
        if known is None:
            return Understood(None, "C", "fusion", issues)
        return known._replace(issues=known.issues + issues)

    def own(self, path: str, terms: Terms) -> dict[str, Any]:
        """Genes with their roles, the string as printed, forms of the fusion, transcripts and how it was seen."""
        genes, rule = self._genes(path, terms)
        text = self.fusion or ("::".join(self.genes) if len(self.genes) == 2 else "")
        forms = tuple(forms_of(text, terms)) if text else ()
        return {
            "genes": genes,
            "expressions": iscn_expression(self.iscn, f"{path}/iscn", self.understood) + forms,
            "derived": ({"genes": rule} if rule else {}) | ({"forms": FORMS} if forms else {}),
            "transcripts": self.transcripts,
            "details": details(path, self.__dict__, _SEEN),
        }

    def _genes(self, path: str, terms: Terms) -> tuple[tuple[GeneFact, ...], str]:
        """The genes stated, or those that the ISCN string alone means; the rule where a table says so."""
        stated = self._partners(path, terms)
        if stated or self.fusion or self.iscn is None:
            return stated, ""
        named = _of_fusion(self.iscn, f"{path}/iscn", terms)
        return (named, "") if named else _recurrent(self.understood, terms) or _alone(self.iscn, terms)

    def _partners(self, path: str, terms: Terms) -> tuple[GeneFact, ...]:
        """The genes listed; where that is one or none, those of the fusion, at their place in the list."""
        listed = gene_facts(self.genes, f"{path}/genes", terms)
        if len(listed) > 1 or self.fusion is None:
            return partners(listed)
        named = _of_fusion(self.fusion, f"{path}/fusion", terms)
        at = {fact.gene.symbol: fact.path for fact in listed if fact.gene}
        found = tuple(f._replace(path=at.pop(f.gene.symbol, f.path)) if f.gene else f for f in named)
        return found if named and not at else partners(listed)


def partners(genes: tuple[GeneFact, ...]) -> tuple[GeneFact, ...]:
    """Two genes are 5' and 3' partner in the order named; one or many have no role."""
    if len(genes) != 2:
        return genes
    return genes[0]._replace(role="five-prime"), genes[1]._replace(role="three-prime")


def forms_of(text: str, terms: Terms) -> Iterator[Expression]:
    """The HGNC form of a fusion that is written otherwise, and the VICC form where it says more (an enhancer)."""
    known = read_fusion(text, terms)
    for syntax, form in (("hgnc", known.hgnc_form), ("vicc", known.vicc_form)):
        if form and form != text.strip():
            yield Expression(syntax, form, "", form, verbatim=False, grade="C")


def _alone(text: str, terms: Terms) -> tuple[tuple[GeneFact, ...], str]:
    """The genes of a recurrent rearrangement whose item stands alone, ``t(9;22)(q34;q11.2)``, and the table."""
    from adapter.case.findings.abnormalities import RECURRENT
    from adapter.nomenclature import loci
    from adapter.nomenclature.iscn.meaning import meaning
    from adapter.nomenclature.iscn.parse import parse_item

    item = parse_item(text)
    known = meaning(item) if item else None
    named = loci.genes_of(known.effect.junctions) if known and known.certain else ()
    return (tuple(GeneFact(symbol, terms.gene(symbol), "") for symbol in named), RECURRENT) if named else ((), "")


def _recurrent(understood: Understood | None, terms: Terms) -> tuple[tuple[GeneFact, ...], str] | None:
    """The genes of the one recurrent rearrangement in an ISCN string, without roles, and the table they are from.

    None where the string is no karyotype.
    """
    known = understood.value if understood else None
    if not isinstance(known, KnownString) or known.canonical is None:
        return None
    from adapter.case.findings.abnormalities import RECURRENT, abnormalities

    found = [fields["genes"] for fields in abnormalities(known, terms) if fields["genes"]]
    return (found[0], RECURRENT) if len(found) == 1 else ((), "")


def _of_fusion(text: str, path: str, terms: Terms) -> tuple[GeneFact, ...]:
    """The genes of a fusion text; without roles where their order or a partner is not known."""
    known = read_fusion(text, terms)
    if known.status == "rejected":
        return ()
    genes = tuple(GeneFact(p.part.symbol or p.part.text, p.gene, path) for p in known.partners if p.gene)
    return partners(genes) if known.ordered and known.partner_known else genes
