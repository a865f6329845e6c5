"""What an export was asked to do: fixed at its start, stored in its job table, kept when it resumes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Check = Literal["none", "sample", "basic"]

MEBIBYTE = 1024 * 1024
MAX_LINE = 16 * MEBIBYTE


@dataclass(frozen=True, slots=True)
class Request:
    """The options that decide the bytes of an export.

    ``at`` is the conversion time (RFC 3339, UTC, capital Z). ``check`` says which documents the basic tier looks at:
    none, one in a hundred chosen by the bytes of its line, or all. ``chunk_bytes`` is how much input one lease covers,
    ``file_chunks`` how many chunks go into one output file. ``name`` is the top folder of an archive and the id of a
    cohort message. The number of workers is no part of a request: it does not decide any byte.
    """

    format: str
    at: str
    profile_set: str = "gr3"
    check: Check = "sample"
    losses: bool = True
    mappings: str = ""
    name: str = "haem-adapter-export"
    types: tuple[str, ...] = ()
    chunk_bytes: int = MEBIBYTE // 4
    file_chunks: int = 256

    def to_json(self) -> dict[str, Any]:
        """The request as it stands in the job table."""
        return asdict(self) | {"types": list(self.types)}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Request:
        """The request of a job table."""
        return cls(**(stored | {"types": tuple(stored["types"])}))
