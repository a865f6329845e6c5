"""What a changed or deleted case no longer yields, told as Bulk Data 2.0.0 asks: a transaction of DELETE entries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.convert import Converted, convert
from adapter.export.request import Request
from adapter.report import Json
from adapter.terms import Terms


def deleted(change: Json, request: Request, terms: Terms) -> list[Converted]:
    """One Bundle for a change (:func:`adapter.store.moments.changes`) that took resources away, none for another.

    Raises AdapterError for a case that cannot be written.
    """
    after = _written(change["after"], request, terms) if change["after"] is not None else []
    left = {place for one in after for place in _places(one)}
    found = []
    for one in _written(change["before"], request, terms):
        gone = [place for place in _places(one) if place not in left and _wanted(place, request)]
        if gone:
            entry = [{"request": {"method": "DELETE", "url": place}} for place in gone]
            found.append(replace(one, document={"resourceType": "Bundle", "type": "transaction", "entry": entry}))
    return found


def _written(case: Json, request: Request, terms: Terms) -> list[Converted]:
    return convert(case, "fhir", at=request.at, profile_set=request.profile_set, terms=terms)


def _places(one: Converted) -> Iterator[str]:
    for entry in one.document["entry"]:
        yield f"{entry['resource']['resourceType']}/{entry['resource']['id']}"


def _wanted(place: str, request: Request) -> bool:
    return not request.types or place.partition("/")[0] in request.types
