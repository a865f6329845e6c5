"""Prints how the HGVS engine does on a table of real variants.

    python scripts/check_variants.py VARIANTS.tsv [--misses]

Columns needed: gene, transcript_as_given, hgvs_c, hgvs_p, assembly, chrom, start, ref, alt, hgvs_g, class. A row counts
for a figure only where the engine can know the answer: c. to g. where the stated transcript is embedded in that very
version, c. to p. where its sequence is, p. to c. where the sequence of some version of it is.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

from adapter.nomenclature.hgvs import Variant, read
from adapter.nomenclature.hgvs.predict import protein_of
from adapter.nomenclature.hgvs.protein import change, compare
from adapter.nomenclature.hgvs.transcripts import by_accession


def rows(path):
    with Path(path).open(newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t")


def judge_coding(row):
    """What became of a row with c. and g.: a list of (figure, outcome)."""
    transcript = by_accession(row["transcript_as_given"])
    variant = read(f"{row['transcript_as_given']}:{row['hgvs_c']}", gene=row["gene"])
    exact = transcript is not None and row["transcript_as_given"] in (transcript.nm, transcript.enst)
    what = "substitution" if row["class"] == "Sub" else "indel"
    group = f"c to g, {what}, {'stated transcript' if exact else 'other version' if transcript else 'not embedded'}"
    yield group, outcome(variant, variant.g.get(row["assembly"]), row["hgvs_g"])
    if exact and protein_of(transcript.nm) and change(row["hgvs_p"].removeprefix("p.").strip("()")):
        yield "c to p, genes with sequence", protein_outcome(variant, row)


def outcome(variant: Variant, given: str | None, wanted: str) -> str:
    if given == wanted:
        return "right"
    if given is None:
        return f"none given ({variant.status}, {variant.grade})"
    return "WRONG"


def protein_outcome(variant, row):
    if variant.p is None:
        return f"none given ({variant.status}, {variant.grade})"
    stated = change(row["hgvs_p"].removeprefix("p.").strip("()"))
    given = change(variant.p.partition(":p.")[2].strip("()"))
    protein = protein_of(variant.transcript.used)
    return "right" if stated and given and compare(stated, given, protein) in ("same", "count") else "WRONG"


def judge_protein(row):
    """A row with p. and a position: the true change must be among the readings, or the statement flagged."""
    variant = read(row["hgvs_p"], gene=row["gene"], transcript=row["transcript_as_given"])
    transcript = by_accession(row["transcript_as_given"])
    known = transcript is not None and protein_of(transcript.nm)
    group = f"p only, {'with sequence' if known else 'without sequence'}"
    if variant.status in ("conflict", "rejected"):
        yield group, f"flagged ({variant.status})"
    elif not known or variant.kind != "substitution":
        yield group, f"p read ({variant.status}, {variant.grade})"
    else:
        yield group, "right" if truth(row) in places(variant, row["assembly"]) else "WRONG"


def truth(row):
    return f":g.{row['start']}{row['ref']}>{row['alt']}"


def places(variant, assembly):
    given = [variant.g.get(assembly), *(reading.g.get(assembly) for reading in variant.alternatives)]
    return {":" + place.partition(":")[2] for place in given if place}


def main(path, misses):
    table, shown = Counter(), []
    for row in rows(path):
        judged = judge_coding(row) if row["hgvs_c"].startswith("c.") and row["hgvs_g"] else judge_protein(row)
        for group, result in judged:
            table[group, result] += 1
            if result == "WRONG" or (misses and "conflict" in result):
                shown.append(
                    (group, result, row["gene"], row["transcript_as_given"], row["hgvs_c"], row["hgvs_p"], truth(row))
                )
    totals = Counter()
    for (group, _), count in table.items():
        totals[group] += count
    for (group, result), count in sorted(table.items()):
        print(f"{group:55} {result:32} {count:6} {100 * count / totals[group]:7.2f} %")
    for miss in shown:
        print(*miss, sep="\t")


if __name__ == "__main__":
    main(sys.argv[1], "--misses" in sys.argv)
