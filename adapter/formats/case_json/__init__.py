"""Our own format: a case as it was stated (case format, version 1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.case import Case, read_case
from adapter.case.rules import case_issues
from adapter.errors import CaseError
from adapter.formats.base import Check, Format, Options, ReadCase, Written
from adapter.normalise import normalise
from adapter.report import Issue, Ledger
from adapter.terms import Terms

VERSION = "1"
RULE = "case-format:1"


def recognises(document: Any) -> bool:
    """Whether a parsed document says that it is a case."""
    return isinstance(document, dict) and "case_format" in document


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The case of a document; raises CaseError with all faults."""
    case = read_case(document)
    yield ReadCase(case, issues=tuple(case_issues(normalise(case, terms), terms)))


def write(case: Case, terms: Terms, options: Options) -> Written:  # noqa: ARG001
    """The case as it was stated: every leaf is its own source."""
    document, ledger = case.to_json(), Ledger()
    _place(document, "", ledger)
    return Written(document, ledger)


def _place(node: Any, pointer: str, ledger: Ledger) -> None:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        step = str(key).replace("~", "~0").replace("/", "~1")
        if isinstance(value, dict | list):
            _place(value, f"{pointer}/{step}", ledger)
        else:
            ledger.put(node, f"{pointer}/{step}", RULE, str(key))


def _check(document: Any, terms: Terms) -> Iterator[Issue]:
    """Faults of a document as errors; of a sound case, what is odd about it as warnings."""
    try:
        case = read_case(document)
    except CaseError as error:
        for fault in error.faults:
            yield Issue(
                validator="case",
                level="error",
                category=fault.code,
                path=fault.pointer,
                input_path=fault.pointer,
                message=fault.message,
            )
        return
    yield from case_issues(normalise(case, terms), terms)


FORMAT = Format(
    name="case",
    title="Case of a haematological malignancy, version 1",
    media_type="application/vnd.haem-adapter.case+json",
    recognises=recognises,
    write=write,
    read=read,
    checks=(Check("case", VERSION, "fields, quantities, references and rules of the case format", "basic", _check),),
    carries=frozenset({"everything stated"}),
)
