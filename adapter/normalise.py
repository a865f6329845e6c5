"""A case with what its nomenclature was understood as: the one place where engines are asked.

Only ``understood`` of findings is filled; what was stated stays as it is, and the case given is not changed. What an
engine makes of a text depends on the text and the tables alone, so that normalising twice is normalising once.
"""

from __future__ import annotations

from adapter.case import Case
from adapter.case.diagnosis import primary_diagnosis
from adapter.terms import Terms


def normalise(case: Case, terms: Terms) -> Case:
    """``case`` with every finding's ``understood`` rebuilt."""
    diagnosis = primary_diagnosis(case, terms)
    findings = tuple([finding.understanding(finding.understand(terms, diagnosis)) for finding in case.findings])
    return case.twin(case.__dict__ | {"findings": findings}) if findings else case
