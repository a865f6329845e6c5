"""Case rules, format checks and servers, into one report (design.md section 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapter.clock import now
from adapter.convert import Converted, convert
from adapter.errors import CaseError, ReadError
from adapter.formats import form, recognise
from adapter.formats.base import Check, Format, Tier
from adapter.report import Checked, Issue, Report
from adapter.terms import Terms, load

if TYPE_CHECKING:
    from adapter.server import Client

TIERS: tuple[Tier, ...] = ("basic", "profile", "all")


def check(document: Any, *, tier: Tier = "basic", source: str | None = None, terms: Terms | None = None) -> Report:
    """What the validators of ``document``'s format up to ``tier`` find in it.

    ``source`` names the format and is recognised when absent. A document of no known format is one error of category
    ``format``, not an exception: a report is an answer.
    """
    terms = terms or load()
    try:
        found = form(source) if source else recognise(document)
    except ReadError as error:
        return Report(
            (), (Issue(validator="adapter", level="error", category="format", path="", message=error.message),)
        )
    return _run(found, document, tier, terms)


def check_on_server(
    document: Any, client: Client, *, source: str | None = None, profile: str = "", terms: Terms | None = None
) -> Report:
    """What the ``$validate`` of a FHIR server finds in a FHIR document; in a case, in the FHIR written from it.

    The paths of issues point into the FHIR document, their input paths into the case. A phenopacket is taken as the
    case it holds. What could not be validated is an issue of category ``not-checked``.
    """
    from adapter.server import validate

    terms = terms or load()
    try:
        if (source or recognise(document).name) == "fhir":
            return validate(document, client, profile=profile)
        converted = convert(document, "fhir", at=now(), source=source, terms=terms)
    except (CaseError, ReadError) as error:
        unread = Issue(
            validator=f"server:{client.server.id}",
            level="error",
            category="not-checked",
            path="",
            message=f"no FHIR document to validate: {error}",
        )
        return Report((), (unread,))
    reports = [_located(validate(one.document, client), one) for one in converted]
    return sum(reports, Report())


def check_converted(converted: Converted, to: str, *, tier: Tier = "basic", terms: Terms | None = None) -> Report:
    """The report on a document just written, each issue with the input path it came from where the ledger knows it."""
    report = _run(form(to), converted.document, tier, terms or load())
    if not report.issues:
        return replace(report, issues=converted.issues)
    # Reading a case and checking one say the same of it: once is enough.
    return replace(report, issues=tuple(dict.fromkeys(converted.issues + _located(report, converted).issues)))


def _located(report: Report, converted: Converted) -> Report:
    """``report`` with the input path of each issue where the ledger knows it."""
    inputs = {row["output"]: row["input"] for row in converted.explain() if row["input"]}
    return replace(
        report,
        issues=tuple(i if i.input_path else replace(i, input_path=_nearest(inputs, i.path)) for i in report.issues),
    )


def _run(found: Format, document: Any, tier: Tier, terms: Terms) -> Report:
    checks = [c for c in found.checks if TIERS.index(c.tier) <= TIERS.index(tier)]
    return Report(
        tuple(Checked(c.validator, c.version, c.what) for c in checks),
        tuple(issue for c in checks for issue in _issues(c, document, terms)),
    )


def _issues(one: Check, document: Any, terms: Terms) -> tuple[Issue, ...]:
    return tuple(one.run(document, terms))


def _nearest(inputs: dict[str, str], pointer: str) -> str:
    while pointer:
        if pointer in inputs:
            return inputs[pointer]
        pointer = pointer.rpartition("/")[0]
    return ""
