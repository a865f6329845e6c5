"""Which kind of finding an Observation of a variant is.

Our own writer states it where the finding has an id of its own; an id that was made up says it ("copy-number-1").
Elsewhere the components tell: what only one kind has. A variant of which only genes are known stays a sequence
variant, the most general kind, unless it was looked for and not found.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.entries import Entry
    from adapter.report import Json

VARIANTS = ("copy-number", "sequence-variant", "rearrangement", "normal")
_MADE_UP = re.compile(rf"({'|'.join(VARIANTS)}|karyotype)-[0-9]+(?:-[0-9]+)?")
_TELLING = (
    ("normal", frozenset({"of", "panel", "panel-size"})),
    (
        "sequence-variant",
        frozenset(
            {"hgvs-c", "hgvs-p", "genomic-hgvs", "vaf", "vaf-range", "allelic-state", "phase", "depth", "length",
             "ratio", "insertion-point"}
        ),
    ),
    ("rearrangement", frozenset({"fusion-partner-role", "isoform", "in-frame", "further-transcript"})),
    (
        "copy-number",
        frozenset({"copy-number", "copy-number-range", "form", "ploidy", "control-probe", "control-copies", "region"}),
    ),
)  # fmt: skip

# Changes that only copies have (a deletion may be one of a few bases), and what tells of a sequence beyond doubt.
_OF_COPIES = ("amplification", "gain", "loss", "homozygous deletion", "copy-neutral LOH")
_OF_SEQUENCE = frozenset(
    {"hgvs-c", "hgvs-p", "genomic-hgvs", "variation-code", "ref-allele", "alt-allele", "exact-start-end", "phase",
     "length", "ratio", "insertion-point"}
)  # fmt: skip


def kind_of(entry: Entry, made: Json, seen: set[str]) -> str:
    """Kind of the finding ``made`` of an Observation whose stated components are ``seen``."""
    return _stated(entry) or _told(made, seen)


def _stated(entry: Entry) -> str:
    for kind in VARIANTS:
        if entry.own and entry.stated_kind == kind:
            return kind
    found = _MADE_UP.fullmatch(entry.role.partition("/")[2]) if entry.own else None
    return found[1] if found else ""


def _told(made: Json, seen: set[str]) -> str:
    kind = next((kind for kind, telling in _TELLING if telling & seen), "")
    if kind == "sequence-variant" and made.get("change") in _OF_COPIES and not seen & _OF_SEQUENCE:
        return "copy-number"
    if kind:
        return kind
    if "change" in made or ("region" in made and "variation-code" not in seen):
        return "copy-number"
    if "iscn" in made and "gene-studied" not in seen:
        return "karyotype"
    return "sequence-variant"
