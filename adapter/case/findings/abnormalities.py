"""The abnormalities of a karyotype that was read, each as facts of its own."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from adapter.case.facts import Expression, Facts, Place
from adapter.nomenclature.iscn.model import Abnormality, Document
from adapter.nomenclature.iscn.render import abnormality_text, breakpoint_text
from adapter.nomenclature.quantities import Share

RULE = "iscn"
_CHANGES = {("chromosome", "+"): "gain", ("chromosome", "-"): "loss", ("del", None): "deletion", ("dup", None): "gain"}


def abnormalities(document: Document, parent: Facts) -> Iterator[Facts]:
    """One Facts for each abnormality, in the order first written; its cells are those of all clones that list it.

    Cells are stated only where every clone has a number of them and none refers to another clone.
    """
    seen: dict[str, tuple[Abnormality, int]] = {}
    for clone in document.clones:
        for item in clone.abnormalities:
            text = abnormality_text(item)
            _, cells = seen.get(text, (item, 0))
            seen[text] = item, cells + (clone.cells.n if clone.cells else 0)
    total = _scored(document)
    for n, (text, (item, cells)) in enumerate(seen.items(), start=1):
        yield _facts(item, text, f"{parent.id}-{n}", parent, share(cells, total))


def share(positive: int, scored: int) -> Share | None:
    """Share of ``scored`` metaphases; None where the numbers are not known."""
    if not scored or not positive:
        return None
    percent = (Decimal(100 * positive) / scored).quantize(Decimal("1E-6"), ROUND_HALF_EVEN).normalize()
    exact = Decimal(format(percent, "f"))
    return Share(f"{positive}/{scored}", exact, exact, positive=positive, scored=scored)


def _scored(document: Document) -> int:
    """Metaphases of all clones, 0 where some clone has no number or a clone builds on another."""
    if any(clone.cells is None or clone.cells.composite or clone.relation for clone in document.clones):
        return 0
    return sum(clone.cells.n for clone in document.clones if clone.cells)


def _facts(item: Abnormality, text: str, name: str, parent: Facts, cells: Share | None) -> Facts:
    found: dict[str, Any] = {"change": _CHANGES.get((item.kind, item.sign), ""), "place": place(item), "cells": cells}
    if item.constitutional and item.origin_certain:
        found["origin"] = "germline"
    elif parent.origin:
        found["origin"] = parent.origin
    return Facts(
        path=parent.path,
        id=name,
        sort="variant",
        result=parent.result,
        status=parent.status,
        specimen=parent.specimen,
        methods=parent.methods,
        age=parent.age,
        date=parent.date,
        derived_from=parent.id,
        expressions=(Expression("iscn", text, "", text, verbatim=True, grade="B"),),
        derived={fact: RULE for fact, value in found.items() if value} | {"expressions": RULE},
        sources=parent.sources,
        **found,
    )


def place(item: Abnormality) -> Place | None:
    """Chromosome, and the band where one break is stated; none for an abnormality of several chromosomes."""
    if len(item.chromosomes) != 1 or item.chromosomes[0] == "?" or not all(item.chromosome_certain):
        return None
    chromosome = item.chromosomes[0]
    points = item.breakpoints[0] if item.breakpoints else ()
    text = chromosome + "".join(map(breakpoint_text, points))
    return Place("", text, chromosome, text if points else "")
