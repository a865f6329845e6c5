"""What no reader took: kept in ``carried`` with its place, and what the case refuses taken out of the case again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.case import read_case
from adapter.errors import CaseError
from adapter.formats.fhir.reader.node import left, remainders, text
from adapter.formats.fhir.reader.restored import place
from adapter.report import Issue, Json, Loss

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.formats.fhir.reader.entries import Entry

# Members that state nothing of the person: type and id are the place of what is carried, claims are made anew.
_SILENT = ("resourceType", "id", "meta")
_CLAIMS = ("profile", "versionId", "lastUpdated", "source")
# Links of our own resources: they follow from the case and are written anew.
_OWN = ("subject", "partOf", "focus", "derivedFrom", "result", "specimen", "code", "category", "status", "target")
_ROUNDS = 20


def carry(entry: Entry, carried: list[Json], *, whole: bool) -> None:
    """Carry what is left of a resource: all of it in one piece (``whole``), else element by element.

    An element's place is named by the part of the case that its resource became.
    """
    resource = entry.resource
    if text(resource.get("text"), "status") in ("generated", "extensions"):  # it says what the elements say
        resource.pop("text")
    if whole:
        carried.append({"format": "fhir", "path": entry.path, "value": left(resource)})
        return
    meta = resource.get("meta")
    if isinstance(meta, dict) and (labels := {k: v for k, v in meta.items() if k not in _CLAIMS}):
        carried.append({"format": "fhir", "path": f"{place(entry)}/meta", "value": labels})
    for member in (*_SILENT, *(_OWN if entry.own else ())):
        resource.pop(member, None)
    for member in ("subject", "patient"):  # who it is about is told by the case it stands in
        if isinstance(about := resource.get(member), dict):
            about.pop("reference", None)
    carried.extend(
        {"format": "fhir", "path": place, "value": value} for place, value in remainders(resource, place(entry))
    )


def accepted(document: Json) -> tuple[Case, list[Issue], list[Loss]]:
    """The case of ``document``; what the case refuses is carried, with a warning each.

    Raises CaseError where taking out what is refused does not help.
    """
    issues: list[Issue] = []
    for _ in range(_ROUNDS):
        try:
            return read_case(document), issues, []
        except CaseError as error:
            taken = {fault.pointer: fault.message for fault in error.faults}
            if not _without(document, taken):
                raise
            issues += [
                Issue(
                    validator="fhir reader",
                    level="warning",
                    category="refused",
                    path="",
                    input_path=pointer,
                    message=message,
                )
                for pointer, message in taken.items()
            ]
    return read_case(document), issues, []


def _refused(pointer: str, message: str) -> Issue:
    return Issue(
        validator="fhir reader", level="warning", category="refused", path="", input_path=pointer, message=message
    )


def _without(document: Json, pointers: dict[str, str]) -> bool:
    """Move what stands at ``pointers`` to ``carried``; False where nothing was there to move."""
    moved = False
    for pointer in sorted(pointers, key=_from_the_end, reverse=True):
        steps = pointer.split("/")[1:]
        moved |= _move(document, [s.replace("~1", "/").replace("~0", "~") for s in steps], pointer)
    return moved


def _from_the_end(pointer: str) -> list[tuple[int, str]]:
    return [(int(step), "") if step.isdecimal() else (-1, step) for step in pointer.split("/")[1:]]


def _move(document: Json, steps: list[str], pointer: str) -> bool:
    node: Any = document
    for step in steps[:-1]:
        node = _below(node, step)
    if not steps or steps[0] == "carried" or _below(node, steps[-1]) is None:
        return len(steps) > 1 and steps[0] != "carried" and _move(document, steps[:-1], pointer.rpartition("/")[0])
    value = node.pop(int(steps[-1])) if isinstance(node, list) else node.pop(steps[-1])
    document.setdefault("carried", []).append({"format": "case", "path": pointer, "value": value})
    return True


def _below(node: Any, step: str) -> Any:
    if isinstance(node, list):
        return node[int(step)] if step.isdecimal() and int(step) < len(node) else None
    return node.get(step) if isinstance(node, dict) else None
