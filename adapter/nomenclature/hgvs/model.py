"""What was read from a text: :class:`Variant`, and its published JSON form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from adapter.nomenclature.hgvs.clean import Diagnostic

Json = dict[str, Any]
ASSEMBLIES = ("GRCh38", "GRCh37")


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene by its approved symbol; ``hgnc`` is None where no table knows it."""

    symbol: str
    hgnc: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The transcript ``used``, the one ``stated``, and ``why`` this one.

    ``why``: stated, stated-other-version, equivalent-accession, mane-select, mane-plus-clinical, legacy-numbering,
    given-position.
    """

    used: str | None
    stated: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Vcf:
    """A VCF record; ``pos`` is 1-based, ``assembly`` None where it was not stated."""

    assembly: str | None
    chrom: str
    pos: int
    ref: str
    alt: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One of several things the text can mean; none of them is asserted."""

    transcript: str | None
    c: str | None
    p: str | None
    g: dict[str, str | None]
    why: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event named by an abbreviation: length in bases, what else was said kept in words (``ratio``, ``place``)."""

    kind: str
    name: str
    length: int | None = None
    ratio: str | None = None
    place: str | None = None
    sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """What a text says about a variant, checked, mapped and graded.

    ``status``: ok, repaired, conflict, unmapped, rejected, not-hgvs. ``grade``: A sequence-verified, B position-mapped,
    C syntax only, D text. ``c``, ``p``, ``g``, ``spdi``, ``vcf`` and ``vrs`` are None (or empty) where they are not
    certain. ``stated_c`` and ``stated_p`` are the statements as read, before any transcript was chosen.
    """

    input: str
    status: str = "not-hgvs"
    grade: str = "D"
    kind: str | None = None
    gene: Gene | None = None
    c: str | None = None
    p: str | None = None
    g: dict[str, str | None] = field(default_factory=dict)
    spdi: str | None = None
    vcf: Vcf | None = None
    vrs: dict[str, str] = field(default_factory=dict)
    transcript: Choice = Choice(None, None, None)
    alternatives: tuple[Reading, ...] = ()
    notes: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    stated_c: str | None = None
    stated_p: str | None = None
    event: Event | None = None
    genes: tuple[Gene, ...] = ()
    members: tuple[Variant, ...] = ()
    dbsnp: str | None = None

    def noting(self, *notes: str) -> Variant:
        """The same with further notes."""
        return replace(self, notes=self.notes + notes)

    def finding(self, code: str, severity: str, message: str, span: tuple[int, int] | None = None) -> Variant:
        """The same with a further diagnostic, over the whole text where no ``span`` is given."""
        found = Diagnostic(code, severity, *(span or (0, len(self.input))), message)
        return replace(self, diagnostics=(*self.diagnostics, found))

    def as_json(self) -> Json:
        """The published object; what only some variants have follows after ``diagnostics``."""
        return {
            "input": self.input,
            "status": self.status,
            "grade": self.grade,
            "kind": self.kind,
            "gene": _gene(self.gene),
            "c": self.c,
            "p": self.p,
            "g": self.g,
            "spdi": self.spdi,
            "vcf": _slots(self.vcf) if self.vcf else None,
            "vrs": self.vrs,
            "transcript": _slots(self.transcript),
            "alternatives": [_slots(reading) for reading in self.alternatives],
            "notes": list(self.notes),
            "diagnostics": [_slots(diagnostic) for diagnostic in self.diagnostics],
            **self._further(),
        }

    def _further(self) -> Json:
        further: Json = {
            "event": {k: v for k, v in _slots(self.event).items() if v is not None} if self.event else None,
            "genes": [_gene(gene) for gene in self.genes],
            "members": [member.as_json() for member in self.members],
            "dbsnp": self.dbsnp,
        }
        return {key: value for key, value in further.items() if value}


def _gene(gene: Gene | None) -> Json | None:
    return _slots(gene) if gene else None


def _slots(value: Diagnostic | Reading | Choice | Gene | Vcf | Event) -> Json:
    return {name: getattr(value, name) for name in value.__slots__}
