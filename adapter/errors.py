"""Every error this package raises on purpose, as one tree.

AdapterError
├── ReadError            bytes that are no document: not JSON or YAML, too deep, too large, a duplicate key
├── CaseError            a document that is no case, or a case that contradicts itself; carries located faults
├── NomenclatureError    a text that does not follow its grammar; carries the text and the span
├── UnknownTerm          a mapping table has no row for what the code needs; carries the table and the term
├── AmbiguousTerm        a name with several readings, all of them listed
├── MappingError         a mapping table that cannot be used; carries file and line
├── ServerError          a FHIR server that did not answer as a FHIR server
├── StoreError           the case store cannot do what was asked
└── ExportError          a bulk export that cannot go on; what is done is kept, and the same call resumes it
"""

from __future__ import annotations

from dataclasses import dataclass


class AdapterError(Exception):
    """Base of all errors a caller can act on."""


class ReadError(AdapterError, ValueError):
    """Bytes that cannot be read as a document.

    ``line`` and ``column`` count from 1 and are 0 where the place is not known; ``pointer`` is the JSON pointer
    reached, "" for the whole document. The message never holds the document's own values.
    """

    def __init__(self, message: str, *, line: int = 0, column: int = 0, pointer: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.pointer = message, line, column, pointer


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document: a stable code, the JSON pointer of the place and what was expected there."""

    pointer: str
    code: str
    message: str


class CaseError(AdapterError, ValueError):
    """A document refused as a case; ``faults`` lists all that is wrong with it, in document order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{f.pointer or '/'}: {f.message}" for f in faults))
        self.faults = faults


class NomenclatureError(AdapterError, ValueError):
    """A text that does not follow its grammar.

    A ValueError too, so that pydantic adds the place of the field. ``start`` and ``end`` are offsets in characters of
    ``text``; ``expected`` says in words what would have been accepted. ``str()`` leaves the text out, since it may be
    a patient's; :meth:`drawn` shows it with a marker for a terminal.
    """

    def __init__(self, message: str, *, text: str, start: int = 0, end: int | None = None) -> None:
        super().__init__(message)
        self.message, self.text, self.start = message, text, start
        self.end = len(text) if end is None else end

    def drawn(self) -> str:
        """The message, the text and a marker under the span."""
        return f"{self.message}\n  {self.text}\n  {' ' * self.start}{'^' * max(1, self.end - self.start)}"


class UnknownTerm(AdapterError, LookupError):
    """A term for which a mapping table has no row."""

    def __init__(self, table: str, term: str) -> None:
        super().__init__(f"mappings/{table} has no row for {term!r}")
        self.table, self.term = table, term


class AmbiguousTerm(AdapterError, LookupError):
    """A name that several rows of a table claim; ``readings`` lists them."""

    def __init__(self, table: str, term: str, readings: tuple[str, ...]) -> None:
        super().__init__(f"mappings/{table}: {term!r} can mean {' or '.join(readings)}")
        self.table, self.term, self.readings = table, term, readings


class MappingError(AdapterError):
    """A mapping table that cannot be used as it stands."""

    def __init__(self, message: str, *, file: str, line: int = 0) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file, self.line = file, line


class ServerError(AdapterError):
    """A FHIR server that did not answer, or not as a FHIR server; ``status`` is 0 without an answer."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class StoreError(AdapterError):
    """The case store cannot do what was asked."""


class ExportError(AdapterError):
    """A bulk export that cannot go on.

    Nothing half-written is published; what was finished is kept, and the same call on the same folder resumes it.
    """
