"""The FHIR side: ``/fhir/metadata`` and our own CodeSystem, ValueSets and StructureDefinitions.

Groups are in :mod:`adapter.web.groups`, ``$validate`` in :mod:`adapter.web.operations`, ``$export`` in
:mod:`adapter.web.bulk`.
"""

from __future__ import annotations

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from adapter import __version__
from adapter.formats.document import dump
from adapter.formats.fhir.artefacts import artefacts
from adapter.formats.fhir.elements import TYPES
from adapter.report import Json
from adapter.terms import Terms
from adapter.web.errors import Refused
from adapter.web.negotiation import acceptable, single

FHIR_JSON = "application/fhir+json"
_BULK = "http://hl7.org/fhir/uv/bulkdata"
_VALIDATE: Json = {"name": "validate", "definition": "http://hl7.org/fhir/OperationDefinition/Resource-validate"}


class Artefact(BaseModel):
    """One of our own conformance resources."""

    kind: str = Field(pattern=r"^[A-Za-z]{1,64}$", description="resource type")
    id: str = Field(pattern=r"^[A-Za-z0-9.-]{1,64}$")


class Kind(BaseModel):
    """A resource type."""

    kind: str = Field(pattern=r"^[A-Za-z]{1,64}$", description="resource type")


api = APIBlueprint("fhir", __name__, abp_tags=[Tag(name="fhir")])


@api.get("/fhir/metadata", summary="CapabilityStatement")
def metadata() -> Response:
    """What this server can do in FHIR."""
    return _answer(capability(_terms()), max_age=60)


@api.get("/fhir/<fhir_type:kind>/<fhir_id:id>", summary="Read one of our conformance resources")
def read(path: Artefact) -> Response:
    """A CodeSystem, ValueSet or StructureDefinition under the canonical base in use."""
    found = artefacts(_terms().base).get((path.kind, path.id))
    if found is None:
        raise Refused(404, "no such resource")
    return _answer(found, max_age=3600)


@api.get("/fhir/<fhir_type:kind>", summary="All of our conformance resources of a type")
def search(path: Kind) -> Response:
    """A searchset Bundle; no search parameter is supported."""
    found = [r for (kind, _), r in artefacts(_terms().base).items() if kind == path.kind]
    if not found:
        raise Refused(404, "no such resource type")
    entry = [{"fullUrl": r["url"], "resource": r, "search": {"mode": "match"}} for r in found]
    return _answer({"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entry}, max_age=3600)


def capability(terms: Terms) -> Json:
    """The CapabilityStatement: only what the service really does."""
    own = {kind for kind, _ in artefacts(terms.base)}
    return {
        "resourceType": "CapabilityStatement",
        "url": f"{terms.base}/CapabilityStatement/adapter",
        "version": __version__,
        "name": "HaemAdapter",
        "title": "haem-adapter",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "instantiates": [f"{_BULK}/CapabilityStatement/bulk-data"],
        "software": {"name": "haem-adapter", "version": __version__},
        "implementation": {
            "description": "Conversion of leukaemia genetics case reports; stored cases are exported in bulk, "
            "its own conformance resources can be read"
        },
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "resource": [_resource(kind, own) for kind in sorted({*own, *TYPES, "Group"})],
                "operation": [_operation("export", f"{_BULK}/OperationDefinition/export"), _VALIDATE],
            }
        ],
    }


def _resource(kind: str, own: set[str]) -> Json:
    """What can be done with resources of a type: ours and Groups are read, those of cases are only exported."""
    found: Json = {"type": kind}
    if kind in own or kind == "Group":
        found["interaction"] = [{"code": "read"}, {"code": "search-type"}]
    if kind == "Group":
        found["searchParam"] = [{"name": "identifier", "type": "token"}]
    level = {"Patient": "patient-export", "Group": "group-export"}.get(kind)
    exported = [_operation("export", f"{_BULK}/OperationDefinition/{level}")] if level else []
    return {**found, "operation": [*exported, _VALIDATE]}


def _operation(name: str, definition: str) -> Json:
    return {"name": name, "definition": definition}


def _terms() -> Terms:
    found: Terms = current_app.extensions["terms"]
    return found


def _answer(resource: Json, *, max_age: int) -> Response:
    single()
    kind = acceptable(FHIR_JSON, "application/json")
    response = Response(dump(resource), mimetype=kind)
    response.headers["Cache-Control"] = f"max-age={max_age}"
    return response
