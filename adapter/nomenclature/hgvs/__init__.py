"""HGVS and clinical variant text: read, checked against transcripts, mapped to GRCh38 and GRCh37, graded. Offline.

:func:`read` gives a :class:`Variant`; :func:`describe` the published JSON object of one line of text or JSON. The
embedded transcripts are opened with the first question, not with the import.
"""

from __future__ import annotations

from adapter.nomenclature.hgvs.describe import describe
from adapter.nomenclature.hgvs.model import Variant
from adapter.nomenclature.hgvs.read import read

__all__ = ["Variant", "describe", "read"]
