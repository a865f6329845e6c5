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
        model.model_validate(_alone(resource))
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False, include_input=False):
            path = [str(part) for part in one["loc"]]
            yield _issue("error", "model", "/".join([pointer, *path]), f"fhir.resources: {one['type']}")
    except (TypeError, KeyError):
        # Its own look-up of a type name fails in these ways for a resourceType that is no text.
        yield _issue("error", "model", pointer, "fhir.resources cannot read this resource")


def _alone(resource: Json) -> Json:
    """The resource without those inside it: what is wrong in one is said once, by its own model."""
    bare = {name: value for name, value in resource.items() if name != "contained"}
    for name in ("entry", "parameter"):
        listed = bare.get(name)
        if isinstance(listed, list) and all(isinstance(one, dict) for one in listed):
            bare[name] = [{k: v for k, v in one.items() if k != "resource"} for one in listed]
    return bare


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
