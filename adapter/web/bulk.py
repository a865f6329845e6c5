"""FHIR Bulk Data 2.0.0: ``$export`` of the system, of all patients, of a Group (``docs/bulk-data.md``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from adapter.export.order import Order
from adapter.formats.document import dump
from adapter.formats.fhir.ids import Ids
from adapter.report import Json
from adapter.store import moments
from adapter.web import body, delivery
from adapter.web.delivery import ExportId, FileNumber
from adapter.web.gate import turn
from adapter.web.groups import GroupId, publication_of
from adapter.web.negotiation import acceptable, single
from adapter.web.parameters import Level, Parameters, from_resource, from_url, understand
from adapter.web.stored import store

FHIR_JSON = "application/fhir+json"
_LENIENT = re.compile(r"(^|[,;\s])handling\s*=\s*\"?lenient\"?\s*($|[,;])", re.IGNORECASE)

api = APIBlueprint("bulk", __name__, abp_tags=[Tag(name="bulk data")])


@api.get("/fhir/$export", summary="Export all resources of the stored cases", operation_id="export_system_get")
def system_get() -> Response:
    """202 with the place to ask about it."""
    return _begin("system")


@api.post("/fhir/$export", summary="Export all resources of the stored cases", operation_id="export_system_post")
def system_post() -> Response:
    """202 with the place to ask about it."""
    return _begin("system")


@api.get("/fhir/Patient/$export", summary="Export the resources of all patients", operation_id="export_patient_get")
def patient_get() -> Response:
    """202 with the place to ask about it."""
    return _begin("patient")


@api.post("/fhir/Patient/$export", summary="Export the resources of patients", operation_id="export_patient_post")
def patient_post() -> Response:
    """202 with the place to ask about it."""
    return _begin("patient")


@api.get("/fhir/Group/<fhir_id:id>/$export", summary="Export a Group", operation_id="export_group_get")
def group_get(path: GroupId) -> Response:
    """202 with the place to ask about it; 404 for an unknown Group."""
    return _begin("group", path.id)


@api.post("/fhir/Group/<fhir_id:id>/$export", summary="Export patients of a Group", operation_id="export_group_post")
def group_post(path: GroupId) -> Response:
    """202 with the place to ask about it; 404 for an unknown Group."""
    return _begin("group", path.id)


@api.get("/fhir/$export/<id>", summary="What became of an export", operation_id="export_status")
def status(path: ExportId) -> Response:
    """202 with ``X-Progress`` while it runs, 200 with the manifest when it has ended, 500 where it failed."""
    single()
    return delivery.status("fhir", path.id)


@api.delete("/fhir/$export/<id>", summary="Cancel an export, or forget a finished one", operation_id="export_delete")
def delete(path: ExportId) -> Response:
    """202; it is not found from then on, and its files are removed."""
    single()
    acceptable(FHIR_JSON, "application/json")
    delivery.delete("fhir", path.id)
    return Response(dump(_said("the export is deleted")), 202, mimetype=FHIR_JSON)


@api.get("/fhir/$export/<id>/files/<n>", summary="A file of a finished export", operation_id="export_file")
def file(path: FileNumber) -> Response:
    """The file; compressed with ``Accept-Encoding: gzip``, in part with ``Range``."""
    single()
    return delivery.file("fhir", path)


def _begin(level: Level, group: str = "") -> Response:
    acceptable(FHIR_JSON, "application/json")
    posted = request.method == "POST"
    given, document = from_url(dict(request.args.lists())), request.query_string
    if posted:
        parsed = body.json_document()
        document += b"\n" + dump(parsed)
        for name, values in from_resource(parsed).items():
            given.setdefault(name, []).extend(values)
    lenient = any(_LENIENT.search(stated) for stated in request.headers.getlist("Prefer"))
    asked = understand(given, level, lenient=lenient, posted=posted)
    publication = publication_of(group) if group else ""
    order = Order(
        format="fhir-ndjson",
        url=delivery.url() if not posted else delivery.url().partition("?")[0],
        types=asked.types,
        elements=asked.elements,
        publication=publication,
        ids=_cases(asked, publication),
        since=asked.since,
        notices=tuple(asked.notices),
    )
    return delivery.begin(
        "fhir", order, document, _said("the export has begun; its state is at Content-Location"), FHIR_JSON
    )


def _cases(asked: Parameters, publication: str) -> tuple[str, ...]:
    """The ids of the cases whose patients were asked for, () for all."""
    if asked.patients is None:
        return ()
    wanted = set(asked.patients)
    with turn("store"), store().reading() as db:
        found = {patient: name for name, patient in _patients(moments.ids(db, publication)) if patient in wanted}
    message = "patient: expected references to patients that are here, and members of the Group where there is one"
    if not found:
        # To ignore all of them would export everybody.
        asked.lenient = False
    if len(found) < len(wanted):
        asked.unsupported(message)
    return tuple(found[patient] for patient in sorted(found))


def _patients(names: Iterator[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield name, Ids(name, "").uuid("patient")


def _said(text: str) -> Json:
    issue = {"severity": "information", "code": "informational", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
