"""A change over known bases: trimmed, rolled along its repeat, and written in HGVS, SPDI and VCF form.

A :class:`Window` is a run of bases of one exon. A change that can be rolled to the window's edge may roll further over
bases that are not known, and is then ``open``: no normal form of it can be given.
"""

from __future__ import annotations

from adapter.nomenclature.hgvs.transcripts import reverse_complement
from adapter.nomenclature.spdi import needs_anchor
from adapter.nomenclature.value import value


@value
class Window:
    """Known bases; ``start`` is the 0-based position of the first of them."""

    start: int
    bases: str

    @property
    def end(self) -> int:
        """Position after the last base."""
        return self.start + len(self.bases)

    def read(self, start: int, end: int) -> str | None:
        """The bases from ``start`` to ``end``, None where any lies outside."""
        if not self.start <= start <= end <= self.end:
            return None
        return self.bases[start - self.start : end - self.start]

    def reversed(self, start: int) -> Window:
        """The other strand, its first base at ``start``."""
        return Window(start, reverse_complement(self.bases))


@value
class Allele:
    """``ref`` at ``start`` (0-based) replaced by ``alt``, nothing shared at the ends.

    ``left`` and ``right`` are how many bases the change can be rolled either way; ``open`` when an edge was reached.
    """

    start: int
    ref: str
    alt: str
    left: int
    right: int
    open: bool

    @property
    def end(self) -> int:
        """Position after the last base replaced."""
        return self.start + len(self.ref)


def allele(window: Window, start: int, end: int, alt: str) -> Allele:
    """The change of ``start`` to ``end`` into ``alt``, trimmed and with the room it has to roll.

    >>> allele(Window(0, "CAAAG"), 1, 2, "").right
    2
    """
    ref = window.read(start, end) or ""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    start, ref, alt = start + shared, ref[shared:], alt[shared:]
    if bool(ref) == bool(alt):
        return Allele(start, ref, alt, 0, 0, open=False)
    unit = ref or alt
    left = _room(unit[::-1], window.bases[: start - window.start][::-1])
    right = _room(unit, window.bases[start + len(ref) - window.start :])
    reached = start - left <= window.start or start + len(ref) + right >= window.end
    return Allele(start, ref, alt, left, right, open=reached)


def _room(unit: str, beyond: str) -> int:
    """How many bases of ``beyond`` repeat the unit."""
    n = 0
    while n < len(beyond) and beyond[n] == unit[n % len(unit)]:
        n += 1
    return n


def _rotated(unit: str, steps: int) -> str:
    steps %= len(unit) or 1
    return unit[steps:] + unit[:steps]


@value
class Form:
    """A change in HGVS's terms: kind, first and last base (0-based, both included), and the new bases.

    Of an insertion ``first`` and ``last`` are its neighbours.
    """

    kind: str
    first: int
    last: int
    ref: str
    alt: str


def three_prime(change: Allele, window: Window) -> Form:
    """The change in the form HGVS recommends: as far 3' as it goes, a repeat of what is before it as duplication."""
    ref, alt = _rotated(change.ref, change.right), _rotated(change.alt, change.right)
    roll = change.right if not (change.ref and change.alt) else 0
    start, end = change.start + roll, change.end + roll
    if change.ref and change.alt:
        return _replacement(change)
    if not change.alt:
        return Form("deletion", start, end - 1, ref, "") if ref else Form("identity", start, end - 1, "", "")
    if window.read(start - len(alt), start) == alt:
        return Form("duplication", start - len(alt), start - 1, alt, "")
    return Form("insertion", start - 1, start, "", alt)


def _replacement(change: Allele) -> Form:
    kind = "delins"
    if len(change.ref) == len(change.alt) == 1:
        kind = "substitution"
    elif change.alt == reverse_complement(change.ref):
        kind = "inversion"
    return Form(kind, change.start, change.end - 1, change.ref, change.alt)


def justified(change: Allele, window: Window) -> tuple[int, str, str]:
    """Start, deleted and inserted bases over the whole region of ambiguity (NCBI's contextual SPDI, VRS 1.3).

    >>> w = Window(0, "CAAAG"); justified(allele(w, 1, 2, ""), w)
    (1, 'AAA', 'AA')
    """
    low, high = change.start - change.left, change.end + change.right
    before, after = window.read(low, change.start) or "", window.read(change.end, high) or ""
    return low, before + change.ref + after, before + change.alt + after


def left_aligned(change: Allele, window: Window) -> tuple[int, str, str]:
    """Start, reference and alternate as VCF has them: as far left as it goes, with the base before an indel."""
    if not needs_anchor(change.ref, change.alt):
        return change.start, change.ref, change.alt
    start = change.start - change.left
    ref, alt = _rotated(change.ref, -change.left), _rotated(change.alt, -change.left)
    anchor = window.read(start - 1, start) or ""
    return start - 1, anchor + ref, anchor + alt
