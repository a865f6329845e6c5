"""What the nomenclature engines make of a finding's text, as facts: ISCN strings and HGVS expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapter.case.facts import Allele, Expression, Grade
from adapter.nomenclature import iscn
from adapter.report import Issue, Level

if TYPE_CHECKING:
    from adapter.nomenclature.hgvs import Variant

_KIND = re.compile(r"(?:^|[^A-Za-z])([cgmnpr])\.")
_AWKWARD = frozenset({"error", "warning"})


@dataclass(frozen=True, slots=True)
class KnownString:
    """An ISCN string that was read: the document, and its canonical text where it can be vouched for."""

    document: iscn.Document
    canonical: str | None

    def expression(self, text: str, path: str) -> Expression:
        """The expression with what is known of it: a string without fault or repair may travel as it is."""
        grade: Grade = "B" if self.canonical is not None else "D"
        return Expression("iscn", text, path, self.canonical, self.document.status == "ok", grade)


def read_iscn(text: str) -> tuple[KnownString, Grade, tuple[Issue, ...]]:
    """An ISCN text read; graded B where every token is classified, D otherwise."""
    document = iscn.parse(text)
    sound = document.status in {"ok", "repaired"}
    known = KnownString(document, iscn.render(document) if sound else None)
    return known, "B" if sound else "D", tuple(remarks(document.diagnostics, "/iscn", "iscn"))


def remarks(diagnostics: Iterable[object], path: str, engine: str) -> Iterator[Issue]:
    """An engine's diagnostics as issues of the field at ``path``; its words may quote the text and are left out."""
    for one in diagnostics:
        code, severity, start, end = (getattr(one, name) for name in ("code", "severity", "start", "end"))
        message = f"{code} ({severity}) at characters {start + 1} to {end}; adapter {engine} explains it"
        level: Level = "warning" if severity in _AWKWARD else "information"
        yield Issue(validator=engine, level=level, category=code, path=path, message=message)


def allele_of(variant: Variant) -> Allele:
    """The allele that an HGVS reading vouches for; empty where it does not."""
    vcf = variant.vcf
    return Allele(
        grade=variant.grade if variant.grade in {"A", "B", "C"} else "D",  # type: ignore[arg-type]  # the engine's grades
        kind=variant.kind or "",
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


def canonical_of(text: str, allele: Allele) -> str | None:
    """The canonical form of one expression of an allele, by the level it is written at (c., g., p.)."""
    found = _KIND.search(text)
    if found is None:
        return None
    if found[1] == "g":
        return next((g for g in allele.g.values() if g == text.strip()), allele.g.get("GRCh38"))
    return {"c": allele.c, "n": allele.c, "p": allele.p}.get(found[1]) or None
