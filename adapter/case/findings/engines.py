"""What the nomenclature engines make of a finding's text, as facts: ISCN strings, HGVS expressions, fusions.

Texts that were read are kept: cohorts repeat their variants and normal karyotypes, and all results are immutable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from adapter.case.facts import Allele, Expression, Grade
from adapter.report import Issue, Level

if TYPE_CHECKING:
    from adapter.nomenclature import iscn
    from adapter.nomenclature.fusion import Fusion
    from adapter.nomenclature.hgvs import Variant
    from adapter.nomenclature.iscn.expand import Line
    from adapter.terms import Terms

_KIND = re.compile(r"(?:^|[^A-Za-z])([cgmnpr])\.")
_AWKWARD = frozenset({"error", "warning"})
_DIPLOID = 46


@dataclass(frozen=True, slots=True)
class KnownString:
    """An ISCN string that was read: the document, and its canonical text where it can be vouched for.

    ``normal``: diploid clones with nothing abnormal, and nothing else. ``diagnosis`` (key of the diagnosis table)
    chooses the rule sets for what the string says of the karyotype. ``lines`` are its clones in full.
    """

    document: iscn.Document
    canonical: str | None
    normal: bool = False
    diagnosis: str | None = None
    lines: tuple[Line, ...] = field(default=(), compare=False, repr=False)

    def expression(self, text: str, path: str) -> Expression:
        """The expression with what is known of it: a string without fault or repair may travel as it is."""
        grade: Grade = "B" if self.canonical is not None else "D"
        return Expression("iscn", text, path, self.canonical, self.document.status == "ok", grade)


@lru_cache(maxsize=256)
def read_iscn(text: str) -> tuple[KnownString, Grade, tuple[Issue, ...]]:
    """An ISCN text read; graded B where every token is classified and no count contradicts the items, D otherwise."""
    from adapter.nomenclature import iscn
    from adapter.nomenclature.iscn.effects import contradictions
    from adapter.nomenclature.iscn.expand import expand

    document = iscn.parse(text)
    lines = expand(document)
    if lines:
        document = document.with_diagnostics(contradictions(document, lines))
    sound = document.status in {"ok", "repaired"}
    known = KnownString(document, iscn.render(document) if sound else None, _is_normal(document), lines=lines)
    return known, "B" if sound else "D", tuple(remarks(document.diagnostics, "/iscn", "iscn"))


def _is_normal(document: iscn.Document) -> bool:
    sound = all(
        c.normal and c.count.low == c.count.high == _DIPLOID and c.sex is not None and c.sex.letters in ("XX", "XY")
        for c in document.clones
    )
    own = any(c.population != "donor" for c in document.clones)  # a donor's cells say nothing of the patient's
    return own and sound and not (document.notes or document.fish or document.arrays)


@lru_cache(maxsize=1024)
def read_hgvs(
    texts: tuple[str, ...], gene: str | None, transcript: str | None, assembly: str | None, terms: Terms
) -> tuple[Allele, tuple[Issue, ...]]:
    """The one allele that HGVS texts name, beside the gene, transcript and assembly stated, and the engine's remarks.

    Several texts are read as one statement; where that says nothing (the engine takes a c. and a g. expression for two
    variants) each is read alone, and what they say counts if none contradicts another.
    """
    from adapter.nomenclature import hgvs

    known = {"gene": gene, "transcript": transcript, "assembly": assembly}
    read = hgvs.read(", ".join(texts), terms=terms, **known)
    if len(texts) > 1 and not _says(read):
        alone = [hgvs.read(text, terms=terms, **known) for text in texts]
        if _agree(alone):
            read = max(alone, key=lambda one: (len(_says(one)), -alone.index(one)))
    return allele_of(read), tuple(remarks(read.diagnostics, "/hgvs", "hgvs"))


def _says(read: Variant) -> dict[str, str]:
    """What a reading asserts, by level; a predicted and a stated protein consequence compare equal."""
    said = {"c": read.c, "g": read.g.get("GRCh38"), "p": re.sub("[()]", "", read.p or "")}
    return {level: text for level, text in said.items() if text}


def _agree(readings: list[Variant]) -> bool:
    """Whether every reading says something and no two of them say different things of one level."""
    said = [_says(read) for read in readings]
    return all(said) and all(len({s[level] for s in said if level in s}) <= 1 for level in ("c", "g", "p"))


@lru_cache(maxsize=1024)
def read_fusion(text: str, terms: Terms) -> Fusion:
    """What a text says about a fusion."""
    from adapter.nomenclature import fusion

    return fusion.read(text, terms)


def remarks(diagnostics: Iterable[object], path: str, engine: str) -> Iterator[Issue]:
    """An engine's diagnostics as issues of the field at ``path``; its words may quote the text and are left out."""
    for one in diagnostics:
        code, severity, start, end = (getattr(one, name) for name in ("code", "severity", "start", "end"))
        message = f"{code} ({severity}) at characters {start + 1} to {end}; adapter {engine} explains it"
        level: Level = "warning" if severity in _AWKWARD else "information"
        yield Issue(validator=engine, level=level, category=code, path=path, message=message)


def allele_of(variant: Variant) -> Allele:
    """The allele that an HGVS reading vouches for; empty where it does not.

    The kind is that of the change of DNA: a protein consequence alone leaves it open.
    """
    if variant.grade not in {"A", "B"}:
        return _as_said(variant)
    vcf = variant.vcf
    return Allele(
        grade=variant.grade,  # type: ignore[arg-type]  # A or B
        kind=variant.kind or "" if variant.c or any(variant.g.values()) or variant.event else "",
        c=variant.c or "",
        p=variant.p or "",
        g={assembly: text for assembly, text in variant.g.items() if text},
        spdi=variant.spdi or "",
        vcf=(vcf.chrom, vcf.pos, vcf.ref, vcf.alt) if vcf and vcf.assembly in {None, "GRCh38"} else None,
        vrs=dict(variant.vrs),
        transcript=variant.transcript.used or "",
        transcript_why=variant.transcript.why or "",
        notes=variant.notes,
    )


def _as_said(variant: Variant) -> Allele:
    """At grade C and D nothing is derived: an expression that is valid as it stands, an event by its name, notes."""
    said = variant.input.strip()
    return Allele(
        grade="C" if variant.grade == "C" else "D",
        kind=variant.event.kind if variant.event else "",
        c=said if variant.c == said else "",
        p=said if variant.p == said else "",
        notes=variant.notes,
    )


def canonical_of(text: str, allele: Allele) -> str | None:
    """The canonical form of one expression of an allele, by the level it is written at (c., g., p.)."""
    found = _KIND.search(text)
    if found is None:
        return None
    if found[1] == "g":
        return next((g for g in allele.g.values() if g == text.strip()), allele.g.get("GRCh38"))
    return {"c": allele.c, "n": allele.c, "p": allele.p}.get(found[1]) or None
