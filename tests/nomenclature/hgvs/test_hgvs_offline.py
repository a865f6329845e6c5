"""No network, no pack before the first question, and no exception but our own."""

from __future__ import annotations

import subprocess
import sys

import pytest
from fuzz_hgvs import read_well, strings


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


def test_mutated_strings_raise_nothing():
    for text in strings(1_000, seed=20261122):
        read_well(text)


@pytest.mark.nightly
def test_a_hundred_thousand_mutated_strings_raise_nothing():
    for text in strings(100_000, seed=1):
        read_well(text)
