"""Reads mutated variant strings and prints how many were read and which took longest (processor time).

    python scripts/fuzz_hgvs.py [COUNT] [SEED]

The strings are those of ``tests/data/hgvs``, changed at one to four places. An exception, an answer that is no JSON or
a diagnostic outside of the text ends the run.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from pathlib import Path

from adapter.nomenclature.hgvs import read

ALPHABET = "ACGTacgt0123456789()[];:>_*+-=?. cgpnmrdelinsdupvfsTerXZ→–\u200b\x00é𝔸\n"
TABLES = Path(__file__).parents[1] / "tests" / "data" / "hgvs"


def seeds() -> list[str]:
    found = []
    for name in ("accept.tsv", "clinical.tsv", "reject.tsv"):
        with (TABLES / name).open(newline="", encoding="utf-8") as lines:
            found += [row["input"] for row in csv.DictReader(lines, delimiter="\t")]
    return found


def mutated(rng: random.Random, texts: list[str]) -> str:
    text = list(rng.choice(texts))
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(text))
        action = rng.choice(("insert", "drop", "replace", "repeat", "join"))
        if action == "insert":
            text.insert(place, rng.choice(ALPHABET))
        elif action == "join":
            text += list(rng.choice(texts))
        elif action == "repeat":
            text[place:place] = text[place : rng.randint(place, len(text))] * rng.randint(1, 3)
        elif place < len(text):
            text[place : place + 1] = rng.choice(ALPHABET) if action == "replace" else ""
    return "".join(text)


def strings(count: int, seed: int):
    rng, texts = random.Random(seed), seeds()
    return (mutated(rng, texts) for _ in range(count))


def read_well(text: str) -> None:
    """Raises AssertionError, or whatever the engine raises, where the answer is not what it should be."""
    variant = read(text)
    json.dumps(variant.as_json())
    assert all(0 <= d.start <= d.end <= len(text) for d in variant.diagnostics), text


def seconds_of(text: str) -> float:
    """Processor time of one reading; of a slow one the best of three, as a garbage collection is not its fault."""
    best = _once(text)
    return best if best < 0.02 else min(best, _once(text), _once(text))


def _once(text: str) -> float:
    before = time.process_time()
    read_well(text)
    return time.process_time() - before


def main(count: int = 100_000, seed: int = 1) -> None:
    read_well("TP53 c.524G>A p.Arg175His nosuchgene")  # opens the tables
    slowest = max((seconds_of(text), text) for text in strings(count, seed))
    print(f"{count} strings read; the slowest took {1000 * slowest[0]:.1f} ms: {slowest[1]!r}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
