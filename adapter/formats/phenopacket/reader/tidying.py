"""Habits of real packets that protobuf's reader takes although the schema does not: brought to the schema's form.

phenopacket-store writes ``vcfRecord.pos`` as a number, other tools write members in snake case and nulls; each is
accepted with a warning (ga4gh.md section 0, item 6). The document given is not changed.
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
}


def tidied(document: Json) -> tuple[Json, list[Issue]]:
    """``document`` in the schema's form, and a warning for each habit met, at the first place of it."""
    issues: dict[str, Issue] = {}
    found: Json = _tidy(document, {"$ref": f"#/$defs/{kind_of(document)}"}, "", issues)
    return found, list(issues.values())


def _tidy(value: Any, shape: Json, path: str, issues: dict[str, Issue]) -> Any:
    reference = shape.get("$ref", "").rpartition("/")[2]
    shape = schema()["$defs"].get(reference, shape)
    if isinstance(value, dict):
        return _members(value, shape.get("properties", {}), path, issues)
    if isinstance(value, list):
        items = shape.get("items", {})
        return [_tidy(one, items, f"{path}/{n}", issues) for n, one in enumerate(value)]
    if shape.get("type") == "string" and _is_whole(value):
        _met("number", path, issues)
        return str(int(value))
    return value


def _members(value: Json, known: Json, path: str, issues: dict[str, Issue]) -> Json:
    found: Json = {}
    for name, one in value.items():
        at = f"{path}/{escape(name)}"
        camel = re.sub(r"_([a-z])", lambda m: m[1].upper(), name)
        if name not in known and camel in known and camel not in value:
            _met("snake-case", at, issues)
            name = camel
        if one is None and known:
            _met("null", at, issues)
        else:
            found[name] = _tidy(one, known.get(name, {}), at, issues)
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
