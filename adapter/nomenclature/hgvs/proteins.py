"""Answers to p. statements: the residue is checked, every c. that fits is named, one asserted only if it is alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.nomenclature.hgvs.choose import Candidate, moved, of_gene, others, stated
from adapter.nomenclature.hgvs.coding import placed
from adapter.nomenclature.hgvs.grammar import Edit
from adapter.nomenclature.hgvs.mapping import Mapped, map_edit
from adapter.nomenclature.hgvs.model import Choice, Reading, Variant
from adapter.nomenclature.hgvs.place import numbered
from adapter.nomenclature.hgvs.predict import protein_of
from adapter.nomenclature.hgvs.protein import Change, agrees_with, codings
from adapter.nomenclature.hgvs.request import Request
from adapter.nomenclature.hgvs.transcripts import Transcript


def answer(asked: Request, said: Change) -> Variant:
    """The variant that a plain protein change describes."""
    base = unchecked(asked, said.kind)
    if asked.conflicts:
        return _conflict(base, asked.conflicts, ())
    candidates = _candidates(asked)
    known = [c for c in candidates if protein_of(c.transcript.nm)]
    if not known:
        return _unverified(base, asked, said, candidates)
    readings = [(c, there) for c in known for there in [moved(said, c)] if _agrees(there, c)]
    if not readings or readings[0][0] is not known[0]:
        return _no_residue(base, said, known, readings)
    if len(readings) > 1:
        found = replace(base, alternatives=tuple(_reading(c, there) for c, there in readings))
        return found.finding("TRANSCRIPT-AMBIGUOUS", "warning", "several numberings fit, none is asserted")
    return _verified(base, asked, *readings[0])


def _unverified(base: Variant, asked: Request, said: Change, candidates: list[Candidate]) -> Variant:
    """What no sequence can check: the length of the protein can, and letters that name bases too are told."""
    last = max((_residues(c.transcript) for c in candidates), default=None)
    bases = f"c.{said.start}{said.first}>{said.alt}" if said.kind == "substitution" and asked.said.bare else ""
    bases = bases if set(said.first + said.alt) <= set("ACGT") else ""
    if last is not None and said.end > last:
        reason = f"{candidates[0].transcript.np} has {last - 1} residues, the statement names {said.end}"
        reason += f"; bases would be written {bases}" if bases else ""
        return _conflict(base, [("OUTSIDE-PROTEIN", reason)], ())
    if bases and asked.said.protein and not asked.said.protein.text[1:2].isalpha():
        message = f"read as residues; {said.first} and {said.alt} name bases too, which would be written {bases}"
        return base.finding("RESIDUE-OR-BASE", "info", message)
    return base


def _residues(transcript: Transcript) -> int:
    """How many residues the protein has; the stop codon counts, since a change of it is numbered too."""
    start, end = transcript.coding
    return (end - start) // 3


def unchecked(asked: Request, kind: str) -> Variant:
    """What is said of a protein, as it is said."""
    reference = f"{asked.accession}:" if asked.accession and asked.accession.startswith(("NP_", "ENSP", "LRG_")) else ""
    return asked.answer(
        status="unmapped",
        grade="C",
        kind=kind,
        p=f"{reference}{asked.stated_p}",
        transcript=Choice(None, asked.accession, None),
    )


def _candidates(asked: Request) -> list[Candidate]:
    if asked.accession:
        return stated(asked.accession)
    return of_gene(asked.gene.symbol) if asked.gene else []


def _agrees(said: Change, candidate: Candidate) -> bool:
    return agrees_with(said, protein_of(candidate.transcript.nm))


def _no_residue(
    base: Variant, said: Change, known: list[Candidate], fitting: list[tuple[Candidate, Change]]
) -> Variant:
    """The likeliest transcript has another residue there; the readings that do fit are named."""
    transcript = known[0].transcript
    further = ((c, moved(said, c)) for c in others(transcript.symbol, known) if protein_of(c.transcript.nm))
    elsewhere = fitting or [(c, there) for c, there in further if _agrees(there, c)]
    reason = f"{transcript.np} has no {said.first} at residue {said.start}"
    if said.end != said.start and protein_of(transcript.nm)[said.start - 1 : said.start] == said.first:
        reason = f"{transcript.np} has no {said.last} at residue {said.end}"
    return _conflict(base, [("RESIDUE-MISMATCH", reason)], tuple(_reading(*pair) for pair in elsewhere))


def _conflict(base: Variant, reasons: list[tuple[str, str]], alternatives: tuple[Reading, ...]) -> Variant:
    found = replace(base, status="conflict", grade="C", p=None, alternatives=alternatives)
    for code, reason in reasons:
        found = found.finding(code, "error", reason)
    return found


def _reading(candidate: Candidate, said: Change) -> Reading:
    transcript = candidate.transcript
    name = f" ({candidate.numbering.name})" if candidate.numbering else ""
    return Reading(transcript.nm, None, f"{transcript.np}:p.{said}", {}, candidate.why + name)


def _verified(base: Variant, asked: Request, candidate: Candidate, said: Change) -> Variant:
    """The residue is the protein's: the statement stands, with every c. that makes it."""
    transcript = candidate.transcript
    found = replace(
        base,
        status=asked.status,
        grade="A",
        p=f"{transcript.np}:{asked.stated_p}",
        transcript=Choice(transcript.nm, asked.accession, candidate.why),
    )
    fitting = list(_codings(transcript, said))
    if len(fitting) == 1:
        asserted = placed(found, fitting[0])
        return replace(asserted, p=found.p, notes=(*found.notes, "only one change within the codon makes it"))
    readings = tuple(Reading(m.transcript.nm, m.c, m.p, m.g, "codes for the stated residue") for m in fitting)
    return replace(found, alternatives=readings)


def _codings(transcript: Transcript, said: Change) -> Iterator[Mapped]:
    sequence = transcript.sequence
    if said.kind != "substitution" or sequence is None:
        return
    coding = sequence.read(*transcript.coding) or ""
    for at, ref, alt in codings(said, coding):
        first, last = (numbered(transcript.coding[0] + place, transcript) for place in (at, at + len(ref) - 1))
        kind = "substitution" if len(ref) == 1 else "delins"
        yield map_edit(Edit(kind, first, last, ref, alt), transcript)
