"""Transcripts: the MANE set of GRCh38 with its place on both assemblies, and the sequences that were verified.

Coordinates are 0-based and half-open. A position on a transcript counts from its first base; a coding position (c.)
is turned into one by :mod:`adapter.nomenclature.hgvs.place`. Source: MANE Select and MANE Plus Clinical (NCBI and
EMBL-EBI), GRCh37 by lift-over where the exon lifts whole, sequences of LRG and RefSeq records whose coding exons have
the lengths of the MANE transcript and whose translation runs from M to one stop.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from adapter.nomenclature.hgvs.pack import DIRECTORY, Pack, unpack

STATUS = {"S": "mane-select", "P": "mane-plus-clinical"}
COMPLEMENT = str.maketrans("ACGTNacgtn", "TGCANtgcan")


def reverse_complement(bases: str) -> str:
    """The other strand, read 5' to 3'.

    >>> reverse_complement("AACG")
    'CGTT'
    """
    return bases.translate(COMPLEMENT)[::-1]


@dataclass(frozen=True, slots=True)
class Exon:
    """An exon on GRCh38 and what to add for GRCh37, None where the exon does not lift; ``offset`` on the transcript."""

    offset: int
    start: int
    end: int
    shift: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """The verified bases of a transcript: ``start`` is the position on the transcript of the first of ``bases``."""

    start: int
    bases: str

    def read(self, start: int, end: int) -> str | None:
        """The bases from ``start`` to ``end`` on the transcript, None where any is not known."""
        low, high = start - self.start, end - self.start
        return self.bases[low:high] if 0 <= low <= high <= len(self.bases) else None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A MANE transcript; ``exons`` in the order of transcription, ``coding`` the span of the coding sequence on it."""

    symbol: str
    hgnc: str
    status: str
    nm: str
    np: str
    enst: str
    ensp: str
    lrg: str
    chromosome: str
    strand: int
    coding: tuple[int, int]
    exons: tuple[Exon, ...]
    offsets: tuple[int, ...] = field(repr=False)

    @property
    def length(self) -> int:
        """Bases of the transcript."""
        last = self.exons[-1]
        return last.offset + last.end - last.start

    @property
    def sequence(self) -> Sequence | None:
        """The verified bases, None where the pack has none."""
        return _sequence(self.nm, self.coding[0])

    def exon_at(self, position: int) -> int:
        """Index of the exon that holds the position on the transcript."""
        return bisect_right(self.offsets, position) - 1


def _exons(gaps: str, runs: str, strand: int) -> tuple[Exon, ...]:
    numbers = list(accumulate(map(int, gaps.split())))
    spans = list(zip(numbers[::2], numbers[1::2], strict=True))
    shifts: list[int | None] = []
    for run in runs.split():
        shift, _, count = run.partition("*")
        shifts += [None if shift == "." else int(shift)] * int(count)
    placed = list(zip(spans, shifts, strict=True))[::strand]
    offsets = accumulate((end - start for (start, end), _ in placed), initial=0)
    return tuple(Exon(offset, *span, shift) for offset, (span, shift) in zip(offsets, placed, strict=False))


def _transcript(line: str) -> Transcript:
    symbol, hgnc, status, nm, np, enst, ensp, lrg, chromosome, sign, before, coding, gaps, runs = line.split("\t")
    strand = 1 if sign == "+" else -1
    exons = _exons(gaps, runs, strand)
    first = int(before)
    return Transcript(
        symbol,
        hgnc,
        STATUS[status],
        nm,
        np,
        enst,
        ensp,
        lrg,
        chromosome,
        strand,
        (first, first + int(coding)),
        exons,
        tuple(exon.offset for exon in exons),
    )


_EXONS = Pack(DIRECTORY / "transcripts.pack")
_BASES = Pack(DIRECTORY / "sequences.pack")


def _array(code: str, data: bytes) -> array[int]:
    numbers = array(code)
    numbers.frombytes(data)
    return numbers


@lru_cache(maxsize=1)
def _blocks() -> tuple[list[str], array[int]]:
    """First symbol of each block of records, and where each block ends."""
    return _EXONS.section("symbols").decode().split("\n"), _array("I", _EXONS.section("ends"))


@lru_cache(maxsize=32)
def _block(number: int) -> list[str]:
    ends = _blocks()[1]
    return unpack(_EXONS.raw("blocks", ends[number], ends[number + 1])).decode().split("\n")


@lru_cache(maxsize=4096)
def _record(number: int) -> Transcript:
    block, place = divmod(number, int(_EXONS.header["block"]))
    return _transcript(_block(block)[place])


@lru_cache(maxsize=8)
def _accessions(kind: str) -> tuple[array[int], array[int]]:
    data = _EXONS.section(kind)
    count = len(data) // 10
    return _array("Q", data[: 8 * count]), _array("H", data[8 * count :])


@lru_cache(maxsize=1)
def _lrg() -> dict[str, int]:
    pairs = (line.split("\t") for line in _EXONS.section("LRG").decode().split("\n"))
    return {name: int(number) for name, number in pairs}


@lru_cache(maxsize=4096)
def by_accession(accession: str) -> Transcript | None:
    """The transcript with this accession in any version: NM, NP, ENST, ENSP, or an LRG transcript.

    >>> by_accession("NM_000546.5").nm
    'NM_000546.6'
    """
    base = accession.partition(".")[0]
    if base.startswith("LRG_"):
        return _record(_lrg()[base]) if base in _lrg() else None
    kind = base.rstrip("0123456789").rstrip("_")
    if kind not in {"NM", "NP", "ENST", "ENSP"} or not base[-1:].isdigit():
        return None
    numbers, records = _accessions(kind)
    number = int(base[len(base.rstrip("0123456789")) :])
    if number.bit_length() > 63:
        return None
    at = bisect_left(numbers, number)
    found = _record(records[at]) if at < len(numbers) and numbers[at] == number else None
    return found if found and base in {n.partition(".")[0] for n in _names(found)} else None


def _names(transcript: Transcript) -> tuple[str, str, str, str]:
    return transcript.nm, transcript.np, transcript.enst, transcript.ensp


@lru_cache(maxsize=4096)
def by_gene(symbol: str) -> tuple[Transcript, ...]:
    """The gene's transcripts, MANE Select before MANE Plus Clinical; empty where the pack has none.

    >>> [t.status for t in by_gene("CDKN2A")]
    ['mane-select', 'mane-plus-clinical']
    """
    firsts = _blocks()[0]
    found: list[Transcript] = []
    for number in range(max(0, bisect_left(firsts, symbol) - 1), bisect_right(firsts, symbol)):
        lines = [line for line in _block(number) if line.startswith(symbol + "\t")]
        found += map(_transcript, lines)
    return tuple(found)


@lru_cache(maxsize=2)
def _places(assembly: str) -> tuple[bytes, array[int], bytes, array[int]]:
    """Of each transcript, by chromosome and start: chromosome, start, size class (2 ** n bases) and record."""
    data = _EXONS.section(assembly)
    count = int.from_bytes(data[:4], "little")
    ends = [4 + count * width for width in (1, 5, 6)]
    starts, records = _array("I", data[ends[0] : ends[1]]), _array("H", data[ends[2] :])
    return data[4 : ends[0]], starts, data[ends[1] : ends[2]], records


def overlapping(assembly: str, chromosome: str, start: int, end: int) -> tuple[Transcript, ...]:
    """The transcripts that reach over ``start`` to ``end`` (0-based, half-open) on the assembly."""
    if chromosome not in _EXONS.header["chromosomes"]:
        return ()
    chromosomes, starts, sizes, records = _places(assembly)
    number = _EXONS.header["chromosomes"].index(chromosome)
    low, high = bisect_left(chromosomes, number), bisect_right(chromosomes, number)
    first = bisect_left(starts, max(0, start - int(_EXONS.header["widest"])), low, high)
    last = bisect_left(starts, end, low, high)
    # A size class bounds a transcript's reach from above, so that few that end before are decoded.
    near = (_record(records[n]) for n in range(first, last) if starts[n] + (1 << sizes[n]) > start)
    return tuple(t for t in near if _last_base(t, assembly) > start)


def _last_base(transcript: Transcript, assembly: str) -> int:
    if assembly == "GRCh38":
        return max(exon.end for exon in transcript.exons)
    return max(exon.end + exon.shift for exon in transcript.exons if exon.shift is not None)


@lru_cache(maxsize=1)
def _sequence_index() -> dict[str, tuple[int, int, int, int]]:
    lines = _BASES.section("index").decode().split("\n")
    rows = (line.split("\t") for line in lines)
    return {nm: (int(at), int(before), int(coding), int(after)) for nm, at, before, coding, after in rows}


@lru_cache(maxsize=512)
def _sequence(nm: str, coding_start: int) -> Sequence | None:
    found = _sequence_index().get(nm)
    if found is None:
        return None
    at, before, coding, after = found
    length = before + coding + after
    packed = _BASES.raw("bases", at, at + (length + 3) // 4)
    bases = "".join(_FOUR[byte] for byte in packed)[:length]
    return Sequence(coding_start - before, bases)


_FOUR = ["".join("ACGT"[byte >> 2 * n & 3] for n in range(4)) for byte in range(256)]


def with_sequence() -> tuple[str, ...]:
    """The accessions of the transcripts whose sequence the pack holds."""
    return tuple(_sequence_index())


def everything() -> tuple[Transcript, ...]:
    """All transcripts of the pack, by gene symbol; decodes the whole pack."""
    return tuple(_transcript(line) for n in range(len(_blocks()[0])) for line in _block(n))


@lru_cache(maxsize=1)
def _chromosomes() -> dict[tuple[str, str], tuple[str, int, str]]:
    lines = (DIRECTORY / "chromosomes.tsv").read_text().splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return {(assembly, name): (refseq, int(length), refget) for assembly, name, refseq, length, refget in rows}


def chromosome(assembly: str, name: str) -> tuple[str, int, str] | None:
    """RefSeq accession, length in bases and refget digest of a chromosome, None where there is none.

    >>> chromosome("GRCh38", "17")[0]
    'NC_000017.11'
    """
    return _chromosomes().get((assembly, name))


@lru_cache(maxsize=256)
def chromosome_of(accession: str) -> tuple[str, str] | None:
    """Assembly and chromosome of a RefSeq accession with version, None for any other.

    >>> chromosome_of("NC_000017.10")
    ('GRCh37', '17')
    """
    return next((key for key, value in _chromosomes().items() if value[0] == accession), None)
