"""A FHIR document as tier 4 sees it: its resources, what its references lead to, the members of an element."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from adapter.report import Json

_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(?:/_history/[A-Za-z0-9.-]{1,64})?$")


class Member(NamedTuple):
    """One value of an element: where it stands, its JSON value, its ``_`` sibling, the type a choice's name ends in."""

    pointer: str
    value: Any
    beside: Any
    suffix: str


def members(node: Json, name: str, pointer: str, *, choice: bool) -> list[Member]:
    """The values of an element of ``node``; those of a choice (``value[x]``) by its name without the type."""
    if not choice:
        value, beside = node.get(name), node.get(f"_{name}")
        return _listed(value, beside, f"{pointer}/{name}", "") if value is not None or beside is not None else []
    found: list[Member] = []
    for key in node:
        bare = key.lstrip("_")
        suffix = bare[len(name) :]
        if bare.startswith(name) and suffix[:1].isupper() and (bare == key or bare not in node):
            found += _listed(node.get(bare), node.get(f"_{bare}"), f"{pointer}/{bare}", suffix)
    return found


def _listed(value: Any, beside: Any, pointer: str, suffix: str) -> list[Member]:
    if not isinstance(value, list) and not isinstance(beside, list):
        return [Member(pointer, value, beside, suffix)]
    values = value if isinstance(value, list) else []
    besides = beside if isinstance(beside, list) else []
    size = max(len(values), len(besides))
    values, besides = values + [None] * (size - len(values)), besides + [None] * (size - len(besides))
    return [Member(f"{pointer}/{n}", v, b, suffix) for n, (v, b) in enumerate(zip(values, besides, strict=True))]


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference leads to: the resource where the document holds it, and the resource type where it is known."""

    resource: Json | None
    type: str


class Document:
    """Resources of a document with their pointers, and its references followed."""

    def __init__(self, root: Json) -> None:
        self.resources = list(_resources(root, ""))
        self._by_url: dict[str, Json] = {}
        entries = root.get("entry") if root.get("resourceType") == "Bundle" else None
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
                self._add(entry["resource"], entry.get("fullUrl"))

    def _add(self, resource: Json, url: Any) -> None:
        if isinstance(url, str):
            self._by_url[url] = resource
        self._by_url.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", resource)

    def follow(self, reference: str, inside: Json) -> Json | None:
        """The resource that a reference from ``inside`` leads to, if the document holds it."""
        if reference.startswith("#"):
            contained = inside.get("contained")
            found = contained if isinstance(contained, list) else []
            return next((c for c in found if isinstance(c, dict) and c.get("id") == reference[1:]), None)
        return self._by_url.get(reference)

    def target(self, reference: Json, inside: Json) -> Target:
        """Where a Reference leads; type "" when it does not say."""
        url = reference.get("reference")
        if isinstance(url, str):
            resource = self.follow(url, inside)
            if resource is not None:
                return Target(resource, str(resource.get("resourceType")))
            named = _REFERENCE.search(url)
            if named:
                return Target(None, named[1])
        kind = reference.get("type")
        return Target(None, kind if isinstance(kind, str) else "")


def _resources(node: Json, pointer: str) -> Iterator[tuple[str, Json]]:
    """A resource and those inside it (entries, contained, parameters), outermost first."""
    yield pointer, node
    for name, inner in (("entry", "resource"), ("contained", ""), ("parameter", "resource")):
        listed = node.get(name)
        for n, one in enumerate(listed if isinstance(listed, list) else []):
            held = one.get(inner) if inner and isinstance(one, dict) else one
            if isinstance(held, dict) and "resourceType" in held:
                yield from _resources(held, f"{pointer}/{name}/{n}" + (f"/{inner}" if inner else ""))
