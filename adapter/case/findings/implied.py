"""What an ISCN string implies beyond itself: its parts as findings, and what rule sets say. Kept by text."""

from __future__ import annotations

from functools import lru_cache

from adapter.case.facts import Flag
from adapter.case.findings.abnormalities import Fields, abnormalities
from adapter.case.findings.engines import KnownString, read_iscn
from adapter.case.findings.flags import flags
from adapter.case.findings.signals import fish, regions
from adapter.terms import Terms


def parts_of(known: KnownString, text: str, terms: Terms) -> tuple[Fields, ...]:
    """Fields of the Facts of every abnormality, FISH result and region, in this order; () for a normal karyotype."""
    document = known.document
    empty = not (document.fish or document.arrays or any(c.abnormalities for c in document.clones))
    return () if empty else _parts(text, terms)


@lru_cache(maxsize=256)
def _parts(text: str, terms: Terms) -> tuple[Fields, ...]:
    known = read_iscn(text)[0]
    return (*abnormalities(known, terms), *fish(known.document, terms), *regions(known.document, terms))


def flags_of(known: KnownString, text: str) -> tuple[Flag, ...]:
    """What the rule sets that fit the diagnosis say; () without one."""
    return _flags(text, known.diagnosis) if known.diagnosis else ()


@lru_cache(maxsize=256)
def _flags(text: str, diagnosis: str) -> tuple[Flag, ...]:
    return flags(read_iscn(text)[0], diagnosis)
