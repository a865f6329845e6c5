"""Files as the commands read them: JSON, YAML, NDJSON, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapter.errors import CaseError, ReadError
from adapter.formats import document
from adapter.report import Issue


@dataclass(frozen=True, slots=True)
class Input:
    """One document of a file, or the reason why it is none. ``line`` counts from 1 and is 0 outside NDJSON."""

    file: str
    line: int
    document: Any = None
    error: ReadError | None = None

    @property
    def place(self) -> str:
        """Where a message about this input points."""
        return f"{self.file}:{self.line}" if self.line else self.file


def documents(file: str, message: str | None = None) -> Iterator[Input]:
    """The documents of ``file``: one of a JSON or YAML file, one a line of ``.ndjson``; ``-`` is standard input.

    ``.pb`` is binary protobuf, one phenopacket or several with their lengths; so is any file where ``message`` names
    what it holds (``Phenopacket``, ``Family``, ``Cohort``). Standard input is read as NDJSON when its first line is a
    whole JSON document and more follows. A file that cannot be opened is an Input with its reason, like any other fault
    of one file among several.
    """
    if file == "-":
        data = sys.stdin.buffer.read()
        yield from _binary(file, data, message) if message else _stdin(data)
        return
    path = Path(file)
    try:
        if path.suffix.lower() in {".ndjson", ".jsonl"}:
            with path.open("rb") as stream:
                for number, line in document.lines(stream):
                    yield _parsed(file, number, line)
            return
        data = path.read_bytes()
    except OSError as error:
        yield Input(file, 0, error=ReadError(error.strerror or "cannot be read"))
        return
    if message or path.suffix.lower() == ".pb":
        yield from _binary(file, data, message)
        return
    yield _parsed(file, 0, data, yaml=path.suffix.lower() in {".yaml", ".yml"})


def gathered(inputs: Iterable[Input]) -> Iterator[Input]:
    """``inputs``, with the FHIR resources that are lines of NDJSON (bulk export: a type a file) as one document.

    A person's resources lie on many lines and in several files; they come last. A line that is a Bundle is a document.
    """
    first, resources = None, []
    for one in inputs:
        if one.line and isinstance(one.document, dict) and one.document.get("resourceType", "Bundle") != "Bundle":
            first = first or one
            resources.append(one.document)
        else:
            yield one
    if first:
        yield Input(first.file, 0, resources)


def _binary(file: str, data: bytes, message: str | None) -> Iterator[Input]:
    """The messages of a protobuf file; a fault ends it, since nothing says where the next one begins."""
    from adapter.formats.phenopacket import binary

    kind = next((one for one in binary.KINDS if one == message), None)
    try:
        for number, found in binary.documents(data, kind):
            yield Input(file, number, found)
    except ReadError as error:
        yield Input(file, 0, error=error)


def _stdin(data: bytes) -> Iterator[Input]:
    whole = _parsed("-", 0, data)
    rows = [line for line in data.splitlines() if line.strip()]
    if whole.error is None or len(rows) < 2 or not rows[0].lstrip().startswith(b"{") or _parsed("-", 1, rows[0]).error:
        yield whole
        return
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield _parsed("-", number, line)


def _parsed(file: str, number: int, data: bytes, *, yaml: bool = False) -> Input:
    try:
        return Input(file, number, document.read_yaml(data) if yaml else document.read_json(data))
    except ReadError as error:
        return Input(file, number, error=error)


def complain(place: str, error: Exception) -> None:
    """Say on standard error what is wrong with the input at ``place``, one line a fault."""
    if isinstance(error, CaseError):
        for fault in error.faults:
            sys.stderr.write(f"{place}: error: {fault.pointer or '/'}: {fault.message}\n")
        return
    at = f":{error.line}:{error.column}" if isinstance(error, ReadError) and error.line else ""
    pointer = f"{error.pointer}: " if isinstance(error, ReadError) and error.pointer else ""
    sys.stderr.write(f"{place}{at}: error: {pointer}{getattr(error, 'message', error)}\n")


def line(issue: Issue) -> str:
    """One issue as one line for a person."""
    came = f" (from {issue.input_path})" if issue.input_path else ""
    return f"{issue.level}: {issue.path or '/'}{came}: {issue.message} [{issue.validator}: {issue.category}]"


def text_lines(file: str) -> Iterator[str]:
    """The lines of a text file (``-``: standard input), without their ends. Raises ReadError when it cannot be read."""
    try:
        with sys.stdin if file == "-" else Path(file).open(encoding="utf-8") as stream:
            for text in stream:
                yield text.rstrip("\r\n")
    except OSError as error:
        raise ReadError(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{file}: not UTF-8") from error
