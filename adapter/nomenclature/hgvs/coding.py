"""Answers to c. and n. statements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapter.nomenclature.hgvs import ids
from adapter.nomenclature.hgvs.choose import (
    Candidate,
    Tried,
    attempt,
    code_contradiction,
    codon_contradiction,
    of_gene,
    others,
    stated,
)
from adapter.nomenclature.hgvs.grammar import Edit, plain
from adapter.nomenclature.hgvs.mapping import Mapped, map_edit
from adapter.nomenclature.hgvs.model import Choice, Reading, Variant
from adapter.nomenclature.hgvs.place import Unplaced, numbered
from adapter.nomenclature.hgvs.request import Request


def answer(asked: Request, edit: Edit, kind: str) -> Variant:
    """The variant that a plain change in c. or n. numbering describes."""
    written = f"{kind}.{edit}"
    base = asked.answer(kind=edit.kind, stated_c=written, grade="C", status="unmapped")
    if asked.conflicts:
        return _conflict(base, asked, asked.conflicts, ())
    candidates = _candidates(asked)
    if not candidates:
        return _without_transcript(base, asked, edit, written)
    tried = list(attempt(candidates, edit, asked.change, kind))
    fitting = [(t, t.mapped) for t in tried if t.mapped]
    if not fitting:
        return _nothing_fits(base, asked, edit, kind, tried)
    if silent := _not_silent(asked, fitting[0][1]):
        return _conflict(base, asked, [("PROTEIN-MISMATCH", silent)], ())
    if len(fitting) == 1 and fitting[0][0] is tried[0]:
        return _asserted(base, asked, *fitting[0])
    readings = tuple(reading(t.candidate, mapped) for t, mapped in fitting)
    if fitting[0][0] is not tried[0]:
        return _conflict(base, asked, [(tried[0].code, tried[0].reason)], readings)
    return _several(base, asked, readings)


def _not_silent(asked: Request, mapped: Mapped) -> str:
    """Why ``p.=`` cannot be said of the change, "" where it can or is not said."""
    predicted = (mapped.predicted or "").removeprefix("p.").strip("()")
    if (asked.protein or "").strip("()") != "=" or not predicted or predicted.endswith("="):
        return ""
    return f"c.{mapped.edit} predicts {mapped.predicted}, not an unchanged protein"


def of_intron(asked: Request, number: int, offset: int, change: str) -> tuple[Reading, ...]:
    """The readings of ``IVS3+1G>A``: the introns counted on the transcript stated, or on those of the gene.

    An intron begins behind the exon of its number and ends before the next one.
    """
    found: list[Reading] = []
    for candidate in _candidates(asked):
        transcript = candidate.transcript
        if candidate.numbering or not 0 < number < len(transcript.exons):
            continue
        behind = transcript.exons[number].offset
        anchor = numbered(behind - 1 if offset > 0 else behind, transcript)
        edit = plain(f"{anchor}{offset:+d}{change}")
        try:
            mapped = map_edit(edit, transcript) if edit else None
        except Unplaced:
            continue
        if mapped:
            why = f"intron {number} of {transcript.nm} ({candidate.why})"
            found.append(Reading(transcript.nm, mapped.c, mapped.p, mapped.g, why))
    return tuple(found)


def _candidates(asked: Request) -> list[Candidate]:
    if asked.accession and not asked.accession.startswith(("NG_", "NC_")):
        return stated(asked.accession)
    return of_gene(asked.gene.symbol) if asked.gene else []


def _without_transcript(base: Variant, asked: Request, edit: Edit, written: str) -> Variant:
    """Syntax only: what was said, and why no more is known."""
    said = asked.change
    contradiction = codon_contradiction(edit, said) if said and written.startswith("c.") else ""
    if contradiction:
        return _conflict(base, asked, [("CODON-NUMBER", contradiction)], ())
    if said and written.startswith("c.") and (wrong := code_contradiction(edit, said)):
        return _conflict(base, asked, [("PROTEIN-MISMATCH", wrong)], ())
    reference = f"{asked.accession}:" if asked.accession else ""
    if asked.accession:
        code, why = "TRANSCRIPT-UNKNOWN", f"{asked.accession} is not among the embedded transcripts"
    elif asked.gene:
        code, why = "TRANSCRIPT-UNKNOWN", f"no transcript of {asked.gene.symbol} is embedded"
    else:
        code, why = "TRANSCRIPT-NOT-STATED", "neither a gene nor a transcript is stated"
    found = replace(base, c=f"{reference}{written}", p=base.stated_p, transcript=Choice(None, asked.accession, None))
    return found.finding(code, "info", why)


def _nothing_fits(base: Variant, asked: Request, edit: Edit, kind: str, tried: list[Tried]) -> Variant:
    candidates = [t.candidate for t in tried]
    symbol = candidates[0].transcript.symbol
    elsewhere = attempt(others(symbol, candidates), edit, asked.change, kind)
    readings = tuple(reading(t.candidate, t.mapped) for t in elsewhere if t.mapped)
    return _conflict(base, asked, [(t.code, t.reason) for t in tried], readings)


def _conflict(
    base: Variant, asked: Request, reasons: list[tuple[str, str]], alternatives: tuple[Reading, ...]
) -> Variant:
    found = replace(
        base,
        status="conflict",
        grade="C",
        alternatives=alternatives,
        transcript=Choice(None, asked.accession, None),
    )
    for code, reason in reasons:
        found = found.finding(code, "error", reason)
    return found


def _several(base: Variant, asked: Request, readings: tuple[Reading, ...]) -> Variant:
    found = replace(base, alternatives=readings, transcript=Choice(None, asked.accession, None))
    names = "; ".join(reading.why for reading in readings)
    return found.finding("TRANSCRIPT-AMBIGUOUS", "warning", f"several numberings fit, none is asserted: {names}")


def _named(candidate: Candidate) -> str:
    row = candidate.numbering
    return f"{candidate.transcript.nm} ({candidate.why}{': ' + row.name if row else ''})"


def reading(candidate: Candidate, mapped: Mapped) -> Reading:
    """A candidate as an alternative."""
    return Reading(mapped.transcript.nm, mapped.c, mapped.p, mapped.g, _named(candidate))


def _asserted(base: Variant, asked: Request, tried: Tried, mapped: Mapped) -> Variant:
    candidate = tried.candidate
    grade = mapped.grade if candidate.exact or tried.agreed else "B"
    notes = tuple(note for note in (*mapped.notes, tried.note, _choice_note(candidate, asked)) if note)
    renamed = mapped.notes and any("normal form" in note for note in mapped.notes)
    known = _mapped(mapped) | {
        "status": "repaired" if renamed else asked.status,
        "grade": grade,
        "p": mapped.p or _stated_protein(asked, mapped),
        "transcript": Choice(mapped.transcript.nm, asked.accession, candidate.why),
        "notes": base.notes + notes,
    }
    return replace(base, **known)


def placed(base: Variant, mapped: Mapped) -> Variant:
    """The variant with everything that the mapping gave."""
    return replace(base, **_mapped(mapped))


def _mapped(mapped: Mapped) -> dict[str, Any]:
    """Fields of a variant that the mapping gave."""
    name = mapped.transcript.chromosome
    return {
        "kind": mapped.edit.kind,
        "c": mapped.c,
        "p": mapped.p,
        "g": mapped.g,
        "spdi": ids.spdi(name, mapped.allele) if mapped.allele else None,
        "vcf": mapped.vcf,
        "vrs": ids.vrs(name, mapped.allele) if mapped.allele else {},
    }


def _stated_protein(asked: Request, mapped: Mapped) -> str | None:
    return f"{mapped.transcript.np}:{asked.stated_p}" if asked.stated_p else None


def _choice_note(candidate: Candidate, asked: Request) -> str:
    used = candidate.transcript.nm
    if candidate.numbering:
        return f"read in the numbering of {candidate.numbering.name}; {used} counts otherwise"
    if candidate.why == "stated-other-version":
        return f"{asked.accession} was read on {used}, the version embedded here"
    return ""
