"""ISCN: karyotypes, FISH and array results as text, as values, and back.

>>> from adapter.nomenclature.iscn import parse, render
>>> document = parse("46, xx,t(22;9)(q11.2;q34)[20]")
>>> document.status, render(document)
('repaired', '46,XX,t(9;22)(q34;q11.2)[20]')
"""

from adapter.nomenclature.iscn.describe import describe
from adapter.nomenclature.iscn.model import Diagnostic, Document
from adapter.nomenclature.iscn.parse import parse
from adapter.nomenclature.iscn.render import render

__all__ = ["Diagnostic", "Document", "describe", "parse", "render"]
