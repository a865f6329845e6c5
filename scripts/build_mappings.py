"""Make the tables that come from files too large to write by hand, and put the others into their normal form.

    python scripts/build_mappings.py genes HGNC.tsv.gz mappings/genes.tsv

``HGNC.tsv.gz`` has the columns hgnc, symbol, aliases, previous (HGNC, CC0, July 2024: all 43,837 approved genes).
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from adapter.gene_names import fold_gene

if TYPE_CHECKING:
    from collections.abc import Iterator

# Names of diseases that HGNC also lists as gene aliases: in a case report they are the disease.
NEVER_GENES = ("ALL", "CML", "PHL")
GENES_HEAD = """\
# Names of the 43,837 approved human genes. HGNC (https://www.genenames.org), CC0, July 2024.
# S approved symbol (target: HGNC id), A alias, P previous symbol (target: approved symbol), X never read as a gene.
# Sorted by the folded name; made by scripts/build_mappings.py.
name\tstatus\ttarget
"""


def gene_lines(source: Path) -> Iterator[tuple[str, str, str]]:
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            hgnc, symbol, aliases, previous = line.rstrip("\n").split("\t")[:4]
            yield symbol, "S", hgnc
            seen = {fold_gene(symbol)}
            for status, names in (("P", previous), ("A", aliases)):
                for name in filter(None, map(str.strip, names.split("|"))):
                    if fold_gene(name) not in seen and name.upper() not in NEVER_GENES:
                        seen.add(fold_gene(name))
                        yield name, status, symbol


def genes(source: Path, target: Path) -> None:
    rows = [*gene_lines(source), *((name, "X", "") for name in NEVER_GENES)]
    rows.sort(key=lambda row: (fold_gene(row[0]), "SPAX".index(row[1]), row))
    target.write_text(GENES_HEAD + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in rows), encoding="utf-8")


if __name__ == "__main__":
    genes(Path(sys.argv[2]), Path(sys.argv[3]))
