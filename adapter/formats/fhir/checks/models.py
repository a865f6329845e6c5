"""Tier 3: a second opinion, the pydantic models of fhir.resources (R4B, whose models of the types used here are R4's).

They see structure only (``docs/conformance.md`` lists what they accept), each resource of a bundle by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from adapter.formats.fhir.checks.document import Document
from adapter.report import Issue, Json

VALIDATOR = "fhir-resources"
_INNER = ("contained", "entry", "parameter")


def issues(document: Any) -> Iterator[Issue]:
    """What fhir.resources refuses in a resource or bundle; a type that R4B no longer has is said not to be checked."""
    if not isinstance(document, dict):
        return
    for pointer, resource in Document(document).resources:
        model = _model(str(resource.get("resourceType")))
        if model is None:
            yield _issue("information", "model-unknown", pointer, "fhir.resources R4B has no such resource type")
        else:
            yield from _refused(model, resource, pointer)


def _refused(model: type[BaseModel], resource: Json, pointer: str) -> Iterator[Issue]:
    try:
        model.model_validate(resource)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            path = [str(part) for part in one["loc"]]
            # What is wrong inside an inner resource is said once, by that resource's own model.
            if not (path and path[0] in _INNER and "resource" in (*path[2:3], "resource" * (path[0] == "contained"))):
                yield _issue("error", "model", "/".join([pointer, *path]), f"fhir.resources: {one['type']}")


def _issue(level: Any, category: str, path: str, message: str) -> Issue:
    return Issue(validator=VALIDATOR, level=level, category=category, path=path, message=message)


def _model(kind: str) -> type[BaseModel] | None:
    """The model class of a resource type."""
    if not kind.isalpha():
        return None
    try:
        module = import_module(f"fhir.resources.R4B.{kind.lower()}")
    except ModuleNotFoundError:
        return None
    found = getattr(module, kind, None)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
