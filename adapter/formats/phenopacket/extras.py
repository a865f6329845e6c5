"""What a finding states beyond the typed fields of version 2, as named texts.

A positive genomic finding carries them as ``extensions`` of its descriptor, whose names are a closed list (the table
``phenopacket-extensions``); a measurement, which has no extensions, carries them in its description.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from adapter.case.facts import Facts, Place
from adapter.nomenclature.quantities import Bounds, Fraction, Share


class Extra(NamedTuple):
    """A named text and where the case states it; ``source`` "" for what the adapter worked out."""

    name: str
    value: str
    source: str
    rule: str = ""

    @property
    def origin(self) -> tuple[str, str]:
        """Pointer and rule for the ledger; what no leaf states was worked out."""
        return self.source, self.rule or ("" if self.source else "derived")


def percent(value: Bounds, shift: int = 0) -> str:
    """A share as ``68.5%`` (the form of the ``mosaicism`` convention), with its bounds: ``60-70%``, ``>90%``, ``~5%``.

    >>> percent(Bounds("137/200", Decimal("68.5"), Decimal("68.5")))
    '68.5%'

    ``shift`` is the power of ten that makes it percent: 2 for a fraction.
    """
    low, high = (None if b is None else plain(b.scaleb(shift)) for b in (value.low, value.high))
    about = "~" if value.approximate else ""
    if low is not None and high is not None:
        return f"{about}{low}%" if low == high else f"{about}{low}-{high}%"
    if low is not None:
        return f"{'>=' if value.low_inclusive else '>'}{low}%"
    return f"{'<=' if value.high_inclusive else '<'}{high}%"


def plain(value: Decimal) -> str:
    """Digits of a decimal without an exponent; trailing zeros stay."""
    return f"{value:f}"


def share(facts: Facts, name: str, value: Share | Fraction, fact: str, shift: int) -> Iterator[Extra]:
    """A share as percent, and the words beside it where they say it otherwise (counts, a bare fraction)."""
    written, source = percent(value, shift), facts.at(fact)
    yield Extra(name, written, source)
    if source and "".join(value.text.split()) != written:
        yield Extra(f"{name}-stated", value.text, source)


def of_finding(facts: Facts) -> Iterator[Extra]:
    """Everything of a genomic finding that has no typed field, but genes, copies and expressions."""
    yield from _result(facts)
    if facts.cells:
        yield from share(facts, "mosaicism", facts.cells, "cells", 0)
    if facts.cutoff:
        yield Extra("cutoff", facts.cutoff.text, facts.at("cutoff"))
    if facts.vaf:
        yield from share(facts, "allele-frequency", facts.vaf, "vaf", 2)
    if facts.place:
        yield from _place(facts, facts.place)
    if facts.origin and "origin" not in facts.derived:
        yield Extra("allele-origin", facts.origin, facts.at("origin"))
    if facts.complex is not None:
        yield Extra("complex-karyotype", str(facts.complex).lower(), facts.at("complex"))
    for transcript in facts.transcripts:
        yield Extra("transcript", transcript, facts.at("transcripts"))
    yield from of_result(facts)


def of_result(facts: Facts) -> Iterator[Extra]:
    """Method, time, details and flags of any result; a part of a finding leaves what it shares to the whole."""
    if not facts.derived_from or "methods" in facts.derived:
        for method in facts.methods:
            yield Extra("assay", method, facts.at("methods"))
    if not facts.derived_from:
        yield from _when(facts)
    for detail in facts.details:
        value = detail.value
        text = (
            value.text if isinstance(value, Bounds) else str(value).lower() if isinstance(value, bool) else str(value)
        )
        yield Extra(detail.name, f"{text} {detail.unit}".strip(), detail.path)
    for flag in facts.flags:
        said = str(flag.value).lower()
        yield Extra("karyotype-rule", f"{flag.name}: {said} ({flag.rule})", "", flag.rule)


def _when(facts: Facts) -> Iterator[Extra]:
    if facts.age:
        yield Extra("age", facts.age.text, facts.at("age"))
    if facts.date:
        yield Extra("date", facts.date.text, facts.at("date"))


def _result(facts: Facts) -> Iterator[Extra]:
    if facts.result in ("indeterminate", "no call"):
        yield Extra("result", facts.result, facts.at("result"))
    if facts.status != "final" and not facts.derived_from:
        yield Extra("result-status", facts.status, facts.at("status"))


def _place(facts: Facts, place: Place) -> Iterator[Extra]:
    if place.band:
        yield Extra("cytoband", place.band, place.path)
    if place.start is not None:
        yield Extra("interval", f"{place.chromosome}:{place.start}-{place.end}", place.path)
    elif place.chromosome and not place.band:
        yield Extra("chromosome", place.chromosome, place.path)
    if place.assembly:
        yield Extra("assembly", place.assembly, facts.at("assembly") if place.path else "")
    if place.text and place.text not in (place.band, place.chromosome):
        yield Extra("region-stated", place.text, place.path)
