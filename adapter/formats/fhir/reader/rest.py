"""What no reader took: kept in ``carried`` with its place, and what the case refuses taken out of the case again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.case import read_case, refused
from adapter.errors import CaseError
from adapter.formats.fhir.reader.node import left, remainders, text
from adapter.formats.fhir.reader.restored import place
from adapter.report import Issue, Json, pointer_of

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


def accepted(document: Json) -> tuple[Case, list[Issue]]:
    """The case of ``document``; what the case refuses is carried, with a warning each.

    Raises CaseError where taking out what is refused does not help.
    """
    issues: list[Issue] = []
    for _ in range(_ROUNDS):
        try:
            return read_case(document), issues
        except CaseError as error:
            places = [steps for steps in refused(error.faults, document) if _may_move(steps)]
            if not places:
                raise
            for steps in places:
                _move(document, steps)
            issues += [_refused(fault.pointer, fault.message) for fault in error.faults]
    return read_case(document), issues


def _refused(pointer: str, message: str) -> Issue:
    return Issue(
        validator="fhir reader", level="warning", category="refused", path="", input_path=pointer, message=message
    )


def _may_move(steps: tuple[str, ...]) -> bool:
    """Whether a refused place is a part of the case, and neither all of a section nor what is carried already."""
    return len(steps) > 1 and steps[0] != "carried"


def _move(document: Json, steps: tuple[str, ...]) -> None:
    """Move what stands at a place to ``carried``, under the pointer it would have had."""
    node: Any = document
    for step in steps[:-1]:
        node = node[int(step) if isinstance(node, list) else step]
    value = node.pop(int(steps[-1]) if isinstance(node, list) else steps[-1])
    document.setdefault("carried", []).append({"format": "case", "path": pointer_of(steps), "value": value})
