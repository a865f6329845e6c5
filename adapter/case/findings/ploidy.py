"""Whether a change fits the copies stated for it (case-format section 3).

The baseline is 2; of X and Y it follows the stated sex. Where the baseline cannot be known (a region of X in a person
whose sex is not stated) only what contradicts every possible baseline is a contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from adapter.case.findings.locus import on_sex_chromosome
from adapter.errors import Fault
from adapter.nomenclature.quantities import Copies

if TYPE_CHECKING:
    from adapter.case.findings.copy_number import CopyNumber

_SEX_CHROMOSOME = re.compile(r"\s*(?:chr)?([XY])(?=[pq:]|\s*$)", re.ASCII)
GAINS = frozenset({"amplification", "gain"})
LOSSES = frozenset({"loss", "deletion"})


def baselines(finding: CopyNumber, sex: str | None) -> tuple[int, ...]:
    """Copies that are normal for the finding's locus: one number, or several where it depends on what is not stated."""
    on = _chromosome(finding)
    if not on:
        return (2,)
    if sex == "female":
        return (2,) if on == "X" else (0,)
    if sex == "male":
        return (1,)
    return (1, 2) if on == "X" else (0, 1)


def _chromosome(finding: CopyNumber) -> str:
    """The chromosome X or Y where the locus lies on one of them; "" elsewhere and in the pseudoautosomal regions."""
    if finding.region:
        found = _SEX_CHROMOSOME.match(finding.region)
        return found[1] if found else ""
    return on_sex_chromosome(finding.gene) if finding.gene else ""


def contradictions(finding: CopyNumber, sex: str | None) -> Iterator[Fault]:
    """What the copies say against the change, or against "tested and not found"."""
    copies = finding.copies
    if copies is None:
        return
    normal = baselines(finding, sex)
    if finding.result == "absent":
        if not any(_holds(copies, n) for n in normal):
            yield Fault("/copies", "absent", "abnormal copies contradict result: absent")
        return
    if finding.change in GAINS and all(_at_most(copies, n) for n in normal):
        yield Fault("/copies", "copies", f"{finding.change} needs more copies than the baseline of {_words(normal)}")
    elif finding.change in LOSSES and all(_at_least(copies, n) for n in normal):
        yield Fault("/copies", "copies", f"{finding.change} needs fewer copies than the baseline of {_words(normal)}")
    elif finding.change == "homozygous deletion" and _above_none(copies):
        yield Fault("/copies", "copies", "a homozygous deletion leaves 0 copies")
    elif finding.change == "normal" and not any(_only(copies, n) for n in normal):
        yield Fault("/copies", "copies", f"normal is the baseline of {_words(normal)}")


def _at_most(copies: Copies, n: int) -> bool:
    """Whether the highest count possible is at most ``n``."""
    if copies.high is None:
        return False
    return copies.high <= n


def _at_least(copies: Copies, n: int) -> bool:
    """Whether the lowest count possible is at least ``n``."""
    if copies.amplified:
        return True
    return copies.low is not None and copies.low >= n


def _above_none(copies: Copies) -> bool:
    """Whether the lowest count possible is above 0."""
    return copies.amplified or (copies.low is not None and (copies.low > 0 or not copies.low_inclusive))


def _only(copies: Copies, n: int) -> bool:
    return not copies.amplified and copies.low == copies.high == Decimal(n)


def _holds(copies: Copies, n: int) -> bool:
    """Whether ``n`` is among the counts possible."""
    if copies.amplified:
        return False
    above = copies.low is None or copies.low < n or (copies.low == n and copies.low_inclusive)
    below = copies.high is None or copies.high > n or (copies.high == n and copies.high_inclusive)
    return above and below


def _words(normal: tuple[int, ...]) -> str:
    return " or ".join(map(str, normal))
