"""Where a kind of finding has the genes, expressions, transcripts and places that its components said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapter.case.findings import (
    CopyNumber,
    GenomicFinding,
    Karyotype,
    Normal,
    Rearrangement,
    SequenceVariant,
)
from adapter.case.findings.engines import read_fusion, read_iscn
from adapter.case.findings.sequence_variant import identifiers as sources
from adapter.formats.fhir.reader.node import obj, take, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.formats.fhir.reader.components import Found
    from adapter.formats.fhir.reader.scene import Part

_TOGETHER_OR_APART = re.compile(r"\b(?:con|sep)\b")
_CATALOGUE = re.compile(r"(dbsnp|clinvar|caid|cosmic) (\S+)")
_MODELS: dict[str, type[GenomicFinding]] = {
    "copy-number": CopyNumber,
    "sequence-variant": SequenceVariant,
    "rearrangement": Rearrangement,
    "normal": Normal,
    "karyotype": Karyotype,
}
# what a kind of finding is named by: the case refuses one that has none of them
_NAMING = {
    "copy-number": {"gene", "genes", "region", "probe", "iscn", "said"},
    "sequence-variant": {"gene", "hgvs", "variant_ids", "said"},
    "rearrangement": {"genes", "fusion", "iscn", "probe", "said"},
    "normal": {"genes", "of", "panel", "said"},
    "karyotype": {"iscn", "complex", "said"},
}


def place(found: Found) -> None:
    """Put genes, expressions, transcripts and places where the kind of the finding has them, the rest back."""
    kind = found.made["kind"]
    _PLACED[kind](found)
    for part in found.chromosomes:
        _chromosome(found, kind, part)
    _misplaced(found)


def is_named(found: Found) -> bool:
    """Whether the finding has any of the fields that its kind is named by."""
    return bool(found.made.keys() & _NAMING[found.made["kind"]])


def joins(found: Found) -> bool:
    """Whether two genes and a structural change, and no expression, tell of a rearrangement of both."""
    return len(found.genes) == 2 and found.structural and not (found.expressions or found.texts)


def kind_beside(found: Found) -> str:
    """Kind of a finding whose genes stand beside the name of a fusion or an ISCN string; "" for any other.

    The string of an array tells of copies, one of FISH of copies or, where signals lie together or apart, of a
    rearrangement, as does one of a karyotype with the two genes that it joins.
    """
    if found.expressions or found.ids:
        return ""
    if any(_is_fusion(found, text) for text in found.texts):
        return "rearrangement"
    if "iscn" not in found.made or not found.genes or found.texts or found.made.get("result") == "absent":
        return ""
    string = read_iscn(found.made["iscn"])[0].document
    if string.arrays or (string.fish and not _TOGETHER_OR_APART.search(found.made["iscn"])):
        return "copy-number"
    joined = string.fish or (string.clones and len(found.genes) == 2)
    return "rearrangement" if joined else ""


def _is_fusion(found: Found, text: str) -> bool:
    """Whether a name joins two genes: ``BCR::ABL1``; ``BCR-ABL1`` beside a change that joins."""
    if "::" not in text and not found.structural:
        return False
    read = read_fusion(text, found.s.terms)
    return read.status in ("ok", "repaired") and len(read.partners) > 1


def are_negatives(found: Found) -> bool:
    """Whether several genes were looked at, of which nothing more is said than that nothing was found."""
    told = found.expressions or found.texts or found.ids or "zygosity" in found.made
    return len(found.genes) > 1 and found.made.get("result") == "absent" and not (told or found.structural)


def as_negative(found: Found) -> None:
    """Pertinent negatives: genes."""
    if found.genes:
        found.made["genes"] = found.genes
    if found.made.get("result") == "absent":
        del found.made["result"]
    found.put_back([*found.expressions, *found.texts, *found.transcripts, *found.catalogued()])


def _as_copy_number(found: Found) -> None:
    if len(found.genes) == 1:
        found.made["gene"] = found.genes[0]
    elif found.genes:
        found.made["genes"] = found.genes
    found.put_back([*found.expressions, *found.texts, *found.transcripts, *found.catalogued()])


def _as_variant(found: Found) -> None:
    if found.genes:
        found.made["gene"] = found.genes.pop(0)
    catalogued = [(m[1], m[2]) for t in found.texts if (m := _CATALOGUE.fullmatch(t))]
    hgvs = [*found.expressions, *(t for t in found.texts if not _CATALOGUE.fullmatch(t))]
    if hgvs:
        found.made["hgvs"] = hgvs if len(hgvs) > 1 else hgvs[0]
    if ids := [*found.ids, *catalogued]:
        found.made["variant_ids"] = _identifiers(ids)
    if found.transcripts:
        found.made["transcript"] = found.transcripts.pop(0)
    found.put_back([*found.genes, *found.transcripts])


def _as_rearrangement(found: Found) -> None:
    ordered = bool(found.texts) or (not found.structural and "fusion-partner-role" in found.seen)
    if found.texts and not found.entry.own:  # the name has the partners in their order
        found.put_back(found.genes)
        found.genes.clear()
    if len(found.genes) == 2 and not ordered:  # a list of both would say which is the 5' partner
        found.made.setdefault("said", " and ".join(found.genes))
        found.put_back([found.genes.pop()])
    if found.genes:
        found.made["genes"] = found.genes
    if found.texts:
        found.made["fusion"] = found.texts.pop(0)
    if found.transcripts:
        found.made["transcripts"] = found.transcripts
    found.put_back([*found.expressions, *found.texts, *found.catalogued()])


_PLACED: dict[str, Callable[[Found], None]] = {
    "copy-number": _as_copy_number,
    "sequence-variant": _as_variant,
    "rearrangement": _as_rearrangement,
    "normal": as_negative,
    "karyotype": as_negative,
}


def _chromosome(found: Found, kind: str, part: Part) -> None:
    """A chromosome is the region of a copy number that names no gene."""
    node = obj(part.node, "valueCodeableConcept")
    key = next(iter(found.s.words.keys("chromosomes", node)), "")
    if kind == "copy-number" and key and (not found.genes or "region" in found.made):
        region = found.made.setdefault("region", text(node, "text") or key)
        if re.match(rf"(?:chr)?{key}(?![0-9])", region):
            take(found.entry.resource, "component", part.n)


def _misplaced(found: Found) -> None:
    """Put back, to be carried, the fields that the kind of finding does not have."""
    fields = _MODELS[found.made["kind"]].model_fields
    wrong = [field for field in found.made if field not in fields]
    found.put_back(wrong)
    for field in wrong:
        del found.made[field]


def _identifiers(ids: list[tuple[str, str]]) -> Any:
    """Identifiers of a variant: a list where their form tells the catalogue, else by catalogue."""
    texts = [one for _, one in ids]
    return texts if list(sources(texts)) == ids or len(dict(ids)) < len(ids) else dict(ids)
