"""Specimens of a case, from Biosample; a diagnostic marker that is all that is known of a karyotype is a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from adapter.formats.phenopacket.biosample import UNSTATED
from adapter.formats.phenopacket.reader.reading import Reading, objects, own_id, stated, when
from adapter.formats.phenopacket.reader.variants import Told, finding_of
from adapter.formats.phenopacket.view import child, text
from adapter.report import Json


def identities(r: Reading) -> dict[str, str]:
    """Id of the specimen of every biosample of the person; the one for "specimen not stated" has none."""
    found = {}
    for n, node in objects(r.document, "biosamples"):
        if r.is_anothers(node):
            r.odd(f"/biosamples/{n}", "person", "a sample of another individual is carried, with what was found in it")
        elif text(node, "id") and not _is_unstated(r, node):
            found[text(node, "id")] = own_id(r.case_id, text(node, "id"))
    return found


def _is_unstated(r: Reading, node: Json) -> bool:
    own = own_id(r.case_id, text(node, "id")).startswith(UNSTATED)
    return own and text(node, "description") == "specimen not stated" and "sampledTissue" not in node


def specimens(r: Reading, ids: dict[str, str]) -> list[Json]:
    """The specimens in order."""
    return [
        _specimen(r, node, ids[text(node, "id")], f"/biosamples/{n}")
        for n, node in objects(r.document, "biosamples")
        if text(node, "id") in ids and not r.is_anothers(node)
    ]


def _specimen(r: Reading, node: Json, identifier: str, where: str) -> Json:
    taken = when(r, node, "timeOfCollection", where)
    if late := r.comments.first(where, "date"):
        taken = taken | {"date": late}
    relapse = r.terms.code("phases", "relapse", "NCIT").curie
    at = "relapse" if text(child(node, "tumorProgression"), "id") == relapse else r.comments.first(where, "at")
    material = r.words("specimens", node.get("sampledTissue"), where, "material")
    return stated(id=identifier, material=material) | taken | stated(at=at, said=text(node, "description"))


def markers(r: Reading, ids: dict[str, str], calls: Counter[str]) -> Iterator[tuple[str, Json]]:
    """Karyotypes of which only "complex" is known.

    ``calls`` counts, by biosample, the calls that say so themselves: each of them has a marker too.
    """
    complex_karyotype = r.writing().of_key("phenopackets", "complex-karyotype", "NCIT").curie
    for n, node in objects(r.document, "biosamples"):
        if r.is_anothers(node):
            continue
        places = [
            f"/biosamples/{n}/diagnosticMarkers/{m}"
            for m, marker in objects(node, "diagnosticMarkers")
            if text(marker, "id") == complex_karyotype
        ]
        alone = len(places) - calls[text(node, "id")]
        told = sorted(places, key=lambda place: not r.comments.at(place))
        for place in sorted(told[: max(alone, 0)], key=lambda place: int(place.rpartition("/")[2])):
            yield place, _karyotype(r, place) | stated(specimen=ids.get(text(node, "id")))


def _karyotype(r: Reading, place: str) -> Json:
    named: dict[str, list[str]] = {"complex-karyotype": ["true"]}
    for comment in r.comments.at(place):
        named.setdefault(comment.name, []).append(comment.text)
    return finding_of(r, Told(named)) | stated(said=r.comments.first(place, "said"))
