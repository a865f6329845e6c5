"""Synthetic cases for load and scale: seeded, plausible, and marked as synthetic in every one.

``python -m adapter.bench.synthetic COUNT [SEED]`` prints them as NDJSON. Case ``n`` of a seed is always the same,
however many are made.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from adapter.formats.document import dump
from adapter.report import Json

MARK = "Synthetic: no such person."
_DISEASES = ("B-ALL", "AML", "T-ALL", "MDS", "CML", "CLL")
_KARYOTYPES = (
    "46,{x}[20]",
    "45,{x},-7[{a}]/46,{x}[{b}]",
    "47,{x},+8[{a}]/46,{x}[{b}]",
    "46,{x},t(9;22)(q34;q11.2)[{a}]/46,{x}[{b}]",
    "46,{x},t(4;11)(q21;q23)[{a}]/46,{x}[{b}]",
    "46,{x},del(5)(q13q33)[{a}]/46,{x}[{b}]",
    "46,{x},inv(16)(p13q22)[{a}]/46,{x}[{b}]",
)
_VARIANTS = (
    ("TP53", "c.524G>A, p.Arg175His"),
    ("TP53", "c.743G>A (p.Arg248Gln)"),
    ("JAK2", "p.Val617Phe"),
    ("NPM1", "c.860_863dup"),
    ("FLT3", "c.2503G>T (p.Asp835Tyr)"),
    ("DNMT3A", "c.2645G>A"),
    ("IDH2", "c.419G>A"),
)
_AMPLIFIED = ("KMT2A", "RUNX1", "MYC", "ABL1")
_DELETED = ("CDKN2A", "TP53", "ETV6", "IKZF1")
_FUSIONS = (("BCR", "ABL1"), ("KMT2A", "AFF1"), ("ETV6", "RUNX1"), ("P2RY8", "CRLF2"))


def case(seed: int, n: int) -> Json:
    """Synthetic case ``n`` of ``seed``."""
    chance = random.Random(f"{seed}/{n}")
    male = chance.random() < 0.5
    age = chance.randint(1, 89)
    return {
        "case_format": "1",
        "id": f"synthetic-{seed}-{n:08}",
        "source": {"title": "haem-adapter synthetic cases", "licence": "CC0-1.0", "label": f"Synthetic {n}"},
        "subject": {"sex": "male" if male else "female"},
        "diagnoses": [{"entity": chance.choice(_DISEASES), "age": f"{age} y"}],
        "specimens": [{"id": "bm", "material": "bone marrow", "at": "diagnosis"}],
        "findings": _findings(chance, "XY" if male else "XX"),
        "treatments": [{"id": "induction", "kind": "chemotherapy", "phase": "induction"}],
        "outcome": _outcome(chance),
        "notes": MARK,
    }


def cases(count: int, seed: int = 1) -> Iterator[Json]:
    """The first ``count`` synthetic cases of ``seed``."""
    return (case(seed, n) for n in range(count))


def _findings(chance: random.Random, sex: str) -> list[Json]:
    positive = chance.randint(2, 19)
    karyotype = chance.choice(_KARYOTYPES).format(x=sex, a=positive, b=20 - positive)
    found: list[Json] = [
        {"id": "karyotype", "kind": "karyotype", "iscn": karyotype, "specimen": "bm", "method": "karyotyping"}
    ]
    low = chance.randint(5, 12)
    scored = chance.choice((100, 200, 300))
    found.append(
        {
            "id": "gain",
            "kind": "copy-number",
            "gene": chance.choice(_AMPLIFIED),
            "change": "amplification",
            "copies": f"{low}~{low + chance.randint(1, 12)}",
            "cells": f"{chance.randint(20, scored)}/{scored}",
            "specimen": "bm",
            "method": "FISH",
        }
    )
    if chance.random() < 0.4:
        found.append({"kind": "copy-number", "gene": chance.choice(_DELETED), "change": "deletion", "specimen": "bm"})
    if chance.random() < 0.4:
        found.append({"kind": "rearrangement", "genes": list(chance.choice(_FUSIONS)), "specimen": "bm"})
    for gene, change in chance.sample(_VARIANTS, chance.randint(0, 3)):
        fraction = f"{chance.randint(5, 95)} %"
        found.append({"kind": "sequence-variant", "gene": gene, "hgvs": change, "vaf": fraction, "specimen": "bm"})
    return found


def _outcome(chance: random.Random) -> Json:
    status = chance.choice(("alive", "deceased"))
    return {"vital_status": status, "after": f"{chance.randint(1, 60)} months", "since": "diagnosis"}


def main(arguments: list[str]) -> int:
    """Print COUNT cases of SEED (1 when absent) as NDJSON; the exit status."""
    count, seed = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 1
    for one in cases(count, seed):
        sys.stdout.buffer.write(dump(one))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
