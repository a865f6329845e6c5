"""GA4GH Variation Representation (VRS) 1.2.1, 1.3 and 2.0: objects and their computed identifiers.

An object is the JSON of the specification, made by the functions here; :func:`identify` gives its computed identifier:
the inherent fields in canonical JSON, nested identifiable objects replaced by their digest, SHA-512, 24 bytes of it in
base64url. Positions are interresidue: counted from 0, end excluded.

>>> gene = gene_subject("HGNC:7132")
>>> identify(copy_number_count(gene, 6, 18, "1.2.1"), "1.2.1")
'ga4gh:VCN.NQZF0mHic_tzz5O89zzZhR9gxPiU0FPK'

An identifier says neither its version nor its subject: the same copies of a gene, of its band and of its sequence are
three identifiers, and each version has others. State both beside it, and never match on it alone.

Sources: ga4gh/vrs tags 1.2.1, 1.3.0 and 2.0 (``docs``, ``schema`` and ``validation/models.yaml``); phenopackets 2.0
carries 1.2.1, whose allele identifiers are those of 1.3. As in the specification's own vectors, an inherent field of
2.0 without a value is serialised as null, and left out in 1.x.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from functools import cache, lru_cache
from hashlib import sha512
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import orjson

from adapter.nomenclature import bands
from adapter.nomenclature.refget import named

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]
Version = Literal["1.2.1", "1.3", "2.0"]
Range = tuple[int | None, int | None]
"""Lowest and highest value, both included; None where open."""

_PREFIXES_1: Mapping[str, str] = {
    "Allele": "VA",
    "SequenceLocation": "VSL",
    "ChromosomeLocation": "VCL",
    "CopyNumber": "VCN",
    "CopyNumberCount": "CN",
    "CopyNumberChange": "CX",
}
_PREFIXES_2: Mapping[str, str] = {
    "Allele": "VA",
    "SequenceLocation": "SL",
    "Adjacency": "AJ",
    "Terminus": "TM",
    "DerivativeMolecule": "DM",
    "CopyNumberCount": "CN",
    "CopyNumberChange": "CX",
}
_INHERENT_2: Mapping[str, tuple[str, ...]] = {
    "SequenceReference": ("refgetAccession",),
    "LiteralSequenceExpression": ("sequence",),
    "LengthExpression": ("length",),
    "ReferenceLengthExpression": ("length", "repeatSubunitLength"),
    "SequenceLocation": ("end", "sequenceReference", "start"),
    "Allele": ("location", "state"),
    "Adjacency": ("adjoinedSequences", "linker"),
    "Terminus": ("location",),
    "TraversalBlock": ("component", "orientation"),
    "DerivativeMolecule": ("components",),
    "CopyNumberCount": ("copies", "location"),
    "CopyNumberChange": ("copyChange", "location"),
}
_COMPUTED = re.compile(r"ga4gh:[A-Z]+\.([0-9A-Za-z_-]{32})")
_REFGET = re.compile(r"SQ\.([0-9A-Za-z_-]{32})")
_SEQUENCE = re.compile(r"[A-Z*-]*")
_HUMAN = "taxonomy:9606"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def sha512t24u(data: bytes) -> str:
    """GA4GH truncated digest: 24 bytes of SHA-512 in base64url, 32 characters."""
    return b2a_base64(sha512(data).digest()[:24], newline=False).translate(_URL_SAFE).decode("ascii")


def refget_accession(sequence: str) -> str:
    """Refget accession of the bases or residues of a whole sequence, in any letter case."""
    return "SQ." + sha512t24u(sequence.upper().encode("ascii"))


# --- identifiers


def identify(obj: Json, version: Version) -> str:
    """Computed identifier ``ga4gh:<prefix>.<digest>`` of an object of this version.

    Raises ValueError for an object whose type has no identifier in this version.
    """
    prefix = (_PREFIXES_2 if version == "2.0" else _PREFIXES_1).get(obj["type"])
    if prefix is None:
        raise ValueError(f"VRS {version} has no computed identifier for a {obj['type']}")
    return f"ga4gh:{prefix}.{sha512t24u(serialize(obj, version))}"


def serialize(obj: Json, version: Version) -> bytes:
    """Canonical JSON that the digest of an object is made of."""
    inherent = _inherent_2(obj) if version == "2.0" else _inherent_1(obj)
    return orjson.dumps(inherent, option=orjson.OPT_SORT_KEYS)


def _inherent_2(obj: Json) -> Json:
    names = ("type", *_INHERENT_2[obj["type"]])
    return {name: _nested(obj.get(name), "2.0") for name in names}


def _inherent_1(obj: Json) -> Json:
    return {k: _nested(v, "1.3") for k, v in obj.items() if v is not None and k[0] != "_"}


def _nested(value: Any, version: Version) -> Any:
    """The value of an inherent field: identifiable objects and computed identifiers are replaced by their digest."""
    if isinstance(value, dict):
        if value["type"] in (_PREFIXES_2 if version == "2.0" else _PREFIXES_1):
            return sha512t24u(serialize(value, version))
        return _inherent_2(value) if version == "2.0" else _inherent_1(value)
    if isinstance(value, list):
        return [_nested(item, version) for item in value]
    if isinstance(value, str) and (computed := _COMPUTED.fullmatch(value)):
        return computed[1]
    return value


# --- alleles, the quick way


def allele_id(refget: str, start: int, end: int, sequence: str, version: Version = "2.0") -> str:
    """Identifier of the allele in which ``sequence`` stands for the bases from ``start`` to ``end`` of ``refget``.

    The same as :func:`identify` of :func:`allele` with a literal sequence, without building the object. The allele is
    taken as it is: a substitution is always in normal form, an insertion or deletion must be fully justified before
    (:func:`adapter.nomenclature.spdi.justified`), and is a reference length expression in 2.0.
    Raises ValueError for what is no refget accession, no sequence or no interval.
    """
    if not (0 <= start <= end and _SEQUENCE.fullmatch(sequence)):
        raise ValueError("expected 0 <= start <= end and a sequence in capitals")
    head, middle, tail = _location_template(refget, version)
    location = sha512t24u(f"{head}{end}{middle}{start}{tail}".encode("ascii"))
    state = f'{{"sequence":"{sequence}","type":"LiteralSequenceExpression"}}'
    return "ga4gh:VA." + sha512t24u(f'{{"location":"{location}","state":{state},"type":"Allele"}}'.encode("ascii"))


@lru_cache(maxsize=256)
def _location_template(refget: str, version: Version) -> tuple[str, str, str]:
    """Canonical JSON of a sequence location before, between and after its end and its start."""
    digest = _refget_digest(refget)
    if version == "2.0":
        reference = f'{{"refgetAccession":"SQ.{digest}","type":"SequenceReference"}}'
        return '{"end":', f',"sequenceReference":{reference},"start":', ',"type":"SequenceLocation"}'
    middle = '},"start":{"type":"Number","value":'
    tail = f'}},"type":"SequenceInterval"}},"sequence_id":"{digest}","type":"SequenceLocation"}}'
    return '{"interval":{"end":{"type":"Number","value":', middle, tail


def _refget_digest(refget: str) -> str:
    found = _REFGET.fullmatch(refget)
    if found is None:
        raise ValueError(f"expected a refget accession SQ.…, found {refget!r}")
    return found[1]


# --- objects


def literal(sequence: str) -> Json:
    """State of an allele given by its bases or residues."""
    return {"type": "LiteralSequenceExpression", "sequence": sequence}


def repeated(length: int, subunit: int, sequence: str | None = None) -> Json:
    """State of a 2.0 allele made of the reference: ``length`` residues that repeat a unit of ``subunit`` residues."""
    state: Json = {"type": "ReferenceLengthExpression", "length": length, "repeatSubunitLength": subunit}
    return state if sequence is None else {**state, "sequence": sequence}


def allele(location: Json, state: Json) -> Json:
    """Allele: the state of a molecule at a location; state and location of the version wanted."""
    return {"type": "Allele", "location": location, "state": state}


def sequence_location(refget: str, start: int | Range, end: int | Range, version: Version = "2.0") -> Json:
    """Interval of a sequence, interresidue; a range where an end is not exact."""
    digest = _refget_digest(refget)
    if version == "2.0":
        reference = {"type": "SequenceReference", "refgetAccession": refget}
        return _location_2(reference, start=_value_2(start), end=_value_2(end))
    interval = {"type": "SequenceInterval", "start": _value_1(start), "end": _value_1(end)}
    return {"type": "SequenceLocation", "sequence_id": f"ga4gh:SQ.{digest}", "interval": interval}


def _location_2(reference: Json, **ends: Any) -> Json:
    return {"type": "SequenceLocation", "sequenceReference": reference, **ends}


def chromosome_location(chromosome: str, first: str, last: str | None = None) -> Json:
    """Cytoband location of 1.x: bands ``first`` to ``last`` of a human chromosome (``"11", "q23.3"``)."""
    interval = {"type": "CytobandInterval", "start": first, "end": first if last is None else last}
    return {"type": "ChromosomeLocation", "species_id": _HUMAN, "chr": chromosome, "interval": interval}


def band_location(chromosome: str, band: str, version: Version, assembly: bands.Assembly = "GRCh38") -> Json | None:
    """A band as a location: by name in 1.x, as the interval of its 850-level bands in 2.0; None for no band.

    The bases of a band are conventional (UCSC); the name is the better key where the version has it.
    """
    covered = bands.covered(chromosome, band)
    if covered is None:
        return None
    if version != "2.0":
        return chromosome_location(chromosome, band)
    sequence = named(chromosome, assembly)
    return (
        None
        if sequence is None
        else sequence_location(sequence.refget, *bands.interval(chromosome, *covered, assembly))
    )


def gene_subject(hgnc: str) -> Json:
    """A gene as subject of a 1.x copy number: the CURIE in small letters, as the specification writes prefixes."""
    return {"type": "Gene", "gene_id": hgnc.lower()}


def copy_number_count(subject: Json, low: int | None, high: int | None, version: Version) -> Json:
    """Copies of a subject, ``low`` to ``high``, None where open: ``CopyNumber`` in 1.2.1, later ``CopyNumberCount``.

    The subject is a gene, a chromosome location or a sequence location in 1.x, a sequence location in 2.0. Raises
    ValueError where no bound is given, or where they are in the wrong order.
    """
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise ValueError("expected a lowest or a highest number of copies, the lowest first")
    copies: int | Range = low if low is not None and low == high else (low, high)
    if version == "2.0":
        return {"type": "CopyNumberCount", "location": _placed(subject), "copies": _value_2(copies)}
    kind = "CopyNumber" if version == "1.2.1" else "CopyNumberCount"
    return {"type": kind, "subject": subject, "copies": _value_1(copies)}


def copy_number_change(subject: Json, efo: str, version: Literal["1.3", "2.0"]) -> Json:
    """Change of copy number relative to the ploidy, as an EFO class (``EFO:0030072``); 1.2.1 has no such object.

    Raises ValueError for a class that VRS does not list.
    """
    label = _copy_changes().get(efo.upper())
    if label is None:
        raise ValueError(f"VRS {version} has no copy change {efo}")
    if version == "2.0":
        return {"type": "CopyNumberChange", "location": _placed(subject), "copyChange": label}
    return {"type": "CopyNumberChange", "subject": subject, "copy_change": efo.lower()}


@cache
def _copy_changes() -> Mapping[str, str]:
    """Labels of VRS 2.0 by EFO class."""
    text = files("adapter.nomenclature").joinpath("data/vrs_copy_change.tsv").read_text(encoding="utf-8")
    return MappingProxyType(dict(line.split("\t") for line in text.splitlines()[1:]))


def _placed(subject: Json) -> Json:
    if subject["type"] != "SequenceLocation":
        raise ValueError(f"VRS 2.0 counts copies of a sequence location, not of a {subject['type']}")
    return subject


def upto(refget: str, end: int) -> Json:
    """The sequence that ends at ``end`` (interresidue) as one side of an adjacency, read forwards when it is first."""
    return _location_2({"type": "SequenceReference", "refgetAccession": "SQ." + _refget_digest(refget)}, end=end)


def onwards(refget: str, start: int) -> Json:
    """The sequence that begins at ``start`` (interresidue) as one side of an adjacency, read forwards when second."""
    return _location_2({"type": "SequenceReference", "refgetAccession": "SQ." + _refget_digest(refget)}, start=start)


def adjacency(first: Json, second: Json, linker: str | int | None = None) -> Json:
    """Two sequences joined at known breakpoints (2.0), ``linker`` bases, or so many unknown ones, between them.

    Each side is :func:`upto` or :func:`onwards`. A first side given by its start, or a second side given by its end, is
    read on the reverse strand.
    """
    joined: Json = {"type": "Adjacency", "adjoinedSequences": [first, second]}
    if isinstance(linker, int):
        joined["linker"] = {"type": "LengthExpression", "length": linker}
    elif linker:
        joined["linker"] = literal(linker)
    return joined


def _value_1(value: int | Range) -> Json:
    """Number, definite range or indefinite range of 1.x."""
    if isinstance(value, int):
        return {"type": "Number", "value": value}
    low, high = value
    if low is not None and high is not None:
        return {"type": "DefiniteRange", "min": low, "max": high}
    comparator, bound = ("<=", high) if low is None else (">=", low)
    return {"type": "IndefiniteRange", "comparator": comparator, "value": bound}


def _value_2(value: int | Range) -> int | list[int | None]:
    return value if isinstance(value, int) else list(value)
