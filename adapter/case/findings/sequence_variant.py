"""A sequence variant: HGVS text as printed, allele fraction, and an internal tandem duplication's own measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from adapter.case.facts import Allele, Detail, Expression
from adapter.case.fields import Count, Exons, Fraction, OneOrMore, Reading, Text, VariantIds
from adapter.case.findings.engines import canonical_of, read_hgvs
from adapter.case.findings.finding import GenomicFinding, Understood, details, gene_fact, gene_place
from adapter.case.findings.locus import PLACED
from adapter.errors import Fault
from adapter.terms import Terms

_PHASE = re.compile(r"\s*(cis|trans)\s+(?:with\s+|to\s+)?(?P<id>\S.*?)\s*")
_MEASURES = ("assembly", "exons", "depth", "phase", "length", "ratio", "insertion_point")
ASSEMBLIES = {"hg38": "GRCh38", "hg19": "GRCh37", "grch38": "GRCh38", "grch37": "GRCh37"}
_SOURCES = (
    ("dbsnp", re.compile(r"rs[0-9]+", re.IGNORECASE | re.ASCII)),
    ("clinvar", re.compile(r"(?:VCV|RCV|SCV)[0-9.]+", re.IGNORECASE | re.ASCII)),
    ("caid", re.compile(r"CA[0-9]+", re.IGNORECASE | re.ASCII)),
    ("cosmic", re.compile(r"COS[MVF][0-9]+", re.IGNORECASE | re.ASCII)),
)


class SequenceVariant(GenomicFinding):
    """``hgvs`` holds one or several expressions in one text, or a list of them.

    ``phase`` is "cis with" or "trans with" another finding's id. ``length`` (base pairs), ``ratio`` and
    ``insertion_point`` are of an internal tandem duplication: ``FLT3-ITD`` without sequence is a variant, not an
    invented c. expression.
    """

    kind: Literal["sequence-variant"]
    gene: Text | None = None
    hgvs: OneOrMore | None = None
    transcript: Text | None = None
    assembly: Text | None = None
    vaf: Fraction | None = None
    zygosity: Text | None = None
    variant_ids: VariantIds | None = None
    exons: Exons | None = None
    depth: Count | None = None
    phase: Text | None = None
    length: Reading | None = None
    ratio: Reading | None = None
    insertion_point: Count | Text | None = None

    @property
    def expressions(self) -> tuple[str, ...]:
        """The HGVS texts, one or several."""
        return (self.hgvs,) if isinstance(self.hgvs, str) else self.hgvs or ()

    @property
    def in_phase_with(self) -> str | None:
        """Id of the finding that ``phase`` names."""
        found = _PHASE.fullmatch(self.phase or "")
        return found["id"] if found else None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """A variant names itself somehow; "cis with id" is the form of a phase; an allele fraction is no absence."""
        yield from super().faults(sex)
        if not (self.gene or self.hgvs or self.variant_ids or self.said):
            yield Fault("", "missing", "a sequence variant needs a gene, an HGVS expression, an identifier or words")
        if self.phase and self.in_phase_with is None:
            yield Fault("/phase", "phase", "expected cis with or trans with, and another finding's id")
        # An allele fraction without a limit of detection says that reads carry it.
        if self.result == "absent" and self.vaf is not None and self.cutoff is None and self.vaf.low:
            yield Fault("/vaf", "absent", "an allele fraction above 0 without a cut-off contradicts result: absent")

    def understand(self, terms: Terms, diagnosis: str | None = None) -> Understood | None:  # noqa: ARG002
        """The expressions together as the HGVS engine reads them, with the gene, transcript and assembly stated."""
        if not self.expressions:
            return None
        assembly = ASSEMBLIES.get((self.assembly or "").lower(), self.assembly)
        allele, issues = read_hgvs(self.expressions, self.gene, self.transcript, assembly, terms)
        return Understood(allele, allele.grade, "hgvs", issues)

    def own(self, path: str, terms: Terms) -> dict[str, Any]:
        """Gene, expressions, allele where worked out, identifiers and measures."""
        value = self.understood.value if self.understood else None
        allele = value if isinstance(value, Allele) else self._duplication()
        said: dict[str, Any] = {"allele": allele, "details": self._measures(path)}
        if self.gene:
            said["genes"] = genes = (gene_fact(self.gene, f"{path}/gene", terms),)
            if lies := gene_place(genes):
                said |= {"place": lies, "derived": PLACED}
        if self.hgvs:
            said["expressions"] = self._expressions(f"{path}/hgvs", allele)
        if self.transcript:
            said |= {"transcripts": (self.transcript,), "sources": {"transcripts": f"{path}/transcript"}}
        if self.variant_ids:
            said["ids"] = identifiers(self.variant_ids)
        return said

    def _expressions(self, path: str, allele: Allele | None) -> tuple[Expression, ...]:
        if isinstance(self.hgvs, str):
            return (_expression(self.hgvs, path, allele),)
        return tuple([_expression(text, f"{path}/{n}", allele) for n, text in enumerate(self.expressions)])

    def _duplication(self) -> Allele | None:
        """What the measures alone say: they are those of an internal tandem duplication, whatever else is not said."""
        measured = (self.length, self.ratio, self.insertion_point) != (None, None, None)
        return Allele("C", "internal-tandem-duplication") if measured and not self.hgvs else None

    def _measures(self, path: str) -> tuple[Detail, ...]:
        """The measures; a length without a unit is of base pairs."""
        seen = details(path, self.__dict__, _MEASURES)
        if self.length is None or self.length.bounds is None or self.length.unit:
            return seen
        return tuple(one._replace(unit="bp") if one.name == "length" else one for one in seen)


def _expression(text: str, path: str, allele: Allele | None) -> Expression:
    value = canonical_of(text, allele) if allele else None
    return Expression("hgvs", text, path, value, value == text, allele.grade if allele else "D")


def identifiers(stated: Any) -> tuple[tuple[str, str], ...]:
    """(source, identifier) pairs; the source is recognised from the identifier's form where it is not named.

    >>> identifiers(["rs28934578", "ClinVar:12374"])
    (('dbsnp', 'rs28934578'), ('clinvar', '12374'))
    """
    if isinstance(stated, dict):
        return tuple((name, one) for name, one in stated.items())
    return tuple(_named(one) for one in stated or ())


def _named(identifier: str) -> tuple[str, str]:
    before, _, local = (part.strip() for part in identifier.partition(":"))
    if local and before.lower() in (name for name, _ in _SOURCES):
        return before.lower(), local
    return next((name for name, form in _SOURCES if form.fullmatch(identifier.strip())), ""), identifier
