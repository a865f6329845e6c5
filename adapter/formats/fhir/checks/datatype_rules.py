"""Rules of tier 2 for data types, wherever they stand: references, extensions, ranges, periods, codings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from adapter.formats.fhir.checks.finding import VALUES, Context, Place, Rule, error, is_number, warning
from adapter.report import Issue, Json

_VALUES = VALUES | {f"_{name}" for name in VALUES}
_LOCAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}")


def part_issues(resource: Json, at: Place, context: Context) -> Iterator[Issue]:
    """What the rules for data types find anywhere in a resource."""
    targets = context.targets
    todo: list[tuple[Json, Rule | None, Place]] = [(resource, None, at)]
    for node, rule, place in todo:  # which grows while it is walked
        if rule is not None and (said := rule(node, place, context)):
            yield from said
        for key, value in node.items():
            if isinstance(value, str):
                if key == "reference" and value not in targets:
                    yield from _reference(value, (place, key), context)
            elif isinstance(value, dict):
                todo.append((value, _rule_of(key), (place, key)))
            elif isinstance(value, list):
                below, inner = (place, key), _rule_of(key)
                for n, one in enumerate(value):
                    if isinstance(one, dict):
                        todo.append((one, inner, (below, n)))


@lru_cache(maxsize=1024)
def _rule_of(name: str) -> Rule | None:
    """The rule for elements of a name: data types are told from it, as JSON states none."""
    if name in {"extension", "modifierExtension"}:
        return _extension
    ends = {"coding": _coding, "Range": _range, "Period": _period, "period": _period, "Quantity": _quantity}
    return next((rule for end, rule in ends.items() if name.endswith(end)), None)


def _reference(target: str, at: Place, context: Context) -> Iterator[Issue]:
    """reference: a urn must be an entry of the bundle; Type/id may lead to a server, which is a warning."""
    if not context.bundled or target.startswith("#"):
        return
    if target.startswith("urn:"):
        yield error("reference", at, "no entry of this bundle has that fullUrl")
    elif _LOCAL.fullmatch(target):
        yield warning("reference", at, "no entry of this bundle has that type and id")


def _extension(node: Json, at: Place, _: Context) -> Iterable[Issue]:
    if _VALUES.isdisjoint(node) == ("extension" in node):
        return ()
    return (error("ext-1", at, "an extension has either a value or extensions"),)


def _range(node: Json, at: Place, _: Context) -> Iterable[Issue]:
    low, high = (_member(node, end) for end in ("low", "high"))
    if is_number(low) and is_number(high) and low > high:
        return (error("rng-2", at, "low is above high"),)
    return ()


def _member(node: Json, end: str) -> Any:
    quantity = node.get(end)
    return quantity.get("value") if isinstance(quantity, dict) else None


def _period(node: Json, at: Place, _: Context) -> Iterable[Issue]:
    start, end = node.get("start"), node.get("end")
    if isinstance(start, str) and isinstance(end, str) and start[: len(end)] > end[: len(start)]:
        return (error("per-1", at, "start is after end"),)
    return ()


def _quantity(node: Json, at: Place, _: Context) -> Iterable[Issue]:
    if "code" in node and "value" in node and "system" not in node:
        return (error("qty-3", at, "a unit code needs its system"),)
    return ()


def _coding(node: Json, at: Place, context: Context) -> Iterable[Issue]:
    system, code = node.get("system"), node.get("code")
    if not isinstance(system, str) or not isinstance(code, str):
        return ()
    words, found = context.words, []
    if system in words.misspelt:
        found.append(warning("system", (at, "system"), f"expected {words.misspelt[system]}"))
    if words.check_digit_fails(system, code):
        found.append(error("check-digit", (at, "code"), "the check digit of this code is wrong"))
    wanted = words.labels.get((system, code))
    shown = node.get("display")
    if wanted and isinstance(shown, str) and shown not in wanted:
        found.append(warning("display", (at, "display"), "not a label that the mapping tables give this code"))
    return found
