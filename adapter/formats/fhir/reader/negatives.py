"""One negative result per gene, gathered into the one line it was stated in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.formats.fhir.reader.scene import Scene
    from adapter.report import Json


def gathered(s: Scene) -> None:
    """Join the negatives that our own writer numbered ``-1``, ``-2`` … and that differ in the gene alone."""
    found: list[Json] = s.case.get("findings", [])
    kept: list[Json] = []
    first: dict[str, Json] = {}
    for finding in found:
        base, _, n = finding["id"].rpartition("-")
        if finding["kind"] != "normal" or not n.isdecimal() or len(finding.get("genes", ())) != 1:
            kept.append(finding)
        elif n != "1" and base in first and _same(first[base], finding, n):
            first[base]["genes"] += finding["genes"]
        else:
            kept.append(finding)
            if n == "1" and base != "normal":
                first[base] = finding
    for base, finding in first.items():
        if len(finding["genes"]) > 1:
            finding["id"] = base
    if found:
        s.case["findings"] = kept


def _same(one: Json, other: Json, n: str) -> bool:
    return len(one["genes"]) == int(n) - 1 and _rest(one) == _rest(other)


def _rest(finding: Json) -> dict[str, Any]:
    return {key: value for key, value in finding.items() if key not in ("id", "genes")}
