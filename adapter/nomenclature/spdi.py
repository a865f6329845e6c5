"""SPDI, HGVS g. and VCF forms of one allele, and the VRS identifiers they lead to.

An SPDI is ``sequence:position:deleted:inserted``, its position interresidue and counted from 0; the deleted part may be
a number of bases (Holmes et al. 2020, doi:10.1093/bioinformatics/btz856). Substitutions, and replacements that share no
base at their ends, are the same in every notation. An insertion, deletion or duplication can be written at several
places of a repeat, and each notation prefers another: these need the bases around, given by a function of the caller.
Where it does not know a base that matters the answer is None, never a form that might be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from adapter.errors import NomenclatureError
from adapter.nomenclature import refget, vrs

Bases = Callable[[str, int, int], str | None]
"""Plus-strand bases of a sequence (accession, start, end; from 0, end excluded); None where any is not known."""

_SPDI = re.compile(
    r"(?P<sequence>[A-Z]{2}_[0-9]+\.[0-9]+):(?P<position>[0-9]{1,9}):(?P<deleted>[0-9]{1,9}|[A-Z*]*):(?P<inserted>[A-Z*]*)",
    re.ASCII,
)
_GENOMIC = re.compile(
    r"(?P<sequence>NC_0000(?:0[1-9]|1[0-9]|2[0-4])\.[0-9]+):g\.(?P<first>[1-9][0-9]{0,8})(?:_(?P<last>[1-9][0-9]{0,8}))?"
    r"(?:(?P<ref>[ACGTN]+)>(?P<alt>[ACGTN]+)|(?P<identity>=)|(?P<inversion>inv)|dup(?P<doubled>[ACGTN]*)"
    r"|(?:del(?P<deleted>[ACGTN]*))?(?:ins(?P<inserted>[ACGTN]+))?)",
    re.ASCII,
)
_BASES = re.compile("[ACGTN]+")
_CHROMOSOME = re.compile(r"NC_0000(?:0[1-9]|1[0-9]|2[0-4])\.[0-9]+", re.ASCII)
_COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def _nothing_known(_sequence: str, _start: int, _end: int) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Spdi:
    """``inserted`` in place of ``deleted`` at ``position`` (from 0) of ``sequence`` (accession with version).

    ``deleted`` is a number where only the length of the deletion was stated.
    """

    sequence: str
    position: int
    deleted: str | int
    inserted: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.position}:{self.deleted}:{self.inserted}"

    @property
    def end(self) -> int:
        """Position after the last base deleted."""
        return self.position + (self.deleted if isinstance(self.deleted, int) else len(self.deleted))


class Record(NamedTuple):
    """The place and alleles of a VCF record on one assembly; ``position`` counts from 1."""

    assembly: refget.Assembly
    chromosome: str
    position: int
    ref: str
    alt: str


class _Change(NamedTuple):
    """Bases replaced on a sequence; nothing shared at the ends, unless they are the same."""

    start: int
    ref: str
    alt: str


# --- reading


def read(text: str) -> Spdi:
    """The SPDI of a text. Raises NomenclatureError, also for a place beyond the end of a chromosome.

    >>> read("NC_000017.11:7675087:C:T").position
    7675087
    """
    found = _SPDI.fullmatch(text)
    if found is None:
        raise NomenclatureError("expected an SPDI, sequence:position:deleted:inserted", text=text)
    deleted = found["deleted"]
    spdi = Spdi(
        found["sequence"], int(found["position"]), int(deleted) if deleted.isdecimal() else deleted, found["inserted"]
    )
    return _inside(spdi, text)


def from_record(record: Record) -> Spdi:
    """The SPDI that says what a VCF record says, base by base. Raises NomenclatureError for what is no such record.

    Symbolic, overlapping and several alternate alleles are refused.
    """
    text = f"{record.chromosome}-{record.position}-{record.ref}-{record.alt}"
    chromosome = refget.named(record.chromosome, record.assembly)
    if chromosome is None:
        raise NomenclatureError(f"{record.assembly} has no chromosome of this name", text=text)
    ref, alt = record.ref.upper(), record.alt.upper()
    if record.position < 1 or not (_BASES.fullmatch(ref) and _BASES.fullmatch(alt)):
        raise NomenclatureError(
            "expected a position from 1 and one reference and one alternate allele of bases", text=text
        )
    return _inside(Spdi(chromosome.accession, record.position - 1, ref, alt), text)


def from_hgvs(text: str, bases: Bases = _nothing_known) -> Spdi | None:
    """The SPDI that says what a g. expression on a chromosome says, at the place it says.

    None where it names bases that are not known (a duplication, an inversion, ``=``); a deletion without its bases
    keeps their number. Raises NomenclatureError for any other expression.
    """
    found = _GENOMIC.fullmatch(text)
    if found is None:
        raise NomenclatureError("expected a g. expression on a chromosome, of one change between bases", text=text)
    start, end = int(found["first"]) - 1, int(found["last"] or found["first"])
    if start >= end:
        raise NomenclatureError("the interval runs downwards", text=text)
    spdi = _stated(found, start, end, bases)
    return None if spdi is None else _inside(spdi, text)


def _stated(found: re.Match[str], start: int, end: int, bases: Bases) -> Spdi | None:
    sequence, inserted, deleted = found["sequence"], found["inserted"], found["deleted"]
    if found["ref"]:
        return Spdi(sequence, start, _of_length(found, found["ref"], end - start), found["alt"])
    if deleted is not None:
        return Spdi(sequence, start, _of_length(found, deleted, end - start) or end - start, inserted or "")
    if inserted:
        if end - start != 2:
            raise NomenclatureError("expected two neighbouring positions of an insertion", text=found.string)
        return Spdi(sequence, start + 1, "", inserted)
    known = bases(sequence, start, end) or _of_length(found, found["doubled"] or "", end - start)
    return _copied(found, sequence, start, end, known)


def _copied(found: re.Match[str], sequence: str, start: int, end: int, known: str) -> Spdi | None:
    """A duplication, an inversion or no change of the bases ``known`` ("" where they are not)."""
    if found["doubled"] is None and not found["identity"] and not found["inversion"]:
        raise NomenclatureError("expected a change after the position", text=found.string)
    if not known:
        return None
    if found["doubled"] is not None:
        return Spdi(sequence, end, "", known)
    return Spdi(sequence, start, known, known if found["identity"] else reverse_complement(known))


def _of_length(found: re.Match[str], stated: str, length: int) -> str:
    """The bases stated, which must be as many as the interval has. Raises NomenclatureError."""
    if stated and len(stated) != length:
        raise NomenclatureError("the bases stated are not as many as the positions", text=found.string)
    return stated


def _inside(spdi: Spdi, text: str) -> Spdi:
    chromosome = refget.find(spdi.sequence)
    if chromosome is not None and spdi.end > chromosome.length:
        raise NomenclatureError(f"{spdi.sequence} has {chromosome.length} bases", text=text)
    return spdi


def reverse_complement(bases: str) -> str:
    """The bases of the other strand, 5' to 3'."""
    return bases.translate(_COMPLEMENT)[::-1]


# --- writing


def justified(spdi: Spdi, bases: Bases = _nothing_known) -> Spdi | None:
    """The allele over its whole region of ambiguity, as NCBI and VRS compare alleles; None where bases are not known.

    Raises NomenclatureError where the deleted bases stated are not those of the sequence.
    """
    change = _change(spdi, bases)
    if change is None or change.ref == change.alt:
        return None if change is None or not change.ref else Spdi(spdi.sequence, *change)
    if change.ref and change.alt:
        return Spdi(spdi.sequence, *change)
    left, right = _room(spdi.sequence, change, bases, -1), _room(spdi.sequence, change, bases, 1)
    if left is None or right is None:
        return None
    ref, alt = left + change.ref + right, left + change.alt + right
    return Spdi(spdi.sequence, change.start - len(left), ref, alt)


def to_hgvs(spdi: Spdi, bases: Bases = _nothing_known) -> str | None:
    """The g. expression HGVS recommends, as far 3' as the change goes; None where bases or chromosome are not known."""
    change = _change(spdi, bases)
    if change is None or not (change.ref or change.alt) or not _CHROMOSOME.fullmatch(spdi.sequence):
        return None
    shifted = change if change.ref and change.alt else _shifted(spdi.sequence, change, bases, 1)
    if shifted is None:
        return None
    form = _form(spdi.sequence, shifted, bases)
    return None if form is None else f"{spdi.sequence}:g.{form}"


def _form(sequence: str, change: _Change, bases: Bases) -> str | None:
    """Position and change of an expression, priorities as in HGVS: substitution, deletion, inversion, duplication."""
    start, ref, alt = change
    place = _interval(start, start + len(ref))
    if ref == alt:
        return f"{place}="
    if not ref:
        return _inserted(sequence, start, alt, bases)
    if not alt:
        return f"{place}del"
    if len(ref) == len(alt) == 1:
        return f"{place}{ref}>{alt}"
    return f"{place}inv" if alt == reverse_complement(ref) else f"{place}delins{alt}"


def _inserted(sequence: str, start: int, alt: str, bases: Bases) -> str | None:
    """An insertion, or the duplication of what stands before it; None where a base that decides it is not known."""
    if start == 0:
        return None
    for n in range(len(alt)):
        before = bases(sequence, start - n - 1, start - n) if n < start else ""
        if before is None:
            return None
        if before != alt[-1 - n]:
            return f"{start}_{start + 1}ins{alt}"
    return f"{_interval(start - len(alt), start)}dup"


def _interval(start: int, end: int) -> str:
    """Positions of HGVS, counted from 1, both included."""
    return f"{end}" if end - start == 1 else f"{start + 1}_{end}"


def to_record(spdi: Spdi, bases: Bases = _nothing_known) -> Record | None:
    """The VCF record: as far left as the change goes, with the base before an insertion or deletion.

    None where the bases are not known or the sequence is no chromosome of GRCh38 or GRCh37.
    """
    chromosome, change = refget.find(spdi.sequence), _change(spdi, bases)
    if chromosome is None or change is None or not (change.ref or change.alt):
        return None
    if needs_anchor(change.ref, change.alt):
        shifted = _shifted(spdi.sequence, change, bases, -1)
        anchor = bases(spdi.sequence, shifted.start - 1, shifted.start) if shifted and shifted.start else None
        if shifted is None or anchor is None:
            return None
        change = _Change(shifted.start - 1, anchor + shifted.ref, anchor + shifted.alt)
    return Record(chromosome.assembly, chromosome.name, change.start + 1, change.ref, change.alt)


def needs_anchor(ref: str, alt: str) -> bool:
    """Whether a VCF record of a trimmed change needs the base before it.

    Only where one allele would be empty: VCF 4.5, section 1.6.1.4, wants the padding base for simple insertions and
    deletions and leaves it out where every allele has a base, as a replacement of unequal lengths does. Without it the
    record is the parsimonious one (Tan et al. 2015, doi:10.1093/bioinformatics/btv112).
    """
    return not (ref and alt)


def allele(spdi: Spdi, version: vrs.Version = "2.0", bases: Bases = _nothing_known) -> vrs.Json | None:
    """The VRS allele in normal form; None where bases or the refget digest of the sequence are not known."""
    chromosome, normal = refget.find(spdi.sequence), justified(spdi, bases)
    if chromosome is None or normal is None or not isinstance(normal.deleted, str):
        return None
    location = vrs.sequence_location(chromosome.refget, normal.position, normal.end, version)
    subunit = _subunit(normal.deleted, normal.inserted) if version == "2.0" else 0
    if subunit:
        return vrs.allele(location, vrs.repeated(len(normal.inserted), subunit, normal.inserted))
    return vrs.allele(location, vrs.literal(normal.inserted))


def identifiers(spdi: Spdi, bases: Bases = _nothing_known) -> dict[str, str]:
    """VRS identifiers by version, "1.3" (which is 1.2.1's too) and "2.0"; empty where they are not determined.

    >>> identifiers(read("NC_000017.11:7675087:C:T"))["2.0"]
    'ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR'
    """
    chromosome, normal = refget.find(spdi.sequence), justified(spdi, bases)
    if chromosome is None or normal is None or not isinstance(normal.deleted, str):
        return {}
    place = (chromosome.refget, normal.position, normal.end)
    first = vrs.allele_id(*place, normal.inserted, "1.3")
    if subunit := _subunit(normal.deleted, normal.inserted):
        state = vrs.repeated(len(normal.inserted), subunit)
        return {"1.3": first, "2.0": vrs.identify(vrs.allele(vrs.sequence_location(*place), state), "2.0")}
    return {"1.3": first, "2.0": vrs.allele_id(*place, normal.inserted)}


# --- bases


def _change(spdi: Spdi, bases: Bases) -> _Change | None:
    """What is changed once the bases shared at the ends are left out; None where the deleted bases are not known.

    Bases that stay as they are keep their interval. Raises NomenclatureError where the sequence has other bases.
    """
    known = bases(spdi.sequence, spdi.position, spdi.end)
    ref = spdi.deleted if isinstance(spdi.deleted, str) else known if spdi.deleted else ""
    if ref is None:
        return None
    if known is not None and known != ref:
        raise NomenclatureError(f"the sequence has {known} here, not {ref}", text=str(spdi))
    start, alt = spdi.position, spdi.inserted
    if ref == alt:
        return _Change(start, ref, alt)
    shared = _shared(ref, alt)
    start, ref, alt = start + shared, ref[shared:], alt[shared:]
    shared = _shared(ref[::-1], alt[::-1])
    return _Change(start, ref[: len(ref) - shared], alt[: len(alt) - shared])


def _shared(one: str, other: str) -> int:
    """How many characters two texts share at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _room(sequence: str, change: _Change, bases: Bases, step: int) -> str | None:
    """The bases over which an insertion or deletion can be rolled, to the right (1) or to the left (-1).

    None where a base that is not known, or an unspecified one (N), is reached.
    """
    unit, found = change.ref or change.alt, ""
    at = change.start + len(change.ref) if step > 0 else change.start - 1
    while at >= 0:
        base = bases(sequence, at, at + 1)
        if base is None or base == "N":
            return None
        if base != (unit[len(found) % len(unit)] if step > 0 else unit[-1 - len(found) % len(unit)]):
            break
        found = found + base if step > 0 else base + found
        at += step
    return found


def _shifted(sequence: str, change: _Change, bases: Bases, step: int) -> _Change | None:
    """The insertion or deletion rolled as far as it goes; None where bases are not known."""
    room = _room(sequence, change, bases, step)
    if room is None:
        return None
    by = step * len(room)
    unit = change.ref or change.alt
    turn = by % len(unit)
    turned = unit[turn:] + unit[:turn]
    return _Change(change.start + by, turned if change.ref else "", turned if change.alt else "")


def _subunit(ref: str, alt: str) -> int:
    """Length of the repeated unit where VRS 2.0 states an allele as a length of reference; 0 where it states bases.

    VRS 2.0, normalisation, step 5: deletions, unchanged bases, and insertions that continue a repeat.
    """
    if ref == alt:
        return len(ref)
    if not ref or _shared(ref, alt) < min(len(ref), len(alt)):
        return 0
    grown = len(alt) - len(ref)
    if grown < 0:
        return -grown
    units = (n for n in range(grown, 0, -1) if grown % n == 0 and n <= len(ref))
    return next((n for n in units if all(alt[i] == alt[i - n] for i in range(len(ref), len(alt)))), 0)
