"""Pertinent negatives in one line: what was examined and found normal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from adapter.case.facts import Facts, Sort
from adapter.case.fields import Count, Text, Texts
from adapter.case.findings.finding import GenomicFinding, details, gene_facts
from adapter.errors import Fault
from adapter.terms import Terms


class Normal(GenomicFinding):
    """One negative result per gene, one for the whole where no gene is named."""

    sort: ClassVar[Sort] = "variant"

    kind: Literal["normal"]
    genes: Texts = ()
    of: Literal["karyotype", "FISH panel", "sequencing panel"] | None = None
    panel: Text | None = None
    panel_size: Count | None = None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """A normal result says of what."""
        yield from super().faults(sex)
        if not (self.genes or self.of or self.panel or self.said):
            yield Fault("", "missing", "a normal result needs genes, of, a panel or words")

    def facts(self, path: str, id: str, terms: Terms) -> Iterator[Facts]:
        """The same facts as a finding with result absent for each gene; ids ``-1``, ``-2`` … of several."""
        shared: dict[str, Any] = self.common(path, id)
        if self.result == "present":  # "normal, present" is how the default reads: tested and nothing found
            shared |= {"result": "absent"}
        shared |= {"details": details(path, {"of": self.of, "panel": self.panel, "panel_size": self.panel_size})}
        if not self.genes:
            yield Facts(**shared | {"sort": "karyotype" if self.of == "karyotype" else "variant"})
            return
        for n, gene in enumerate(gene_facts(self.genes, f"{path}/genes", terms), start=1):
            yield Facts(**shared | {"genes": (gene,), "id": f"{id}-{n}" if len(self.genes) > 1 else id})
