"""A karyotype: the ISCN string as printed, or what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Literal

from adapter.case.facts import Facts, Sort
from adapter.case.fields import Count, Flag, Text
from adapter.case.findings.engines import KnownString
from adapter.case.findings.finding import GenomicFinding, Understood, details, iscn_expression, understood_iscn
from adapter.errors import Fault
from adapter.terms import Terms

_DIPLOID = 46
_SHARED = ("result", "status", "specimen", "methods", "age", "date", "origin", "sources")
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
        known = understood_iscn(self.iscn)
        return known and replace(known, value=replace(known.value, diagnosis=diagnosis))

    def facts(self, path: str, id: str, terms: Terms) -> Iterator[Facts]:
        """The karyotype, then its abnormalities, signals and regions where the whole string was understood."""
        parent = Facts(**self.common(path, id) | self.own(path, terms))
        known = self._known()
        if known is None:
            yield parent
            return
        from adapter.case.findings.implied import flags_of, parts_of

        yield parent._replace(flags=flags_of(known, self.iscn or ""))
        shared = {name: getattr(parent, name) for name in _SHARED}
        for n, fields in enumerate(parts_of(known, self.iscn or "", terms), start=1):
            named = {"path": path, "id": f"{id}-{n}", "sort": "variant", "derived_from": id}
            yield Facts(**named | shared | fields)

    def _known(self) -> KnownString | None:
        """The string where all of it was understood and it is a result."""
        known = self.understood.value if self.understood else None
        sound = isinstance(known, KnownString) and known.canonical is not None and self.result == "present"
        return known if sound else None

    def _is_normal(self) -> bool:
        """Whether the understood string holds diploid clones with nothing abnormal, and nothing else."""
        known = self._known()
        if known is None:
            return False
        text = known.document
        sound = all(
            c.normal and c.count.low == c.count.high == _DIPLOID and c.sex is not None and c.sex.letters in ("XX", "XY")
            for c in text.clones
        )
        return bool(text.clones) and sound and not (text.notes or text.fish or text.arrays)

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The string, complexity as stated, banding and cells counted."""
        return {
            "expressions": iscn_expression(self.iscn, f"{path}/iscn", self.understood),
            "complex": self.complex,
            "derived": {"normal": "iscn"} if self._is_normal() else {},
            "details": details(path, {"banding": self.banding, "cells_counted": self.cells_counted}),
        }
