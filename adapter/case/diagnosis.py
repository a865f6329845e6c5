"""Which diagnosis a case is about, as the rules that depend on it need it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.errors import AmbiguousTerm

if TYPE_CHECKING:
    from adapter.case.model import Case
    from adapter.terms import Terms


def primary_diagnosis(case: Case, terms: Terms) -> str | None:
    """Key of the primary diagnosis in the diagnosis table, None where none is known or its name is ambiguous."""
    entity = next((d.entity for d in case.diagnoses if d.role in {None, "primary"}), None)
    if entity is None:
        return None
    try:
        return terms.key("diagnoses", entity)
    except AmbiguousTerm:
        return None
