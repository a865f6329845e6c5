"""``/v1/uploads``: bundles, or cases, to a registered FHIR server, while the caller asks for progress."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapter.clock import now
from adapter.formats.base import ProfileSet
from adapter.formats.document import dump
from adapter.web import body
from adapter.web.errors import Refused
from adapter.web.jobs import Jobs
from adapter.web.negotiation import acceptable, single
from adapter.web.servers import known

api = APIBlueprint("uploads", __name__, abp_tags=[Tag(name="uploads")])
_SECONDS = "2"  # until a caller should look again


class Upload(BaseModel):
    """What to send, and where: FHIR bundles, cases or phenopackets."""

    model_config = ConfigDict(extra="forbid", strict=True)

    server: str = Field(max_length=64, description="id of a registered server")
    documents: list[dict[str, Any]] = Field(min_length=1, max_length=10_000)
    mode: Literal["conditional", "put"] = "conditional"
    dry_run: bool = False
    profile_set: ProfileSet = "gr3"


class UploadId(BaseModel):
    """The id of an upload."""

    id: str = Field(pattern="^[0-9a-f]{32}$")


@api.post("/v1/uploads", summary="Send documents to a registered FHIR server")
def post() -> Response:
    """202 with the place to ask for the table of entries; a repeat is harmless."""
    single()
    acceptable("application/json")
    parsed = body.json_document()
    try:
        wanted = Upload.model_validate(parsed)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Refused(400, f"/{'/'.join(map(str, first['loc']))}: {first['msg']}") from None
    known(wanted.server)
    request = {**wanted.model_dump(exclude={"documents"}), "documents": parsed["documents"], "at": now()}
    job = _jobs().start(request)
    response = Response(dump({"id": job, "status": "running"}), 202, mimetype="application/json")
    response.headers["Content-Location"] = f"/v1/uploads/{job}"
    response.headers["Retry-After"] = _SECONDS
    return response


@api.get("/v1/uploads/<id>", summary="What became of an upload")
def get(path: UploadId) -> Response:
    """202 with ``X-Progress`` while it runs, 200 with a row per entry when it has ended."""
    single()
    acceptable("application/json")
    state = _jobs().state(path.id)
    if state is None:
        raise Refused(404, "no such upload")
    response = Response(dump(state), 200 if state["status"] == "ended" else 202, mimetype="application/json")
    if response.status_code == 202:
        response.headers["X-Progress"] = f"{state['done']} of {state['documents']} documents"
        response.headers["Retry-After"] = _SECONDS
    return response


@api.delete("/v1/uploads/<id>", summary="Stop and forget an upload")
def delete(path: UploadId) -> Response:
    """204; what is on the server stays there."""
    single()
    if not _jobs().delete(path.id):
        raise Refused(404, "no such upload")
    return Response(status=204)


def _jobs() -> Jobs:
    settings = body.settings()
    folder = settings.uploads or Path.home() / ".local" / "state" / "haem-adapter" / "uploads"
    return Jobs(folder, settings.servers, current_app.extensions["terms"])
