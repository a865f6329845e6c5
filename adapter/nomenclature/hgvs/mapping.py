"""One change on one transcript: checked against the bases, normalised, mapped to both assemblies, translated, graded.

Grade A: the bases of the transcript were there to check and normalise with. Grade B: positions only; a substitution
is mapped, an indel is not (its normal form depends on bases that are not known here).
"""

from __future__ import annotations

from dataclasses import field, replace

from adapter.nomenclature.hgvs import shift
from adapter.nomenclature.hgvs.grammar import Edit, plain, written
from adapter.nomenclature.hgvs.model import Vcf
from adapter.nomenclature.hgvs.place import Locus, Position, Unplaced, locate, numbered, on_transcript
from adapter.nomenclature.hgvs.predict import predicted
from adapter.nomenclature.hgvs.shift import Allele, Form, Window
from adapter.nomenclature.hgvs.transcripts import Transcript, by_accession, chromosome, reverse_complement
from adapter.nomenclature.value import value


@value
class Mapped:
    """A change on a transcript. ``allele`` is the genomic one, fully justified: start (GRCh38), deleted, inserted."""

    transcript: Transcript
    edit: Edit
    grade: str
    predicted: str | None = None
    g: dict[str, str | None] = field(default_factory=dict)
    allele: tuple[int, str, str] | None = None
    vcf: Vcf | None = None
    checked: bool = False
    notes: tuple[str, ...] = ()

    @property
    def c(self) -> str:
        """The change on the MANE transcript."""
        return f"{self.transcript.nm}:c.{self.edit}"

    @property
    def p(self) -> str | None:
        """The predicted protein change, None where it is not known."""
        return f"{self.transcript.np}:{self.predicted}" if self.predicted else None


def map_edit(edit: Edit, transcript: Transcript, kind: str = "c") -> Mapped:
    """The change on the transcript.

    Raises:
        Unplaced: the transcript has no such position or other bases there (code REFERENCE-MISMATCH).
    """
    first = locate(edit.start, transcript, kind)
    loci = first, first if edit.end is edit.start else locate(edit.end, transcript, kind)
    _same_order(edit, transcript, loci)
    if kind == "n":
        edit = _as_coding(edit, transcript)
    start, end = on_transcript(edit.start, transcript), on_transcript(edit.end, transcript)
    exonic = not (edit.start.offset or edit.end.offset) and start >= 0
    stated = _stated_bases(edit, start, end, transcript) if exonic else None
    if stated is None:
        return _by_position(edit, transcript, loci)
    window = _window(transcript, loci[0].exon) if loci[0].exon == loci[1].exon else None
    if window is None or window.read(start, end + 1) is None:
        return _over_junction(edit, transcript)
    return _by_sequence(edit, transcript, loci[0].exon, window, (start, end))


def _as_coding(edit: Edit, transcript: Transcript) -> Edit:
    def coding(position: Position) -> Position:
        return replace(numbered(position.base - 1, transcript), offset=position.offset)

    return replace(edit, start=coding(edit.start), end=coding(edit.end))


def _same_order(edit: Edit, transcript: Transcript, loci: tuple[Locus, Locus]) -> None:
    """The end lies behind the start on the genome too; neighbours of an intronic insertion are neighbours there."""
    way = (loci[1].position - loci[0].position) * transcript.strand
    if way < 0:
        raise Unplaced("RANGE", f"{edit.start}_{edit.end} runs backwards on {transcript.nm}")
    if edit.kind == "insertion" and (edit.start.offset or edit.end.offset) and way != 1:
        raise Unplaced("INTRON-ANCHOR", f"{edit.start} and {edit.end} are no neighbours on {transcript.nm}")


def _stated_bases(edit: Edit, start: int, end: int, transcript: Transcript) -> str | None:
    """The transcript's bases at the edit, None where not known; checked against what was stated."""
    if edit.kind == "insertion" and end != start + 1:
        raise Unplaced("RANGE", f"{edit.start} and {edit.end} are no neighbours on {transcript.nm}")
    bases = transcript.sequence.read(start, end + 1) if transcript.sequence else None
    if bases is None:
        return None
    if edit.stated_length is not None and edit.stated_length != len(bases):
        raise Unplaced("LENGTH", f"{edit.start}_{edit.end} are {len(bases)} bases, {edit.stated_length} are stated")
    if edit.ref and edit.ref != bases and "N" not in edit.ref:
        shown = bases if len(bases) <= 20 else f"{bases[:17]}..."
        raise Unplaced("REFERENCE-MISMATCH", f"{transcript.nm} has {shown} at c.{edit.start}, not {edit.ref[:20]}")
    return bases


def _window(transcript: Transcript, number: int) -> Window | None:
    """The known bases of one exon, on the transcript."""
    sequence = transcript.sequence
    if sequence is None:
        return None
    exon = transcript.exons[number]
    low = max(exon.offset, sequence.start)
    high = min(exon.offset + exon.end - exon.start, sequence.start + len(sequence.bases))
    return Window(low, sequence.read(low, high) or "") if low < high else None


def _genome_window(window: Window, transcript: Transcript, number: int) -> Window:
    exon = transcript.exons[number]
    if transcript.strand > 0:
        return Window(exon.start + window.start - exon.offset, window.bases)
    return window.reversed(exon.end - (window.end - exon.offset))


def _new_bases(edit: Edit, window: Window, start: int, end: int) -> tuple[int, int, str]:
    """What is replaced (0-based, half-open, on the transcript) and by what."""
    if edit.kind == "insertion":
        return end, end, edit.alt
    bases = window.read(start, end + 1) or ""
    if edit.kind == "duplication":
        return end + 1, end + 1, bases
    if edit.kind == "inversion":
        return start, end + 1, reverse_complement(bases)
    return start, end + 1, bases if edit.kind == "identity" else edit.alt


def _by_sequence(edit: Edit, transcript: Transcript, number: int, window: Window, span: tuple[int, int]) -> Mapped:
    start, end, alt = _new_bases(edit, window, *span)
    if set(alt) - set("ACGT"):
        return Mapped(transcript, edit, "B", notes=("bases that are not known (N) are inserted: no coordinates",))
    change = shift.allele(window, start, end, alt)
    checked = bool(edit.ref)
    if edit.kind == "identity" or not (change.ref or change.alt):
        return Mapped(transcript, edit, "A", predicted(edit, transcript), checked=checked)
    if change.open:
        note = "the change may be shifted into bases that are not known here: not normalised, no coordinates"
        return Mapped(transcript, edit, "B", predicted(edit, transcript), checked=checked, notes=(note,))
    normal = _edit(shift.three_prime(change, window), transcript, edit)
    notes = () if str(normal) == str(edit) else (f"c.{edit} is c.{normal} in its normal form (3' rule)",)
    genome = _genome_window(window, transcript, number)
    there = _on_genome(change, window, genome, transcript.strand)
    start, ref, alt = shift.left_aligned(there, genome)
    moved = transcript.exons[number].shift
    return Mapped(
        transcript,
        normal,
        "A",
        predicted(normal, transcript),
        g=_assemblies(transcript, shift.three_prime(there, genome), moved),
        allele=shift.justified(there, genome),
        vcf=Vcf("GRCh38", transcript.chromosome, start + 1, ref, alt),
        checked=checked,
        notes=notes + _lift_note(moved, transcript),
    )


def _on_genome(change: Allele, window: Window, genome: Window, strand: int) -> Allele:
    if strand > 0:
        return replace(change, start=change.start - window.start + genome.start)
    start = genome.start + window.end - change.end
    ref, alt = reverse_complement(change.ref), reverse_complement(change.alt)
    return Allele(start, ref, alt, change.right, change.left, change.open)


def c_to_g(description: str, assembly: str = "GRCh38") -> str | None:
    """The chromosomal description of a plain change on an embedded transcript, ``NM_000546.6:c.524G>A``.

    The bare mapping, without ids, protein or choice of transcript. None where no coordinate is certain: see
    :func:`map_edit`, which it agrees with.

    Raises:
        Unplaced: the transcript has no such position or other bases there.
        NomenclatureError: the description contradicts itself.

    >>> c_to_g("NM_000546.6:c.524G>A", "GRCh37")
    'NC_000017.10:g.7578406C>T'
    """
    accession, _, written_as = description.partition(":c.")
    transcript, edit = by_accession(accession), plain(written_as)
    if transcript is None or edit is None:
        return None
    if edit.kind != "substitution" or set(edit.ref + edit.alt) - set("ACGT"):
        return map_edit(edit, transcript).g.get(assembly)
    locus = locate(edit.start, transcript)
    if not edit.start.offset:
        place = on_transcript(edit.start, transcript)
        _stated_bases(edit, place, place, transcript)
    form = Form("substitution", locus.position, locus.position, *_stranded(edit, transcript))
    return _genomic(assembly, transcript.chromosome, form, 0 if assembly == "GRCh38" else locus.shift)


def _stranded(edit: Edit, transcript: Transcript) -> tuple[str, str]:
    """The stated bases on the plus strand."""
    if transcript.strand > 0:
        return edit.ref, edit.alt
    return reverse_complement(edit.ref), reverse_complement(edit.alt)


def _edit(form: Form, transcript: Transcript, stated: Edit) -> Edit:
    kept = form.ref if form.kind == "substitution" else ""
    if form.kind == "delins" and stated.kind == "delins":
        kept = form.ref
    return Edit(form.kind, numbered(form.first, transcript), numbered(form.last, transcript), kept, form.alt)


def _lift_note(shift37: int | None, transcript: Transcript) -> tuple[str, ...]:
    if shift37 is not None:
        return ()
    return (f"GRCh37 has no known position for this part of {transcript.nm} ({transcript.symbol})",)


def _assemblies(transcript: Transcript, form: Form, shift37: int | None) -> dict[str, str | None]:
    return {
        "GRCh38": _genomic("GRCh38", transcript.chromosome, form, 0),
        "GRCh37": _genomic("GRCh37", transcript.chromosome, form, shift37),
    }


def _genomic(assembly: str, name: str, form: Form, moved: int | None) -> str | None:
    known = chromosome(assembly, name)
    if moved is None or known is None:
        return None
    first = form.first + 1 + moved
    place = f"{first}_{form.last + 1 + moved}" if form.last != form.first else f"{first}"
    return f"{known[0]}:g.{place}{written(form.kind, form.ref, form.alt)}"


def _by_position(edit: Edit, transcript: Transcript, loci: tuple[Locus, Locus]) -> Mapped:
    """Without bases: a substitution is complemented and mapped, anything else keeps its c. only."""
    if edit.kind != "substitution":
        return Mapped(transcript, edit, "B", notes=(_span_note(transcript, loci),))
    place, moved = loci[0].position, loci[0].shift
    ref, alt = _stranded(edit, transcript)
    if set(ref + alt) - set("ACGT"):
        return Mapped(transcript, edit, "B", notes=("an ambiguous base: no coordinates",))
    return Mapped(
        transcript,
        edit,
        "B",
        g=_assemblies(transcript, Form("substitution", place, place, ref, alt), moved),
        allele=(place, ref, alt),
        vcf=Vcf("GRCh38", transcript.chromosome, place + 1, ref, alt),
        notes=_lift_note(moved, transcript),
    )


def _span_note(transcript: Transcript, loci: tuple[Locus, Locus]) -> str:
    low, high = sorted(locus.position + 1 for locus in loci)
    return (
        f"without the bases around it the change cannot be normalised, so no coordinates are derived; as stated it "
        f"lies at chr{transcript.chromosome}:{low}-{high} of GRCh38"
    )


def _over_junction(edit: Edit, transcript: Transcript) -> Mapped:
    note = "the change spans an exon boundary: its place on the genome is not certain and is not given"
    return Mapped(transcript, edit, "B", predicted(edit, transcript), checked=bool(edit.ref), notes=(note,))
