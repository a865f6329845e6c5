"""A parsed document read as a case, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from adapter.case.findings import Finding
from adapter.case.findings.finding import Finding as Shape
from adapter.case.links import broken
from adapter.case.model import Case, without_nulls
from adapter.errors import CaseError, Fault, NomenclatureError
from adapter.report import in_order, steps_of

_MESSAGES = {
    "extra_forbidden": ("unknown", "the case format has no such field"),
    "missing": ("missing", "this field is required"),
    "union_tag_not_found": ("missing", "a finding needs its kind"),
    "model_type": ("type", "expected an object"),
    "dict_type": ("type", "expected an object"),
    "model_attributes_type": ("type", "expected an object"),
    "string_type": ("type", "expected text"),
    "tuple_type": ("type", "expected a list"),
    "bool_type": ("type", "expected true or false"),
    "too_short": ("missing", "expected at least one item"),
    "string_pattern_mismatch": ("text", "expected text that is not blank and has no control characters"),
    "string_unicode": ("text", "expected text of valid Unicode characters"),
}


def read_case(document: Any) -> Case:
    """The case that a parsed JSON or YAML ``document`` states; ``document`` is not changed.

    Raises CaseError with all faults in document order, none of which repeats a value of the document.
    """
    try:
        return Case.model_validate(document)
    except ValidationError as error:
        raise CaseError(in_document_order(faults(error, document), document)) from None


def faults(error: ValidationError, document: Any) -> Iterator[Fault]:
    """What pydantic found, as faults; links and rules are looked at even where some other field is wrong."""
    yield from broken(document)
    for one in error.errors(include_url=False, include_input=False):
        context = one.get("ctx", {})
        if one["type"] == "contradiction":
            yield from context["faults"]
            return
        yield _fault(one["type"], one["msg"], context, pointer(one["loc"], document, missing=one["type"] == "missing"))
    yield from _contradictions(document)


def _contradictions(document: Any) -> Iterator[Fault]:
    """Rules broken by those findings that have the right shape, in a case that has not."""
    items = document.get("findings") if isinstance(document, Mapping) else None
    subject = document.get("subject") if isinstance(document, Mapping) else None
    sex = subject.get("sex") if isinstance(subject, Mapping) else None
    for n, item in enumerate(items if isinstance(items, list) else ()):
        try:
            finding: Shape = _finding().validate_python(without_nulls(item))
        except ValidationError:
            continue
        for fault in finding.faults(sex if isinstance(sex, str) else None):
            yield Fault(f"/findings/{n}{fault.pointer}", fault.code, fault.message)


@cache
def _finding() -> TypeAdapter[Any]:
    return TypeAdapter(Finding)


def _fault(type: str, message: str, context: Mapping[str, Any], at: str) -> Fault:
    cause = context.get("error")
    if isinstance(cause, NomenclatureError):
        return Fault(at, "quantity", f"characters {cause.start + 1} to {cause.end}: {cause.message}")
    if type == "literal_error":
        return Fault(at, "value", f"expected {context['expected']}")
    if type == "union_tag_invalid":
        return Fault(f"{at}/kind", "value", f"expected {context['expected_tags']}")
    if at == "/id" and type == "string_pattern_mismatch":
        return Fault(at, "text", "expected 1 to 64 of letters, digits, dot, underscore and hyphen")
    return Fault(at, *_MESSAGES.get(type, (type, message)))


def pointer(loc: tuple[int | str, ...], document: Any, *, missing: bool = False) -> str:
    """JSON pointer of a place pydantic names; the tags of unions, which are no part of the document, are left out."""
    path, node = "", document
    for n, step in enumerate(loc):
        last = missing and n == len(loc) - 1
        if isinstance(node, Mapping) and (step in node or last):
            node = node.get(step)
        elif isinstance(node, list | tuple) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            continue
        path += "/" + str(step).replace("~", "~0").replace("/", "~1")
    return path


def in_document_order(found: Iterator[Fault], document: Any) -> tuple[Fault, ...]:
    """Faults in the order of the document, one at each place and of each code; a field that is missing comes last."""
    unique = {(fault.pointer, fault.code): fault for fault in reversed(list(found))}
    return tuple(sorted(unique.values(), key=lambda fault: _order(fault.pointer, document)))


def refused(faults: Iterable[Fault], document: Any) -> list[tuple[str, ...]]:
    """What has to be taken out of ``document`` so that none of these faults is left, the last first.

    The field of a fault, or the whole part that lacks one; a place that is not there stands for what should hold it.
    None is within another and none moves before its turn, so that of two faults of one finding the second does not
    meet the finding that took its place.
    """
    found = set()
    for fault in faults:
        steps = steps_of(fault.pointer)
        steps = steps[:2] if fault.code == "missing" else steps
        while steps and _at(document, steps) is None:
            steps = steps[:-1]
        found.add(steps)
    outer = [one for one in found if one and not any(one[:n] in found for n in range(1, len(one)))]
    return sorted(outer, key=in_order, reverse=True)


def _at(document: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        if isinstance(document, Mapping):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _order(at: str, document: Any) -> list[int]:
    order, node = [], document
    for key in steps_of(at):
        if isinstance(node, Mapping):
            order.append(list(node).index(key) if key in node else len(node))
            node = node.get(key)
        elif isinstance(node, list | tuple):
            order.append(int(key))
            node = node[int(key)]
    return order
