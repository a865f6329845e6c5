"""What ``adapter bench`` runs: ratios of CPU time, both sides measured in turn in one run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.bench.measure import Row

BENCHES = {
    "cost": "adapter.bench.cost",
    "startup": "adapter.bench.startup",
    "check": "adapter.bench.check",
    "iscn": "adapter.bench.iscn",
    "hgvs": "adapter.bench.hgvs",
    "peers": "adapter.bench.peers",
    "bulk": "adapter.bench.bulk",
    "http": "adapter.bench.http",
    "large": "adapter.bench.large",
    "faults": "adapter.bench.faults",
}


def run(names: list[str]) -> Iterator[Row]:
    """The rows of the benches named, or of all of them."""
    for name in names or list(BENCHES):
        yield from import_module(BENCHES[name]).rows()
