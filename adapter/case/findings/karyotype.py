"""A karyotype: the ISCN string as printed, or what was said of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from adapter.case.facts import Sort
from adapter.case.fields import Count, Flag, Text
from adapter.case.findings.finding import GenomicFinding, details, expression
from adapter.errors import Fault
from adapter.terms import Terms


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

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The string, complexity as stated, banding and cells counted."""
        return {
            "expressions": expression("iscn", self.iscn, f"{path}/iscn"),
            "complex": self.complex,
            "details": details(path, {"banding": self.banding, "cells_counted": self.cells_counted}),
        }
