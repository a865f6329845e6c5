"""Habits of real packets that protobuf's reader takes although the schema does not: brought to the schema's form.

phenopacket-store writes ``vcfRecord.pos`` as a number and leaves out enums that the schema demands, other tools write
members in snake case, enums by number, numbers and truths as text (``True`` in YAML written by hand), and nulls; each
is accepted with a warning (ga4gh.md section 0, item 6). The document given is not changed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from adapter.formats.phenopacket.reader.reading import VALIDATOR
from adapter.formats.phenopacket.schema import escape, kind_of, schema
from adapter.report import Issue, Json

_MESSAGES = {
    "number": "a number where the schema has text",
    "snake-case": "a member in snake case",
    "null": "a null, which reads as left out",
    "missing-enum": "an enum left out that the schema demands, which reads as its zero",
    "enum-case": "the name of an enum in other letters",
    "enum-number": "the number of an enum where the schema has its name",
    "text-number": "a number written as text",
    "boolean": "a word or number where the schema has true or false",
}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_SNAKE = re.compile(r"_([a-z0-9])")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?")


def tidied(document: Json) -> tuple[Json, list[Issue]]:
    """``document`` in the schema's form, and a warning for each habit met, at the first place of it."""
    issues: dict[str, Issue] = {}
    found: Json = _tidy(document, {"$ref": f"#/$defs/{kind_of(document)}"}, "", issues)
    return found, list(issues.values())


def camel(value: Any) -> Any:
    """A document of schema 1 with every member in camel case, as its own reader takes both; keys of maps stay."""
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    found: Json = {}
    for name, one in value.items():
        new = _camel(name)
        inner = one if new == "individualToSampleIdentifiers" else camel(one)
        found[name if new in found or (new != name and new in value) else new] = inner
    return found


def _camel(name: str) -> str:
    return _SNAKE.sub(lambda m: m[1].upper(), name)


def _tidy(value: Any, shape: Json, path: str, issues: dict[str, Issue]) -> Any:
    reference = shape.get("$ref", "").rpartition("/")[2]
    shape = schema()["$defs"].get(reference, shape)
    if isinstance(value, dict):
        return _members(value, shape, path, issues)
    if isinstance(value, list):
        items = shape.get("items", {})
        return [_tidy(one, items, f"{path}/{n}", issues) for n, one in enumerate(value)]
    return _leaf(value, shape, path, issues)


def _leaf(value: Any, shape: Json, path: str, issues: dict[str, Issue]) -> Any:
    """A value in the type that the schema has for it, where it says the same."""
    kind = shape.get("type")
    if kind == "string" and _is_whole(value):
        _met("number", path, issues)
        return str(int(value))
    if "enum" in shape and _is_whole(value) and 0 <= value < len(shape["enum"]):
        _met("enum-number", path, issues)
        return shape["enum"][int(value)]
    if "enum" in shape and isinstance(value, str) and value not in shape["enum"] and value.upper() in shape["enum"]:
        _met("enum-case", path, issues)
        return value.upper()
    if kind == "boolean" and not isinstance(value, bool) and (said := str(value).strip().lower()) in _TRUTHS:
        _met("boolean", path, issues)
        return _TRUTHS[said]
    if kind in ("number", "integer") and isinstance(value, str) and _NUMBER.fullmatch(value):
        _met("text-number", path, issues)
        return Decimal(value)
    return value


def _members(value: Json, shape: Json, path: str, issues: dict[str, Issue]) -> Json:
    known = shape.get("properties", {})
    found: Json = {}
    for name, one in value.items():
        at = f"{path}/{escape(name)}"
        new = _camel(name)
        if name not in known and new in known and new not in value and new not in found:
            _met("snake-case", at, issues)
            name = new
        if one is None and known:
            _met("null", at, issues)
        else:
            found[name] = _tidy(one, known.get(name, {}), at, issues)
    for name in shape.get("required", ()):
        if name not in found and "enum" in known.get(name, {}):
            _met("missing-enum", f"{path}/{name}", issues)
            found[name] = known[name]["enum"][0]
    return found


def _is_whole(value: Any) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite() and abs(value.adjusted()) < 20 and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _met(habit: str, path: str, issues: dict[str, Issue]) -> None:
    if habit not in issues:
        issues[habit] = Issue(
            validator=VALIDATOR, level="warning", category=habit, path=path, message=f"accepted: {_MESSAGES[habit]}"
        )
