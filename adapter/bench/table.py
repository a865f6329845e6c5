"""The rows of a bench run as a Markdown table between two marks of a page."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from adapter import __version__
from adapter.bench.measure import Row

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"


def write(page: Path, rows: Iterable[Row]) -> None:
    """Put the table of ``rows`` between the marks of ``page``, in place of what is there.

    Raises OSError, and ValueError where the page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    check(text)
    head, tail = text.partition(BEGIN)[0], text.rpartition(END)[2]
    page.write_text(f"{head}{BEGIN}\n{table(rows)}{END}{tail}", encoding="utf-8")


def check(text: str) -> None:
    """Raise ValueError unless ``text`` holds both marks in order."""
    if END not in text.partition(BEGIN)[2]:
        raise ValueError(f"the page needs the lines {BEGIN} and {END}")


def table(rows: Iterable[Row]) -> str:
    """The table, below a line about the machine and before the number of goals that were kept."""
    found = list(rows)
    judged = [row for row in found if row.met is not None]
    lines = [
        f"haem-adapter {__version__}, Python {platform.python_version()}, {_processor()}, {os.cpu_count()} cores.",
        "",
        "| | bench | what | ratio | goal | | left, us | right, us | note |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(_line, found),
        "",
        f"{sum(row.met is True for row in judged)} of {len(judged)} goals are kept.",
    ]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    verdict = {True: "met", False: "**missed**", None: ""}[row.met]
    figures = (f"{row.ratio:,.2f}", *(f"{x * 1e6:,.1f}" if x else "" for x in (row.left, row.right)))
    ratio, left, right = figures if row.measured else ("", "", "")
    cells = (row.number, row.bench, row.name, ratio, row.goal, verdict, left, right, row.note)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _processor() -> str:
    """The processor's name where the system tells it, else its architecture."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
