"""What an export costs as it grows and over more workers (P7, P8), measured over whole processes.

``scripts/million.py`` runs the same measurement over as many cases and workers as are asked for.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from adapter.bench.cost import AT
from adapter.bench.measure import Row
from adapter.bench.synthetic import cases
from adapter.export import files
from adapter.formats.document import dump
from adapter.report import Json

SMALL, LARGE = 1_000, 10_000
MEBIBYTE = 1024 * 1024
ALLOWED_GROWTH = 5 * MEBIBYTE
_DRIVE = """
import json, resource, sys, time
from pathlib import Path
from adapter.export.driver import run
from adapter.export.request import Request
start = time.monotonic()
run(Path(sys.argv[1]), Path(sys.argv[2]), Request.from_json(json.loads(sys.argv[3])), workers=int(sys.argv[4]))
seconds = time.monotonic() - start
workers, driver = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": seconds, "cpu": workers.ru_utime + workers.ru_stime, "peak": workers.ru_maxrss * 1024,
                  "driver_cpu": driver.ru_utime + driver.ru_stime, "driver_peak": driver.ru_maxrss * 1024}))
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One export: seconds of the clock, CPU seconds and peak bytes of the workers (the largest one) and of the driver.

    ``sha256`` is over all output files, one after the other; ``bytes`` is their size.
    """

    cases: int
    workers: int
    seconds: float
    cpu: float
    peak: int
    driver_cpu: float
    driver_peak: int
    bytes: int
    sha256: str

    def to_json(self) -> Json:
        """The figures as one JSON line, per case and per second where that is what is compared."""
        return {
            "cases": self.cases,
            "workers": self.workers,
            "seconds": round(self.seconds, 1),
            "cases_per_second": round(self.cases / self.seconds, 1),
            "cpu_us_per_case": round(self.cpu / self.cases * 1e6, 1),
            "worker_peak_mib": round(self.peak / MEBIBYTE, 1),
            "driver_peak_mib": round(self.driver_peak / MEBIBYTE, 1),
            "driver_cpu_seconds": round(self.driver_cpu, 1),
            "output_bytes": self.bytes,
            "sha256": self.sha256,
        }


def write_cases(path: Path, count: int) -> None:
    """The first ``count`` synthetic cases as NDJSON."""
    with path.open("wb") as stream:
        stream.writelines(dump(case) for case in cases(count))


def export(source: Path, folder: Path, count: int, workers: int) -> Measured:
    """Export ``source``, which holds ``count`` cases, to phenopacket NDJSON in a process of its own."""
    request = {"format": "phenopacket-ndjson", "at": AT, "types": [], "losses": False}
    command = [sys.executable, "-c", _DRIVE, str(folder), str(source), json.dumps(request), str(workers)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603  (our own command)
    digest, size = _digest(sorted(folder.glob("Phenopacket.*.ndjson")))
    return Measured(cases=count, workers=workers, bytes=size, sha256=digest, **json.loads(done.stdout))


def _digest(paths: Iterable[Path]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for path in paths:
        for block in files.blocks(path):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def rows() -> Iterator[Row]:
    """Growth of cost and of memory from 1,000 to 10,000 cases, and what a second worker gains."""
    with tempfile.TemporaryDirectory(prefix="adapter-bench-") as name:
        place = Path(name)
        found = {}
        for count in (SMALL, LARGE):
            write_cases(place / f"{count}.ndjson", count)
            found[count] = export(place / f"{count}.ndjson", place / f"{count}", count, 1)
        two = export(place / f"{LARGE}.ndjson", place / "two", LARGE, 2)
    small, large = found[SMALL], found[LARGE]
    left, right = large.cpu / LARGE, small.cpu / SMALL
    note = f"{left * 1e6:,.0f} us a case, start of the worker included; scripts/million.py goes further"
    name = f"CPU of a case among {LARGE:,} over one among {SMALL:,}"
    yield Row("bulk", name, left, right, left / right, "<= 1.1", note, "P7")
    grown = max(0, large.peak - small.peak)
    name = "growth of a worker's peak memory over 5 MiB"
    note = f"{small.peak / MEBIBYTE:.1f} and {large.peak / MEBIBYTE:.1f} MiB a worker"
    # No seconds on either side, and no growth at all would read as "not measured".
    yield Row("bulk", name, 0.0, 0.0, max(grown, 1) / ALLOWED_GROWTH, "<= 1", note, "P7")
    gain = large.seconds / two.seconds
    note = f"{LARGE / two.seconds:,.0f} cases a second; {'the same' if two.sha256 == large.sha256 else 'OTHER'} bytes"
    row = Row("bulk", "clock time of one worker over two", large.seconds, two.seconds, gain, ">= 1.7", note, "P8")
    yield row if two.sha256 == large.sha256 else replace(row, ratio=1e-9)
