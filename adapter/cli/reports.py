"""Reports for people (grouped, the worst first) and for code hosting and CI (SARIF 2.1.0)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from adapter.cli.inputs import Input
from adapter.report import Issue, Json, Report

_LEVELS = {"error": "errors", "warning": "warnings", "information": "information"}
_SARIF_LEVELS = {"error": "error", "warning": "warning", "information": "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def grouped(source: Input, report: Report) -> Iterator[str]:
    """Lines for a person: a verdict with numbers, then each level, rule and message once with its places."""
    numbers = {level: sum(issue.level == level for issue in report.issues) for level in _LEVELS}
    told = ", ".join(f"{n} {_word(level, n)}" for level, n in numbers.items() if n)
    yield f"{source.place}: {'valid' if report.valid else 'not valid'}{f' ({told})' if told else ''}"
    groups: dict[tuple[str, str, str, str], list[Issue]] = {}
    for issue in sorted(report.issues, key=lambda one: list(_LEVELS).index(one.level)):
        groups.setdefault((issue.level, issue.validator, issue.category, issue.message), []).append(issue)
    for (level, validator, category, message), issues in groups.items():
        yield f"  {level}: {message} [{validator}: {category}]"
        yield from (f"    {issue.path or '/'}{_from(issue)}" for issue in issues)
    for checked in report.checked:
        yield f"  checked: {checked.validator} {checked.version}: {checked.what}"


def _word(level: str, number: int) -> str:
    return level if number == 1 else _LEVELS[level]


def _from(issue: Issue) -> str:
    return f" (from {issue.input_path})" if issue.input_path else ""


def sarif(results: Iterable[tuple[Input, Report]]) -> Json:
    """All reports as one SARIF log: a result per issue, at its file and line, with the JSON pointer of its place."""
    pairs = list(results)
    issues = [(source, issue) for source, report in pairs for issue in report.issues]
    rules = sorted({_rule(issue) for _, issue in issues})
    driver = {
        "name": "haem-adapter",
        "version": version("haem-adapter"),
        "rules": [{"id": rule} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": not any(i.category == "not-checked" for _, i in issues)}],
        "results": [_result(source, issue) for source, issue in issues],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(issue: Issue) -> str:
    return f"{issue.validator}/{issue.category}"


def _result(source: Input, issue: Issue) -> Json:
    places = [{"fullyQualifiedName": issue.path or "/", "kind": "object"}]
    if issue.input_path not in ("", issue.path):
        places.append({"fullyQualifiedName": issue.input_path, "kind": "object"})
    return {
        "ruleId": _rule(issue),
        "level": _SARIF_LEVELS[issue.level],
        "message": {"text": issue.message},
        "locations": [{"physicalLocation": _physical(source), "logicalLocations": places}],
    }


def _physical(source: Input) -> Json:
    """The file as a relative or absolute URI; NDJSON has one document a line."""
    path = Path(source.file)
    uri = "stdin" if source.file == "-" else path.as_uri() if path.is_absolute() else path.as_posix()
    return {"artifactLocation": {"uri": uri}, "region": {"startLine": source.line or 1}}
