"""The Provenance of a conversion: what was written, when, by which version, from which publication."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import URI
from adapter.formats.fhir.draft import addresses_of, terms_of_use
from adapter.formats.fhir.narrative import narrative

if TYPE_CHECKING:
    from adapter.case import Source
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json


def _agent() -> str:
    try:
        return f"haem-adapter {version('haem-adapter')}"
    except PackageNotFoundError:
        return "haem-adapter"


_AGENT = _agent()
_ALONE = "no resource of the case can cite a publication: it stands in the Provenance"


def provenance(d: Draft) -> None:
    """Add the Provenance of all entries so far. R4 gives it no identifier: a tag takes its place."""
    targets = [{"reference": entry["fullUrl"]} for entry in d.entries]
    made: Json = {
        "resourceType": "Provenance",
        "id": d.ids.uuid("provenance"),
        "meta": {"tag": [{"system": URI, "code": d.ids["provenance"]}]},
        "text": narrative(f"Converted from a case report by {_AGENT}, mapping tables {d.terms.version}"),
        "target": targets,
        "recorded": d.options.at,
        "agent": [{"who": {"display": f"{_AGENT}, mapping tables {d.terms.version}"}}],
    }
    if d.case.source is not None and (entities := publication(d, d.case.source)):
        made["entity"] = entities
    d.add(made)


def publication(d: Draft, source: Source) -> list[Json]:
    """The publication in full, so that a reader can tell it from one that a finding cites.

    An entity per address, the title with the first, the terms of use in one of their own.
    """
    entities = [entity(d, field, url) for field, url in addresses_of(source)]
    if source.title:
        entities = entities or [{"role": "source", "what": {}}]
        titled(d, entities[0]["what"], source.title)
    if terms := terms_of_use(source):
        known = {"display": ". ".join(terms.values())}
        for field in () if d.cites else terms:
            d.ledger.moved(f"/source/{field}", _ALONE, known, "display")
        entities.append({"role": "source", "what": known})
    return entities


def entity(d: Draft, field: str, url: str) -> Json:
    """The publication by one of its addresses; where no resource can cite it, it stands here alone."""
    known = {"system": URI, "value": url}
    if not d.cites:
        d.ledger.moved(f"/source/{field}", _ALONE, known, "value")
    return {"role": "source", "what": {"identifier": known}}


def titled(d: Draft, what: Json, title: str) -> None:
    """The publication's title beside its address."""
    what["display"] = title
    if not d.cites:
        d.ledger.moved("/source/title", _ALONE, what, "display")
