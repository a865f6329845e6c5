"""A copy number: amplification, gain, loss of a gene or region, counted or not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal

from adapter.case.base import Stated
from adapter.case.facts import Detail, GeneFact, Place
from adapter.case.fields import Copies, Count, Exons, Text, Texts
from adapter.case.findings.engines import KnownString
from adapter.case.findings.finding import (
    GenomicFinding,
    Understood,
    details,
    gene_fact,
    gene_facts,
    gene_place,
    iscn_expression,
    understood_iscn,
)
from adapter.case.findings.locus import PLACED
from adapter.case.findings.ploidy import contradictions
from adapter.errors import Fault
from adapter.terms import Terms

Change = Literal["amplification", "gain", "loss", "deletion", "homozygous deletion", "copy-neutral LOH", "normal"]
_DIRECTION = {
    "amplification": 1,
    "gain": 1,
    "loss": -1,
    "deletion": -1,
    "homozygous deletion": -1,
    "copy-neutral LOH": 0,
    "normal": 0,
}
NO_CHANGE = {"result": "a normal number of copies is no variant"}
_SEEN = ("form", "ploidy", "probe", "signals", "exons")
Form = Literal["hsr", "dmin", "ring", "marker", "intrachromosomal", "tandem"]

_INTERVAL = re.compile(r"(?:chr)?(?P<chromosome>[0-9]{1,2}|X|Y):(?P<start>[0-9,]+)[-–](?P<end>[0-9,]+)", re.ASCII)
_BAND = re.compile(
    r"(?:chr)?(?P<chromosome>[0-9]{1,2}|X|Y)(?P<band>[pq](?:[0-9.]*(?:[-–]?[pq]?[0-9.]+)?|ter))?", re.ASCII
)


class Control(Stated):
    """The reference probe of a FISH and its copies."""

    probe: Text | None = None
    copies: Copies | None = None


class CopyNumber(GenomicFinding):
    """Copies of ``gene``, of co-amplified ``genes``, or of a ``region`` (band, arm, chromosome, or interval).

    An interval is 1-based with both ends included, on ``assembly``. Two cell populations are two findings.
    """

    kind: Literal["copy-number"]
    gene: Text | None = None
    genes: Texts = ()
    region: Text | None = None
    assembly: Text | None = None
    change: Change | None = None
    form: Form | None = None
    copies: Copies | None = None
    ploidy: Count | Text | None = None
    probe: Text | None = None
    signals: Text | None = None
    control: Control | None = None
    exons: Exons | None = None
    iscn: Text | None = None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """The rules of copy numbers (case-format section 3)."""
        yield from super().faults(sex)
        if not (self.gene or self.genes or self.region or self.iscn or self.probe or self.said):
            yield Fault("", "missing", "a copy number needs a gene, a region, a probe, an ISCN string or words")
        if self.ploidy is None:
            yield from contradictions(self, sex)

    def own(self, path: str, terms: Terms) -> dict[str, Any]:
        """Genes, place, the ISCN string and how it was seen."""
        first = (gene_fact(self.gene, f"{path}/gene", terms),) if self.gene else ()
        genes = first + gene_facts(self.genes, f"{path}/genes", terms) if self.genes else first
        lies = gene_place(genes) if self.region is None else place(self.region, f"{path}/region", self.assembly)
        said: dict[str, Any] = {
            "genes": genes,
            "place": lies,
            "derived": PLACED if lies and not lies.path else {},
            "details": self._details(path),
        }
        if self.change == "normal" and self.result == "present":
            said["result"] = "absent"
            if "result" not in self.__pydantic_fields_set__:
                said["derived"] = said["derived"] | NO_CHANGE
        if self.iscn is None:
            return said
        said["expressions"] = iscn_expression(self.iscn, f"{path}/iscn", self.understood)
        return said | self._of_string(said, terms)

    def _of_string(self, said: dict[str, Any], terms: Terms) -> dict[str, Any]:
        """What the ISCN string says beyond the fields: where it holds one result, of the gene named or of any."""
        known = self.understood.value if self.understood else None
        named = self.genes or self.region or self.result != "present"
        if not isinstance(known, KnownString) or known.canonical is None or named:
            return {}
        from adapter.case.findings.implied import parts_of

        parts = parts_of(known, self.iscn or "", terms)
        if len(parts) != 1 or not _is_of(parts[0], said["genes"]):
            return {}
        part, agree = parts[0], self._agrees(parts[0])
        if "result" in part and not (
            agree and part["result"] == "absent" and "result" not in self.__pydantic_fields_set__
        ):
            return {}
        stated = {"copies": self.copies, "change": self.change, "cells": self.cells}
        stated |= {"genes": said["genes"], "place": said["place"]}
        names = ("genes", "place", "result", "copies", "change", "cells") if agree else ("genes", "place")
        wanted = [name for name in names if part.get(name) and not stated.get(name)]
        rules = {name: part["derived"][name] for name in wanted}
        return {name: part[name] for name in wanted} | {"derived": said["derived"] | rules}

    def _agrees(self, part: dict[str, Any]) -> bool:
        """Whether copies and change, where both the finding and its string say them, are the same."""
        copies, change = part.get("copies"), part.get("change")
        if "result" in part and (self.change or self.cells):
            return False
        same = self.copies is None or copies is None or (self.copies.low, self.copies.high) == (copies.low, copies.high)
        return same and (self.change is None or not change or _DIRECTION.get(self.change) == _DIRECTION.get(change))

    def understand(self, terms: Terms, diagnosis: str | None = None) -> Understood | None:  # noqa: ARG002
        """The ISCN string as the engine reads it."""
        return understood_iscn(self.iscn)

    def _details(self, path: str) -> tuple[Detail, ...]:
        seen = details(path, self.__dict__, _SEEN)
        if self.control is None:
            return seen
        below = details(f"{path}/control", self.control.__dict__)
        return seen + tuple(one._replace(name=f"control-{one.name}") for one in below)


def _is_of(part: dict[str, Any], named: tuple[GeneFact, ...]) -> bool:
    """Whether a result is that of the gene named; where none is named, of whatever it is."""
    approved = [fact.gene.hgnc for fact in named if fact.gene]
    return not named or approved == [fact.gene.hgnc for fact in part.get("genes", ()) if fact.gene]


def place(region: str, path: str, assembly: str | None) -> Place:
    """Where a region lies; text that is neither band, arm, chromosome nor interval is only text."""
    text = region.strip()
    if found := _INTERVAL.fullmatch(text):
        start, end = (int(found[n].replace(",", "")) for n in ("start", "end"))
        return Place(path, region, found["chromosome"], "", start, end, assembly or "")
    if found := _BAND.fullmatch(text):
        return Place(
            path,
            region,
            found["chromosome"],
            text.removeprefix("chr") if found["band"] else "",
            assembly=assembly or "",
        )
    return Place(path, region, assembly=assembly or "")
