"""DiagnosticReports: one per specimen, or per test where no specimen is stated, over genomic Observations.

Profiles: Genomics Reporting 3.0.0 ``genomic-report``, mCODE 4.0.0 ``genomics-report``. A report draws no conclusion:
that one test is normal says nothing of the others. A case without genomic findings has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case.facts import Facts
    from adapter.formats.fhir.draft import Draft

_ORDER = ("preliminary", "unknown", "corrected", "amended")  # the least settled result decides


class Reports:
    """Results gathered by specimen or test while findings are written."""

    def __init__(self) -> None:
        self._results: dict[str, list[str]] = {}
        self._statuses: dict[str, dict[str, str]] = {}
        self._specimens: dict[str, str] = {}

    def take(self, facts: Facts, roles: list[str]) -> None:
        """Note the Observations of one finding; children go with their parent's test."""
        key = f"specimen/{facts.specimen}" if facts.specimen else facts.path
        self._results.setdefault(key, []).extend(roles)
        self._statuses.setdefault(key, {}).setdefault(facts.status, facts.at("status"))
        self._specimens[key] = facts.specimen

    def add_to(self, d: Draft) -> None:
        """Add the reports in the order their first findings were stated."""
        for n, (key, roles) in enumerate(self._results.items(), start=1):
            d.add(self._report(d, key, roles, f"report/{n}"))

    def _report(self, d: Draft, key: str, roles: list[str], role: str) -> Json:
        made = d.head(
            "DiagnosticReport", role, f"Genetic report of {len(roles)} result{'s' if len(roles) > 1 else ''}", "report"
        )
        if d.cited:
            made["extension"] = d.cited
        made["identifier"] = [d.ids.identifier(role)]
        statuses = self._statuses[key]
        made["status"] = next((s for s in _ORDER if s in statuses), "final")
        d.ledger.put(made, statuses[made["status"]], member="status")
        made["category"] = [d.names["genetics"].concept]
        made["code"] = d.names["report"].concept
        made["subject"] = d.subject
        if self._specimens[key]:
            made["specimen"] = [d.reference(f"specimen/{self._specimens[key]}")]
        made["result"] = [{"reference": d.ids[one]} for one in roles]
        return made
