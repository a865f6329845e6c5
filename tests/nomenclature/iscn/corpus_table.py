"""Prints how the corpus is read and what is not, by cause: `python tests/nomenclature/iscn/corpus_table.py`."""

from __future__ import annotations

import sys
from collections import Counter

from iscn_corpora import corpus

from adapter.nomenclature.iscn import parse


def table() -> list[str]:
    """Rows by kind and status, then the misses of kind karyotype by the code of their first error."""
    statuses: Counter[tuple[str, str]] = Counter()
    misses: Counter[tuple[str, str]] = Counter()
    for row in corpus():
        document = parse(row.text)
        kind = f"{row.kind} ({'clinical' if row.clinical else 'test and teaching'})"
        statuses[kind, document.status] += 1
        if row.kind == "karyotype" and document.status not in ("ok", "repaired"):
            worst = sorted(document.diagnostics, key=lambda d: ("error", "warning", "repair", "info").index(d.severity))
            misses["clinical" if row.clinical else "test and teaching", worst[0].code] += 1
    lines = ["| kind | status | rows |", "|---|---|---|"]
    lines += [f"| {kind} | {status} | {n} |" for (kind, status), n in sorted(statuses.items())]
    lines += ["", "| misses among karyotypes | cause | rows |", "|---|---|---|"]
    return lines + [f"| {kind} | {code} | {n} |" for (kind, code), n in sorted(misses.items())]


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
