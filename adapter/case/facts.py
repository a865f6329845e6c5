"""The neutral facts a finding is made of.

A finding kind says which of these it has; a format writes what it can carry. Neither knows the other: a new kind or a
new format is one new module. Every fact knows the JSON pointer of the case it was stated at (:meth:`Facts.at`), which
a writer gives to its ledger; a fact that the adapter worked out stands in :attr:`Facts.derived`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from adapter.nomenclature.quantities import Age, Bounds, Copies, Date, Fraction, Share
from adapter.terms import Gene

Grade = Literal["A", "B", "C", "D"]
Sort = Literal["variant", "karyotype", "observation"]
Role = Literal["", "five-prime", "three-prime", "partner"]
_NONE: dict[str, str] = {}  # never changed
_FIELDS = {"methods": "method", "place": "region", "ids": "variant_ids", "parts": "markers"}
"""Facts whose field of the case has another name."""


class GeneFact(NamedTuple):
    """A gene as named (``text``), resolved where the table knows it; ``path`` is "" when it was worked out."""

    text: str
    gene: Gene | None
    path: str
    role: Role = ""


class Place(NamedTuple):
    """Where in the genome: chromosome ("11", "X"), band ("11q23.3") or interval (1-based, both ends included)."""

    path: str
    text: str
    chromosome: str = ""
    band: str = ""
    start: int | None = None
    end: int | None = None
    assembly: str = ""


class Expression(NamedTuple):
    """A nomenclature string. ``text`` is verbatim; ``value`` the canonical form, None until an engine vouches for it.

    ``syntax``: hgvs (kind not told apart), hgvs.c, hgvs.g, hgvs.n, hgvs.p, hgvs.r, iscn, spdi. ``verbatim`` is true
    when the text itself is valid as it stands, so that it may travel as a code.
    """

    syntax: str
    text: str
    path: str
    value: str | None = None
    verbatim: bool = False
    grade: Grade = "D"


@dataclass(frozen=True, slots=True)
class Allele:
    """A sequence variant worked out from its expressions (contracts.md section 3); empty text where not known.

    ``g`` maps an assembly to its g. expression, ``vrs`` a VRS version to the computed identifier; ``vcf`` is (chrom,
    1-based pos, ref, alt) on GRCh38. ``transcript_why`` is "stated", "mane-select", … : how the transcript was chosen.
    """

    grade: Grade
    kind: str
    c: str = ""
    p: str = ""
    g: Mapping[str, str] = field(default_factory=dict, hash=False)
    spdi: str = ""
    vcf: tuple[str, int, str, str] | None = None
    vrs: Mapping[str, str] = field(default_factory=dict, hash=False)
    transcript: str = ""
    transcript_why: str = ""
    notes: tuple[str, ...] = ()


class Detail(NamedTuple):
    """A named fact with a code of its own: probe, signals, banding, depth, insertion-point, in-frame, panel …

    ``name`` is the key in the mapping tables; a format writes it as a coded component or an extension without knowing
    what it means. ``unit`` is UCUM.
    """

    name: str
    value: str | bool | int | Decimal | Bounds
    path: str
    unit: str = ""


class Value(NamedTuple):
    """The value of an observation: words, a number, a bound or a range, with its unit (UCUM where known) as stated."""

    text: str
    path: str
    bounds: Bounds | None = None
    unit: str = ""
    unit_path: str = ""


class Flag(NamedTuple):
    """What a named rule set says of a karyotype; ``name`` is a key of ``mappings/iscn-karyotypes``, ``rule`` says why.

    ``complex-karyotype`` and ``monosomal-karyotype`` are true or false, ``ploidy-class`` is a key.
    """

    name: str
    value: bool | str
    rule: str


class Part(NamedTuple):
    """One line of a result with several: a marker of an immunophenotype and what was seen."""

    name: str
    value: Value
    path: str


class Facts:
    """What one finding says. None, "" and () mean: not stated. Never changed once made.

    ``path`` is the finding's JSON pointer and ``id`` its id, to which one abnormality of a karyotype and one gene of a
    negative panel add ``-1``, ``-2`` …; ``derived_from`` is the karyotype's id then (a panel has no Facts of its own:
    one for each gene). ``result`` is what the finding says of presence; ``structure`` is the kind of structural
    abnormality (key of ``mappings/iscn-karyotypes``: "t", "inv", "der"); ``test`` names what an observation measured
    (key of ``mappings/measurements``, or words). ``derived`` names the rule of each fact that was worked out,
    ``sources`` the pointer of each that stands in a field of another name than this kind's usual one.
    """

    path: str
    id: str
    sort: Sort
    result: Literal["present", "absent", "indeterminate", "no call"]
    status: str
    specimen: str
    methods: tuple[str, ...]
    age: Age | None
    date: Date | None
    said: str
    derived_from: str

    genes: tuple[GeneFact, ...]
    place: Place | None
    change: str
    copies: Copies | None
    cells: Share | None
    cutoff: Share | None
    vaf: Fraction | None
    zygosity: str
    origin: str
    significance: str
    significance_by: str
    expressions: tuple[Expression, ...]
    ids: tuple[tuple[str, str], ...]
    allele: Allele | None
    fusion: str
    transcripts: tuple[str, ...]
    complex: bool | None
    structure: str
    flags: tuple[Flag, ...]

    test: str
    value: Value | None
    parts: tuple[Part, ...]
    details: tuple[Detail, ...]

    derived: Mapping[str, str]
    sources: Mapping[str, str]

    def __init__(self, **stated: Any) -> None:
        self.__dict__ = _UNSTATED | stated

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and vars(self) == vars(other)

    def __repr__(self) -> str:
        stated = (f"{name}={value!r}" for name, value in vars(self).items() if value != _UNSTATED[name])
        return f"Facts({', '.join(stated)})"

    def at(self, fact: str) -> str:
        """JSON pointer of the case leaf that states ``fact``; "" for a derived one.

        >>> Facts(path="/findings/0", id="a", sort="variant").at("copies")
        '/findings/0/copies'
        """
        if fact in self.derived:
            return ""
        if fact in self.sources:
            return self.sources[fact]
        return f"{self.path}/{_FIELDS.get(fact, fact)}"


# One dictionary with every fact, and no defaults on the class: the interpreter then reads a fact in one step.
_UNSTATED: dict[str, Any] = {
    **dict.fromkeys(Facts.__annotations__),
    **dict.fromkeys(("path", "id", "sort", "specimen", "said", "derived_from", "change", "zygosity", "origin"), ""),
    **dict.fromkeys(("significance", "significance_by", "fusion", "structure", "test"), ""),
    **dict.fromkeys(("methods", "genes", "expressions", "ids", "transcripts", "flags", "parts", "details"), ()),
    **dict.fromkeys(("derived", "sources"), _NONE),
    "result": "present",
    "status": "final",
}
