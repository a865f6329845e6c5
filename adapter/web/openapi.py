"""``/openapi.json`` and ``/docs``: the generated document with our bodies and answers, and a page that shows it.

flask-openapi3 knows neither bodies that are read raw nor problem+json; both are added here to what it generates.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from flask import Response, current_app, render_template
from flask_openapi3 import OpenAPI

from adapter.case import case_schema
from adapter.formats import PACKAGES, form
from adapter.formats.document import dump
from adapter.report import Json
from adapter.web.errors import Problem
from adapter.web.exports import ExportRequest
from adapter.web.idempotency import KEY
from adapter.web.nomenclature import FusionText, HgvsText, IscnText
from adapter.web.openapi_exports import describe
from adapter.web.uploads import Upload

_OBJECT: Json = {"type": "object"}
_FHIR: Json = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
# What $validate takes: a resource, or Parameters with one and, where wanted, a profile and a mode.
_BARE: Json = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {"resourceType": {"type": "string", "not": {"enum": ["Parameters"]}}},
}
_WRAPPED: Json = {
    "type": "object",
    "required": ["resourceType", "parameter"],
    "properties": {
        "resourceType": {"type": "string", "enum": ["Parameters"]},
        "parameter": {
            "type": "array",
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
            "contains": {
                "type": "object",
                "required": ["name", "resource"],
                "properties": {"name": {"type": "string", "enum": ["resource"]}, "resource": _OBJECT},
            },
        },
    },
}
_PACKET: Json = {"type": "object", "required": ["metaData"], "properties": {"metaData": {"type": "object"}}}
# What each operation can refuse with, besides what its query model says.
_BODY = ("400", "406", "413", "415", "422")
_READ = ("400", "404", "406")
# Operations that ask a registered FHIR server, or name one.
_SERVED = ("/v1/validate", "/v1/uploads", "/fhir/{kind}/$validate", "/fhir/$validate")
# Operations that answer otherwise than with 200 and a body.
_STATUSES = {
    ("/v1/cases", "post"): ("201",),
    ("/v1/cases/{id}", "get"): ("200", "304"),
    ("/v1/cases/{id}", "put"): ("200", "201"),
    ("/v1/cases/{id}", "delete"): ("204",),
    ("/v1/uploads", "post"): ("202",),
    ("/v1/uploads/{id}", "get"): ("200", "202"),
    ("/v1/uploads/{id}", "delete"): ("204",),
}
# What an operation refuses with besides.
_REFUSED = {
    ("/v1/cases", "post"): ("409",),
    ("/v1/cases/{id}", "get"): ("410",),
    ("/v1/cases/{id}", "put"): ("412", "428"),
    ("/v1/cases/{id}", "delete"): ("410", "412"),
}
_ETAGS = "ETags of stored versions, or *"
_HEADERS = {
    ("/v1/cases", "post"): {"Idempotency-Key": "a string, the same for every repeat of this request; kept 24 hours"},
    ("/v1/cases/{id}", "get"): {"If-None-Match": f"{_ETAGS}: 304 if one is the newest"},
    ("/v1/cases/{id}", "put"): {
        "If-Match": f"{_ETAGS}: 412 unless one is the newest; needed where a case is stored",
        "If-None-Match": "*: 412 if a case is stored",
    },
    ("/v1/cases/{id}", "delete"): {"If-Match": f"{_ETAGS}: 412 unless one is the newest"},
}
_CASE = {"$ref": "#/components/schemas/Case"}
_BODIES: dict[tuple[str, str], tuple[str, Json]] = {
    ("/v1/cases", "post"): ("application/json", _CASE),
    ("/v1/cases/{id}", "put"): ("application/json", _CASE),
    ("/v1/convert", "post"): ("application/json", {"anyOf": [_CASE, _FHIR, _PACKET]}),
    # A report is an answer to any JSON at all.
    ("/v1/validate", "post"): ("application/json", {}),
    # Any JSON on a line is answered on a line of its own, so nothing a line may hold is refused as a request.
    ("/v1/convert/stream", "post"): ("application/x-ndjson", {}),
    ("/v1/uploads", "post"): ("application/json", {"$ref": "#/components/schemas/Upload"}),
    ("/fhir/{kind}/$validate", "post"): ("application/fhir+json", {"anyOf": [_BARE, _WRAPPED]}),
    ("/fhir/$validate", "post"): ("application/fhir+json", {"anyOf": [_BARE, _WRAPPED]}),
    ("/v1/iscn", "post"): ("application/json", {"$ref": "#/components/schemas/IscnText"}),
    ("/v1/hgvs", "post"): ("application/json", {"$ref": "#/components/schemas/HgvsText"}),
    ("/v1/fusion", "post"): ("application/json", {"$ref": "#/components/schemas/FusionText"}),
}


def init(app: OpenAPI) -> None:
    """Serve the document and its page."""
    app.extensions["openapi"] = None
    app.add_url_rule("/openapi.json", "openapi", lambda: Response(dump(openapi(app)), mimetype="application/json"))
    app.add_url_rule("/docs", "docs", _page)


def openapi(app: OpenAPI) -> Json:
    """The OpenAPI 3.1 document of the service, built once."""
    if app.extensions["openapi"] is None:
        app.extensions["openapi"] = _complete(deepcopy(app.api_doc))
    found: Json = app.extensions["openapi"]
    return found


def _complete(generated: Json) -> Json:
    schemas = generated["components"].setdefault("schemas", {})
    for model in (Problem, IscnText, HgvsText, FusionText, Upload, ExportRequest):
        schemas.update(_component(model.__name__, model.model_json_schema(ref_template="#/components/schemas/{model}")))
    schemas.update(_component("Case", case_schema()))
    for path, operations in generated["paths"].items():
        for method, operation in operations.items():
            _operation(path, method, operation)
            describe(path, method, operation)
    return generated


def _operation(path: str, method: str, operation: Json) -> None:
    where = (path, method)
    if where in _BODIES:
        kind, schema = _BODIES[where]
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": schema}}}
    headers = [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string"} | ({"pattern": KEY} if name == "Idempotency-Key" else {}),
        }
        for name, text in _HEADERS.get(where, {}).items()
    ]
    if headers:
        operation["parameters"] = [*operation.get("parameters", []), *headers]
    problem = "application/fhir+json" if path.startswith("/fhir") else "application/problem+json"
    refused: Json = _OBJECT if path.startswith("/fhir") else {"$ref": "#/components/schemas/Problem"}
    content: Json = {kind: {"schema": {}} for kind in _answers(path)}
    answers: Json = {
        status: {"description": "OK", **({} if status in {"204", "304"} else {"content": content})}
        for status in _STATUSES.get(where, ("200",))
    }
    for status in _refusals(path, method):
        answers[status] = {"description": "refused", "content": {problem: {"schema": refused}}}
    operation["responses"] = answers


def _refusals(path: str, method: str) -> tuple[str, ...]:
    """The statuses that an operation refuses with; 503 is busy, or a database that cannot be used."""
    own = _BODY if (path, method) in _BODIES else _READ
    served = ("404", "502", "504") if path in _SERVED else ()
    return tuple(dict.fromkeys((*own, *served, *_REFUSED.get((path, method), ()), "503")))


def _answers(path: str) -> tuple[str, ...]:
    if path.startswith("/fhir"):
        return ("application/fhir+json", "application/json")
    if path == "/v1/convert":
        return ("application/json", *(form(name).media_type for name in PACKAGES), "application/x-ndjson")
    return ("application/x-ndjson",) if path.endswith("/stream") else ("application/json",)


def _component(name: str, schema: Json) -> dict[str, Any]:
    """A schema and its definitions as components, references rewritten to where they stand then."""
    definitions = schema.pop("$defs", {})
    schema.pop("$schema", None)
    return {name: _moved(schema), **{key: _moved(value) for key, value in definitions.items()}}


def _moved(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref" else _moved(value)
            for key, value in node.items()
        }
    return [_moved(value) for value in node] if isinstance(node, list) else node


def _page() -> str:
    return render_template("docs.html", document=openapi(current_app), bodies=_BODIES)  # type: ignore[arg-type]
