"""MetaData: the clock, the vocabularies of the prefixes written (and no other), the comments, the publications."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from adapter.case.links import finding_ids
from adapter.formats.phenopacket.writing import BY, Writing
from adapter.report import Json
from adapter.terms import Terms

if TYPE_CHECKING:
    from adapter.case import Case, Source

SCHEMA_VERSION = "2.0"


def meta_data(w: Writing, case: Case) -> Json:
    """MetaData of the packet; the last part written, since it lists what the others used."""
    references = _references(w, case)
    node: Json = {"created": w.at, "createdBy": BY}
    w.note((node, "", "profile:clock", "created"))
    if w.prefixes:
        node["resources"] = resources(w)
    if w.updates:
        node["updates"] = w.updates
    node["phenopacketSchemaVersion"] = SCHEMA_VERSION
    if references:
        node["externalReferences"] = references
    return node


def resources(w: Writing) -> list[Json]:
    """Resource entries of the prefixes written, sorted."""
    return [resource(w.terms, prefix).copy() for prefix in sorted(w.prefixes)]


@cache
def resource(terms: Terms, prefix: str) -> Json:
    """GA4GH Resource of a prefix's vocabulary; to be copied. Raises UnknownTerm."""
    vocabulary = terms.resource(prefix)
    return {
        "id": vocabulary.id,
        "name": vocabulary.name,
        "url": vocabulary.url,
        "version": vocabulary.version,
        "namespacePrefix": vocabulary.prefix,
        "iriPrefix": vocabulary.iri_prefix,
    }


def _references(w: Writing, case: Case) -> list[Json]:
    """ExternalReferences of the case's source and of the findings' own ones, one per publication."""
    found: list[Json] = []
    if case.source:
        _add(w, found, case.source, "/source", "")
    ids = finding_ids(case.findings) if any(finding.source for finding in case.findings) else ()
    for n, identifier in enumerate(ids):
        if source := case.findings[n].source:
            _add(w, found, source, f"/findings/{n}/source", f" of finding {identifier}")
    return found


def _add(w: Writing, found: list[Json], source: Source, path: str, owner: str) -> None:
    start = len(found)
    if source.doi:
        _add_one(w, found, f"DOI:{source.doi}", f"https://doi.org/{source.doi}", f"{path}/doi")
    if source.pmid:
        _add_one(w, found, f"PMID:{source.pmid}", f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}", f"{path}/pmid")
    if source.url:
        found.append(w.put({"reference": source.url}, f"{path}/url"))
    where = f"/metaData/externalReferences/{start}" if len(found) > start else "/metaData"
    if source.title and len(found) > start:
        found[start]["description"] = source.title
        w.note((found[start], f"{path}/title", "", "description"))
    elif source.title:
        w.comment(where, f"title{owner}", source.title, f"{path}/title")
    if owner and len(found) > start:
        w.comment(where, "used for", owner.removeprefix(" of "), "", moved=False)
    of = "" if len(found) > start else owner  # a place of its own says whose it is
    w.said(where, source.licence, f"{path}/licence", f"licence{of}")
    w.said(where, source.accessed.text if source.accessed else None, f"{path}/accessed", f"accessed{of}")


def _add_one(w: Writing, found: list[Json], curie: str, url: str, path: str) -> None:
    w.prefixes.add(curie.partition(":")[0])
    found.append(w.put({"id": curie, "reference": url}, path))
