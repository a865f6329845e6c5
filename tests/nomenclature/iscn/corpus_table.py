"""Prints how the corpus is read and what is not: `python tests/nomenclature/iscn/corpus_table.py` (docs/iscn.md)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from iscn_corpora import Row, corpus

from adapter.nomenclature.iscn import describe, parse
from adapter.terms import load

RANK = ("error", "warning", "repair", "info")
Miss = tuple[str, str, str, str]


def misses() -> Iterator[Miss]:
    """Kind karyotype, neither ok nor repaired: origin, code, text, and the place of the first error with its reason."""
    terms = load()
    for row in corpus():
        if row.kind != "karyotype":
            continue
        found = describe(parse(row.text), terms)
        if found["status"] in ("ok", "repaired"):
            continue
        first = min(found["diagnostics"], key=lambda d: RANK.index(d["severity"]))
        place = row.text[first["start"] : first["end"]]
        yield _origin(row), first["code"], _shown(row.text), f"`{_shown(place)}`: {first['message']}"


def _origin(row: Row) -> str:
    return "clinical" if row.clinical else "teaching"


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def table() -> list[str]:
    """Rows by kind and status, then every miss of kind karyotype, by the code of its first error."""
    terms = load()
    statuses = Counter((f"{row.kind} ({_origin(row)})", describe(parse(row.text), terms)["status"]) for row in corpus())
    lines = ["| kind | status | rows |", "|---|---|---|"]
    lines += [f"| {kind} | {status} | {n} |" for (kind, status), n in sorted(statuses.items())]
    lines += ["", "| code | origin | string | refused at |", "|---|---|---|---|"]
    return lines + [f"| {code} | {origin} | `{text}` | {why} |" for origin, code, text, why in _by_code()]


def _by_code() -> list[Miss]:
    return sorted(misses(), key=lambda miss: (miss[1], miss[0], miss[2]))


if __name__ == "__main__":
    sys.stdout.write("\n".join(table()) + "\n")
