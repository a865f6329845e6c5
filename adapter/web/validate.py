"""``/v1/validate``: the report of ``adapter check``."""

from __future__ import annotations

from typing import Literal

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from adapter.formats.document import dump
from adapter.validate import check
from adapter.web import body
from adapter.web.convert import Switch, Target
from adapter.web.negotiation import acceptable, single


class Query(BaseModel):
    """The options of ``adapter check``."""

    model_config = ConfigDict(extra="forbid")

    source: Target | None = Field(None, alias="from", description="format of the document; recognised when absent")
    tier: Literal["basic", "profile", "all"] = "basic"
    pretty: Switch = Field("false", alias="_pretty")


api = APIBlueprint("validate", __name__, abp_tags=[Tag(name="validate")])


@api.post("/v1/validate", summary="Validate a case, a FHIR document or a phenopacket")
def post(query: Query) -> Response:
    """The report (contracts.md section 4): 200 whether the document is valid or not."""
    single()
    acceptable("application/json")
    report = check(body.json_document(), tier=query.tier, source=query.source, terms=current_app.extensions["terms"])
    return Response(dump(report.to_json(), pretty=query.pretty == "true"), mimetype="application/json")
