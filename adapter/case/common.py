"""Parts that several parts of a case have: where it comes from, and a code that was stated."""

from __future__ import annotations

from adapter.case.base import Stated
from adapter.case.fields import Date, Text


class Source(Stated):
    """Where a case, or one finding of it, was published.

    ``licence`` is an SPDX identifier, ``label`` the person's name in the paper ("Patient 1"), ``accessed`` the day it
    was read.
    """

    doi: Text | None = None
    pmid: Text | None = None
    url: Text | None = None
    title: Text | None = None
    licence: Text | None = None
    label: Text | None = None
    accessed: Date | None = None


class StatedCode(Stated):
    """A code that the source itself gives; it is kept beside the ones looked up."""

    system: Text
    code: Text
    display: Text | None = None
