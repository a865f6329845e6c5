"""Which transcript a statement is numbered on: the stated one, else MANE Select, with older numberings considered.

Every reading is tried against what the statement says of the reference base, of the residue and of the codon number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapter.nomenclature.hgvs import legacy
from adapter.nomenclature.hgvs.grammar import Edit
from adapter.nomenclature.hgvs.mapping import Mapped, map_edit
from adapter.nomenclature.hgvs.place import Unplaced
from adapter.nomenclature.hgvs.predict import protein_of
from adapter.nomenclature.hgvs.protein import CODONS, THREE, Change, agrees_with, change, compare
from adapter.nomenclature.hgvs.transcripts import Transcript, by_accession, by_gene
from adapter.nomenclature.value import value


@value
class Candidate:
    """A transcript, why it is considered, and the older numbering that is assumed, if one is."""

    transcript: Transcript
    why: str
    numbering: legacy.Numbering | None = None

    @property
    def exact(self) -> bool:
        """The transcript is the very one that was stated."""
        return self.why == "stated"


@value
class Tried:
    """A candidate with the change mapped on it, or with the reason why it cannot be meant."""

    candidate: Candidate
    mapped: Mapped | None
    code: str = ""
    reason: str = ""
    agreed: bool = False
    note: str = ""


def stated(accession: str) -> list[Candidate]:
    """The readings of a stated accession, the likeliest first; empty where nothing is known of it."""
    transcript = by_accession(accession)
    older = legacy.of_accession(accession)
    found: list[Candidate] = []
    if transcript:
        found.append(Candidate(transcript, _why(accession, transcript)))
        if found[0].exact:
            return found
    mane = older and by_accession(older.mane)
    if older and mane:
        if not found and older.start is None:
            found.append(Candidate(mane, "mane-select"))
        found.append(Candidate(mane, "legacy-numbering", older))
    return found


def _why(accession: str, transcript: Transcript) -> str:
    names = {transcript.nm, transcript.np, transcript.enst, transcript.ensp, transcript.lrg}
    return "stated" if accession in names or "." not in accession else "stated-other-version"


def of_gene(symbol: str) -> list[Candidate]:
    """The readings of a change for which only the gene is stated: MANE Select and the older numberings."""
    transcripts = by_gene(symbol)
    found = [Candidate(t, t.status) for t in transcripts if t.status == "mane-select"]
    for row in legacy.of_gene(symbol):
        mane = by_accession(row.mane)
        if mane:
            found.append(Candidate(mane, "legacy-numbering", row))
    return found or [Candidate(t, t.status) for t in transcripts]


def others(symbol: str, tried: list[Candidate]) -> list[Candidate]:
    """Further transcripts and numberings of the gene, for when none of those tried fits."""
    known = {(c.transcript.nm, c.numbering) for c in tried}
    every = [Candidate(t, t.status) for t in by_gene(symbol)] + of_gene(symbol)
    return [c for c in dict.fromkeys(every) if (c.transcript.nm, c.numbering) not in known]


def attempt(candidates: list[Candidate], edit: Edit, said: Change | None, kind: str) -> Iterator[Tried]:
    """Each candidate with the change mapped on it; those that read the same as an earlier one are left out."""
    seen: set[str] = set()
    for candidate in candidates:
        here = candidate.numbering.on_mane(edit) if candidate.numbering else edit
        if here is None:
            continue
        tried = _attempt(candidate, here, said, kind)
        key = tried.mapped.c if tried.mapped else f"{candidate}"
        if key not in seen:
            seen.add(key)
            yield tried


def _attempt(candidate: Candidate, edit: Edit, said: Change | None, kind: str) -> Tried:
    try:
        mapped = map_edit(edit, candidate.transcript, kind)
    except Unplaced as error:
        return Tried(candidate, None, error.code, error.message)
    if said is None:
        return Tried(candidate, mapped, agreed=mapped.checked)
    code, reason, note = _protein_check(mapped, moved(said, candidate))
    agreed = mapped.checked or (not code and mapped.predicted is not None)
    return Tried(candidate, None if code else mapped, code, reason, agreed, note)


def moved(said: Change, candidate: Candidate) -> Change:
    """A stated change of residues in the numbering of MANE."""
    row = candidate.numbering
    if row is None or (row.start is not None and 3 * said.end < row.start):
        return said
    return replace(said, start=said.start + row.shift // 3, end=said.end + row.shift // 3)


def _protein_check(mapped: Mapped, said: Change) -> tuple[str, str, str]:
    """Code and reason of a contradiction between c. and p., and a note where they differ only in style."""
    codon = codon_contradiction(mapped.edit, said)
    protein = protein_of(mapped.transcript.nm)
    if protein and not agrees_with(said, protein):
        return "RESIDUE-MISMATCH", f"{mapped.transcript.np} has no {said.first} at residue {said.start}", ""
    predicted = change((mapped.predicted or "").removeprefix("p.").strip("()"))
    if predicted is None:
        return ("CODON-NUMBER", codon, "") if codon else _by_genetic_code(mapped.edit, said)
    relation = compare(said, predicted, protein)
    if relation == "differs":
        return "PROTEIN-MISMATCH", f"c.{mapped.edit} predicts {mapped.predicted}, not p.{said}", ""
    note = f"the stated p.{said} counts otherwise than the predicted {mapped.predicted}" if relation == "count" else ""
    return "", "", note


def _by_genetic_code(edit: Edit, said: Change) -> tuple[str, str, str]:
    reason = code_contradiction(edit, said)
    return ("PROTEIN-MISMATCH", reason, "") if reason else ("", "", "")


def code_contradiction(edit: Edit, said: Change) -> str:
    """Why the stated bases cannot make the stated change of residue, whatever the codon; "" where some codon fits.

    Needs no sequence: ``c.35G>A`` is the second base of codon 12, where G>A makes no valine of any codon of glycine.
    """
    if edit.kind != "substitution" or said.kind not in ("substitution", "identity") or edit.start.residue is None:
        return ""
    if edit.start.offset or set(edit.ref + edit.alt) - set("ACGT"):
        return ""
    place = (edit.start.base - 1) % 3
    made = {
        CODONS[codon[:place] + edit.alt + codon[place + 1 :]]
        for codon, residue in CODONS.items()
        if residue == said.first and codon[place] == edit.ref
    }
    wanted = said.alt or said.first
    if wanted in made or {wanted, said.first} - set(CODONS.values()):
        return ""
    return f"{edit.ref}>{edit.alt} at base {place + 1} of a codon makes no {THREE[wanted]} of {THREE[said.first]}"


def codon_contradiction(edit: Edit, said: Change) -> str:
    """Why the stated residue cannot be the one the stated bases code for, "" where it can.

    A substitution lies in the codon of its residue. Anything else can change no residue before its first base.
    """
    first, last = edit.start.residue, edit.end.residue
    if first is None or last is None or edit.start.offset or edit.end.offset:
        return ""
    if edit.kind == "substitution" and said.start != first:
        return f"c.{edit.start} lies in codon {first}, the protein statement names residue {said.start}"
    if said.end < first:
        return f"c.{edit} can change nothing before residue {first}, the protein statement names {said.start}"
    return ""
