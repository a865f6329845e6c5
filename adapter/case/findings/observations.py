"""Findings that do not describe a variant: residual disease, expression, immunophenotype, measurement."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from adapter.case.base import Stated
from adapter.case.facts import Part, Value
from adapter.case.fields import Marker, Reading, Share, Text, When
from adapter.case.findings.finding import Finding, details, gene_fact
from adapter.nomenclature.quantities import Reading as ReadingValue
from adapter.terms import Terms

LevelOfDisease = Literal["positive", "negative", "below quantification"]


class ResidualDisease(Finding):
    """Measurable residual disease: ``undetectable``, ``<10^-4``, ``0.01 %``, ``0.003 % IS``."""

    kind: Literal["mrd"]
    value: Reading | None = None
    level: LevelOfDisease | None = None
    sensitivity: Reading | None = None
    marker: Text | None = None
    at: When | None = None

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The value, and how, when and to what limit it was measured."""
        return {
            "test": "mrd",
            "value": value(self.value, f"{path}/value") if self.value else None,
            "details": details(
                path, {"level": self.level, "sensitivity": self.sensitivity, "marker": self.marker, "at": self.at}
            ),
        }


class Amount(Stated):
    """A number with its unit."""

    value: Reading
    unit: Text | None = None


class Expressed(Finding):
    """Expression of a gene, e.g. CRLF2 overexpression."""

    kind: Literal["expression"]
    gene: Text
    level: Literal["high", "low", "normal"] | None = None
    value: Amount | None = None

    def own(self, path: str, terms: Terms) -> dict[str, Any]:
        """Gene, level and value."""
        amount = self.value
        return {
            "test": "expression",
            "genes": (gene_fact(self.gene, f"{path}/gene", terms),),
            "value": value(amount.value, f"{path}/value/value", amount.unit, f"{path}/value/unit") if amount else None,
            "details": details(path, {"level": self.level}),
        }


class Immunophenotype(Finding):
    """Flow cytometry: what was seen of each marker; ``blasts`` is their share of the cells."""

    kind: Literal["immunophenotype"]
    markers: dict[Text, Marker] = Field(default_factory=dict)
    blasts: Share | None = None

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """One part per marker, and the blasts."""
        below = f"{path}/markers"
        seen = {name: f"{below}/{name.replace('~', '~0').replace('/', '~1')}" for name in self.markers}
        return {
            "test": "immunophenotype",
            "parts": tuple(
                Part(name, Value(marker.text, seen[name], marker.share, "%" if marker.share else ""), seen[name])
                for name, marker in self.markers.items()
            ),
            "details": details(path, {"blasts": self.blasts}),
        }


class Measurement(Finding):
    """A blood count, blast percentage, LDH: ``test`` is a key of the measurements table or a LOINC code."""

    kind: Literal["measurement"]
    test: Text
    value: Reading | None = None
    unit: Text | None = None
    reference: Text | None = None

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The test, its value with unit, and the reference range as said."""
        # Only a number has a unit of its own; beside words ("1,200") the unit is a fact by itself.
        counted = self.value is not None and self.value.bounds is not None
        beside = {"reference": self.reference} | ({} if counted else {"unit": self.unit})
        unit = self.unit if counted else None
        return {
            "test": self.test,
            "value": value(self.value, f"{path}/value", unit, f"{path}/unit") if self.value else None,
            "details": details(path, beside),
        }


def value(reading: ReadingValue, path: str, unit: str | None = None, unit_path: str = "") -> Value:
    """The value at ``path``; its unit is the one stated beside it, or the one in its own text."""
    return Value(reading.text, path, reading.bounds, unit or reading.unit, unit_path if unit else "")
