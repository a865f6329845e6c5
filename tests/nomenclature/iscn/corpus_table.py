"""Prints how the corpus is read and what is not, by cause: `python tests/nomenclature/iscn/corpus_table.py`."""

from __future__ import annotations

import sys
from collections import Counter

from iscn_corpora import corpus

from adapter.nomenclature.iscn import describe, parse
from adapter.terms import load


def table() -> list[str]:
    """Rows by kind and status, then the misses of kind karyotype by the code of their first error."""
    statuses: Counter[tuple[str, str]] = Counter()
    misses: Counter[tuple[str, str]] = Counter()
    terms = load()
    for row in corpus():
        found = describe(parse(row.text), terms)
        kind = f"{row.kind} ({'clinical' if row.clinical else 'test and teaching'})"
        statuses[kind, found["status"]] += 1
        if row.kind == "karyotype" and found["status"] not in ("ok", "repaired"):
            rank = ("error", "warning", "repair", "info")
            worst = sorted(found["diagnostics"], key=lambda d: rank.index(d["severity"]))
            misses["clinical" if row.clinical else "test and teaching", worst[0]["code"]] += 1
    lines = ["| kind | status | rows |", "|---|---|---|"]
    lines += [f"| {kind} | {status} | {n} |" for (kind, status), n in sorted(statuses.items())]
    lines += ["", "| misses among karyotypes | cause | rows |", "|---|---|---|"]
    return lines + [f"| {kind} | {code} | {n} |" for (kind, code), n in sorted(misses.items())]


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
