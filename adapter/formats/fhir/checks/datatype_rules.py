"""Rules of tier 2 for data types, wherever they stand: references, extensions, ranges, periods, codings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from adapter.formats.fhir.checks.finding import Context, Found, error, is_number, warning
from adapter.formats.fhir.checks.vocabulary import Vocabulary
from adapter.report import Issue, Json

_LOCAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")


def part_issues(one: Found, context: Context) -> Iterator[Issue]:
    """What the rules for data types find anywhere in a resource."""
    stack: list[tuple[str, str, Any]] = [(one.pointer, "", one.resource)]
    while stack:
        pointer, name, node = stack.pop()
        if isinstance(node, dict):
            yield from _part(pointer, name, node, context)
            stack.extend((f"{pointer}/{k}", k, v) for k, v in node.items() if isinstance(v, dict | list))
        else:
            stack.extend((f"{pointer}/{n}", name, v) for n, v in enumerate(node) if isinstance(v, dict | list))


def _part(pointer: str, name: str, node: Json, context: Context) -> Iterator[Issue]:
    if "reference" in node:
        yield from _reference(pointer, node, context)
    if name in {"extension", "modifierExtension"}:
        yield from _extension(pointer, node)
    if name.endswith("Range") and ("low" in node or "high" in node):
        yield from _range(pointer, node)
    if name.endswith("Period") or name == "period":
        yield from _period(pointer, node)
    if "code" in node and "value" in node and "system" not in node and name.endswith("Quantity"):
        yield error("qty-3", pointer, "a unit code needs its system")
    if name == "coding":
        yield from _coding(pointer, node, context.words)


def _reference(pointer: str, node: Json, context: Context) -> Iterator[Issue]:
    """reference: a urn must be an entry of the bundle; Type/id may lead to a server, which is a warning."""
    target = node["reference"]
    if not isinstance(target, str) or target.startswith("#") or not context.bundled or target in context.targets:
        return
    if target.startswith("urn:"):
        yield error("reference", f"{pointer}/reference", "no entry of this bundle has that fullUrl")
    elif _LOCAL.fullmatch(target):
        yield warning("reference", f"{pointer}/reference", "no entry of this bundle has that type and id")


def _extension(pointer: str, node: Json) -> Iterator[Issue]:
    valued = any(k.startswith(("value", "_value")) for k in node)
    if valued == ("extension" in node):
        yield error("ext-1", pointer, "an extension has either a value or extensions")


def _range(pointer: str, node: Json) -> Iterator[Issue]:
    low, high = (_member(node, end) for end in ("low", "high"))
    if is_number(low) and is_number(high) and low > high:
        yield error("rng-2", pointer, "low is above high")


def _member(node: Json, end: str) -> Any:
    quantity = node.get(end)
    return quantity.get("value") if isinstance(quantity, dict) else None


def _period(pointer: str, node: Json) -> Iterator[Issue]:
    start, end = node.get("start"), node.get("end")
    if isinstance(start, str) and isinstance(end, str) and start[: len(end)] > end[: len(start)]:
        yield error("per-1", pointer, "start is after end")


def _coding(pointer: str, node: Json, words: Vocabulary) -> Iterator[Issue]:
    system, code = node.get("system"), node.get("code")
    if not isinstance(system, str) or not isinstance(code, str):
        return
    if system in words.misspelt:
        yield warning("system", f"{pointer}/system", f"expected {words.misspelt[system]}")
    if words.check_digit_fails(system, code):
        yield error("check-digit", f"{pointer}/code", "the check digit of this code is wrong")
    wanted = words.labels.get((system, code))
    shown = node.get("display")
    if wanted and isinstance(shown, str) and shown not in wanted:
        yield warning("display", f"{pointer}/display", "not a label that the mapping tables give this code")
