"""What an ISCN text says, as immutable values: the syntax tree, before any computed effect.

Layers: `parse` makes a `Document`; `expand` and `effects` compute physical chromosomes and copy numbers from it;
`render` writes it again. All offsets (``start``, ``end``) are in characters of `Document.input`, half open, and do not
take part in comparison, so that two spellings of one karyotype are equal.

What a repair changed is changed here (``t(22;9)(q11.2;q34)`` is held as ``t(9;22)(q34;q11.2)``); the verbatim text is
the slice of the input, and a `Diagnostic` of severity ``repair`` holds both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field, replace
from typing import Literal, NamedTuple

from adapter.nomenclature.value import value

Severity = Literal["error", "warning", "info", "repair"]
Status = Literal["ok", "repaired", "partial", "rejected", "not-iscn"]
SegmentKind = Literal["karyotype", "ish", "nuc ish", "rev ish", "fib ish", "arr", "sseq", "ogm", "rsa", "prose"]
Arm = Literal["p", "q"]
Sign = Literal["+", "-"]


class Token(NamedTuple):
    """One terminal of the grammar: a chromosome, a breakpoint, a sign, a count, a bracket; ``role`` names it."""

    start: int
    end: int
    role: str


@value
class Diagnostic:
    """A located remark. ``code`` is one of the rule codes (COUNT, SEX, CHR, BAND, BP-N, ...; docs/iscn.md).

    ``suggestion`` is the text that would be right in place of the span, None where none can be given. In a ``repair``
    it is what the text was read as ("" where the span was left out).
    """

    code: str
    severity: Severity
    start: int
    end: int
    message: str
    suggestion: str | None = None


@value
class Range:
    """A whole number or a range of them, both ends included; ``high`` is None when open above."""

    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    def __str__(self) -> str:
        """The ISCN form: ``6~18``, ``3``; an open end is written ``5~?``."""
        if self.low == self.high:
            return str(self.low)
        return f"{self.low}~{'?' if self.high is None else self.high}"


ONE = Range(1, 1)


@value
class Breakpoint:
    """A place on a chromosome as stated: ``q34``, ``p11.2``, ``qter``, ``q10``, ``q2?4``, ``?``, ``q21~24``.

    ``chromosome`` is "1".."22", "X", "Y" or None where it is unknown. ``arm`` is None for ``?`` and ``cen``. ``band``
    is the digits after the arm without question marks ("34", "11.2", "24", "10"), or "ter", "cen", "" (arm only:
    ``del(5q)``, ``(q?)``). ``certain`` is the leading part of ``band`` that no question mark touches: "2" for
    ``q2?4``, "" for ``q?24``; it equals ``band`` where nothing is in doubt. ``arm_certain`` is False for ``?q21``. An
    arm alone with doubt (``q?``) has band "" and ``doubt`` True. ``to`` is the other end of a range ``q21~24`` (same
    chromosome); ``alternatives`` are the further readings of ``p13.3 or q13.3``.
    """

    chromosome: str | None
    arm: Arm | None
    band: str
    certain: str
    arm_certain: bool = True
    doubt: bool = False
    to: Breakpoint | None = None
    alternatives: tuple[Breakpoint, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def name(self) -> str:
        """Arm and band without doubt marks: ``q24`` for ``q2?4``, "" for ``?``; ``cen`` for the centromere."""
        return f"{self.arm or ''}{self.band}"

    @property
    def known(self) -> bool:
        """Whether arm and band are stated without ``?``, range or alternative."""
        return bool(
            self.arm and self.band and self.arm_certain and self.band == self.certain and not self.doubt
        ) and not (self.to or self.alternatives)


@value
class PathPart:
    """One stretch of a long-form description: ``9pter->9q34`` read from ``first`` to ``last``; ``?`` has None ends.

    ``last`` is None for a single band without arrow. ``joint`` is what stands before it: "", ":" (a break) or "::"
    (a junction).
    """

    joint: str
    first: Breakpoint | None
    last: Breakpoint | None


@value
class Cells:
    """Cells of a clone or item: ``[10]``, ``[cp12]``; ``note`` is what a laboratory wrote beside the number."""

    n: int
    composite: bool = False
    note: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Abnormality:
    """One item of a clone, or one event inside a derivative chromosome.

    kind
        the ISCN symbol: ``t``, ``del``, ``der``, ``psu dic``, ``idic``, ``r``, ``mar``, ``dmin``, ``hsr``, ...;
        ``chromosome`` for ``+8`` / ``-7`` / ``-X``; ``heteromorphism`` for ``9qh+`` (``feature`` = ``qh+``).
    sign
        "+" an extra one, "-" a missing one (of a whole chromosome, or of an item of the stemline), None neither.
    chromosomes
        as listed between the first parentheses: "1".."22", "X", "Y", "?" (unknown); () for ``mar``, ``dmin``, ``r``.
    chromosome_certain
        one flag per chromosome, False for ``?21``.
    breakpoints
        one group per chromosome, in the order of ``chromosomes``; a group holds the bands of that chromosome as
        written (``ins(5;2)(p14;q32q22)`` has groups of 1 and 2). () where none are stated. For ``del(5q)`` one
        group of one arm-only breakpoint and ``short`` True.
    parts
        the events inside a derivative: ``der(1)t(1;3)(p32;q21)t(1;11)(q25;q13)`` has two, of kind ``t``. In
        ``der dic(14;17)(p11.2;p11.2)del(14)(q22q24)`` the kind is ``der``, the first part the ``dic``.
    path
        the long form inside parentheses, as stretches; () in short form. ``path_end`` is a ``:`` closing it.
    multiplier
        how many of it: ``x2``, ``2mar``, ``3~12dmin``; ONE where not stated.
    number
        of a numbered marker or ring (``mar2``, ``r1``).
    certain
        False for ``?del(1)(p36)`` and ``+?8`` is ``chromosome_certain`` (False,).
    origin
        suffixes in order: "c", "mat", "pat", "dn", "inh", "dmat", "dpat", "dinh"; ``origin_certain`` False for ``?c``.
    alternatives
        further readings joined by ``or``.
    cells
        cells of this item where the laboratory gives them per item (composite karyotypes).
    feature
        what a symbol adds beyond the above: ``qh+``, ``pss``, the old-style arm sign ``q+``.
    """

    kind: str
    sign: Sign | None = None
    chromosomes: tuple[str, ...] = ()
    chromosome_certain: tuple[bool, ...] = ()
    breakpoints: tuple[tuple[Breakpoint, ...], ...] = ()
    parts: tuple[Abnormality, ...] = ()
    path: tuple[PathPart, ...] = ()
    path_end: str = ""
    multiplier: Range = ONE
    number: int | None = None
    certain: bool = True
    origin: tuple[str, ...] = ()
    origin_certain: bool = True
    alternatives: tuple[Abnormality, ...] = ()
    cells: Cells | None = None
    feature: str = ""
    short: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def constitutional(self) -> bool:
        """Whether it belongs to the person, not to the clone: ``c`` or a stated inheritance."""
        return bool(self.origin)


@value
class Sex:
    """The sex complement: ``letters`` of X and Y in the order X before Y, "" where none is stated.

    ``unknown`` is True for ``X?``, ``?`` and ``U``: sex chromosomes beyond ``letters`` are not known (``undisclosed``
    for ``U``). ``constitutional`` is True for ``XXYc``; ``constitutional_certain`` False for ``XXX?c``.
    """

    letters: str
    unknown: bool = False
    undisclosed: bool = False
    constitutional: bool = False
    constitutional_certain: bool = True
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Relation:
    """The reference to an earlier clone: ``idem``, ``sl``, ``sdl1``, ``slx2``.

    ``number`` as written (None without). ``clone`` is the index (from 1) of the clone meant: ``idem`` and ``sl`` the
    first clone, ``sl2`` the second clone without relation, ``sdlN`` the N-th clone with a relation, ``sdl`` the latest
    one; None where there is no such clone (then there is an error STEM-REF).
    """

    kind: Literal["idem", "sl", "sdl"]
    number: int | None = None
    multiplier: int = 1
    clone: int | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Clone:
    """One cell line. ``index`` counts from 1 over the clones of the text.

    ``count`` is the stated chromosome number; ``ploidy`` the stated level (3 for ``<3n>``), None where not stated.
    ``population``: "mos" and "chi" stand on the clones of such a text, "recipient" and "donor" around ``//``.
    ``incomplete`` is ``inc``.
    """

    index: int
    count: Range
    sex: Sex | None = None
    ploidy: int | None = None
    relation: Relation | None = None
    abnormalities: tuple[Abnormality, ...] = ()
    cells: Cells | None = None
    population: Literal["mos", "chi", "recipient", "donor"] | None = None
    incomplete: bool = False
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def normal(self) -> bool:
        """Whether nothing abnormal is stated: no item, no reference to a clone with items, a complete XX or XY."""
        return not self.abnormalities and self.relation is None and self.sex is not None and not self.incomplete


@value
class Note:
    """A cell line without karyotype (``nonclonal[2]``, ``4n[1]``), after clone number ``after``."""

    text: str
    cells: Cells | None
    after: int
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Signal:
    """What one probe showed.

    ``probe`` is the symbol as written without its side (``KMT2A``, ``D13S319``, ``wcp8``); ``side`` is "5'", "3'", "".
    ``copies`` is the number of signals, None where not stated. ``state`` is "present" (``+``), "absent" (``-``),
    "enhanced" (``++``, ``enh``), "diminished" (``dim``), "amplified" (``amp``), "moved" (``mv``), "stayed" (``st``)
    or "".
    ``group`` numbers the parenthesis (from 0) and ``place`` the ``;``-separated chromosome within it (from 0).
    """

    probe: str
    side: str = ""
    copies: Range | None = None
    state: str = ""
    group: int = 0
    place: int = 0
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Linkage:
    """Probes seen together or apart: ``ABL1 con BCRx2`` (kind ``con``), ``5'KMT2A sep 3'KMT2Ax1`` (kind ``sep``)."""

    kind: Literal["con", "sep"]
    first: Signal
    second: Signal
    copies: Range | None = None


@value
class FishPattern:
    """One pattern of signals: patterns joined by ``/`` are one each.

    ``technique`` is ``nuc ish``, ``ish``, ``rev ish``, ``fib ish``. ``locus`` are the bands before it (old form
    ``11q23(MLLx2)``), ``abnormality`` the item a metaphase result stands on. ``positive`` and ``scored`` are the nuclei
    ``[137/200]``; only ``scored`` (``[200]``) means all of them were looked at and ``positive`` is None. ``normal``
    probes of a shared copy number ``(ABL1,BCR)x3`` are one signal each with that number. ``joint`` is the sign before
    it, "" of the first: ``/`` begins another population of cells, ``,`` other probes on the same material.
    ``population`` tells recipient and donor apart around ``//``.
    """

    technique: str
    signals: tuple[Signal, ...] = ()
    linkages: tuple[Linkage, ...] = ()
    locus: tuple[Breakpoint, ...] = ()
    abnormality: Abnormality | None = None
    positive: int | None = None
    scored: int | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    joint: str = ""
    population: Literal["recipient", "donor"] | None = None


@value
class ArrayEvent:
    """One region of a microarray, sequencing or optical mapping result.

    ``build`` as GRCh37 or GRCh38 (``hg19`` is GRCh37), None where not stated. ``chromosomes`` has several for
    ``(5,8)x3``; ``(X,1-22)x2`` lists all. ``bands`` are one or two breakpoints. ``first`` and ``last`` are 1-based
    inclusive base positions, None where unknown (``?``). In ``((10_20)_(80_90))`` the breaks are only known to lie
    between two positions: ``first`` and ``last`` are what is certainly within, ``outer`` what may be. ``junction`` are
    the positions of ``(87071412;118483524)``, one per chromosome. ``copies`` is None where not stated. ``state``:
    "amp", "cth", "cx", "hmz", "htz" or "". ``mosaic`` is the fraction as written ("0.45", "0.2~0.3"), ``mos`` tells
    that the word stands there. ``origin`` inheritance suffixes. ``abnormality`` the item of
    ``sseq[GRCh38] del(5)(q31.1q33.1)``. ``hgvs`` is the sequence description behind it, kept as text.
    """

    technique: str
    build: str | None
    chromosomes: tuple[str, ...] = ()
    bands: tuple[Breakpoint, ...] = ()
    first: int | None = None
    last: int | None = None
    copies: Range | None = None
    state: str = ""
    mosaic: str = ""
    origin: tuple[str, ...] = ()
    abnormality: Abnormality | None = None
    junction: tuple[int | None, ...] = ()
    outer: tuple[int | None, int | None] | None = None
    mos: bool = False
    hgvs: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@value
class Segment:
    """A part of the text in one technique; ``prose`` is text beside the nomenclature."""

    kind: SegmentKind
    start: int
    end: int


Columns = tuple[Sequence[int], Sequence[int], Sequence[str | None]]
"""Starts, ends and roles of the terminals of one segment."""


@value
class Document:
    """Everything a text says. Compared by what it says (clones, notes, FISH, arrays), not by how it was written."""

    input: str = field(compare=False)
    status: Status = field(compare=False)
    clones: tuple[Clone, ...] = ()
    notes: tuple[Note, ...] = ()
    fish: tuple[FishPattern, ...] = ()
    arrays: tuple[ArrayEvent, ...] = ()
    segments: tuple[Segment, ...] = field(default=(), compare=False)
    diagnostics: tuple[Diagnostic, ...] = field(default=(), compare=False)
    unclassified: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    columns: tuple[Columns, ...] = field(default=(), compare=False, repr=False)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The terminals in the order of the text; made when asked for, since few callers do."""
        return tuple(
            Token(start, end, role)
            for starts, ends, roles in self.columns
            for start, end, role in zip(starts, ends, roles, strict=False)
            if role
        )

    def with_diagnostics(self, more: tuple[Diagnostic, ...]) -> Document:
        """The document with further diagnostics (of computed semantics, such as COUNT) and the status they make."""
        everything = tuple(sorted((*self.diagnostics, *more), key=lambda d: (d.start, d.end, d.code)))
        iscn = self.status != "not-iscn"
        return replace(self, diagnostics=everything, status=status_of(everything, self.unclassified, iscn=iscn))


def status_of(diagnostics: tuple[Diagnostic, ...], unclassified: tuple[tuple[int, int], ...], *, iscn: bool) -> Status:
    """The status that follows from what was found; ``iscn`` tells whether any nomenclature was recognised."""
    if not iscn:
        return "not-iscn"
    severities = {d.severity for d in diagnostics}
    if "error" in severities:
        return "rejected"
    if unclassified:
        return "partial"
    return "repaired" if "repair" in severities else "ok"
