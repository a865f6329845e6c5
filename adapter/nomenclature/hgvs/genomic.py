"""Answers to chromosomal statements: g. descriptions, SPDI, and chromosome-position-ref-alt."""

from __future__ import annotations

from dataclasses import replace

from adapter.nomenclature.hgvs import ids
from adapter.nomenclature.hgvs.choose import code_contradiction, codon_contradiction
from adapter.nomenclature.hgvs.coding import placed
from adapter.nomenclature.hgvs.grammar import Edit
from adapter.nomenclature.hgvs.mapping import Mapped, map_edit
from adapter.nomenclature.hgvs.model import ASSEMBLIES, Choice, Gene, Reading, Variant, Vcf
from adapter.nomenclature.hgvs.place import Position, Unplaced, from_genome
from adapter.nomenclature.hgvs.predict import protein_of
from adapter.nomenclature.hgvs.protein import change as protein_change
from adapter.nomenclature.hgvs.protein import compare
from adapter.nomenclature.hgvs.request import Request, build
from adapter.nomenclature.hgvs.transcripts import (
    Transcript,
    by_accession,
    by_gene,
    chromosome,
    chromosome_of,
    overlapping,
    reverse_complement,
)

LARGEST = 100_000  # bases; a larger change is given as stated, not in the numbering of single transcripts
NEAR = 1_000_000  # bases; regulatory changes are attributed to genes so far away


def of_spdi(asked: Request, accession: str, start: int, gone: str, new: str) -> Variant:
    """An SPDI expression: its own recognised form, read as the change it is."""
    known = chromosome_of(accession)
    asked.warn("SPDI", "info", "an SPDI expression, not HGVS")
    length = int(gone) if gone.isdigit() else len(gone)
    ref = "" if gone.isdigit() else gone
    if known is None:
        return asked.answer(status="unmapped", grade="C", kind="spdi")
    if length == 0 and not new:
        return asked.answer(status="rejected", kind="spdi").finding("SYNTAX", "error", "nothing is changed")
    return _on_chromosome(asked, *known, _edit(start, length, ref, new))


def of_place(asked: Request, assembly: str | None, name: str, pos: int, ref: str, alt: str) -> Variant:
    """A chromosomal change as VCF has it; without an assembly every reading is given and none asserted."""
    assembly = assembly or build(asked.assembly)
    start, gone, new = _trimmed(pos - 1, ref, alt)
    edit = _edit(start, len(gone), gone, new)
    stated = Vcf(assembly, name, pos, ref, alt)
    if not gone and not new:
        return asked.answer(status="rejected").finding("SYNTAX", "error", "nothing is changed")
    if assembly:
        found = _on_chromosome(asked, assembly, name, edit)
        return found if found.vcf else replace(found, vcf=stated)
    base = asked.answer(status="unmapped", grade="C", kind=edit.kind, vcf=stated)
    answers = [(a, _on_chromosome(asked, a, name, edit)) for a in ASSEMBLIES]
    readings = tuple(
        Reading(v.transcript.used, v.c, v.p, v.g, f"read on {a}") for a, v in answers if v.g and v.status != "conflict"
    )
    return replace(base, alternatives=readings).finding(
        "ASSEMBLY-NOT-STATED", "warning", "the position has no assembly; none is assumed"
    )


def of_edit(asked: Request, edit: Edit, kind: str) -> Variant:
    """A g. or m. description."""
    said = asked.said
    if edit.start.offset or edit.end.offset:
        base = _stated(asked, edit, kind, f"{asked.accession}:" if asked.accession else "")
        return base.finding("GENOMIC-OFFSET", "warning", "a genomic position has no offset into an intron")
    place = chromosome_of(asked.accession) if asked.accession else None
    if place is None and said.genomic and kind == "g":
        name = said.genomic.text.lower().removeprefix("chr").upper().removesuffix("T")
        assembly = build(asked.assembly)
        if assembly and chromosome(assembly, name):
            return _on_chromosome(asked, assembly, name, edit)
        base = _stated(asked, edit, kind, f"{said.genomic.text}:")
        return base.finding("ASSEMBLY-NOT-STATED", "warning", "the position has no assembly; none is assumed")
    if place is None or kind == "m":
        reference = f"{asked.accession}:" if asked.accession else ""
        return _stated(asked, edit, kind, reference).finding(
            "REFERENCE-UNKNOWN", "info", "the reference sequence is not among those embedded"
        )
    return _on_chromosome(asked, *place, edit)


def _stated(asked: Request, edit: Edit, kind: str, reference: str) -> Variant:
    return asked.answer(
        status="unmapped", grade="C", kind=edit.kind, stated_c=f"{reference}{kind}.{edit}", p=asked.stated_p
    )


def _trimmed(start: int, ref: str, alt: str) -> tuple[int, str, str]:
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while ref and alt and ref[0] == alt[0]:
        start, ref, alt = start + 1, ref[1:], alt[1:]
    return start, ref, alt


def _edit(start: int, length: int, ref: str, alt: str) -> Edit:
    """A change given by its 0-based start as HGVS counts it."""
    first, last = (Position(after_stop=False, base=place) for place in (start + 1, start + length))
    if length == 0:
        return Edit("insertion", Position(after_stop=False, base=start), first, "", alt)
    if ref == alt and ref:
        return Edit("identity", first, last, ref)
    kind = "substitution" if length == 1 and len(alt) == 1 else "delins" if alt else "deletion"
    return Edit(kind, first, last, ref, alt)


def _on_chromosome(asked: Request, assembly: str, name: str, edit: Edit) -> Variant:
    known = chromosome(assembly, name)
    base = asked.answer(status="unmapped", grade="C", kind=edit.kind)
    if known is None or edit.end.base > known[1]:
        return replace(base, status="rejected", grade="D").finding(
            "OUTSIDE-CHROMOSOME", "error", f"{assembly} has no such position on chromosome {name}"
        )
    if asked.conflicts:
        return _conflict(base, asked.conflicts)
    written = f"{known[0]}:g.{edit}"
    base = replace(base, stated_c=written)
    small = edit.end.base - edit.start.base < LARGEST
    found = overlapping(assembly, name, edit.start.base - 1, edit.end.base) if small else ()
    transcripts = _meant(asked, found)
    if not transcripts and (reason := _elsewhere(asked, name, edit, assembly)):
        return _conflict(base, [("GENE-CONFLICT", reason)])
    tried = [_try(edit, transcript, assembly) for transcript in transcripts]
    if not tried:
        return _unannotated(base, asked, assembly, name, edit, written)
    return _answer(base, asked, assembly, name, edit, written, tried)


def _meant(asked: Request, transcripts: tuple[Transcript, ...]) -> list[Transcript]:
    """The transcripts that the statement can mean: the stated one or the stated gene's, MANE Select first."""
    stated = by_accession(asked.transcript) if asked.transcript else None
    if stated:
        return [t for t in transcripts if t == stated]
    kept = [t for t in transcripts if asked.gene is None or t.symbol == asked.gene.symbol]
    select = [t for t in kept if t.status == "mane-select"]
    return select or kept


def _elsewhere(asked: Request, name: str, edit: Edit, assembly: str) -> str:
    """Why the stated gene cannot be the one changed, "" where it may be: on another chromosome, or far away."""
    known = by_gene(asked.gene.symbol) if asked.gene else ()
    for transcript in known:
        ends = [end + (e.shift or 0) * (assembly == "GRCh37") for e in transcript.exons for end in (e.start, e.end)]
        near = min(ends) - NEAR <= edit.end.base and edit.start.base <= max(ends) + NEAR
        if name.removeprefix("chr") == transcript.chromosome and near:
            return ""
    return f"the position on chromosome {name} lies nowhere near {known[0].symbol}" if known else ""


def _try(edit: Edit, transcript: Transcript, assembly: str) -> Mapped | Unplaced:
    try:
        return map_edit(_coding(edit, transcript, assembly), transcript)
    except Unplaced as error:
        return error


def _coding(edit: Edit, transcript: Transcript, assembly: str) -> Edit:
    """A chromosomal change in the numbering and on the strand of a transcript."""
    first, last = (from_genome(p.base - 1, transcript, assembly) for p in (edit.start, edit.end))
    if transcript.strand > 0:
        return replace(edit, start=first, end=last)
    return replace(edit, start=last, end=first, ref=reverse_complement(edit.ref), alt=reverse_complement(edit.alt))


def _answer(
    base: Variant,
    asked: Request,
    assembly: str,
    name: str,
    edit: Edit,
    written: str,
    tried: list[Mapped | Unplaced],
) -> Variant:
    mismatch = [e for e in tried if isinstance(e, Unplaced) and e.code in {"REFERENCE-MISMATCH", "LENGTH"}]
    if mismatch:
        return _conflict(base, [(e.code, _on_its_strand(edit, written, e.message)) for e in mismatch])
    mapped = [m for m in tried if isinstance(m, Mapped)]
    if not mapped:
        return _unannotated(base, asked, assembly, name, edit, written)
    if len(mapped) > 1:
        plain = _unannotated(base, asked, assembly, name, edit, written)
        readings = tuple(Reading(m.transcript.nm, m.c, m.p, m.g, "overlaps the position") for m in mapped)
        return replace(plain, alternatives=readings)
    contradiction = _contradiction(asked, mapped[0])
    if contradiction:
        return _conflict(base, [("PROTEIN-MISMATCH", contradiction)])
    return _one(base, asked, assembly, written, mapped[0])


def _on_its_strand(edit: Edit, written: str, message: str) -> str:
    """What a transcript says against a chromosomal change: its bases may be those of the other strand."""
    return f"{written} states {edit.ref[:20]} on the plus strand; {message}" if edit.ref else message


def _one(base: Variant, asked: Request, assembly: str, written: str, mapped: Mapped) -> Variant:
    transcript = mapped.transcript
    found = placed(base, mapped)
    if not found.g:
        found = _as_stated(found, asked, assembly, written)
    why = "given-position" if asked.transcript != transcript.nm else "stated"
    renamed = found.g.get(assembly) not in (None, written)
    note = (f"{written} is {found.g[assembly]} in its normal form (3' rule)",) if renamed else ()
    kept = tuple(n for n in mapped.notes if "normal form" not in n)
    return replace(
        found,
        status="repaired" if renamed else asked.status,
        grade=mapped.grade,
        gene=found.gene or Gene(transcript.symbol, transcript.hgnc or None),
        p=mapped.p or (f"{transcript.np}:{asked.stated_p}" if asked.stated_p else None),
        transcript=Choice(transcript.nm, asked.transcript if by_accession(asked.transcript or "") else None, why),
        notes=found.notes + note + kept,
    )


def _as_stated(found: Variant, asked: Request, assembly: str, written: str) -> Variant:
    """An indel without the bases around it: a g. description stays as it was stated, nothing is derived."""
    g: dict[str, str | None] = {assembly: written} if asked.said.body else {}
    if found.kind == "identity":
        return replace(found, g=g)
    return replace(found, c=None, g=g)


def _contradiction(asked: Request, mapped: Mapped) -> str:
    said = asked.change
    predicted = protein_change((mapped.predicted or "").removeprefix("p.").strip("()"))
    if said is None:
        return ""
    if predicted is None:
        return codon_contradiction(mapped.edit, said) or code_contradiction(mapped.edit, said)
    if compare(said, predicted, protein_of(mapped.transcript.nm)) == "differs":
        return f"{mapped.c} predicts {mapped.predicted}, not p.{said}"
    return ""


def _unannotated(base: Variant, asked: Request, assembly: str, name: str, edit: Edit, written: str) -> Variant:
    """A place in no embedded transcript: the statement as it is; a substitution has its identifiers too."""
    found = replace(base, status=asked.status, grade="B", g={assembly: written}, p=asked.stated_p)
    if edit.kind == "substitution" and not set(edit.ref + edit.alt) - set("ACGT"):
        allele = (edit.start.base - 1, edit.ref, edit.alt)
        found = replace(
            found,
            spdi=ids.spdi(name, allele, assembly),
            vcf=Vcf(assembly, name, edit.start.base, edit.ref, edit.alt),
            vrs=ids.vrs(name, allele, assembly),
        )
    return found.noting("the reference base was not checked: no embedded bases here")


def _conflict(base: Variant, reasons: list[tuple[str, str]]) -> Variant:
    found = replace(base, status="conflict", grade="C", p=None)
    for code, reason in reasons:
        found = found.finding(code, "error", reason)
    return found
