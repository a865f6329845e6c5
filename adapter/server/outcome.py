"""OperationOutcome, in the dialects servers write it, to our issues."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from adapter.report import Issue, Json, Level

_LEVELS: dict[str, Level] = {
    "fatal": "error",
    "error": "error",
    "warning": "warning",
    "information": "information",
    "success": "information",
}
# Issue types that speak of the request or the server, not of the resource (FHIR R4 value set issue-type).
_ABOUT_SERVER = frozenset(
    {
        "security",
        "login",
        "unknown",
        "expired",
        "forbidden",
        "not-supported",
        "too-costly",
        "transient",
        "lock-error",
        "no-store",
        "exception",
        "timeout",
        "incomplete",
        "throttled",
    }
)
_NO_OPERATION = re.compile(
    r"does not know how to handle|(unknown|unsupported|no such) operation"
    r"|(operation|\$validate).{0,80}(unknown|not (supported|implemented|allowed))",
    re.IGNORECASE,
)
_NOT_KNOWN = re.compile(
    r"not been checked|not (be )?(found|resolved|known|loaded)|unknown profile|unable to (locate|resolve|find|retrieve)"
    r"|fail(ed|ure)? to (load|resolve|find|retrieve|fetch)|does not exist|unresolv",
    re.IGNORECASE,
)
_LACKS_DEFINITION = re.compile(r"slicing cannot be evaluated|profile.{0,300}could not be resolved", re.IGNORECASE)
_STEP = re.compile(r"([A-Za-z][A-Za-z0-9]*)((?:\[\d+\])*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST, _MOST = 500, 1000


def outcome(body: Json | None) -> list[Json] | None:
    """The issues of an OperationOutcome, also of one inside Parameters; None when the body is not a usable one."""
    if body and body.get("resourceType") == "Parameters":
        inside = [p.get("resource") for p in _dicts(body.get("parameter")) if p.get("name") == "return"]
        body = inside[0] if inside and isinstance(inside[0], dict) else None
    if not body or body.get("resourceType") != "OperationOutcome":
        return None
    found = body.get("issue")
    if not isinstance(found, list) or not found or not all(_usable(i) for i in found):
        return None
    return found


def is_result(status: int, issues: list[Json]) -> bool:
    """Whether an OperationOutcome says something of the resource, not only that the server could not look at it.

    Old servers answer 400, 412 or 422 to an invalid resource; such an answer without an error contradicts itself.
    """
    if status == 200:
        return True
    errors = [i for i in issues if _LEVELS[i["severity"]] == "error"]
    return (
        status in {400, 412, 422}
        and bool(errors)
        and not any(i["code"] in _ABOUT_SERVER or _NO_OPERATION.search(text(i)) for i in errors)
    )


def to_issues(
    found: Iterable[Json], resource: Json, *, validator: str, prefix: str = "", profiles: Iterable[str] = ()
) -> tuple[Issue, ...]:
    """Our issues, located in ``resource``, whose own pointer in the document is ``prefix``.

    What says that one of ``profiles``, or a definition it rests on, is not known to the server is no remark but a check
    that did not happen.
    """
    issues = [_issue(i, resource, validator, prefix, tuple(profiles)) for i in list(found)[:_MOST]]
    return tuple(dict.fromkeys(issues))


def text(issue: Json) -> str:
    """What an issue says: diagnostics, else details, on one line and not endless."""
    details = issue.get("details") if isinstance(issue.get("details"), dict) else {}
    coded = [c.get("display") or c.get("code") for c in _dicts((details or {}).get("coding"))]
    said = [issue.get("diagnostics"), (details or {}).get("text"), *coded]
    return plain(next((s for s in said if isinstance(s, str) and s.strip()), "no text"))


def plain(words: str) -> str:
    """A server's words on one line, without control characters, cut at 500."""
    line = _CONTROL.sub(" ", words).strip()
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def pointer(expression: str, resource: Any) -> str:
    """JSON pointer of a simple FHIRPath such as ``Observation.component[1].value``; as far as it can be followed.

    ``value`` of a choice element is the member the resource has (``valueQuantity``); a step of a list without an index
    ends the pointer at the list.
    """
    found, node = "", resource
    for name, indexes in _STEP.findall(_strip(expression)):
        key = _member(node, name)
        if key is None:
            return found
        node, found = node[key], f"{found}/{key}"
        for index in re.findall(r"\d+", indexes):
            if isinstance(node, list) and int(index) < len(node):
                node, found = node[int(index)], f"{found}/{index}"
        if isinstance(node, list) and not indexes and len(node) == 1:
            node, found = node[0], f"{found}/0"
    return found


def _strip(expression: str) -> str:
    """The steps after the type, up to the first that is no plain step; HAPI's comments left out."""
    simple = re.sub(r"/\*.*?\*/", "", expression)
    simple = re.sub(r"\.(ofType|as|where|resolve|extension)\(.*", "", simple)
    return simple.partition(".")[2]


def _member(node: Any, name: str) -> str | None:
    if not isinstance(node, dict):
        return None
    if name in node:
        return name
    return next((k for k in node if k.startswith(name) and k[len(name) : len(name) + 1].isupper()), None)


def _issue(found: Json, resource: Json, validator: str, prefix: str, profiles: tuple[str, ...]) -> Issue:
    said, level, category = text(found), _LEVELS[found["severity"]], plain(found["code"])[:64]
    unknown = _NOT_KNOWN.search(said) and any(p.partition("|")[0] in said for p in profiles)
    if unknown or _LACKS_DEFINITION.search(said):
        level, category = ("error" if level == "error" else "warning"), "not-checked"
    places = found.get("expression") or found.get("location")
    place = places[0] if isinstance(places, list) and places and isinstance(places[0], str) else ""
    return Issue(
        validator=validator,
        level=level,
        category=category,
        path=prefix + pointer(place, resource),
        message=said,
    )


def _usable(issue: Any) -> bool:
    return isinstance(issue, dict) and issue.get("severity") in _LEVELS and isinstance(issue.get("code"), str)


def _dicts(found: Any) -> list[Json]:
    return [i for i in found if isinstance(i, dict)] if isinstance(found, list) else []
