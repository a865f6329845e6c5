"""The bases of an embedded transcript, laid out on the plus strand of its chromosome."""

from __future__ import annotations

from functools import cache

from adapter.nomenclature.hgvs.transcripts import by_accession, reverse_complement


@cache
def exons_on(accession, assembly="GRCh38"):
    """The known bases of each exon on the plus strand, each with the 0-based place of its first base."""
    transcript, found = by_accession(accession), []
    known = transcript.sequence
    for exon in transcript.exons:
        first = max(exon.offset, known.start)
        last = min(exon.offset + exon.end - exon.start, known.start + len(known.bases))
        moved = 0 if assembly == "GRCh38" else exon.shift
        if first < last and moved is not None:
            inside = known.read(first, last)
            if transcript.strand > 0:
                found.append((exon.start + moved + first - exon.offset, inside))
            else:
                found.append((exon.end + moved - (last - exon.offset), reverse_complement(inside)))
    return found
