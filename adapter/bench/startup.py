"""What one command-line conversion costs over a bare import of the case model, as whole processes."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator

from adapter.bench.measure import Row, budget
from adapter.packaged import samples

RUNS = 9
ALLOWED_SECONDS = 0.100
"""P9: total CPU of one conversion over that of a bare interpreter."""


def rows() -> Iterator[Row]:
    """One row per target: conversion without output check, the check's own cost being in the bench ``cost``."""
    case = str(samples() / "fonc-2026-1656404-patient-1.json")
    for to in ("phenopacket", "fhir"):
        command = [sys.executable, "-m", "adapter", "convert", case, "--to", to, "--check", "none"]
        yield _paired(f"one {to} conversion over importing the case model", command, "<= 1.6")
        spent = statistics.median(_cpu(command) - _cpu([sys.executable, "-c", ""]) for _ in range(RUNS))
        name = f"one {to} conversion above a bare interpreter, over 100 ms"
        yield budget("startup", name, spent, ALLOWED_SECONDS, note="CPU of whole processes", number="P9")
    checked = [sys.executable, "-m", "adapter", "convert", case, "--to", "phenopacket"]
    yield _paired("one checked phenopacket conversion over importing the case model", checked, "")


def _paired(name: str, command: list[str], goal: str) -> Row:
    bare = [sys.executable, "-c", "import adapter.case"]
    _cpu(command), _cpu(bare)
    pairs = [(_cpu(command), _cpu(bare)) for _ in range(RUNS)]
    return Row(
        "startup",
        name,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
        goal,
    )


def _cpu(command: list[str]) -> float:
    """User and system seconds of one run of ``command``, its modules compiled as an installer leaves them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603  (our own command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
