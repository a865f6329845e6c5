"""Drawn sequence variants: hotspots as laboratories state them, and random changes all over the coding sequences.

Real cohorts have both. Without the second kind every reading would come from a cache and flatter the figures.
"""

from __future__ import annotations

import random
from functools import cache

from adapter.nomenclature.hgvs.transcripts import by_gene
from adapter.report import Json

HOTSPOTS = (
    ("TP53", "c.524G>A, p.Arg175His"),
    ("TP53", "c.743G>A (p.Arg248Gln)"),
    ("TP53", "NM_000546.6:c.818G>A"),
    ("JAK2", "p.Val617Phe"),
    ("NPM1", "c.860_863dup"),
    ("FLT3", "c.2503G>T (p.Asp835Tyr)"),
    ("DNMT3A", "c.2645G>A"),
    ("IDH1", "c.395G>A p.Arg132His"),
    ("IDH2", "c.419G>A"),
    ("NRAS", "c.35G>A"),
    ("KRAS", "c.38G>A"),
)
# Genes of leukaemia and of predisposition to it whose coding sequence the embedded pack holds.
_GENES = (
    *(
        "TP53",
        "RUNX1",
        "CEBPA",
        "KIT",
        "NF1",
        "GATA2",
        "PTEN",
        "FLT3",
        "NRAS",
        "ABL1",
        "MPL",
        "JAK3",
        "STAT3",
        "STAT5B",
    ),
    *("ATM", "SMARCB1", "ELANE", "GFI1", "RB1", "IL7R", "CXCR4", "TRAF3", "PLCG2", "BRCA2", "SBDS", "DKC1", "TERT"),
    *("FANCA", "PIGA", "RAF1", "NSD1"),
)
_COMPLEMENT = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}


def variants(chance: random.Random, count: int) -> list[Json]:
    """``count`` findings about different changes, every third a hotspot, some an ITD known by its length only."""
    found = [_stated(chance, *change) for change in chance.sample(HOTSPOTS, count) if chance.random() < 0.35]
    found += [_stated(chance, *_change(chance)) for _ in range(count - len(found))]
    if chance.random() < 0.1:
        length = 3 * chance.randint(6, 40)
        ratio = f"0.{chance.randint(10, 99)}"
        found.append({"kind": "sequence-variant", "gene": "FLT3", "length": length, "ratio": ratio, "specimen": "bm"})
    return found


def _stated(chance: random.Random, gene: str, change: str) -> Json:
    percent, depth = chance.randint(2, 95), chance.choice((500, 1000, 2500))
    fraction = chance.choice((f"{percent} %", f"0.{percent:02}", f"{percent * depth // 100}/{depth} reads"))
    return {
        "kind": "sequence-variant",
        "gene": gene,
        "hgvs": change,
        "vaf": fraction,
        "specimen": "bm",
        "method": "NGS",
    }


def _change(chance: random.Random) -> tuple[str, str]:
    """A substitution, deletion or duplication at a random place of a random gene, on its MANE Select transcript."""
    gene = chance.choice(_GENES)
    accession, bases = _coding(gene)
    # Neither the start codon nor the stop codon: what a change there does is another question.
    place = chance.randrange(3, len(bases) - 8)
    kind = chance.choices(("substitution", "del", "dup"), (8, 1, 1))[0]
    last = place + chance.randint(1, 4)
    if kind == "substitution":
        change = f"c.{place + 1}{bases[place]}>{chance.choice(_COMPLEMENT[bases[place]])}"
    else:
        change = f"c.{place + 1}_{last + 1}{kind}"
    return gene, change if chance.random() < 0.5 else f"{accession}:{change}"


@cache
def _coding(gene: str) -> tuple[str, str]:
    """The transcript of ``gene`` that the pack knows by its bases, and its coding sequence."""
    found = ((one.nm, one.sequence.read(*one.coding)) for one in by_gene(gene) if one.sequence)
    return next((accession, bases) for accession, bases in found if bases)
