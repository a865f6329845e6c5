"""What holds wherever it stands in a document: extensions, codes of complete code systems, UCUM units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.formats.fhir.checks.definitions import Definitions, Node, Profile
from adapter.formats.fhir.checks.document import Member, members
from adapter.formats.fhir.checks.matching import bound, sliced
from adapter.report import Json, Level

UCUM = "http://unitsofmeasure.org"
Finding = tuple[Level, str, str, str]
# A term of UCUM (case sensitive, section 2): atoms with exponents, annotations, brackets, 10* and 10^; "." and "/"
# between them. Which atoms exist is not checked.
_ATOM = r"(?:10[*^]|(?:[A-Za-z%'\"_]|\[[^\[\]\s]+\])+|\d+)(?:[+-]?\d+)?"
_TERM = rf"(?:{_ATOM}(?:\{{[^{{}}]*\}})?|\{{[^{{}}]*\}}|\((?:[^()]*)\)(?:[+-]?\d+)?)"
_UNIT = re.compile(rf"/?{_TERM}(?:[./]{_TERM})*")


def parts(document: Json, known: Definitions) -> Iterator[Finding]:
    """Findings about the parts of a document, in no order that matters."""
    stack: list[tuple[str, str, str, Any]] = [("", "", "", document)]
    while stack:
        pointer, name, path, node = stack.pop()
        if isinstance(node, list):
            stack.extend((f"{pointer}/{n}", name, path, v) for n, v in enumerate(node) if isinstance(v, dict | list))
            continue
        if name in ("extension", "modifierExtension"):
            yield from _extension(node, pointer, path, known)
        elif "code" in node and "system" in node:
            yield from _coded(node, pointer, known)
        here = str(node["resourceType"]) if "resourceType" in node else path
        for key, value in node.items():
            if isinstance(value, dict | list):
                inner = here if key in ("extension", "modifierExtension") else f"{here}.{key.lstrip('_')}"
                stack.append((f"{pointer}/{key}", key, inner, value))


def _coded(node: Json, pointer: str, known: Definitions) -> Iterator[Finding]:
    system, code = node["system"], node["code"]
    if not isinstance(system, str) or not isinstance(code, str):
        return
    if system == UCUM:
        if not _UNIT.fullmatch(code):
            yield "error", "ucum", f"{pointer}/code", "not the form of a UCUM unit"
        return
    codes = known.codes(system)
    if codes is not None and code not in codes:
        yield "error", "unknown-code", f"{pointer}/code", "the code system has no such code"


def _extension(node: Json, pointer: str, path: str, known: Definitions) -> Iterator[Finding]:
    url = node.get("url")
    profile = known.profile(url) if isinstance(url, str) and ":" in url else None
    if profile is None or profile.type != "Extension":
        return
    if not _allowed(profile, path):
        yield "error", "extension-context", pointer, "this extension is not for this element"
    yield from _members(profile, node, pointer, known)


def _allowed(profile: Profile, path: str) -> bool:
    """Whether an extension may stand on the element; contexts of data types cannot be told from a path and pass."""
    if not profile.contexts or "." not in path:
        kinds = {c.partition(".")[0] for c in profile.contexts}
        general = {"Element", "Resource", "DomainResource", "CanonicalResource", "MetadataResource"}
        return not profile.contexts or path in profile.contexts or bool(general & kinds)
    rooted = all("." in c and c.partition(".")[0][:1].isupper() for c in profile.contexts)
    return not rooted or any(_same(path, c) for c in profile.contexts)


def _same(path: str, context: str) -> bool:
    stem = context.removesuffix("[x]")
    return path == context or (stem != context and path.startswith(stem))


def _members(profile: Profile, node: Json, pointer: str, known: Definitions) -> Iterator[Finding]:
    """An extension's value type, value set and inner extensions."""
    for name, choice, kid in profile.tree.kids:
        if name == "url":
            continue
        found = members(node, name, pointer, choice=choice)
        if len(found) < kid.least:
            yield "error", "extension-value", pointer, f"expected {kid.least} or more {name}"
        if kid.most is not None and len(found) > kid.most:
            yield "error", "extension-value", pointer, f"expected no more than {kid.most} {name}"
        for member in found:
            if kid.types and member.suffix not in kid.types:
                yield "error", "extension-value", member.pointer, f"expected one of the types {', '.join(kid.types)}"
            if kid.binding and kid.binding[0] == "required":
                values = known.value_set(kid.binding[1])
                if values is not None and member.value is not None and not bound(member.value, values):
                    yield "error", "extension-value", member.pointer, "expected a code of the extension's value set"
        yield from _inner(kid, found, pointer, known)


def _inner(node: Node, found: list[Member], pointer: str, known: Definitions) -> Iterator[Finding]:
    counted = dict.fromkeys((s.name for s in node.slices), 0)
    for member in found:
        one = sliced(node, member, known, lambda *_: False)
        if one is None:
            if node.closed:
                yield "error", "extension-value", member.pointer, "the extension has no such inner extension"
            continue
        counted[one.name] += 1
        inner = Profile("", "Extension", one, (), True)
        yield from _members(inner, member.value, member.pointer, known)
    for one in node.slices:
        if counted[one.name] < one.least:
            yield "error", "extension-value", pointer, f"expected the inner extension {one.name}"
        if one.most is not None and counted[one.name] > one.most:
            yield "error", "extension-value", pointer, f"expected {one.most} inner extension {one.name} at most"
