"""What is odd about a case without making it wrong: unknown terms, amplifications of few copies, engines' remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.case.findings import CopyNumber, Measurement
from adapter.case.findings.finding import Finding
from adapter.case.findings.ploidy import contradictions
from adapter.case.model import Case
from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature.quantities import Copies
from adapter.report import Issue
from adapter.terms import Terms

FEW = 5
"""Copies below which an amplification is more often called a gain (case-format section 3)."""


def case_issues(case: Case, terms: Terms) -> Iterator[Issue]:
    """Warnings about a sound case, normalised or not, in the order of the format; ``path`` points into the case."""
    for path, table, text in _terms_said(case):
        if terms.key(table, text) is None:
            yield _warning(path, "unknown-term", _unknown(table, terms.nearest(table, text)))
    sex = case.subject.sex if case.subject else None
    for n, finding in enumerate(case.findings):
        at = f"/findings/{n}"
        yield from _genes(finding, at, terms)
        if isinstance(finding, CopyNumber):
            yield from _few_copies(finding, at, sex)
        if finding.understood:
            yield from (replace(i, path=f"{at}{i.path}", input_path=f"{at}{i.path}") for i in finding.understood.issues)


def _terms_said(case: Case) -> Iterator[tuple[str, str, str]]:
    """Pointer, table and text of every field that names a key of a mapping table."""
    for n, diagnosis in enumerate(case.diagnoses):
        for name in ("entity", "subtype"):
            if text := getattr(diagnosis, name):
                yield f"/diagnoses/{n}/{name}", "diagnoses", text
    for n, specimen in enumerate(case.specimens):
        if specimen.material:
            yield f"/specimens/{n}/material", "specimens", specimen.material
    for n, finding in enumerate(case.findings):
        listed = isinstance(finding.method, tuple)
        for m, method in enumerate(finding.methods):
            yield f"/findings/{n}/method" + (f"/{m}" if listed else ""), "methods", method
        if isinstance(finding, Measurement):
            yield f"/findings/{n}/test", "measurements", finding.test


def _genes(finding: Finding, at: str, terms: Terms) -> Iterator[Issue]:
    one = getattr(finding, "gene", None)
    named = ([(f"{at}/gene", one)] if one else []) + [
        (f"{at}/genes/{n}", g) for n, g in enumerate(getattr(finding, "genes", ()))
    ]
    for path, name in named:
        try:
            terms.gene(name)
        except UnknownTerm:
            yield _warning(path, "unknown-term", "mappings/genes has no gene of this name: it is carried as text")
        except AmbiguousTerm as error:
            readings = " or ".join(error.readings)
            yield _warning(path, "ambiguous-term", f"this name can mean {readings}: it is carried as text")


def _few_copies(finding: CopyNumber, at: str, sex: str | None) -> Iterator[Issue]:
    copies = finding.copies
    if finding.change == "amplification" and copies is not None and _below(copies, FEW):
        yield _warning(
            f"{at}/copies", "copies", f"an amplification of fewer than {FEW} copies: more often called a gain"
        )
    if finding.ploidy is not None:
        yield from (
            _warning(f"{at}{f.pointer}", f.code, f"{f.message}; the stated ploidy may explain it")
            for f in contradictions(finding, sex)
        )


def _below(copies: Copies, limit: int) -> bool:
    """Whether the highest count possible is below ``limit``."""
    return copies.high is not None and (copies.high < limit or (copies.high == limit and not copies.high_inclusive))


def _unknown(table: str, nearest: tuple[str, ...]) -> str:
    near = f"; nearest: {', '.join(nearest)}" if nearest else ""
    return f"mappings/{table} has no row for this: it is carried as text{near}"


def _warning(path: str, category: str, message: str) -> Issue:
    return Issue(validator="case", level="warning", category=category, path=path, input_path=path, message=message)
