"""``/v1/validate``: the report of ``adapter check``."""

from __future__ import annotations

from typing import Literal

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from adapter.formats.document import dump
from adapter.validate import check, check_on_server
from adapter.web import body
from adapter.web.convert import Switch, Target
from adapter.web.gate import turn
from adapter.web.negotiation import acceptable, single
from adapter.web.options import Options
from adapter.web.servers import answering


class Query(Options):
    """The options of ``adapter check``."""

    source: Target | None = Field(None, alias="from", description="format of the document; recognised when absent")
    tier: Literal["basic", "profile", "all"] = "basic"
    server: str | None = Field(None, description="id of a registered FHIR server that validates too")
    pretty: Switch = Field("false", alias="_pretty")


api = APIBlueprint("validate", __name__, abp_tags=[Tag(name="validate")])


@api.post("/v1/validate", summary="Validate a case, a FHIR document or a phenopacket")
def post(query: Query) -> Response:
    """The report (contracts.md section 4): 200 whether the document is valid or not.

    404 for an unknown server, 502 or 504 when it does not answer.
    """
    single()
    acceptable("application/json")
    terms = current_app.extensions["terms"]
    document = body.json_document()
    with turn():
        report = check(document, tier=query.tier, source=query.source, terms=terms)
    if query.server is not None:
        with answering(query.server) as client:
            report += check_on_server(document, client, source=query.source, terms=terms)
    return Response(dump(report.to_json(), pretty=query.pretty == "true"), mimetype="application/json")
