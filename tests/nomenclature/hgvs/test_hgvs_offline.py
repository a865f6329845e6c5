"""No network, no pack before the first question, and no exception but our own."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import pytest
from hgvs_rows import table

from adapter.nomenclature.hgvs import read

ALPHABET = "ACGTacgt0123456789()[];:>_*+-=?. cgpnmrdelinsdupvfsTerXZ→–\u200b\x00é𝔸\n"


def test_no_socket_is_opened_and_the_import_loads_no_data():
    program = """
import socket, sys
def refuse(*a, **k): raise RuntimeError("network")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from adapter.nomenclature.hgvs import read, transcripts
assert "weaver" not in sys.modules and "ferro_hgvs" not in sys.modules
assert "_data" not in transcripts._EXONS.__dict__
for text in ("TP53 c.524G>A p.Arg175His", "MLL-PTD", "NM_004006.3:r.?", "NPM1 c.860_863dup", "17-7675088-C-T"):
    read(text)
print("done")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stderr


def mutated(rng: random.Random, seeds: list[str]) -> str:
    text = list(rng.choice(seeds))
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(text))
        action = rng.choice(("insert", "drop", "replace", "repeat", "join"))
        if action == "insert":
            text.insert(place, rng.choice(ALPHABET))
        elif action == "join":
            text += list(rng.choice(seeds))
        elif action == "repeat":
            text[place:place] = text[place : rng.randint(place, len(text))] * rng.randint(1, 3)
        elif place < len(text):
            text[place : place + 1] = rng.choice(ALPHABET) if action == "replace" else ""
    return "".join(text)


def timed(text: str):
    before = time.process_time()
    variant = read(text)
    return time.process_time() - before, variant


def fuzz(count: int, seed: int) -> tuple[float, str]:
    """The slowest text in seconds of processor time; fails on any exception and on a span outside the text."""
    rng = random.Random(seed)
    seeds = [row["input"] for name in ("accept.tsv", "clinical.tsv", "reject.tsv") for row in table(name)]
    slowest = (0.0, "")
    for text in (mutated(rng, seeds) for _ in range(count)):
        seconds, variant = timed(text)
        if seconds > 0.02:  # a garbage collection is not the text's fault
            seconds = min(seconds, timed(text)[0], timed(text)[0])
        slowest = max(slowest, (seconds, text))
        json.dumps(variant.as_json())
        assert all(0 <= d.start <= d.end <= len(text) for d in variant.diagnostics), text
    return slowest


def test_mutated_strings_raise_nothing_and_are_quick():
    read("TP53 c.524G>A p.Arg175His nosuchgene")
    slowest = fuzz(3_000, seed=20261122)
    assert slowest[0] < 0.05, slowest


@pytest.mark.nightly
def test_a_hundred_thousand_mutated_strings_raise_nothing_and_are_quick():
    read("TP53 c.524G>A p.Arg175His nosuchgene")
    slowest = fuzz(100_000, seed=1)
    assert slowest[0] < 0.05, slowest
