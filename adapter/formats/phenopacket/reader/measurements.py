"""Findings of a case that a packet holds as measurements: observations, and genomic results that are not present."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from adapter.errors import NomenclatureError
from adapter.formats.phenopacket.measurement import MARKER
from adapter.formats.phenopacket.printing import number
from adapter.formats.phenopacket.reader.reading import Reading, objects, stated, when
from adapter.formats.phenopacket.reader.variants import COUNTS, FLAGS, GENES, PLAIN, Told, finding_of
from adapter.formats.phenopacket.view import child, text
from adapter.nomenclature import readings
from adapter.report import Json

_TOLD = (
    "fusion", "gene", "region", "change", "copies", "hgvs", "iscn", "kind", "zygosity", "test", "marker", "value",
    "reference", "unit", "level", "sensitivity", "at", "blasts", "mosaicism", "mosaicism-stated", "allele-frequency",
    "allele-frequency-stated", "cytoband", "interval", "chromosome", "assembly", "region-stated", "transcript", "assay",
    "control-probe", "control-copies", "derived", "derived-from", "said",
)  # fmt: skip
_NAMES = "|".join(sorted({*_TOLD, *PLAIN, *COUNTS, *FLAGS, *GENES}, key=len, reverse=True))
_PART = re.compile(rf"(?:^|; )({_NAMES}): ")
OBSERVED = ("mrd", "expression", "immunophenotype")


def told_in(description: str) -> dict[str, list[str]]:
    """The named texts of a description ``name: text; name: text``; the words of the source come last.

    >>> told_in("assay: RT-qPCR; level: negative")
    {'assay': ['RT-qPCR'], 'level': ['negative']}
    """
    said = re.search(r"(?:^|; )said: ", description)
    head = description[: said.start()] if said else description
    found: dict[str, list[str]] = {}
    parts = list(_PART.finditer(head))
    for n, part in enumerate(parts):
        end = parts[n + 1].start() if n + 1 < len(parts) else len(head)
        found.setdefault(part[1], []).append(head[part.end() : end])
    if said:
        found["said"] = [description[said.end() :]]
    if not found and description:
        found["said"] = [description]
    return found


@dataclass(slots=True)
class Measured:
    """One Measurement: its pointer, the id of its specimen, what its description tells."""

    where: str
    node: Json
    specimen: str | None
    told: dict[str, list[str]] = field(default_factory=dict)

    @property
    def assay(self) -> Json:
        """The class of what was measured."""
        return child(self.node, "assay")

    @property
    def value(self) -> Json:
        """The class of a value in words."""
        return child(self.node, "value", "ontologyClass")

    def one(self, name: str) -> str:
        """The first text of that name."""
        return next(iter(self.told.get(name, ())), "")


def findings(r: Reading, specimens: dict[str, str], known: dict[str, list[Json]]) -> Iterator[tuple[str, Json]]:
    """Pointer and finding of every measurement of the subject and of its specimens.

    ``known`` are the measurements, by biosample, that follow from the calls: shares of cells, and what a karyotype's
    string says was looked for and not found.
    """
    found = [one for one in _of(r.document, "", None) if not is_feature(r, one.node)]
    for n, sample in objects(r.document, "biosamples"):
        if r.is_anothers(sample):
            continue
        follow = known.get(text(sample, "id"), [])
        below = _of(sample, f"/biosamples/{n}", specimens.get(text(sample, "id")))
        found += [one for one in below if one.node not in follow and not (r.ours and one.one("derived-from"))]
    for group in _together(r, found):
        if _is_part(r, group[0]):
            yield group[0].where, _immunophenotype(r, group)
        elif finding := _finding(r, group[0]):
            finding["genes"] = [*finding.get("genes", ()), *(one.one("gene") for one in group[1:])]
            yield group[0].where, {name: value for name, value in finding.items() if value != []}


def _together(r: Reading, found: list[Measured]) -> Iterator[list[Measured]]:
    """Measurements in a row that are one finding: markers of an immunophenotype, genes of a normal result."""
    group: list[Measured] = []
    for one in found:
        named = r.comments.first(one.where, "id") is not None  # the first line of a result that has an id
        if group and not named and (_continues(r, group, one) or _one_gene_more(group, one)):
            group.append(one)
            continue
        if group:
            yield group
        group = [one]
    if group:
        yield group


def _one_gene_more(group: list[Measured], one: Measured) -> bool:
    """Whether ``one`` is the same normal result of one more gene."""
    first = group[0]
    rest = [{**m.told, "gene": None} for m in (first, one)]
    alike = rest[0] == rest[1] and first.specimen == one.specimen and first.one("kind") == "normal"
    same = alike and {**first.node, "description": ""} == {**one.node, "description": ""}
    return same and bool(first.one("gene")) and one.one("gene") not in [m.one("gene") for m in group]


def _of(owner: Json, path: str, specimen: str | None) -> Iterator[Measured]:
    for n, node in objects(owner, "measurements"):
        yield Measured(f"{path}/measurements/{n}", node, specimen, told_in(text(node, "description")))


def _finding(r: Reading, one: Measured) -> Json | None:
    """The finding; None for the share of abnormal cells, which its variant states already."""
    key = _own_key(r, one)
    if key == "genetic-test":
        return _absence(r, one)
    if key == "abnormal-cell-fraction" and r.ours:
        return None
    return _observation(r, one, key)


def _own_key(r: Reading, one: Measured) -> str:
    """Key of our own test, "" for any other assay."""
    curie = text(one.assay, "id")
    keys = [*r.terms.keys_of("observations", curie), *r.terms.keys_of("kmt2a-amplification", curie)]
    return next((k for k in keys if k in (*OBSERVED, "genetic-test", "abnormal-cell-fraction")), "")


def _when(r: Reading, one: Measured) -> Json:
    found = when(r, one.node, "timeObserved", one.where)
    late = r.comments.first(one.where, "date")
    return found | stated(date=late if "date" not in found else None)


def _absence(r: Reading, one: Measured) -> Json:
    """A genomic result that is not present."""
    told = Told({n: v for n, v in one.told.items() if n not in ("said", "gene")}, label=_label(one))
    genes = one.told.get("gene", [])
    told.named["further-gene"] = genes
    found = finding_of(r, told) | _when(r, one)
    if one.one("zygosity"):
        found |= {"zygosity": one.one("zygosity")} if found["kind"] == "sequence-variant" else {}
    if genes and "genes" not in told.derived:
        _name_genes(found, genes)
    result = _result(r, one)
    denial = found.get("complex") is False and "iscn" not in found
    unchanged = found.get("change") == "normal" and result == "absent"  # says the change again
    follows = "result" in told.derived or (found["kind"] == "normal" and result == "absent")
    if not (denial or unchanged or follows):
        found |= stated(result=result)
    return found | stated(specimen=one.specimen, said=one.one("said"))


def _label(one: Measured) -> str:
    """The label of a finding, as a descriptor would have it; its kind is told beside it."""
    return " ".join(one.one(name) for name in ("region", "change", "copies") if one.one(name))


def _name_genes(found: Json, genes: list[str]) -> None:
    """Give the finding its genes in the words of the source."""
    if found["kind"] == "sequence-variant" or (found["kind"] == "copy-number" and len(genes) == 1):
        found["gene"] = " ".join(genes)
        found.pop("genes", None)
    elif found["kind"] != "karyotype":
        found["genes"] = genes


def is_feature(r: Reading, node: Json) -> bool:
    """Whether a measurement of ours is of a feature that could not be told."""
    return r.ours and text(node, "description").startswith("feature: ")


def _result(r: Reading, one: Measured) -> str | None:
    """What the class of a result says."""
    return result_of(r, one.node)


def result_of(r: Reading, node: Json) -> str | None:
    """What the class of a measurement's value says of a result."""
    curie = text(child(node, "value", "ontologyClass"), "id")
    if "negative-finding" in r.terms.keys_of("observations", curie):
        return "absent"
    keys = r.terms.keys_of("results", curie)
    return r.terms.label("results", keys[0]) if keys else None


def _observation(r: Reading, one: Measured, key: str) -> Json:
    methods = one.told.get("assay", [])
    found: Json = stated(method=methods[0] if len(methods) == 1 else methods, status=one.one("result-status"))
    found |= stated(result=one.one("result"), said=one.one("said"), specimen=one.specimen) | _when(r, one)
    if key == "mrd":
        rest = stated(**{n: one.one(n) for n in ("level", "sensitivity", "marker", "at")})
        return {"kind": "mrd"} | _valued(r, one, with_unit=False) | rest | found
    if key == "expression":
        amount = _valued(r, one)
        value = {"value": {n: v for n, v in amount.items() if n != "result"}} if "value" in amount else amount
        return {"kind": "expression", "gene": one.one("gene")} | value | stated(level=one.one("level")) | found
    if key == "immunophenotype":
        absent = {"result": "absent"} if _result(r, one) == "absent" else {}
        return {"kind": "immunophenotype"} | stated(blasts=one.one("blasts")) | absent | found
    test = one.one("test") or text(one.assay, "label") or text(one.assay, "id")
    reference = one.one("reference") or _range(one)
    rest = stated(test=test, reference=reference) | stated(unit=one.one("unit"))
    return {"kind": "measurement"} | rest | _valued(r, one) | found


def _range(one: Measured) -> str:
    given = child(one.node, "value", "quantity", "referenceRange")
    return f"{given['low']}-{given['high']}" if given.keys() >= {"low", "high"} else ""


def _valued(r: Reading, one: Measured, *, with_unit: bool = True) -> Json:
    """``value`` and ``unit``; a result alone as ``result``."""
    quantity = child(one.node, "value", "quantity")
    if quantity:
        unit = one.one("unit") or _unit(quantity)
        words = one.one("value") or _number(quantity)
        if with_unit:
            return stated(value=words, unit="" if one.one("value").endswith(unit) else unit)
        joined = words if readings.read(words).unit else f"{words} {unit}".strip()
        return stated(value=joined)
    if one.one("value"):
        return stated(value=one.one("value"))
    if parts := [_typed(part) for _, part in objects(child(one.node, "complexValue"), "typedQuantities")]:
        return stated(value="; ".join(parts))
    result, label = _result(r, one), text(one.value, "label") or text(one.value, "id")
    if one.one("level") and (result or label == one.one("level")):
        return {}  # the class says the level again
    if result:
        return {} if result == "present" else {"result": result}
    words, blank, unit = label.rpartition(" ")
    if with_unit and blank and _is_unit(r, words, unit):
        return {"value": words, "unit": unit}
    return stated(value=label)


def _number(quantity: Json) -> str:
    """The value of a quantity as text; an unwritten one is 0, as in protobuf."""
    value = quantity.get("value", 0)
    plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return str(number(value)) if plain else str(value)


def _typed(part: Json) -> str:
    """A part of a value that has several: ``Systolic Blood Pressure 120 mmHg``."""
    quantity, kind = child(part, "quantity"), child(part, "type")
    words = (text(kind, "label") or text(kind, "id"), _number(quantity), _unit(quantity))
    return " ".join(filter(None, words))


def _is_unit(r: Reading, words: str, unit: str) -> bool:
    """Whether the last word of a value is its unit: known, behind a number, or all capitals (``TPM``)."""
    if r.writing().key("units", unit) or r.terms.keys_of("units", f"UCUM:{unit}"):
        return True
    return readings.read(words).bounds is not None or (r.ours and unit == unit.upper())


def _unit(quantity: Json) -> str:
    unit = child(quantity, "unit")
    prefix, _, local = text(unit, "id").partition(":")
    return local if prefix == "UCUM" else text(unit, "label") or local


def _is_part(r: Reading, one: Measured) -> bool:
    """Whether a measurement is a marker of an immunophenotype: it says so, or has a marker's name and result."""
    if _own_key(r, one) or one.one("test"):
        return False
    return bool(one.one("marker")) or (MARKER.match(_marker(one)) is not None and _is_seen(one))


def _is_seen(one: Measured) -> bool:
    """Whether the value is one that a marker has: positive, dim, a share of cells."""
    quantity = child(one.node, "value", "quantity")
    if quantity:
        return _unit(quantity) == "%"
    try:
        readings.read_marker(text(one.value, "label"))
    except NomenclatureError:
        return False
    return True


def _continues(r: Reading, parts: list[Measured], one: Measured) -> bool:
    """Whether ``one`` is a further marker of the same result: nothing is said of a new whole."""
    if not (_is_part(r, parts[0]) and _is_part(r, one)) or one.told.keys() - {"marker", "value", "assay"}:
        return False
    same = one.specimen == parts[0].specimen and one.told.get("assay") == parts[0].told.get("assay")
    again = _marker(one) in {_marker(p) for p in parts}
    return same and not again and one.node.get("timeObserved") == parts[0].node.get("timeObserved")


def _marker(one: Measured) -> str:
    return one.one("marker") or text(one.assay, "label") or text(one.assay, "id")


def _immunophenotype(r: Reading, parts: list[Measured]) -> Json:
    markers = {_marker(p): _seen(p) for p in parts}
    found = _observation(r, parts[0], "immunophenotype")
    return found | {"markers": markers}


def _seen(one: Measured) -> str:
    quantity = child(one.node, "value", "quantity")
    if quantity:
        return one.one("value") or f"{number(quantity.get('value', 0))} %"
    return text(one.value, "label") or text(one.value, "id")
