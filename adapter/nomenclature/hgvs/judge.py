"""Is it HGVS? Two parsers, ``hgvs-weaver`` and ``ferro-hgvs``, and what neither of them refuses although it should be.

ferro-hgvs takes nearly all of the specification and more; hgvs-weaver a subset, but with places for its refusals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_COLUMN = re.compile(r"--> 1:(\d+)")
_PLACE = re.compile(r"at position (\d+)")
_EXPECTED = re.compile(r"expected ([\w, ]+)")
_STRAY = (
    (re.compile(r"^[cgnmo]\.\(?[-*]?\d+(?:[+-]\d+)?(?:_[-*]?\d+(?:[+-]\d+)?)?[ACGT]+$"), "bases without an operator"),
    (re.compile(r"^[cgnmo]\.\(?[-*]?\d+(?:[+-]\d+)?ins"), "an insertion needs its two neighbouring positions"),
    (
        re.compile(r"^p\.[^\[]*(?<![A-Za-z])[BJZ](?:\d|$)|^p\.\(?[A-Za-z*]+\d+[BJZ]\)?$"),
        "B, J and Z name no amino acid",
    ),
    (re.compile(r"^[cgnmo]\.\(?[-*\d_+?()]*[>]"), "a substitution needs the base that was there"),
    (re.compile(r"^[cgnmo]\..*(?:>|del|ins|dup|inv)[ACGTN]*X"), "X is no base"),
    (re.compile(r"^p\.\(?(?:[A-Z][a-z]{2}|[A-Z])?[1-9]\d*\)?$"), "a residue without a change"),
    (re.compile(r"^[cgnmo]\.[-*]?\d+(?:[+-]\d+)?(?:_[-*]?\d+(?:[+-]\d+)?)?$"), "positions without a change"),
    (re.compile(r"^[cgnmo]\..*\d[+-]0(?!\d)"), "an offset into an intron is never 0"),
    (re.compile(r"(?<![\d])0(?:[ACGT]>|del|dup|inv|_)"), "a position is never 0"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the parsers said: accepted at all, by both, and of a refusal the place (offset) and the reason."""

    accepted: bool
    both: bool
    place: int = 0
    reason: str = ""


def judge(reference: str, description: str) -> Verdict:
    """Whether ``reference:description`` follows the grammar; ``place`` counts from the start of the description.

    >>> judge("NM_000088.3", "c.100X>G").accepted
    False
    """
    import ferro_hgvs
    import weaver

    stray = next((said for pattern, said in _STRAY if pattern.search(description)), "")
    if stray:
        return Verdict(False, False, 2, stray)
    text, before = f"{reference}:{description}", len(reference) + 1
    first, second = "", ""
    try:
        weaver.parse(text)
    except (weaver.HGVSError, ValueError) as error:
        first = str(error)
    try:
        ferro_hgvs.parse(text)
    except ValueError as error:
        second = str(error)
    if first and second:
        return Verdict(False, False, *_reason(first, second, before))
    return Verdict(True, not (first or second), reason=first or second)


def seconded(text: str) -> bool:
    """Whether ferro-hgvs takes the description, a second opinion on what our own grammar has read.

    >>> seconded("NM_000546.6:c.524G>A")
    True
    """
    import ferro_hgvs

    try:
        ferro_hgvs.parse(text)
    except ValueError:
        return False
    return True


def _reason(first: str, second: str, before: int) -> tuple[int, str]:
    """Place and words of a refusal; the grammar's own names for what it expected are left out."""
    found = _COLUMN.search(first)
    if found:
        expected = _EXPECTED.search(first)
        names = expected[1].replace("_", " ") if expected else "a description"
        return max(0, int(found[1]) - 1 - before), f"not HGVS: expected {names}"
    place = _PLACE.search(second)
    return (max(0, int(place[1]) - before) if place else 0), first.splitlines()[0]


_KINDS = (
    (re.compile(r"::"), "fusion"),
    (re.compile(r"[\[;]|\(;\)"), "allele"),
    (re.compile(r"/"), "mosaic"),
    (re.compile(r"\|"), "methylation"),
    (re.compile(r"fs"), "frameshift"),
    (re.compile(r"ext"), "extension"),
    (re.compile(r"delins"), "delins"),
    (re.compile(r"del.*ins"), "delins"),
    (re.compile(r"copy"), "copy-number"),
    (re.compile(r"con"), "conversion"),
    (re.compile(r"del"), "deletion"),
    (re.compile(r"dup"), "duplication"),
    (re.compile(r"ins"), "insertion"),
    (re.compile(r"inv"), "inversion"),
    (re.compile(r">"), "substitution"),
    (re.compile(r"="), "identity"),
)
_REPEAT = re.compile(r"^\(?[-*\d_+A-Za-z()?]*[A-Za-z\d)]\[[\d_?()]+\](?:[A-Z]*\[[\d_?()]+\])*\)?$")


def kind_of(body: str) -> str:
    """The kind of a change that is not taken apart.

    >>> kind_of("100CAG[?]"), kind_of("[145C>T;147C>G]"), kind_of("?")
    ('repeat', 'allele', 'statement')
    """
    if _REPEAT.fullmatch(body) and "ins" not in body:
        return "repeat"
    stripped = re.sub(r"ins\[.*?\]|insN?\[.*?\]", "ins", body)
    return next((kind for pattern, kind in _KINDS if pattern.search(stripped)), "statement")
