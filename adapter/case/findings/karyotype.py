"""A karyotype: the ISCN string as printed, or what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Literal

from adapter.case.facts import Facts, Sort
from adapter.case.fields import Count, Flag, Text
from adapter.case.findings.engines import KnownString, read_iscn
from adapter.case.findings.finding import GenomicFinding, Understood, details, iscn_expression
from adapter.errors import Fault
from adapter.terms import Terms

_SHARED = ("result", "status", "specimen", "methods", "age", "date", "origin")
"""Facts that an abnormality has from its karyotype, where the string says nothing else of it."""


class Karyotype(GenomicFinding):
    """``iscn`` may hold karyotype, FISH and array segments together; "complex" alone is no ISCN string."""

    sort: ClassVar[Sort] = "karyotype"

    kind: Literal["karyotype"]
    iscn: Text | None = None
    complex: Flag | None = None
    banding: Text | None = None
    cells_counted: Count | None = None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """A karyotype says something: a string, whether it is complex, or words."""
        yield from super().faults(sex)
        if self.iscn is None and self.complex is None and self.said is None:
            yield Fault("", "missing", "a karyotype needs at least one of iscn, complex and said")

    def understand(self, terms: Terms, diagnosis: str | None = None) -> Understood | None:  # noqa: ARG002
        """The ISCN string as the engine reads it, to be judged by the rule sets that fit the ``diagnosis``."""
        if self.iscn is None:
            return None
        known, grade, issues = read_iscn(self.iscn)
        judged = known if diagnosis is None else replace(known, diagnosis=diagnosis)
        return Understood(judged, grade, "iscn", issues)

    def facts(self, path: str, id: str, terms: Terms) -> Iterator[Facts]:
        """The karyotype, then its abnormalities, signals and regions where the whole string was understood."""
        said = self.common(path, id) | self.own(path, terms)
        known = self._known()
        if known is None:
            yield Facts(**said)
            return
        from adapter.case.findings.implied import flags_of, parts_of

        yield Facts(**said, flags=flags_of(known, self.iscn or ""))
        shared = {name: said[name] for name in _SHARED if name in said}
        shared |= {"path": path, "sort": "variant", "derived_from": id}
        parts = parts_of(known, self.iscn or "", terms)
        told = {fields.get("methods") for fields in parts}
        if "methods" in said and len(told) == 1 and None not in told:
            parts = tuple(map(_without_method, parts))
        for n, fields in enumerate(parts, start=1):
            yield Facts(**shared | fields, id=f"{id}-{n}")

    def _known(self) -> KnownString | None:
        """The string where all of it was understood and it is a result."""
        known = self.understood.value if self.understood else None
        sound = isinstance(known, KnownString) and known.canonical is not None and self.result == "present"
        return known if sound else None

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The string, banding and cells counted."""
        known = self._known()
        return {
            "expressions": iscn_expression(self.iscn, f"{path}/iscn", self.understood),
            "derived": {"normal": "iscn"} if known and known.normal else {},
            "details": details(path, self.__dict__, ("banding", "cells_counted")),
        }


def _without_method(fields: dict[str, Any]) -> dict[str, Any]:
    """A part whose method is the one stated of the whole: a string of one technique tells no other."""
    rules = {fact: rule for fact, rule in fields["derived"].items() if fact != "methods"}
    return {fact: value for fact, value in fields.items() if fact != "methods"} | {"derived": rules}
