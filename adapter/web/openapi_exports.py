"""What ``/openapi.json`` says of exports: parameters that are read by hand, bodies, answers."""

from __future__ import annotations

from adapter.formats.fhir.elements import TYPES
from adapter.report import Json
from adapter.web.idempotency import KEY
from adapter.web.parameters import FORMATS, PROVENANCE

_FHIR, _JSON, _PROBLEM = "application/fhir+json", "application/json", "application/problem+json"
_STARTED = "202"
_KICK_OFFS = ("/fhir/$export", "/fhir/Patient/$export", "/fhir/Group/{id}/$export")
_FILES = (
    "application/x-ndjson",
    "application/fhir+ndjson",
    "application/zip",
    "application/json",
    "application/vnd.google.protobuf",
)


def describe(path: str, method: str, operation: Json) -> None:
    """Complete the generated description of an operation that has to do with exports; leave others as they are."""
    if path in _KICK_OFFS:
        _kick_off(path, method, operation)
    elif path == "/v1/exports":
        body = {"required": True, "content": {_JSON: {"schema": {"$ref": "#/components/schemas/ExportRequest"}}}}
        operation["requestBody"] = body
        operation["parameters"] = [_KEY]
        operation["responses"] = _answers(path, ("202",), _JSON, ("400", "406", "409", "413", "415", "422", "429"))
    elif path.endswith("/files/{n}"):
        answers = _answers(path, (), "", ("400", "404", "406", "416"))
        content: Json = {kind: {"schema": {}} for kind in _FILES}
        operation["responses"] = {status: {"description": "OK", "content": content} for status in ("200", "206")}
        operation["responses"] |= {"304": {"description": "not modified"}, **answers}
    elif path in ("/v1/exports/{id}", "/fhir/$export/{id}"):
        statuses = ("202",) if method == "delete" else ("200", "202")
        kind = _FHIR if method == "delete" and path.startswith("/fhir") else _JSON
        refused = ("400", "404", "406") if method == "delete" else ("400", "404", "406", "429", "500")
        operation["responses"] = _answers(path, statuses, kind, refused)


_KEY: Json = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "a string, the same for every repeat of this request; kept 24 hours",
    "schema": {"type": "string", "pattern": KEY},
}


def _kick_off(path: str, method: str, operation: Json) -> None:
    parameters = [one for one in operation.get("parameters", []) if one["in"] == "path"]
    parameters.append(
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "respond-async; handling=lenient ignores what is not supported, and tells it",
            "schema": {"type": "string"},
        }
    )
    if method == "get":
        parameters += [_query(name, schema, text) for name, schema, text in _QUERY]
    else:
        operation["requestBody"] = {"required": True, "content": {_FHIR: {"schema": _PARAMETERS}}}
        parameters.append(_KEY)
    operation["parameters"] = parameters
    posted = ("409", "413", "415", "422") if method == "post" else ()
    operation["responses"] = _answers(path, (_STARTED,), _FHIR, ("400", "404", "406", "429", *posted))


def _query(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "query", "required": False, "description": text, "schema": schema}


def _several(one: Json) -> Json:
    return {"type": "array", "items": one, "maxItems": len(TYPES)}


_QUERY: tuple[tuple[str, Json, str], ...] = (
    ("_outputFormat", {"type": "string", "enum": list(FORMATS)}, "the format of the files; these are the same"),
    ("_since", {"type": "string", "format": "date-time"}, "only cases stored after this time, and what has gone since"),
    ("_type", _several({"type": "string", "enum": list(TYPES)}), "only these; repeated, or with commas"),
    (
        "_elements",
        {"type": "array", "items": {"type": "string", "pattern": "^([A-Za-z]{1,40}[.])?[A-Za-z]{1,40}$"}},
        "only these root elements and mandatory ones; repeated, or with commas",
    ),
    (
        "includeAssociatedData",
        _several({"type": "string", "enum": list(PROVENANCE)}),
        "Provenance also where _type does not name it",
    ),
)
_PARAMETERS: Json = {
    "type": "object",
    "required": ["resourceType"],
    "properties": {
        "resourceType": {"type": "string", "enum": ["Parameters"]},
        "parameter": {
            "type": "array",
            "maxItems": 20_000,
            "items": {
                "type": "object",
                "required": ["name", "valueString"],
                "properties": {
                    "name": {"type": "string", "enum": ["_type"]},
                    "valueString": {"type": "string", "enum": list(TYPES)},
                },
            },
            "description": "The parameters of the GET request, and patient (valueReference) but for the whole system",
        },
    },
}


def _answers(path: str, good: tuple[str, ...], kind: str, refused: tuple[str, ...]) -> Json:
    content: Json = {kind: {"schema": {}}} if kind else {}
    answers: Json = {status: {"description": "OK", "content": content} for status in good}
    fhir = path.startswith("/fhir")
    schema: Json = {"type": "object"} if fhir else {"$ref": "#/components/schemas/Problem"}
    for status in (*refused, "503"):
        answers[status] = {"description": "refused", "content": {_FHIR if fhir else _PROBLEM: {"schema": schema}}}
    return answers
