"""Phenopackets of schema 1 brought to the form of schema 2, so that one reader reads both.

Facts of both: ``src/main/proto/phenopackets/schema`` of github.com/phenopackets/phenopacket-schema, ``v1`` and ``v2``
(BSD 3-Clause). Members that were renamed are renamed; a variant becomes an interpretation of its packet or biosample
that claims no disease. What schema 2 has no field for (genes beside variants, a control sample, the version of a VCF)
is left out of the form and named with its pointer in the document as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from adapter.formats.phenopacket.reader.reading import objects
from adapter.formats.phenopacket.schema import escape
from adapter.formats.phenopacket.view import child, text
from adapter.report import Json

Residue = Iterator[tuple[str, Any]]
Change = Callable[[Any], Any]
Changes = dict[str, tuple[str, Change] | None]
_VERSIONS = ("1", "1.0", "1.0.0")
# Members that only schema 1 has, by the object they stand in: the mark of a document that does not say its version.
_MARKS = {
    "": ("genes", "variants", "htsFiles"),
    "subject": ("ageAtCollection", "ageRangeAtCollection"),
    "phenotypicFeatures": ("negated", "ageOfOnset", "ageRangeOfOnset", "classOfOnset"),
    "diseases": ("ageOfOnset", "ageRangeOfOnset", "classOfOnset", "tnmFinding"),
    "biosamples": (
        "ageOfIndividualAtCollection", "ageRangeOfIndividualAtCollection", "variants", "htsFiles", "isControlSample",
    ),
}  # fmt: skip
_SPDI = ("seqId", "position", "deletedSequence", "insertedSequence")
# What of each kind of allele has a field in a VariationDescriptor; a VCF allele has a record of its own there.
_KEPT = {"hgvsAllele": ("id", "hgvs"), "vcfAllele": (), "spdiAllele": ("id", *_SPDI), "iscnAllele": ("id", "iscn")}


def is_version_1(document: Json) -> bool:
    """Whether a Phenopacket, Family or Cohort is of schema 1: it says so, or says no version and has a mark of it."""
    version = text(child(document, "metaData"), "phenopacketSchemaVersion")
    if version:
        return version in _VERSIONS
    packets = [document, child(document, "proband")]
    packets += [one for name in ("relatives", "members") for _, one in objects(document, name)]
    return any(_is_marked(one) for one in packets)


def _is_marked(packet: Json) -> bool:
    for place, names in _MARKS.items():
        owners = [packet] if not place else [child(packet, place), *(one for _, one in objects(packet, place))]
        if any(name in owner for owner in owners for name in names):
            return True
    return False


def upgraded(packet: Json) -> Json:
    """A Phenopacket of schema 1 in the form of schema 2; what that has no field for is left out (:func:`residue`)."""
    found = _renamed(packet, {"htsFiles": ("files", _files), "genes": None, "variants": None})
    found = _each(found, "phenotypicFeatures", _feature)
    if isinstance(found.get("subject"), dict):
        found["subject"] = _renamed(found["subject"], _COLLECTED)
    found = _each(_each(found, "diseases", _disease), "biosamples", _biosample)
    calls = list(_calls(packet))
    if calls:
        found["interpretations"] = [{"diagnosis": {"genomicInterpretations": calls}}]
    return _versioned(found)


def leftover(document: Json) -> str:
    """Pointer of the first member of schema 1 that a document of schema 2 still has, "" where it has none.

    What such a member says is no less said: a feature that is ``negated`` was looked for and not found.
    """
    for path, packet in _packets(document):
        for place, names in _LEFTOVERS.items():
            for name in (place, _snake(place)):
                found = packet.get(name)
                several = objects(packet, name)
                owners = (
                    [(f"{path}/{name}", found)]
                    if isinstance(found, dict)
                    else [(f"{path}/{name}/{n}", one) for n, one in several]
                )
                for at, owner in owners:
                    if left := next((one for one in names if one in owner), None):
                        return f"{at}/{left}"
    return ""


def modernised(document: Json) -> Json:
    """A document of schema 2 without the members of schema 1 that :func:`leftover` finds: each under its new name."""
    found = _modern(document)
    if isinstance(found.get("proband"), dict):
        found["proband"] = _modern(found["proband"])
    return _each(_each(found, "relatives", _modern), "members", _modern)


def _modern(packet: Json) -> Json:
    found = dict(packet)
    if isinstance(found.get("subject"), dict):
        found["subject"] = _renamed(found["subject"], _either(_COLLECTED))
    for name, change in (("phenotypicFeatures", _FEATURE), ("diseases", _DISEASE), ("biosamples", _SAMPLED)):
        for spelled in (name, _snake(name)):
            found = _each(found, spelled, partial(_renamed, changes=_either(change)))
    return found


def _packets(document: Json) -> Iterator[tuple[str, Json]]:
    yield "", document
    if isinstance(document.get("proband"), dict):
        yield "/proband", document["proband"]
    for name in ("relatives", "members"):
        yield from ((f"/{name}/{n}", one) for n, one in objects(document, name))


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda m: f"_{m[0].lower()}", name)


def _either(changes: Changes) -> Changes:
    """``changes`` of members in camel case and in snake case."""
    return changes | {_snake(name): change for name, change in changes.items()}


def _versioned(found: Json) -> Json:
    if isinstance(found.get("metaData"), dict):
        found["metaData"] = found["metaData"] | {"phenopacketSchemaVersion": "2.0"}
    return found


def beside(document: Json) -> Json:
    """A Family or Cohort of schema 1 with its packets in the form of schema 2."""
    found = _renamed(document, {"htsFiles": ("files", _files)})
    if isinstance(found.get("proband"), dict):
        found["proband"] = upgraded(found["proband"])
    return _versioned(_each(_each(found, "relatives", upgraded), "members", upgraded))


def residue(packet: Json) -> Residue:
    """Pointer and value, in the packet of schema 1, of what its form of schema 2 does not hold."""
    for name in ("genes", "variants", "interpretations"):
        if name in packet and not (name == "variants" and isinstance(packet[name], list)):
            yield f"/{name}", packet[name]
    for path, variant in _variants(packet):
        if not isinstance(variant, dict) or not _descriptor(variant):
            yield path, variant
        else:
            yield from _left_of_variant(path, variant)
    for n, sample in objects(packet, "biosamples"):
        if "isControlSample" in sample:
            yield f"/biosamples/{n}/isControlSample", sample["isControlSample"]
        if "variants" in sample and not isinstance(sample["variants"], list):
            yield f"/biosamples/{n}/variants", sample["variants"]


def _left_of_variant(path: str, variant: Json) -> Residue:
    """What a VariationDescriptor does not hold of a Variant."""
    allele = _allele(variant)
    for name, value in variant.items():
        if name not in (allele, "zygosity"):
            yield f"{path}/{escape(name)}", value
    for name, value in variant[allele].items():
        if name not in _KEPT[allele] and (allele != "vcfAllele" or name == "vcfVersion"):
            yield f"{path}/{allele}/{escape(name)}", value


def _list(node: Json, name: str) -> list[Any]:
    value = node.get(name)
    return value if isinstance(value, list) else []


def _renamed(node: Json, changes: Changes) -> Json:
    """``node`` with members renamed and changed, those without a new name left out.

    Choices of one element are joined; a member whose new name is taken by another value stays as it is.
    """
    found: Json = {}
    for name, value in node.items():
        change = changes.get(name, (name, _same))
        if change is None:
            continue
        new, make = change
        made = make(value)
        if isinstance(found.get(new), dict) and isinstance(made, dict):
            found[new] = found[new] | made
        elif new in found or (new != name and new in node):
            found[name] = value
        else:
            found[new] = made
    return found


def _same(value: Any) -> Any:
    return value


def _each(node: Json, name: str, make: Callable[[Json], Json]) -> Json:
    if not isinstance(node.get(name), list):
        return node
    return node | {name: [make(one) if isinstance(one, dict) else one for one in node[name]]}


def _age(value: Any) -> Any:
    return _renamed(value, {"age": ("iso8601duration", _same)}) if isinstance(value, dict) else value


def _range(value: Any) -> Any:
    return {k: _age(v) for k, v in value.items()} if isinstance(value, dict) else value


def _moved(to: str, age: str, ages: str, term: str = "") -> Changes:
    """Members that became the choices of one TimeElement."""
    found: Changes = {
        age: (to, lambda value: {"age": _age(value)}),
        ages: (to, lambda value: {"ageRange": _range(value)}),
    }
    return found | ({term: (to, lambda value: {"ontologyClass": value})} if term else {})


_ONSET = _moved("onset", "ageOfOnset", "ageRangeOfOnset", "classOfOnset")
_FEATURE: Changes = {"negated": ("excluded", _same), **_ONSET}
_DISEASE: Changes = {"tnmFinding": ("clinicalTnmFinding", _same), **_ONSET}
_COLLECTED = _moved("timeAtLastEncounter", "ageAtCollection", "ageRangeAtCollection")
_SAMPLED = _moved("timeOfCollection", "ageOfIndividualAtCollection", "ageRangeOfIndividualAtCollection")
# Members of schema 1 by the object they stand in, where a packet of schema 2 has them too.
_LEFTOVERS = {
    "subject": tuple(_either(_COLLECTED)),
    "phenotypicFeatures": tuple(_either(_FEATURE)),
    "diseases": tuple(_either(_DISEASE)),
    "biosamples": tuple(_either(_SAMPLED)),
}


def _feature(node: Json) -> Json:
    return _renamed(node, _FEATURE)


def _disease(node: Json) -> Json:
    return _renamed(node, _DISEASE)


def _biosample(node: Json) -> Json:
    dropped: Changes = {"variants": None, "isControlSample": None}
    changes: Changes = {"htsFiles": ("files", _files), **dropped, **_SAMPLED}
    return _each(_renamed(node, changes), "phenotypicFeatures", _feature)


def _files(value: Any) -> Any:
    """HtsFiles as Files: what was a member of its own is an attribute of schema 2 by the name its documentation has."""
    if not isinstance(value, list):
        return value
    return [_file(one) if isinstance(one, dict) else one for one in value]


def _file(node: Json) -> Json:
    if "fileAttributes" in node:
        return node
    names = {"description": "description", "htsFormat": "fileFormat", "genomeAssembly": "genomeAssembly"}
    renamed = {"individualToSampleIdentifiers": ("individualToFileIdentifiers", _same)}
    found = _renamed(node, {**renamed, **dict.fromkeys(names)})
    attributes = {names[name]: value for name, value in node.items() if name in names}
    return found | ({"fileAttributes": attributes} if attributes else {})


def _variants(packet: Json) -> Residue:
    yield from ((f"/variants/{n}", one) for n, one in enumerate(_list(packet, "variants")))
    for m, sample in objects(packet, "biosamples"):
        yield from ((f"/biosamples/{m}/variants/{n}", one) for n, one in enumerate(_list(sample, "variants")))


def _calls(packet: Json) -> Iterator[Json]:
    """A call for each variant, of the subject or of the biosample it stood in."""
    owners = [(packet, text(child(packet, "subject"), "id"))]
    owners += [(one, text(one, "id")) for _, one in objects(packet, "biosamples")]
    number = 0
    for owner, identifier in owners:
        for _, variant in objects(owner, "variants"):
            if descriptor := _descriptor(variant):
                number += 1
                descriptor = {"id": f"variant-{number}"} | descriptor  # schema 2 demands one
                call: Json = {"subjectOrBiosampleId": identifier} if identifier else {}
                yield call | {"variantInterpretation": {"variationDescriptor": descriptor}}


def _allele(variant: Json) -> str:
    """Name of the member that holds the allele, "" where none does."""
    return next((name for name in _KEPT if isinstance(variant.get(name), dict) and variant[name]), "")


def _descriptor(variant: Json) -> Json:
    """The VariationDescriptor of a Variant; {} for one without an allele."""
    name = _allele(variant)
    allele = variant.get(name, {})
    found: Json = {"id": allele["id"]} if "id" in allele and name != "vcfAllele" else {}
    if name == "vcfAllele":
        found["vcfRecord"] = _renamed(allele, {"chr": ("chrom", _same), "vcfVersion": None, "pos": ("pos", _whole)})
    elif name:
        syntax = name.removesuffix("Allele")
        value = _spdi(allele) if syntax == "spdi" else allele.get(syntax)
        if not isinstance(value, str):
            return {}
        found["expressions"] = [{"syntax": syntax, "value": value}]
    return found | ({"allelicState": variant["zygosity"]} if found and "zygosity" in variant else {})


def _whole(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _spdi(allele: Json) -> str:
    return ":".join(str(allele.get(name, "")) for name in _SPDI)
