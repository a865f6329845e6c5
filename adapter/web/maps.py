"""``/v1/maps``: the mapping tables as they are used."""

from __future__ import annotations

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, Field

from adapter.formats.document import dump
from adapter.web.negotiation import acceptable, single


class Name(BaseModel):
    """A table by its name."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,64}$", description="as listed by /v1/maps")


api = APIBlueprint("maps", __name__, abp_tags=[Tag(name="maps")])


@api.get("/v1/maps", summary="The mapping tables")
def index() -> Response:
    """Names and sizes of the tables, and the content hash they have together."""
    single()
    acceptable("application/json")
    terms = current_app.extensions["terms"]
    tables = [{"name": name, "rows": len(terms.rows(name))} for name in terms.tables()]
    return Response(dump({"version": terms.version, "tables": tables}), mimetype="application/json")


@api.get("/v1/maps/<name>", summary="The rows of a mapping table")
def table(path: Name) -> Response:
    """The rows in table order, with the fields of SSSOM."""
    single()
    acceptable("application/json")
    rows = current_app.extensions["terms"].rows(path.name)
    return Response(dump({"name": path.name, "rows": [row._asdict() for row in rows]}), mimetype="application/json")
