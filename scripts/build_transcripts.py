"""Builds the transcript pack of ``adapter.nomenclature.hgvs`` from tab-separated sources.

    python scripts/build_transcripts.py SOURCE_DIR

``SOURCE_DIR`` holds ``genes.tsv.gz`` (HGNC), ``refget_chromosomes.tsv``, ``transcripts/mane_exons.tsv.gz`` and
``transcripts/sequences.tsv.gz``. Coordinates in the sources are 0-based, half-open, exons in ascending genomic order.
The layout of the two files written is described in ``adapter/nomenclature/hgvs/pack.py``, which reads them.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from array import array
from itertools import accumulate, groupby
from pathlib import Path

from adapter.nomenclature.hgvs.pack import MAGIC, pack

TARGET = Path(__file__).parents[1] / "adapter" / "nomenclature" / "hgvs" / "data"
BLOCK = 64
UTR5, UTR3 = 60, 600  # bases kept on either side of the coding sequence, for start losses, extensions and frameshifts


def rows(path):
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield {key.lstrip("#"): value for key, value in row.items()}


def hgnc_ids(source):
    """HGNC id by Ensembl gene, by NCBI gene and by symbol; the first that knows a gene is used, in this order."""
    ids = {}
    for row in rows(source / "genes.tsv.gz"):
        for key in (row["ensembl"], f"ncbi:{row['ncbi_gene']}", f"symbol:{row['symbol']}"):
            ids.setdefault(key, (row["hgnc"], row["symbol"]))
    return ids


def spans(text):
    return [None if span == "." else tuple(map(int, span.split("-"))) for span in text.split(",")]


def gaps(exons):
    """``start len gap len gap len``: the first start, then alternating exon and intron lengths."""
    numbers, end = [], 0
    for n, (start, stop) in enumerate(exons):
        numbers += [start if n == 0 else start - end, stop - start]
        end = stop
    return " ".join(map(str, numbers))


def shifts(exons, others):
    """What to add to a GRCh38 exon to have the GRCh37 one, run-length coded; ``.`` where GRCh37 has none."""
    others = [None] * len(exons) if others == [None] else others
    deltas = []
    for here, there in zip(exons, others, strict=True):
        if there is not None and there[1] - there[0] != here[1] - here[0]:
            raise SystemExit(f"exon {here} has another length on GRCh37: {there}")
        deltas.append("." if there is None else str(there[0] - here[0]))
    return " ".join(f"{delta}*{len(list(run))}" for delta, run in groupby(deltas))


def coding_span(row, exons):
    """Bases of the transcript before the coding sequence, and bases of the coding sequence (stop codon included)."""
    low, high = int(row["cds_start_38"]), int(row["cds_end_38"])
    left = sum(max(0, min(end, low) - start) for start, end in exons)
    right = sum(max(0, end - max(start, high)) for start, end in exons)
    coding = sum(end - start for start, end in exons) - left - right
    return (left if row["strand"] == "+" else right), coding


def record(row, ids, lrg):
    exons = spans(row["exons_38"])
    hgnc, _ = (
        ids.get(row["ensg"].partition(".")[0])
        or ids.get(f"ncbi:{row['ncbi_gene']}")
        or ids.get(f"symbol:{row['gene']}")
        or ("", "")
    )
    status = {"MANE Select": "S", "MANE Plus Clinical": "P"}[row["status"]]
    names = [row["gene"], hgnc, status, row["nm"], row["np"], row["enst"], row["ensp"], lrg.get(row["nm"], "")]
    place = [row["chrom"], row["strand"], *map(str, coding_span(row, exons))]
    return "\t".join([*names, *place, gaps(exons), shifts(exons, spans(row["exons_37"]))])


def accession_index(records, column):
    """Sorted accession numbers (digits only), then the record each stands in."""
    pairs = sorted(
        (int("".join(c for c in line.split("\t")[column].partition(".")[0] if c.isdigit())), n)
        for n, line in enumerate(records)
    )
    return array("Q", [p[0] for p in pairs]).tobytes() + array("H", [p[1] for p in pairs]).tobytes()


def place_index(records, chromosomes, extent):
    """Chromosome number, start, size class and record of each transcript, sorted by chromosome and start.

    A transcript of size class n reaches over no more than 2 ** n bases.
    """
    places = []
    for n, line in enumerate(records):
        reach = extent(line)
        if reach:
            size = (reach[1] - reach[0] - 1).bit_length()
            places.append((chromosomes.index(line.split("\t")[8]), reach[0], size, n))
    places.sort()
    columns = [array(code, [p[i] for p in places]).tobytes() for i, code in enumerate("BIBH")]
    return len(places).to_bytes(4, "little") + b"".join(columns)


def extent38(line):
    numbers = list(map(int, line.split("\t")[12].split()))
    return numbers[0], sum(numbers)


def extent37(line):
    numbers = list(map(int, line.split("\t")[12].split()))
    deltas = [d for run in line.split("\t")[13].split() for d in [run.split("*")[0]] * int(run.split("*")[1])]
    starts = [sum(numbers[: 2 * n + 1]) for n in range(len(deltas))]
    known = [
        (start + int(d), start + int(d) + numbers[2 * n + 1])
        for n, (start, d) in enumerate(zip(starts, deltas, strict=True))
        if d != "."
    ]
    return (min(k[0] for k in known), max(k[1] for k in known)) if known else None


def container(path, header, sections):
    """``HAEMPACK``, length of the header, header (JSON), then the sections one after the other."""
    offsets, at = {}, 0
    for name, data in sections.items():
        offsets[name], at = [at, len(data)], at + len(data)
    head = json.dumps({**header, "sections": offsets}, sort_keys=True, separators=(",", ":")).encode()
    path.write_bytes(MAGIC + len(head).to_bytes(4, "little") + head + b"".join(sections.values()))
    print(f"{path.name}: {path.stat().st_size} bytes")


def write_transcripts(source, lrg):
    ids = hgnc_ids(source)
    records = sorted(
        (record(row, ids, lrg) for row in rows(source / "transcripts" / "mane_exons.tsv.gz")),
        key=lambda line: (line.split("\t")[0], line.split("\t")[2] != "S", line),
    )
    chromosomes = sorted({line.split("\t")[8] for line in records})
    blocks = [pack("\n".join(records[n : n + BLOCK]).encode()) for n in range(0, len(records), BLOCK)]
    ends = array("I", [0])
    for block in blocks:
        ends.append(ends[-1] + len(block))
    sections = {
        "symbols": pack("\n".join(r.split("\t")[0] for r in records[::BLOCK]).encode()),
        "ends": pack(ends.tobytes()),
        **{
            name: pack(accession_index(records, column))
            for name, column in (("NM", 3), ("NP", 4), ("ENST", 5), ("ENSP", 6))
        },
        "LRG": pack(
            "\n".join(f"{r.split(chr(9))[7]}\t{n}" for n, r in enumerate(records) if r.split("\t")[7]).encode()
        ),
        "GRCh38": pack(place_index(records, chromosomes, extent38)),
        "GRCh37": pack(place_index(records, chromosomes, extent37)),
        "blocks": b"".join(blocks),
    }
    widest = max(reach[1] - reach[0] for both in (extent38, extent37) for reach in map(both, records) if reach)
    header = {"widest": widest, "block": BLOCK, "count": len(records), "chromosomes": chromosomes}
    container(TARGET / "transcripts.pack", header, sections)
    return {line.split("\t")[3]: line for line in records}


def known_window(row, line):
    """Bases before and after the coding sequence that lie in the exons of the start and of the stop codon.

    Only these are certain to be the genome's: the source transcript may be cut or spliced differently further out.
    """
    fields = line.split("\t")
    lengths = list(map(int, fields[12].split()))[1::2]
    ends = list(accumulate(lengths if fields[9] == "+" else reversed(lengths)))
    start, stop = int(fields[10]), int(fields[10]) + int(fields[11])
    before = start - max((end for end in ends if end <= start), default=0)
    after = min(end for end in ends if end >= stop) - stop
    first, last = int(row["cds_start"]), int(row["cds_end"])
    return min(before, first, UTR5), min(after, len(row["sequence"]) - last, UTR3)


def two_bit(sequence):
    """Four bases a byte, A C G T as 0 to 3, the first base in the lowest bits."""
    codes = sequence.translate(str.maketrans("ACGT", "0123"))
    codes += "0" * (-len(codes) % 4)
    return bytes(int(codes[n : n + 4][::-1], 4) for n in range(0, len(codes), 4))


def write_sequences(source, records):
    index, blob = [], b""
    for row in sorted(rows(source / "transcripts" / "sequences.tsv.gz"), key=lambda row: row["nm"]):
        before, after = known_window(row, records[row["nm"]])
        first, last = int(row["cds_start"]), int(row["cds_end"])
        sequence = row["sequence"][first - before : last + after]
        index.append(f"{row['nm']}\t{len(blob)}\t{before}\t{last - first}\t{after}")
        blob += two_bit(sequence)
    sections = {"index": pack("\n".join(index).encode()), "bases": blob}
    container(TARGET / "sequences.pack", {"count": len(index)}, sections)


def write_chromosomes(source):
    """The chromosomes' RefSeq accessions, lengths and refget digests, as they stand."""
    kept = ("assembly", "chromosome", "refseq", "length", "refget")
    lines = ["\t".join(kept)]
    lines += ["\t".join(row[name] for name in kept) for row in rows(source / "refget_chromosomes.tsv")]
    (TARGET / "chromosomes.tsv").write_text("\n".join(lines) + "\n")


def main(source):
    sequences = list(rows(source / "transcripts" / "sequences.tsv.gz"))
    lrg = {row["nm"]: row["source"].split(":")[1] for row in sequences if ":LRG_" in row["source"]}
    records = write_transcripts(source, lrg)
    write_sequences(source, records)
    write_chromosomes(source)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
