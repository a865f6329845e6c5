"""``/v1/exports``: the stored cases, or some of them, to files; asynchronous, resumable, verifiable."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapter.clock import instant
from adapter.export.order import Order
from adapter.formats.base import ProfileSet
from adapter.formats.document import dump
from adapter.store.publication import curie
from adapter.web import body, delivery
from adapter.web.delivery import ExportId, FileNumber
from adapter.web.errors import Refused
from adapter.web.negotiation import acceptable, single

api = APIBlueprint("exports", __name__, abp_tags=[Tag(name="exports")])


class ExportRequest(BaseModel):
    """What to export, and how. The options are those of ``adapter export``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: Literal[
        "phenopacket-ndjson",
        "phenopacket-zip",
        "phenopacket-cohort",
        "phenopacket-protobuf",
        "fhir-ndjson",
        "fhir-transactions",
    ]
    profile_set: ProfileSet = "gr3"
    check: Literal["none", "sample", "basic"] = "sample"
    losses: bool = Field(True, description="false leaves out the files of losses")
    name: str = Field(
        "haem-adapter-export",
        pattern=r"^[A-Za-z0-9_]([A-Za-z0-9._-]{0,118}[A-Za-z0-9_])?$",
        description="top folder of an archive, id of a cohort message",
    )
    publication: str | None = Field(
        None,
        pattern=r"^(DOI:10\.[0-9]{4,9}/[!-~]{1,200}|PMID:[1-9][0-9]{0,8})$",
        description="only the cases of this publication",
    )
    since: str | None = Field(
        None, description="only cases stored after this time", json_schema_extra={"format": "date-time"}
    )


@api.post("/v1/exports", summary="Export the stored cases")
def post() -> Response:
    """202 with the place to ask about it; with ``Idempotency-Key`` a repeat gets the first answer again."""
    single()
    acceptable("application/json")
    parsed = body.json_document()
    wanted = _wanted(parsed)
    try:
        since = instant(wanted.since) if wanted.since is not None else ""
    except ValueError as error:
        raise Refused(400, f"/since: {error}") from None
    order = Order(
        format=wanted.format,
        url=delivery.url(),
        profile_set=wanted.profile_set,
        check=wanted.check,
        losses=wanted.losses,
        name=wanted.name,
        publication=curie(wanted.publication or ""),
        since=since,
    )
    return delivery.begin("v1", order, dump(parsed), {"status": "running"}, "application/json")


@api.get("/v1/exports/<id>", summary="What became of an export")
def get(path: ExportId) -> Response:
    """202 with ``X-Progress`` while it runs, 200 with the manifest when it has ended, 500 where it failed."""
    single()
    return delivery.status("v1", path.id)


@api.delete("/v1/exports/<id>", summary="Cancel an export, or forget a finished one")
def delete(path: ExportId) -> Response:
    """202; it is not found from then on, and its files are removed."""
    single()
    acceptable("application/json")
    delivery.delete("v1", path.id)
    return Response(dump({"id": path.id, "status": "deleted"}), 202, mimetype="application/json")


@api.get("/v1/exports/<id>/files/<n>", summary="A file of a finished export")
def file(path: FileNumber) -> Response:
    """The file; compressed with ``Accept-Encoding: gzip``, in part with ``Range``."""
    single()
    return delivery.file("v1", path)


def _wanted(parsed: Any) -> ExportRequest:
    try:
        return ExportRequest.model_validate(parsed)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Refused(400, f"/{'/'.join(map(str, first['loc']))}: {first['msg']}") from None
