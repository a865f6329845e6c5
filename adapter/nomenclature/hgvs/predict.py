"""What a change of the coding sequence does to the protein: ``hgvs-weaver`` over the embedded sequences.

Each transcript is shown to the library as the stretch whose bases are verified and nothing around it, so that it can
never reason over bases that are not known.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from adapter.nomenclature.hgvs.grammar import Edit
from adapter.nomenclature.hgvs.protein import CODONS, THREE, translate
from adapter.nomenclature.hgvs.transcripts import Sequence, Transcript, by_accession

if TYPE_CHECKING:
    from weaver import TranscriptData, VariantMapper

WINDOW = "window:"  # name of the stretch of genome a transcript is shown on: its own bases


class _Windows:
    """The data provider hgvs-weaver asks (its ``DataProvider`` protocol)."""

    def get_transcript(self, transcript_ac: str, _reference_ac: str | None) -> TranscriptData:
        transcript, sequence = _known(transcript_ac)
        start, end = (place - sequence.start for place in transcript.coding)
        size = len(sequence.bases)
        return {
            "ac": transcript.nm,
            "gene": transcript.symbol,
            "cds_start_index": start,
            "cds_end_index": end - 1,
            "strand": 1,
            "reference_accession": WINDOW + transcript.nm,
            "exons": [
                {
                    "transcript_start": 0,
                    "transcript_end": size,
                    "reference_start": 0,
                    "reference_end": size - 1,
                    "alt_strand": 1,
                    "cigar": f"{size}=",
                }
            ],
        }

    def get_seq(self, ac: str, start: int, end: int | None, _kind: object) -> str:
        name = ac.removeprefix(WINDOW)
        whole = protein_of(name).removesuffix("*") if name.startswith("NP_") else _known(name)[1].bases
        return whole[start:end]

    def get_symbol_accessions(self, symbol: str, _source: object, target: object) -> list[tuple[str, str]]:
        transcript = _known(symbol)[0]
        return (
            [("protein_accession", transcript.np)] if str(target) == "p" else [("transcript_accession", transcript.nm)]
        )

    def get_identifier_type(self, identifier: str) -> str:
        return "protein_accession" if identifier.startswith("NP_") else "transcript_accession"


def _known(accession: str) -> tuple[Transcript, Sequence]:
    transcript = by_accession(accession)
    if transcript is None or transcript.sequence is None:
        raise KeyError(accession)
    return transcript, transcript.sequence


@lru_cache(maxsize=1024)
def protein_of(accession: str) -> str:
    """The protein of a transcript (by its NM or NP accession) with the stop as ``*``; "" where no sequence is known.

    >>> protein_of("NM_000546.6")[174]
    'R'
    """
    transcript = by_accession(accession)
    if transcript is None or transcript.sequence is None:
        return ""
    return translate(transcript.sequence.read(*transcript.coding) or "")


@lru_cache(maxsize=1)
def _mapper() -> VariantMapper:
    import weaver

    return weaver.VariantMapper(_Windows())


def predicted(edit: Edit, transcript: Transcript) -> str | None:
    """What :func:`predict` says of a change on the transcript, at a tenth of the cost where it stays in one codon."""
    return _within_codon(edit, transcript) or predict(f"{transcript.nm}:c.{edit}")


def _within_codon(edit: Edit, transcript: Transcript) -> str | None:
    """The residue that a substitution leaves; None for any other change, and where a start or a stop codon was."""
    number = edit.start.residue if edit.kind == "substitution" and not edit.start.offset else None
    protein = protein_of(transcript.nm)
    if number is None or not 1 < number < len(protein) or transcript.sequence is None:
        return None
    first = transcript.coding[0] + 3 * (number - 1)
    codon = transcript.sequence.read(first, first + 3) or ""
    place = (edit.start.base - 1) % 3
    now = CODONS.get(codon[:place] + edit.alt + codon[place + 1 :])
    before = protein[number - 1]
    if now is None or before not in THREE or codon[place : place + 1] != edit.ref:
        return None
    return f"p.({THREE[before]}{number}{'=' if now == before else THREE[now]})"


def predict(description: str) -> str | None:
    """The protein change that a c. description (``NM_000546.6:c.524G>A``) predicts, as ``p.(…)``.

    None where the sequence is not known, or where the change makes no statement about the protein.

    >>> predict("NM_000546.6:c.524G>A")
    'p.(Arg175His)'
    """
    import weaver

    if not protein_of(description.partition(":")[0]):
        return None
    try:
        predicted = _mapper().c_to_p(weaver.parse(description))
    except (weaver.HGVSError, ValueError):
        return None
    return str(predicted.format()).partition(":")[2]
