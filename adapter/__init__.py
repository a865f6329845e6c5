"""Leukaemia genetics case reports to HL7 FHIR R4 and GA4GH Phenopackets v2: nothing lost, nothing invented.

>>> import adapter
>>> case = adapter.read_case({"case_format": "1", "id": "one", "diagnoses": [{"entity": "B-ALL"}]})
>>> adapter.write(case, "phenopacket", at="2026-01-01T00:00:00Z").document["id"]
'one'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapter.case import Case as Case
    from adapter.case import read_case as read_case
    from adapter.convert import Converted as Converted
    from adapter.convert import convert as convert
    from adapter.convert import read as read
    from adapter.convert import write as write
    from adapter.validate import check as check

__version__ = "0.1.0"
__all__ = ["Case", "Converted", "__version__", "check", "convert", "read", "read_case", "write"]

_HOMES = {
    "Case": "case",
    "Converted": "convert",
    "check": "validate",
    "convert": "convert",
    "read": "convert",
    "read_case": "case",
    "write": "convert",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import adapter`` costs nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"adapter.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'adapter' has no attribute {name!r}")
