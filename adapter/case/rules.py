"""What is odd about a case without making it wrong: unknown terms, amplifications of few copies, engines' remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from adapter.case.diagnosis import primary_diagnosis
from adapter.case.findings import CopyNumber, Karyotype
from adapter.case.findings.engines import KnownString
from adapter.case.findings.finding import Finding
from adapter.case.findings.ploidy import contradictions
from adapter.case.model import Case
from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature.quantities import Copies
from adapter.report import Issue
from adapter.terms import Terms

FEW = 5
"""Copies below which an amplification is more often called a gain (case-format section 3)."""

_TABLES = {
    "diagnoses": {"entity": "diagnoses", "subtype": "diagnoses", "sites": "sites"},
    "features": {"term": "features"},
    "specimens": {"material": "specimens"},
    "findings": {"method": "methods", "test": "measurements", "zygosity": "zygosities", "assembly": "assemblies"},
    "treatments": {"agents": "treatments"},
    "responses": {"sites": "sites"},
}
"""Fields that name a key of a mapping table, by the list they stand in."""


def case_issues(case: Case, terms: Terms) -> Iterator[Issue]:
    """Warnings about a sound case, normalised or not, in the order of the format; ``path`` points into the case."""
    for path, table, text in _terms_said(case):
        yield from _term(path, table, text, terms)
    diagnosis = primary_diagnosis(case, terms)
    sex = case.subject.sex if case.subject else None
    for n, finding in enumerate(case.findings):
        at = f"/findings/{n}"
        yield from _genes(finding, at, terms)
        if isinstance(finding, CopyNumber):
            yield from _few_copies(finding, at, sex)
        if isinstance(finding, Karyotype):
            yield from _complexity(finding, at, diagnosis)
        if finding.understood:
            yield from (replace(i, path=f"{at}{i.path}", input_path=f"{at}{i.path}") for i in finding.understood.issues)


def _terms_said(case: Case) -> Iterator[tuple[str, str, str]]:
    """Pointer, table and text of every field that names a key of a mapping table."""
    for list_name, fields in _TABLES.items():
        for n, item in enumerate(getattr(case, list_name)):
            stated = item.__dict__  # not getattr: most kinds of findings have not all of the fields
            for name, table in fields.items():
                value = stated.get(name)
                if isinstance(value, str):
                    yield f"/{list_name}/{n}/{name}", table, value
                elif value:
                    yield from ((f"/{list_name}/{n}/{name}/{i}", table, one) for i, one in enumerate(value))


def _term(path: str, table: str, text: str, terms: Terms) -> Iterator[Issue]:
    if terms.stated(table, text):
        return
    try:
        if terms.key(table, text) is None:
            yield _warning(path, "unknown-term", _unknown(table, text, terms))
    except AmbiguousTerm as error:
        readings = " or ".join(error.readings)
        yield _warning(path, "ambiguous-term", f"mappings/{table}: this can mean {readings}; it is carried as text")


@lru_cache(maxsize=256)
def _unknown(table: str, text: str, terms: Terms) -> str:
    """What is said of a word that no row has; a cohort says the same words again and again."""
    near = terms.nearest(table, text)
    nearest = f"; nearest: {', '.join(near)}" if near else ""
    return f"mappings/{table} has no row for this: it is carried as text{nearest}"


def _complexity(finding: Karyotype, at: str, diagnosis: str | None) -> Iterator[Issue]:
    """A stated complexity that no rule set for the diagnosis confirms; definitions differ, so others are not asked."""
    known = finding.understood.value if finding.understood else None
    if finding.complex is None or diagnosis is None or not isinstance(known, KnownString) or known.canonical is None:
        return
    from adapter.nomenclature.iscn import rules

    if not rules.rules_for(diagnosis):
        return
    sets = rules.rule_sets()
    verdicts = rules.assess(known.document, diagnosis, known.lines).verdicts
    if all(verdict.complex != finding.complex for verdict in verdicts):
        counts = ", ".join(f"{v.rule} counts {v.number}, complex from {sets[v.rule].threshold}" for v in verdicts)
        message = f"stated complex: {str(finding.complex).lower()}; the ISCN string says otherwise ({counts})"
        yield _warning(f"{at}/complex", "complex", message)


def _genes(finding: Finding, at: str, terms: Terms) -> Iterator[Issue]:
    stated = finding.__dict__
    one = stated.get("gene")
    named = ([(f"{at}/gene", one)] if one else []) + [
        (f"{at}/genes/{n}", g) for n, g in enumerate(stated.get("genes") or ())
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


def _warning(path: str, category: str, message: str) -> Issue:
    return Issue(validator="case", level="warning", category=category, path=path, input_path=path, message=message)
