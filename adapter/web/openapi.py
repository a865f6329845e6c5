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
from adapter.web.nomenclature import FusionText, HgvsText, IscnText
from adapter.web.uploads import Upload

_FHIR: Json = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
_PACKET: Json = {"type": "object", "required": ["metaData"], "properties": {"metaData": {"type": "object"}}}
_OBJECT: Json = {"type": "object"}
# What each operation can refuse with, besides what its query model says.
_BODY = ("400", "406", "413", "415", "422")
_READ = ("400", "404", "406")
# Operations that ask a registered FHIR server, or name one.
_SERVED = ("/v1/validate", "/v1/uploads", "/fhir/{kind}/$validate", "/fhir/$validate")
# Operations that answer otherwise than with 200 and a body.
_STATUSES = {
    ("/v1/uploads", "post"): ("202",),
    ("/v1/uploads/{id}", "get"): ("200", "202"),
    ("/v1/uploads/{id}", "delete"): ("204",),
}
_BODIES: dict[str, tuple[str, Json]] = {
    "/v1/convert": ("application/json", {"anyOf": [{"$ref": "#/components/schemas/Case"}, _FHIR, _PACKET]}),
    # A report is an answer to any JSON at all.
    "/v1/validate": ("application/json", {}),
    # Any JSON on a line is answered on a line of its own, so nothing a line may hold is refused as a request.
    "/v1/convert/stream": ("application/x-ndjson", {}),
    "/v1/uploads": ("application/json", {"$ref": "#/components/schemas/Upload"}),
    "/fhir/{kind}/$validate": ("application/fhir+json", _FHIR),
    "/fhir/$validate": ("application/fhir+json", _FHIR),
    "/v1/iscn": ("application/json", {"$ref": "#/components/schemas/IscnText"}),
    "/v1/hgvs": ("application/json", {"$ref": "#/components/schemas/HgvsText"}),
    "/v1/fusion": ("application/json", {"$ref": "#/components/schemas/FusionText"}),
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
    for model in (Problem, IscnText, HgvsText, FusionText, Upload):
        schemas.update(_component(model.__name__, model.model_json_schema(ref_template="#/components/schemas/{model}")))
    schemas.update(_component("Case", case_schema()))
    for path, operations in generated["paths"].items():
        for method, operation in operations.items():
            _operation(path, method, operation)
    return generated


def _operation(path: str, method: str, operation: Json) -> None:
    if path in _BODIES:
        kind, schema = _BODIES[path]
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": schema}}}
    problem = "application/fhir+json" if path.startswith("/fhir") else "application/problem+json"
    refused: Json = _OBJECT if path.startswith("/fhir") else {"$ref": "#/components/schemas/Problem"}
    content: Json = {kind: {"schema": {}} for kind in _answers(path)}
    answers: Json = {
        status: {"description": "OK", **({} if status == "204" else {"content": content})}
        for status in _STATUSES.get((path, method), ("200",))
    }
    for status in (_BODY if path in _BODIES else _READ) + (("404", "502", "504") if path in _SERVED else ()):
        answers[status] = {"description": "refused", "content": {problem: {"schema": refused}}}
    operation["responses"] = answers


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
