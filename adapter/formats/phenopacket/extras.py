"""What a finding states beyond the typed fields of version 2, as named texts.

A positive genomic finding carries them as ``extensions`` of its descriptor, whose names are a closed list (the table
``phenopacket-extensions``); a measurement, which has no extensions, carries them in its description.
"""

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal

from adapter.case.facts import Facts, Place
from adapter.nomenclature.quantities import Bounds, Fraction, Share

Extra = tuple[str, str, str, str]
"""Name, text, the pointer where the case states it ("" for what was worked out), and the rule ("" for the usual one:
"derived" where no leaf states it).

A plain tuple: there are some twenty of them to a case.
"""


def percent(value: Bounds, shift: int = 0) -> str:
    """A share as ``68.5%`` (the form of the ``mosaicism`` convention), with its bounds: ``60-70%``, ``>90%``, ``~5%``.

    >>> percent(Bounds("137/200", Decimal("68.5"), Decimal("68.5")))
    '68.5%'

    ``shift`` is the power of ten that makes it percent: 2 for a fraction.
    """
    low = None if value.low is None else plain(value.low.scaleb(shift))
    high = low if value.high is value.low else None if value.high is None else plain(value.high.scaleb(shift))
    about = "~" if value.approximate else ""
    if low is not None and high is not None:
        return f"{about}{low}%" if low == high else f"{about}{low}-{high}%"
    if low is not None:
        return f"{'>=' if value.low_inclusive else '>'}{low}%"
    return f"{'<=' if value.high_inclusive else '<'}{high}%"


def plain(value: Decimal) -> str:
    """Digits of a decimal without an exponent; trailing zeros stay."""
    return f"{value:f}"


def share(facts: Facts, name: str, value: Share | Fraction, fact: str, shift: int) -> list[Extra]:
    """A share as percent, and the words beside it where they say it otherwise (counts, a bare fraction)."""
    written, source = percent(value, shift), facts.at(fact)
    if source and "".join(value.text.split()) != written:
        return [(name, written, source, ""), (f"{name}-stated", value.text, source, "")]
    return [(name, written, source, "")]


def of_finding(facts: Facts) -> list[Extra]:
    """Everything of a genomic finding that has no typed field, but genes, copies and expressions."""
    found: list[Extra] = []
    if facts.result in ("indeterminate", "no call"):
        found.append(("result", facts.result, facts.at("result"), ""))
    if facts.status != "final" and not facts.derived_from:
        found.append(("result-status", facts.status, facts.at("status"), ""))
    if facts.cells:
        found += share(facts, "mosaicism", facts.cells, "cells", 0)
    if facts.cutoff:
        found.append(("cutoff", facts.cutoff.text, facts.at("cutoff"), ""))
    if facts.vaf:
        found += share(facts, "allele-frequency", facts.vaf, "vaf", 2)
    if facts.place:
        found += _place(facts, facts.place)
    if facts.origin and "origin" not in facts.derived:
        found.append(("allele-origin", facts.origin, facts.at("origin"), ""))
    if facts.complex is not None:
        found.append(("complex-karyotype", str(facts.complex).lower(), facts.at("complex"), ""))
    for transcript in facts.transcripts:
        found.append(("transcript", transcript, facts.at("transcripts"), ""))
    return found + of_result(facts)


def of_result(facts: Facts) -> list[Extra]:
    """Method, time, details and flags of any result; a part of a finding leaves what it shares to the whole."""
    found: list[Extra] = []
    if facts.methods and (not facts.derived_from or "methods" in facts.derived):
        found += [("assay", method, facts.at("methods"), "") for method in facts.methods]
    if facts.age and not facts.derived_from:
        found.append(("age", facts.age.text, facts.at("age"), ""))
    if facts.date and not facts.derived_from:
        found.append(("date", facts.date.text, facts.at("date"), ""))
    for name, value, path, _ in facts.details:  # the text of a number has its unit
        text = (
            value.text if isinstance(value, Bounds) else str(value).lower() if isinstance(value, bool) else str(value)
        )
        found.append((name, text, path, ""))
    for flag in facts.flags:
        said = str(flag.value).lower()
        found.append(("karyotype-rule", f"{flag.name}: {said} ({flag.rule})", "", flag.rule))
    return found


def _place(facts: Facts, place: Place) -> list[Extra]:
    found: list[Extra] = []
    if place.band:
        found.append(("cytoband", place.band, place.path, ""))
    if place.start is not None:
        found.append(("interval", f"{place.chromosome}:{place.start}-{place.end}", place.path, ""))
    elif place.chromosome and not place.band:
        found.append(("chromosome", place.chromosome, place.path, ""))
    if place.assembly:
        found.append(("assembly", place.assembly, facts.at("assembly") if place.path else "", ""))
    if place.text and place.text not in (place.band, place.chromosome):
        found.append(("region-stated", place.text, place.path, ""))
    return found


def worked_out(facts: Facts, among: Container[str] | None = None) -> list[Extra]:
    """Which facts, of those ``among`` which are written, were worked out, and from what ("genes, copies: iscn")."""
    by: dict[str, list[str]] = {}
    for fact, how in facts.derived.items():
        if among is not None and fact not in among:
            continue
        by.setdefault(how, []).append(fact)
    return [("derived", f"{', '.join(named)}: {how}" if how else ", ".join(named), "", "") for how, named in by.items()]
