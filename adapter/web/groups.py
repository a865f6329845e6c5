"""``/fhir/Group``: the cases of a publication, as the Groups that can be exported."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel, ConfigDict, Field

from adapter.formats.document import dump
from adapter.formats.fhir.ids import NAMESPACE
from adapter.formats.fhir.narrative import narrative
from adapter.report import Json
from adapter.store import moments
from adapter.web.errors import Refused
from adapter.web.gate import turn
from adapter.web.negotiation import acceptable, single
from adapter.web.stored import store

FHIR_JSON = "application/fhir+json"


class GroupId(BaseModel):
    """A Group by its id."""

    id: str = Field(pattern=r"^[A-Za-z0-9.-]{1,64}$")


class GroupQuery(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    identifier: str | None = Field(None, max_length=300, description="of the publication: value, or system|value")


api = APIBlueprint("groups", __name__, abp_tags=[Tag(name="fhir")])


@api.get("/fhir/Group", summary="The Groups: one for each publication that stored cases come from")
def search(query: GroupQuery) -> Response:
    """A searchset Bundle."""
    found = [one for one in _groups() if query.identifier is None or _matches(one, query.identifier)]
    root = request.base_url.rstrip("/")
    entry = [{"fullUrl": f"{root}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in found]
    answer: Json = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return _answer(answer | ({"entry": entry} if entry else {}))


@api.get("/fhir/Group/<fhir_id:id>", summary="Read a Group")
def read(path: GroupId) -> Response:
    """The Group of a publication, with the number of its cases."""
    name = publication_of(path.id)
    return _answer(next(one for one in _groups() if one["id"] == group_id(name)))


def publication_of(id: str) -> str:
    """The publication (:mod:`adapter.store.publication`) whose cases are the members of a Group. Refused: 404."""
    with turn("store"), store().reading() as db:
        found = next((name for name in moments.publications(db) if group_id(name) == id), None)
    if found is None:
        raise Refused(404, "no such Group")
    return found


def group_id(publication: str) -> str:
    """UUIDv5 of the publication, in the namespace of this project."""
    return str(uuid.uuid5(NAMESPACE, f"publication/{publication}"))


def _groups() -> list[Json]:
    with turn("store"), store().reading() as db:
        return [_group(name, count) for name, count in moments.publications(db).items()]


def _group(publication: str, count: int) -> Json:
    prefix, _, value = publication.partition(":")
    return {
        "resourceType": "Group",
        "id": group_id(publication),
        "text": narrative(f"{count} cases of {publication}"),
        "identifier": [{"system": current_app.extensions["terms"].resource(prefix).fhir_system, "value": value}],
        "type": "person",
        "actual": True,
        "name": f"Cases of {publication}",
        "quantity": count,
    }


def _matches(group: Json, stated: str) -> bool:
    """A token as FHIR searches for it: ``value``, ``system|value``, ``system|``."""
    known = group["identifier"][0]
    system, bar, value = stated.rpartition("|")
    return (not value or value.lower() == known["value"]) and (not bar or system == known["system"])


def _answer(resource: Any) -> Response:
    single()
    return Response(dump(resource), mimetype=acceptable(FHIR_JSON, "application/json"))
