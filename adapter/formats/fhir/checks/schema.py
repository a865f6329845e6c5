"""Tier 1: the official R4 JSON schema with its gaps closed (``scripts/build_fhir_schema.py`` lists them).

The schema is compiled once. A valid document costs one compiled pass; only an invalid one is looked at again, resource
by resource and with that type's own definition, since the whole schema's 146-way choice explains nothing and takes
half a second to say so.
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
    if _whole().is_valid(document):
        return
    found = False
    for pointer, resource in _resources(document, ""):
        for issue in _of(pointer, resource):
            found = True
            yield issue
    if not found:
        # Each resource passes alone: what is wrong is the place one of them stands in.
        yield _issue("", "a resource stands where FHIR allows none")


def _of(pointer: str, resource: Any) -> Iterator[Issue]:
    if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
        yield _issue(pointer, "expected a resource with a resourceType")
        return
    validator = _type(resource["resourceType"])
    if validator is None:
        yield _issue(f"{pointer}/resourceType", "expected a resource type of FHIR R4")
        return
    for number, error in enumerate(validator.iter_errors(_without_resources(resource))):
        if number >= _MOST:
            yield _issue(pointer, f"more than {_MOST} errors in one resource")
            return
        yield _issue(pointer + "".join(f"/{part}" for part in error.instance_path), _expected(error))


def _resources(node: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    """A resource and the resources inside it (bundle entries, contained, parameters), outermost first."""
    yield pointer, node
    if not isinstance(node, dict):
        return
    entries = node.get("entry") if node.get("resourceType") == "Bundle" else None
    for n, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict) and "resource" in entry:
            yield from _resources(entry["resource"], f"{pointer}/entry/{n}/resource")
    contained = node.get("contained")
    for n, inner in enumerate(contained if isinstance(contained, list) else []):
        yield from _resources(inner, f"{pointer}/contained/{n}")


def _without_resources(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource with those inside it left out: each is judged by its own type's definition."""
    entries = resource.get("entry")
    outer = {k: v for k, v in resource.items() if k != "contained" or not isinstance(v, list)}
    if resource["resourceType"] == "Bundle" and isinstance(entries, list) and all(isinstance(e, dict) for e in entries):
        # An entry with nothing but its resource would turn into an empty object, which is an error of its own.
        bare = [{k: v for k, v in e.items() if k != "resource"} or {"fullUrl": "urn:x"} for e in entries]
        outer |= {"entry": bare} if bare else {"entry": entries}
    return outer


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
        "OneOfMultipleValid": "expected one member of the choice, there are several",
    }
    return rules.get(name, "does not fit the FHIR R4 schema")


def _issue(pointer: str, message: str) -> Issue:
    return Issue(validator=VALIDATOR, level="error", category="schema", path=pointer, message=message)


@cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(gzip.decompress(_FILE.read_bytes()))
    return loaded


@cache
def _whole() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(_schema())


@cache
def _type(name: str) -> jsonschema_rs.Validator | None:
    definitions = _schema()["definitions"]
    if name not in definitions or "resourceType" not in definitions[name].get("properties", {}):
        return None
    return jsonschema_rs.validator_for({"$ref": f"#/definitions/{name}", "definitions": definitions})
