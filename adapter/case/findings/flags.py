"""What rule sets that fit the diagnosis say of a karyotype; without a diagnosis nothing, since definitions differ."""

from __future__ import annotations

from collections.abc import Iterator

from adapter.case.facts import Flag
from adapter.case.findings.engines import KnownString
from adapter.nomenclature.iscn import rules
from adapter.nomenclature.iscn.render import abnormality_text


def flags(known: KnownString, diagnosis: str | None) -> tuple[Flag, ...]:
    """Complex and monosomal karyotype and ploidy class of a text, each with the rule set and the items it counted.

    None of a text that shows a donor's cells alone.
    """
    if diagnosis is None or all(line.clone.population == "donor" for line in known.lines):
        return ()
    summary = rules.assess(known.document, diagnosis, known.lines)
    return tuple(_flags(summary, diagnosis))


def _flags(summary: rules.Summary, diagnosis: str) -> Iterator[Flag]:
    for verdict in summary.verdicts:
        yield Flag("complex-karyotype", verdict.complex, _why(verdict))
    if rules.fits(diagnosis, rules.MONOSOMAL_IN):
        items = ", ".join(map(abnormality_text, summary.monosomal.items))
        disputed = " (disputed: rests on a marker or a derivative)" if summary.monosomal.disputed else ""
        yield Flag("monosomal-karyotype", summary.monosomal.present, f"Breems 2008: {items or 'none'}{disputed}")
    if summary.ploidy and rules.fits(diagnosis, rules.PLOIDY_IN):
        yield Flag("ploidy-class", summary.ploidy, "B-ALL ploidy classes, WHO 2022, by chromosome number")


def _why(verdict: rules.Verdict) -> str:
    items = ", ".join(one.text for one in verdict.counted)
    exempt = f", exempt by {verdict.exempt_by}" if verdict.exempt_by else ""
    return f"{verdict.rule}: {verdict.number} counted{exempt}" + (f": {items}" if items else "")
