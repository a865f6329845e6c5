"""What an export was asked to do: fixed at its start, stored in its job table, kept when it resumes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from adapter.terms import Terms, load

Check = Literal["none", "sample", "basic"]

MEBIBYTE = 1024 * 1024
MAX_LINE = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Request:
    """The options that decide the bytes of an export.

    ``at`` is the conversion time (RFC 3339, UTC, capital Z). ``check`` says which documents the basic tier looks at:
    none, one in a hundred chosen by the bytes of its line, or all. ``chunk_bytes`` is how much input one lease covers,
    ``file_chunks`` how many chunks go into one output file. ``name`` is the top folder of an archive and the id of a
    cohort message. ``types`` are the resource types of a FHIR export, () for all; ``elements`` the elements that its
    resources are reduced to, () for whole resources; ``base`` the canonical base of our own FHIR artefacts, "" for the
    packaged one. The number of workers is no part of a request: it does not decide any byte.
    """

    format: str
    at: str
    profile_set: str = "gr3"
    check: Check = "sample"
    losses: bool = True
    mappings: str = ""
    name: str = "haem-adapter-export"
    types: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    base: str = ""
    chunk_bytes: int = MEBIBYTE // 4
    file_chunks: int = 256

    def to_json(self) -> dict[str, Any]:
        """The request as it stands in the job table."""
        return asdict(self) | {"types": list(self.types), "elements": list(self.elements)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Request:
        """The request of a job table."""
        return cls(**(stored | {key: tuple(stored.get(key, ())) for key in ("types", "elements")}))

    def terms(self) -> Terms:
        """The mapping tables of the export. Raises MappingError."""
        return load(Path(self.mappings) if self.mappings else None, base=self.base or None)
