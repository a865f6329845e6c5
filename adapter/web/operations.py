"""FHIR operations: ``/fhir/{Type}/$validate`` (http://hl7.org/fhir/R4/resource-operation-validate.html)."""

from __future__ import annotations

import re
from typing import Any, Literal

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from adapter.formats.document import dump
from adapter.report import Issue, Json, Report
from adapter.validate import check, check_on_server
from adapter.web import body
from adapter.web.errors import Refused
from adapter.web.gate import turn
from adapter.web.negotiation import acceptable, single
from adapter.web.options import Options
from adapter.web.servers import answering

# FHIR R4 value set issue-type, as far as our categories use it; every other category is "processing".
_TYPES = frozenset(
    {
        "invalid",
        "structure",
        "required",
        "value",
        "invariant",
        "not-found",
        "code-invalid",
        "extension",
        "business-rule",
    }
)
_NAMED = {"profile-unknown": "not-found", "not-checked": "incomplete"}
_MODES = (None, "create", "update", "profile")


class Query(Options):
    """The parameters of ``$validate`` that may stand in the URL."""

    profile: str | None = Field(None, description="validate against this profile in place of those claimed")
    mode: Literal["create", "update", "profile"] | None = None
    server: str | None = Field(None, description="id of a registered server that validates too")


class Kind(BaseModel):
    """A resource type."""

    kind: str = Field(pattern=r"^[A-Za-z]{1,64}$", description="resource type")


api = APIBlueprint("operations", __name__, abp_tags=[Tag(name="fhir")])


@api.post("/fhir/<fhir_type:kind>/$validate", summary="Validate a resource of a type")
def validate(path: Kind, query: Query) -> Response:
    """An OperationOutcome; 200 whenever validation ran, whatever it found."""
    return _answer(query, path.kind)


@api.post("/fhir/$validate", summary="Validate a resource")
def validate_any(query: Query) -> Response:
    """An OperationOutcome; 200 whenever validation ran, whatever it found."""
    return _answer(query, "")


def _answer(query: Query, kind: str) -> Response:
    single()
    media_type = acceptable("application/fhir+json", "application/json")
    resource, profile, mode = _parameters(body.json_document())
    if mode not in _MODES:
        raise Refused(400, "expected the mode create, update or profile")
    outcome = _outcome(_report(resource, query.profile or profile, query.server, kind), resource)
    return Response(dump(outcome), mimetype=media_type)


def _report(resource: Json, profile: str, server: str | None, kind: str) -> Report:
    terms = current_app.extensions["terms"]
    if kind and resource.get("resourceType") != kind:
        wrong = Issue(
            validator="adapter",
            level="error",
            category="invalid",
            path="",
            message=f"expected a resource of type {kind}",
        )
        return Report((), (wrong,))
    if profile:
        meta = resource.get("meta")
        resource = {**resource, "meta": {**(meta if isinstance(meta, dict) else {}), "profile": [profile]}}
    with turn():
        report = check(resource, tier="profile", source="fhir", terms=terms)
    if server is None:
        return report
    with answering(server) as client:
        return report + check_on_server(resource, client, source="fhir", profile=profile, terms=terms)


def _parameters(parsed: Any) -> tuple[Json, str, str | None]:
    """Resource, profile and mode of a body: a bare resource, or Parameters around it. Raises Refused (400)."""
    if not isinstance(parsed, dict) or not isinstance(parsed.get("resourceType"), str):
        raise Refused(400, "expected a resource with its type")
    if parsed.get("resourceType") != "Parameters":
        return parsed, "", None
    given = parsed.get("parameter")
    if not isinstance(given, list) or not all(isinstance(p, dict) and isinstance(p.get("name"), str) for p in given):
        raise Refused(400, "expected Parameters, each with a name")
    named = {p["name"]: p for p in given}
    resources = (p["resource"] for p in given if p["name"] == "resource" and isinstance(p.get("resource"), dict))
    resource = next(resources, None)
    if resource is None:
        raise Refused(400, "expected Parameters with a resource")
    profile = next((v for k, v in named.get("profile", {}).items() if k.startswith("value") and isinstance(v, str)), "")
    mode = named.get("mode", {}).get("valueCode")
    return resource, profile, mode if isinstance(mode, str) else None


def _outcome(report: Report, resource: Json) -> Json:
    found = [_issue(i, resource) for i in report.issues]
    fine = {"severity": "information", "code": "informational", "diagnostics": "no issue was found"}
    return {"resourceType": "OperationOutcome", "issue": found or [fine]}


def _issue(issue: Issue, resource: Json) -> Json:
    """An issue as FHIR has it. A profile nobody here knows has not been met: an error, never a pass."""
    code = _NAMED.get(issue.category, issue.category if issue.category in _TYPES else "processing")
    severity = "error" if issue.category in _NAMED else issue.level
    where = {"expression": [expression(issue.path, str(resource.get("resourceType")))]} if issue.path else {}
    return {"severity": severity, "code": code, "diagnostics": f"{issue.message} [{issue.validator}]", **where}


def expression(pointer: str, kind: str) -> str:
    """The FHIRPath of a JSON pointer: ``/component/0/code`` of an Observation is ``Observation.component[0].code``."""
    steps = re.sub(r"/(\d+)(?=/|$)", r"[\1]", pointer).split("/")
    return ".".join([kind, *(s for s in steps if s)]) if not steps[0] else f"{kind}{'.'.join(steps)}"
