"""Tier 1: the official R4 JSON schema with its gaps closed (``scripts/build_fhir_schema.py`` lists them).

Every resource is judged by its own type's definition, compiled when the type is first met: the whole schema's choice
among 146 types costs more than the rest of the check, and explains nothing when it fails.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from adapter.report import Issue

VALIDATOR = "fhir-r4-schema"
_FILE = Path(__file__).parent.parent / "data" / "r4.schema.json.gz"
_MOST = 50


def issues(document: Any) -> Iterator[Issue]:
    """What the schema finds in a resource, each issue with its JSON pointer and without any value of the document."""
    for pointer, resource in _resources(document):
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str):
            yield _issue(pointer, "expected a resource with a resourceType")
        elif (validator := _type(kind)) is None:
            yield _issue(f"{pointer}/resourceType", "expected a resource type of FHIR R4")
        elif not validator.is_valid(resource):
            yield from _errors(validator, pointer, resource)


def _errors(validator: jsonschema_rs.Validator, pointer: str, resource: Any) -> Iterator[Issue]:
    for number, error in enumerate(validator.iter_errors(resource)):
        if number >= _MOST:
            yield _issue(pointer, f"more than {_MOST} errors in one resource")
            return
        yield _issue(pointer + "".join(f"/{part}" for part in error.instance_path), _expected(error))


def _resources(document: Any) -> list[tuple[str, Any]]:
    """A resource and the resources inside it, wherever FHIR has a place for one, outermost first."""
    found = [("", document)]
    for pointer, node in found:  # which grows while it is walked
        if not isinstance(node, dict):
            continue
        kind = node.get("resourceType")
        if kind == "Bundle":
            _entries(node, pointer, found)
        elif kind == "Parameters":
            _parameters(node, f"{pointer}/parameter", found)
        contained = node.get("contained")
        if isinstance(contained, list):
            found += [(f"{pointer}/contained/{n}", inner) for n, inner in enumerate(contained)]
    return found


def _entries(bundle: dict[str, Any], pointer: str, found: list[tuple[str, Any]]) -> None:
    entries = bundle.get("entry")
    for n, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            continue
        if "resource" in entry:
            found.append((f"{pointer}/entry/{n}/resource", entry["resource"]))
        response = entry.get("response")
        if isinstance(response, dict) and "outcome" in response:
            found.append((f"{pointer}/entry/{n}/response/outcome", response["outcome"]))


def _parameters(node: dict[str, Any], pointer: str, found: list[tuple[str, Any]]) -> None:
    parts = node.get(pointer.rpartition("/")[2])
    for n, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            if "resource" in part:
                found.append((f"{pointer}/{n}/resource", part["resource"]))
            _parameters(part, f"{pointer}/{n}/part", found)


def _expected(error: jsonschema_rs.ValidationError) -> str:
    """What was expected, in words; the library's own message quotes the document and is not used."""
    kind = error.kind
    name = type(kind).__name__.rpartition("_")[2]
    rules = {
        "AdditionalProperties": "no element of this name",
        "Required": "a required element is missing",
        "Type": "another JSON type was expected",
        "Enum": "expected a code of the required value set",
        "Pattern": "expected the form of this data type",
        "MinItems": "an empty list: leave the element out",
        "MinProperties": "an empty object: leave the element out",
        "Const": "expected the fixed value",
        "AnyOf": "a required element is missing",
        "OneOfNotValid": "expected exactly one member of the choice",
        "Not": "expected one member of the choice, there are several",
    }
    return rules.get(name, "does not fit the FHIR R4 schema")


def _issue(pointer: str, message: str) -> Issue:
    return Issue(validator=VALIDATOR, level="error", category="schema", path=pointer, message=message)


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(gzip.decompress(_FILE.read_bytes()))
    # A resource inside another is judged by its own type's definition, which needs no choice among 146 of them.
    loaded["definitions"]["ResourceList"] = {}
    return loaded


@cache
def _type(name: str) -> jsonschema_rs.Validator | None:
    definitions = _schema()["definitions"]
    if name not in definitions or "resourceType" not in definitions[name].get("properties", {}):
        return None
    return jsonschema_rs.validator_for({"$ref": f"#/definitions/{name}", "definitions": _reachable(name, definitions)})


def _reachable(name: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that ``name`` needs: compiling all 680 for each type would cost more than all checks of a run."""
    found: dict[str, Any] = {}
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = definitions[one]
            waiting.extend(_references(definitions[one]))
    return found


def _references(node: Any) -> Iterator[str]:
    """Names of the definitions that a part of the schema points to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str):
            yield target.rpartition("/")[2]
        for name, value in node.items():
            if name != "dependencies":
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
