"""Does a value fit: fixed values, patterns, bindings, and the discriminators that assign a value to a slice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.formats.fhir.checks.definitions import Definitions, Node, ValueSet
from adapter.formats.fhir.checks.document import Member, members
from adapter.report import Json

Conforms = Callable[[Json, Node], bool]


def follows(pattern: Any, value: Any) -> bool:
    """Whether ``value`` holds at least what a FHIR pattern holds; each item of a pattern's list needs a match."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(k in value and follows(p, value[k]) for k, p in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(follows(p, v) for v in value) for p in pattern)
    return bool(pattern == value)


def codings(value: Any) -> list[tuple[str, str]]:
    """System and code of the codings in a CodeableConcept, Coding or Quantity; a bare code has system ""."""
    if isinstance(value, str):
        return [("", value)]
    if not isinstance(value, dict):
        return []
    listed = value.get("coding", [value])
    found = listed if isinstance(listed, list) else []
    return [(str(c.get("system", "")), str(c["code"])) for c in found if isinstance(c, dict) and "code" in c]


def bound(value: Any, values: ValueSet) -> bool:
    """Whether one coding of a value is in a value set."""
    if isinstance(value, str):
        return values.holds_code(value)
    return any(values.holds(system, code) for system, code in codings(value))


def sliced(node: Node, member: Member, known: Definitions, conforms: Conforms) -> Node | None:
    """The slice of ``node`` a value belongs to: the first that all discriminators accept; None outside all slices."""
    if node.index is not None:
        return _looked_up(node.index, member.value)
    by = node.discriminators
    return next((s for s in node.slices if all(_accepts(s, how, at, member, known, conforms) for how, at in by)), None)


def _looked_up(index: dict[tuple[str, str], Node], value: Any) -> Node | None:
    if not isinstance(value, dict):
        return None
    keys = [("", str(value["url"]))] if "url" in value else codings(value.get("code"))
    return next((index[key] for key in keys if key in index), None)


def _accepts(node: Node, how: str, at: str, member: Member, known: Definitions, conforms: Conforms) -> bool:
    if how == "profile":
        return isinstance(member.value, dict) and conforms(member.value, node)
    if how == "type":
        return _type_accepts(node, at, member)
    names = [] if at == "$this" else at.split(".")
    demanded = _demanded(node, names, known)
    if how == "exists":
        wanted = demanded is None or demanded.most != 0
        return bool(list(_reached([member.value], names))) == wanted
    return demanded is not None and any(fits(demanded, v, known) for v in _reached([member.value], names))


def _demanded(node: Node, names: list[str], known: Definitions) -> Node | None:
    """The node that a discriminator's path leads to, in the slice itself or in the profile of its data type."""
    profiles = (known.profile(url) for url in node.profiles)
    for start in (node, *(p.tree for p in profiles if p is not None)):
        found: Node | None = start
        for name in names:
            found = found.kid(name) if found else None
        if found is not None:
            return found
    return None


def _type_accepts(node: Node, at: str, member: Member) -> bool:
    if at == "$this":
        return member.suffix in node.types
    inner = node.kid(at)
    held = member.value.get(at) if isinstance(member.value, dict) else None
    return inner is not None and isinstance(held, dict) and held.get("resourceType") in inner.types


def _reached(values: list[Any], names: list[str]) -> Iterator[Any]:
    for value in values:
        if not names:
            yield value
        elif isinstance(value, dict):
            inner = members(value, names[0], "", choice=False)
            yield from _reached([m.value for m in inner], names[1:])


def fits(node: Node, value: Any, known: Definitions) -> bool:
    """Whether a value has all that tells a slice: fixed values, patterns and required bindings, at any depth."""
    if node.fixed is not None and value != node.fixed:
        return False
    if node.pattern is not None and not follows(node.pattern, value):
        return False
    if node.binding and node.binding[0] == "required":
        values = known.value_set(node.binding[1])
        if values is not None and not bound(value, values):
            return False
    telling = [row for row in node.kids if _tells(row[2])]
    if not isinstance(value, dict):
        return not telling
    return all(
        any(fits(kid, m.value, known) for m in members(value, name, "", choice=choice)) for name, choice, kid in telling
    )


def _tells(node: Node) -> bool:
    return node.fixed is not None or node.pattern is not None or any(_tells(kid) for _, _, kid in node.kids)
