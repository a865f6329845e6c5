"""Tier 1 of a phenopacket: the JSON Schema made from the protobuf descriptors, run in-process.

``schema.json`` is made by ``scripts/build_phenopacket_schema.py``. Issues name the member and what was expected; they
never hold the document's values.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any, Literal

import orjson

from adapter.report import Issue

Kind = Literal["Phenopacket", "Family", "Cohort"]
VALIDATOR = "phenopacket-schema"


@cache
def schema() -> dict[str, Any]:
    """The schema with a definition per message; not to be changed by a caller."""
    found: dict[str, Any] = orjson.loads(resources.files(__package__).joinpath("schema.json").read_bytes())
    return found


def kind_of(document: Any) -> Kind:
    """Which of the three top-level messages a document is: by the member only that one has."""
    if isinstance(document, dict) and "proband" in document:
        return "Family"
    return "Cohort" if isinstance(document, dict) and "members" in document else "Phenopacket"


def issues(document: Any) -> Iterator[Issue]:
    """What of ``document`` the schema refuses, each an error with the JSON pointer of the place."""
    for error in _validator(kind_of(document)).iter_errors(document):
        yield from _issues_of(error)


@cache
def _validator(kind: Kind) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator({**schema(), "$ref": f"#/$defs/{kind}"})


def _issues_of(error: Any) -> Iterator[Issue]:
    path = pointer(error.instance_path)
    fault = error.kind.name
    if fault == "additionalProperties":
        for member in error.kind.unexpected:
            yield _issue("unknown-field", f"{path}/{escape(member)}", "no such member in the schema")
    elif fault == "required":
        yield _issue("required", f"{path}/{error.kind.property}", "required member is missing")
    else:
        rule, message = _FAULTS[fault]
        yield _issue(rule, path, message(error))


def _choices(error: Any) -> str:
    """The members of the oneof that failed, read from the schema at the error's place."""
    node: Any = schema()
    for step in error.schema_path:
        node = node[step]
    return "expected exactly one of " + ", ".join(option["required"][0] for option in node)


_FAULTS: dict[str, tuple[str, Any]] = {
    "type": ("type", lambda e: f"expected {' or '.join(e.kind.types)}"),
    "enum": ("enum", lambda e: f"expected one of {', '.join(e.kind.options)}"),
    "pattern": ("pattern", lambda e: f"expected text of the form {e.kind.pattern}"),
    "minLength": ("empty", lambda _: "expected a text that is not empty"),
    "minItems": ("empty", lambda _: "expected at least one item"),
    "uniqueItems": ("duplicate-item", lambda _: "two items are equal"),
    "minimum": ("out-of-range", lambda e: f"expected at least {e.kind.limit}"),
    "maximum": ("out-of-range", lambda e: f"expected at most {e.kind.limit}"),
    "oneOf": ("one-of", _choices),
}


def _issue(rule: str, path: str, message: str) -> Issue:
    return Issue(validator=VALIDATOR, level="error", category=rule, path=path, message=message)


def pointer(steps: list[str | int]) -> str:
    """JSON pointer (RFC 6901) of a path of member names and positions."""
    return "".join(f"/{escape(str(step))}" for step in steps)


def escape(member: str) -> str:
    """A member name as a JSON pointer spells it."""
    return member.replace("~", "~0").replace("/", "~1")
