"""Mapping and identifiers of variants, over hgvs-weaver's bare mapping and ga4gh.vrs's bare identification.

Both sides of a row get the same substitutions, drawn from the embedded coding sequences, and warm caches. hgvs-weaver
gets ready-made answers from its data provider, so that its own work alone is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from adapter.bench.measure import Row, budget, ratio, skipped
from adapter.nomenclature import vrs
from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.mapping import c_to_g
from adapter.nomenclature.hgvs.place import Position, locate
from adapter.nomenclature.hgvs.transcripts import Transcript, by_accession, chromosome, with_sequence

COUNT = 1_000
SEED = 20261122
VRS_SECONDS = 5e-6
"""P13: CPU of one VRS identifier."""

Substitution = tuple[str, int, str, str]
"""Transcript, coding position (from 1), reference and alternate base."""


def rows() -> Iterator[Row]:
    """One row per goal; the notes have both sides' figures a second."""
    found = substitutions(COUNT)
    yield _mapping(found)
    yield _reading(found)
    yield from _identifiers(found)


def substitutions(count: int) -> list[Substitution]:
    """Random substitutions of embedded coding sequences, the same at every call."""
    draw = random.Random(SEED)
    made: list[Substitution] = []
    for accession in draw.choices(with_sequence(), k=count):
        bases = _bases(_known(accession))
        place = draw.randrange(len(bases))
        alt = draw.choice([base for base in "ACGT" if base != bases[place]])
        made.append((accession, place + 1, bases[place], alt))
    return made


def _known(accession: str) -> Transcript:
    transcript = by_accession(accession)
    if transcript is None:
        raise LookupError(accession)
    return transcript


def _bases(transcript: Transcript) -> str:
    known = transcript.sequence
    return (known.read(*transcript.coding) if known else None) or ""


def _described(found: Sequence[Substitution]) -> list[str]:
    return [f"{accession}:c.{place}{ref}>{alt}" for accession, place, ref, alt in found]


def _mapping(found: Sequence[Substitution]) -> Row:
    """Coding to genomic with the reference checked, over weaver's parse and c_to_g."""
    import weaver

    texts, mapper = _described(found), weaver.VariantMapper(Provider(found))

    def ours() -> None:
        for text in texts:
            c_to_g(text)

    def theirs() -> None:
        for text in texts:
            mapper.c_to_g(weaver.parse(text)).format()

    return _measured("c to g over hgvs-weaver's parse and c_to_g", ours, theirs, "<= 1.3")


def _reading(found: Sequence[Substitution]) -> Row:
    """The whole answer (clean, parse, choose, map to two assemblies, predict, identify) over the same bare calls."""
    import weaver

    texts, mapper = _described(found), weaver.VariantMapper(Provider(found))

    def ours() -> None:
        for text in texts:
            read(text)

    def theirs() -> None:
        for text in texts:
            mapper.c_to_g(weaver.parse(text)).format()

    return _measured("whole reading over hgvs-weaver's parse and c_to_g", ours, theirs, "")


def _identifiers(found: Sequence[Substitution]) -> Iterator[Row]:
    """VRS identifiers of substitutions on chromosomes, from place and base; ga4gh.vrs is no dependency of the product.

    Its objects keep their digests, so that each is built anew for each identifier.
    """
    name = "allele and ga4gh_identify of ga4gh.vrs over VRS {} ids"
    if find_spec("ga4gh") is None or find_spec("ga4gh.vrs") is None:
        yield skipped("hgvs", name.format("2.0"), "ga4gh.vrs is not installed", number="P13")
        return
    from ga4gh.core import ga4gh_identify  # type: ignore[import-untyped]
    from ga4gh.core.identifiers import PrevVrsVersion  # type: ignore[import-untyped]

    placed = [_placed(one) for one in found]
    versions: tuple[tuple[vrs.Version, Any], ...] = (("2.0", None), ("1.3", PrevVrsVersion.V1_3))
    for version, previous in versions:

        def ours(version: vrs.Version = version) -> None:
            for refget, start, alt in placed:
                vrs.allele_id(refget, start, start + 1, alt, version)

        def theirs(previous: Any = previous) -> None:
            for one in placed:
                ga4gh_identify(_allele(*one), as_version=previous)

        row = _measured(name.format(version), theirs, ours, ">= 2.8")
        yield row
        yield budget("hgvs", f"a VRS {version} id over 5 us", row.right, VRS_SECONDS, number="P13")


def _measured(name: str, left: Any, right: Any, goal: str) -> Row:
    row = ratio("hgvs", name, left, right, left_items=COUNT, right_items=COUNT, goal=goal)
    return replace(row, note=f"{1 / row.left:,.0f} and {1 / row.right:,.0f} a second")


def _placed(one: Substitution) -> tuple[str, int, str]:
    """Refget digest of the chromosome, 0-based place and the new base on the plus strand."""
    accession, place, _, alt = one
    transcript = _known(accession)
    known = chromosome("GRCh38", transcript.chromosome)
    base = alt if transcript.strand > 0 else alt.translate(str.maketrans("ACGT", "TGCA"))
    return known[2] if known else "", locate(Position(after_stop=False, base=place), transcript).position, base


def _allele(refget: str, start: int, alt: str) -> Any:
    from ga4gh.vrs import models  # type: ignore[import-untyped]

    location = models.SequenceLocation(
        sequenceReference=models.SequenceReference(refgetAccession=refget), start=start, end=start + 1
    )
    return models.Allele(location=location, state=models.LiteralSequenceExpression(sequence=alt))


class Provider:
    """hgvs-weaver's data of the transcripts, laid out once; where no bases are known it answers with N.

    A transcript is given from its first known base to its last one; its chromosome's name is its own, so that no two
    transcripts share one.
    """

    def __init__(self, found: Sequence[Substitution]) -> None:
        accessions = dict.fromkeys(accession for accession, *_ in found)
        self._transcripts = {accession: _for_weaver(_known(accession)) for accession in accessions}
        self._bases = {accession: _sequence(_known(accession)) for accession in accessions}
        self._plus = {accession: _on_plus(_known(accession)) for accession in accessions}

    def get_transcript(self, accession: str, _reference: str | None) -> dict[str, Any]:
        """Exons and coding span of a transcript."""
        return self._transcripts[accession]

    def get_seq(self, accession: str, start: int, end: int, _kind: object) -> str:
        """Bases of a transcript, or of its chromosome on the plus strand."""
        of_chromosome, _, name = accession.rpartition("|")
        if not of_chromosome:
            return self._bases[name][start:end]
        bases = ["N"] * (end - start)
        for at, run in self._plus[name]:
            low, high = max(start, at), min(end, at + len(run))
            if low < high:
                bases[low - start : high - start] = run[low - at : high - at]
        return "".join(bases)

    def get_symbol_accessions(self, symbol: str, _source: str, _target: str) -> list[tuple[str, str]]:
        """A transcript by its own name."""
        return [("transcript_accession", symbol)]

    def get_identifier_type(self, _identifier: str) -> str:
        """All names are those of transcripts."""
        return "transcript_accession"


def _sequence(transcript: Transcript) -> str:
    return transcript.sequence.bases if transcript.sequence else ""


def _spans(transcript: Transcript) -> Iterator[tuple[int, int, int]]:
    """First and last position (end excluded) on the known bases of each exon, and its lowest place on GRCh38."""
    known = transcript.sequence
    low, high = (known.start, known.start + len(known.bases)) if known else (0, 0)
    for exon in transcript.exons:
        first, last = max(exon.offset, low), min(exon.offset + exon.end - exon.start, high)
        inset = first - exon.offset
        if first < last:
            start = exon.start + inset if transcript.strand > 0 else exon.end - inset - (last - first)
            yield first - low, last - low, start


def _on_plus(transcript: Transcript) -> list[tuple[int, str]]:
    """The known bases of each exon on the plus strand, each with the place of the first of them."""
    bases, complement = _sequence(transcript), str.maketrans("ACGT", "TGCA")
    runs = [(start, bases[first:last]) for first, last, start in _spans(transcript)]
    return runs if transcript.strand > 0 else [(at, run.translate(complement)[::-1]) for at, run in runs]


def _for_weaver(transcript: Transcript) -> dict[str, Any]:
    known, place = transcript.sequence, chromosome("GRCh38", transcript.chromosome)
    low = known.start if known else 0
    return {
        "ac": transcript.nm,
        "gene": transcript.symbol,
        "cds_start_index": transcript.coding[0] - low,
        "cds_end_index": transcript.coding[1] - low - 1,
        "strand": transcript.strand,
        "reference_accession": f"{place[0] if place else ''}|{transcript.nm}",
        "exons": [
            {
                "transcript_start": first,
                "transcript_end": last,
                "reference_start": start,
                "reference_end": start + last - first - 1,
                "alt_strand": transcript.strand,
                "cigar": f"{last - first}=",
            }
            for first, last, start in _spans(transcript)
        ],
    }
