"""Case rules, format checks and servers, into one report (design.md section 8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.convert import Converted
from adapter.errors import ReadError
from adapter.formats import form, recognise
from adapter.formats.base import Check, Format, Tier
from adapter.report import Checked, Issue, Report
from adapter.terms import Terms, load

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


def check_converted(converted: Converted, to: str, *, tier: Tier = "basic", terms: Terms | None = None) -> Report:
    """The report on a document just written, each issue with the input path it came from where the ledger knows it."""
    report = _run(form(to), converted.document, tier, terms or load())
    if not report.issues:
        return replace(report, issues=converted.issues)
    inputs = {row["output"]: row["input"] for row in converted.explain() if row["input"]}
    located = tuple(i if i.input_path else replace(i, input_path=_nearest(inputs, i.path)) for i in report.issues)
    return replace(report, issues=converted.issues + located)


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
