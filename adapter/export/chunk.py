"""Lines of cases in, records out: the pure function that every engine runs."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from adapter.case import read_case
from adapter.convert import Converted, convert, write
from adapter.errors import AdapterError, CaseError, ReadError
from adapter.export.deleted import deleted
from adapter.export.forms import Form, Record, form
from adapter.export.request import Request
from adapter.formats.case_json import recognises
from adapter.formats.document import dump, read_json
from adapter.report import Json
from adapter.terms import Terms
from adapter.validate import check_converted

ERRORS, LOSSES = "errors", "losses"
_SAMPLED = 100
_POSITION = re.compile(r"/\d+(?=/|$)")
# What a fault of ours would raise. It must not stop an export of a million cases, so it is told like any other fault;
# what the machine lacks (memory, disk) is not among them and does stop it.
_OURS = (ArithmeticError, AssertionError, AttributeError, LookupError, NameError, RuntimeError, TypeError, ValueError)


@dataclass(slots=True)
class Chunk:
    """The records of a chunk by stream, in input order, and what is counted over them."""

    streams: dict[str, list[bytes]] = field(default_factory=dict)
    cases: int = 0
    failed: int = 0
    ids: list[tuple[str, int]] = field(default_factory=list)
    losses: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, stream: str, record: bytes) -> None:
        """Append a record."""
        self.streams.setdefault(stream, []).append(record)

    def summary(self) -> list[tuple[str, str, int]]:
        """Losses by path and reason, sorted."""
        return sorted((path, reason, count) for (path, reason), count in self.losses.items())


def convert_chunk(
    lines: Iterable[tuple[int, bytes | ReadError]],
    request: Request,
    terms: Terms,
    before: Callable[[int], bool] = lambda _: True,
) -> Chunk:
    """The records of numbered NDJSON ``lines``.

    A line may hold a case, a FHIR bundle or a phenopacket. One that fails leaves nothing in the output streams and
    one record in the stream ``errors``. ``before`` is told each line's number; where it answers False the line is
    recorded as one that a worker process died over. Raises OSError and MemoryError only.
    """
    chunk, target = Chunk(), form(request.format)
    for number, line in lines:
        if not before(number):
            _fail(chunk, request, number, [_row("", "worker-died", "a worker process died over this line repeatedly")])
            continue
        try:
            if isinstance(line, ReadError):
                raise line
            converted = _convert(line, request, target, terms)
            for one in converted:
                _write(chunk, one, number, line, request, target, terms)
        except AdapterError as error:
            _fail(chunk, request, number, _rows(error))
        except _OURS as error:
            _fail(chunk, request, number, [_row("", "internal", f"an error of the adapter: {type(error).__name__}")])
    return chunk


def _convert(line: bytes, request: Request, target: Form, terms: Terms) -> list[Converted]:
    document = read_json(line)
    if target.changes:
        return deleted(document, request, terms)
    how: Json = {"at": request.at, "profile_set": request.profile_set, "bundle": target.bundle, "terms": terms}
    if recognises(document):
        # An export tells errors; what is merely odd about a case, which reading it as a format gathers, is left out.
        return [write(read_case(document), target.to, **how)]
    return convert(document, target.to, **how)


def _write(
    chunk: Chunk, one: Converted, number: int, line: bytes, request: Request, target: Form, terms: Terms
) -> None:
    # All that can fail comes before the first record is added: a case is in the output whole or not at all.
    records = _records(one, request, target)
    losses = [loss.to_json() for loss in one.losses] if request.losses else []
    issues = _issues(one, line, request, target, terms)
    chunk.cases += 1
    chunk.ids.append((one.case.id, number))
    for stream, record in records:
        chunk.add(stream, record)
    if losses:
        chunk.add(LOSSES, dump({"line": number, "id": one.case.id, "losses": losses}))
        chunk.losses.update((_POSITION.sub("/*", loss["path"]), loss["reason"]) for loss in losses)
    if issues:
        chunk.add(ERRORS, _error(request, number, one.case.id, issues, exported=True))


def _records(one: Converted, request: Request, target: Form) -> list[Record]:
    """The records of a document, of the types and with the elements asked for."""
    records = list(target.records(one))
    if target.typed and request.types:
        records = [(stream, record) for stream, record in records if stream in request.types]
    if target.typed and request.elements:
        from adapter.formats.fhir.elements import subset

        records = [(stream, dump(subset(read_json(record), request.elements))) for stream, record in records]
    return records


def _issues(one: Converted, line: bytes, request: Request, target: Form, terms: Terms) -> list[Json]:
    if request.check == "none" or (request.check == "sample" and zlib.crc32(line) % _SAMPLED):
        return []
    report = check_converted(one, target.to, tier="basic", terms=terms)
    return [_row(i.input_path or i.path, i.category, i.message) for i in report.issues if i.level == "error"]


def _fail(chunk: Chunk, request: Request, number: int, faults: list[Json]) -> None:
    chunk.cases += 1
    chunk.failed += 1
    chunk.add(ERRORS, _error(request, number, None, faults, exported=False))


def _rows(error: AdapterError) -> list[Json]:
    if isinstance(error, CaseError):
        return [_row(f.pointer, f.code, f.message) for f in error.faults]
    if isinstance(error, ReadError):
        place = f"column {error.column}: " if error.column else ""
        return [_row(error.pointer, "syntax", f"{place}{error.message}")]
    return [_row("", type(error).__name__, "the case cannot be written in this format")]


def _row(pointer: str, code: str, message: str) -> Json:
    return {"pointer": pointer, "code": code, "detail": message}


def _error(request: Request, number: int, name: str | None, faults: list[Json], *, exported: bool) -> bytes:
    """One line of the error file: an OperationOutcome where the export is FHIR, as Bulk Data asks for."""
    if form(request.format).to != "fhir":
        return dump({"line": number, "id": name, "exported": exported, "errors": faults})
    place = f"line {number}" + (f", case {name}" if name else "")
    return dump(
        {
            "resourceType": "OperationOutcome",
            "issue": [
                {
                    "severity": "warning" if exported else "error",
                    "code": "processing",
                    "details": {"text": f["code"]},
                    "diagnostics": f"{place}: {f['pointer'] or '/'}: {f['detail']}",
                }
                for f in faults
            ],
        }
    )
