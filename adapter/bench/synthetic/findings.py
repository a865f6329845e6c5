"""Drawn findings of a synthetic case: from chromosomes to markers, blood counts and residual disease."""

from __future__ import annotations

import random
from decimal import Decimal

from adapter.bench.synthetic.karyotypes import karyotype
from adapter.bench.synthetic.variants import variants
from adapter.report import Json

_AMPLIFIED = ("KMT2A", "RUNX1", "MYC", "ABL1", "MYB", "ERG")
_DELETED = ("CDKN2A", "TP53", "ETV6", "IKZF1", "PAX5", "RB1", "ATM")
_FUSIONS = (
    ("BCR", "ABL1"),
    ("KMT2A", "AFF1"),
    ("ETV6", "RUNX1"),
    ("P2RY8", "CRLF2"),
    ("RUNX1", "RUNX1T1"),
    ("CBFB", "MYH11"),
    ("PML", "RARA"),
    ("TCF3", "PBX1"),
)
_MARKERS = {
    "lymphoid": ("CD19", "CD10", "CD20", "CD22", "CD34", "TdT", "CD3", "CD7"),
    "myeloid": ("CD13", "CD33", "CD34", "CD117", "HLA-DR", "MPO", "CD14", "CD64"),
}
_STRENGTHS = ("positive", "negative", "dim", "bright", "partial")
# Lowest and highest value in tenths of the unit.
_COUNTS = (("leukocytes", 5, 2500, "10*9/L"), ("hemoglobin", 40, 160, "g/dL"), ("platelets", 50, 4000, "10*9/L"))
_MRD = ("<10^-4", "0.01 %", "0.35 %", "undetectable", "2.1 %", "<0.01 %")


def findings(chance: random.Random, *, male: bool, lineage: str) -> list[Json]:
    """The findings of one case; every one refers to the specimen ``bm``, residual disease to ``bm-eoi``."""
    text = karyotype(chance, male=male)
    found: list[Json] = [
        {"id": "karyotype", "kind": "karyotype", "iscn": text, "specimen": "bm", "method": "karyotyping"}
    ]
    found += _copies(chance)
    if chance.random() < 0.4:
        found.append(_fusion(chance))
    found += variants(chance, chance.randint(0, 5))
    if chance.random() < 0.5:
        found.append(_phenotype(chance, lineage))
    found += [_count(chance, *row) for row in _COUNTS if chance.random() < 0.6]
    if chance.random() < 0.5:
        found.append({"kind": "normal", "genes": chance.sample(("CEBPA", "KIT", "WT1"), 2), "of": "sequencing panel"})
    if chance.random() < 0.4:
        found.append({"id": "mrd", "kind": "mrd", "value": chance.choice(_MRD), "at": "end of induction"})
        found[-1] |= {"specimen": "bm-eoi", "method": chance.choice(("flow cytometry", "RT-qPCR"))}
    return found


def _copies(chance: random.Random) -> list[Json]:
    """Copy numbers by FISH: ranges and one-sided counts over cells counted, deletions, a normal probe set."""
    found: list[Json] = []
    scored = chance.choice((100, 200, 300, 500))
    if chance.random() < 0.6:
        low = chance.randint(5, 15)
        copies = chance.choice((f"{low}~{low + chance.randint(1, 25)}", f"{low}-{low + 2}", f">={low}", f">{low}"))
        cells = chance.choice(
            (f"{chance.randint(scored // 10, scored)}/{scored}", f"{chance.randint(100, 999) / 10} %")
        )
        found.append(_fish("amplification", chance.choice(_AMPLIFIED), copies, cells) | {"id": "gain"})
    if chance.random() < 0.4:
        cells = f"{chance.randint(scored // 10, scored)}/{scored}"
        found.append(_fish("deletion", chance.choice(_DELETED), "1", cells))
    if chance.random() < 0.2:
        found.append({"kind": "normal", "genes": chance.sample(_DELETED, 3), "of": "FISH panel", "method": "FISH"})
    return found


def _fish(change: str, gene: str, copies: str, cells: str) -> Json:
    found = {"kind": "copy-number", "gene": gene, "change": change, "copies": copies, "cells": cells}
    return found | {"specimen": "bm", "method": "FISH"}


def _fusion(chance: random.Random) -> Json:
    genes = chance.choice(_FUSIONS)
    stated: Json = {"genes": list(genes)} if chance.random() < 0.5 else {"fusion": "::".join(genes)}
    if chance.random() < 0.2:
        # A break-apart probe tells one gene only, and no partner may be made up for it.
        stated = {"genes": [chance.choice(genes)], "probe": "break-apart", "method": "FISH"}
    return {"kind": "rearrangement", **stated, "specimen": "bm"}


def _phenotype(chance: random.Random, lineage: str) -> Json:
    markers = {name: chance.choice(_STRENGTHS) for name in chance.sample(_MARKERS[lineage], 5)}
    found = {"kind": "immunophenotype", "markers": markers, "blasts": f"{chance.randint(20, 95)} %"}
    return found | {"specimen": "bm", "method": "flow cytometry"}


def _count(chance: random.Random, test: str, low: int, high: int, unit: str) -> Json:
    return {"kind": "measurement", "test": test, "value": Decimal(chance.randint(low, high)) / 10, "unit": unit}
