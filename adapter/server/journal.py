"""The resume file of an upload: one line a finished document, on disk before the next one begins."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from adapter.errors import ReadError, ServerError
from adapter.formats import document
from adapter.report import Json

_FORMAT = "haem-adapter-upload/1"


class Journal:
    """What has been uploaded to one server, by the content of the documents; use as a context manager.

    ``head`` (server, mode, conversion time) is fixed by the first run and must be the same when resuming. Raises
    ServerError for a file of another server or mode, or one that is no resume file. A last line that a crash has torn
    is dropped: its document is sent again, which changes nothing.
    """

    def __init__(self, path: Path, *, server: str, mode: str, at: str) -> None:
        self._done: dict[str, Json] = {}
        head = {"format": _FORMAT, "server": server, "mode": mode, "at": at}
        whole = _whole_lines(path)
        if whole:
            head = _same(whole[0], head)
            self._done = {row["key"]: row["result"] for row in whole[1:] if "key" in row and "result" in row}
        self.at: str = head["at"]
        self._file = _rewritten(path, [head, *whole[1:]])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def result(self, key: str) -> Json | None:
        """The result of a document that was finished before."""
        return self._done.get(key)

    def finish(self, key: str, result: Json) -> None:
        """Note a finished document; it is on disk when this returns."""
        self._file.write(document.dump({"key": key, "result": result}))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._done[key] = result


def key(content: Any) -> str:
    """The key of a document: the SHA-256 of its bytes."""
    return hashlib.sha256(document.dump(content)).hexdigest()


def _whole_lines(path: Path) -> list[Json]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ServerError(f"the resume file cannot be read ({type(error).__name__})") from None
    rows: list[Json] = []
    for line in data.split(b"\n")[:-1]:
        try:
            row = document.read_json(line)
        except ReadError:
            break
        if not isinstance(row, dict):
            break
        rows.append(row)
    if data.strip() and not rows:
        raise ServerError("the resume file is none")
    return rows


def _same(found: Json, head: dict[str, str]) -> dict[str, str]:
    if found.get("format") != _FORMAT or not isinstance(found.get("at"), str):
        raise ServerError("the resume file is none")
    for name in ("server", "mode"):
        if found.get(name) != head[name]:
            raise ServerError(f"the resume file belongs to another {name}")
    return {**head, "at": found["at"]}


def _rewritten(path: Path, rows: list[Json]) -> Any:
    """The file with whole lines only, open for appending; replaced in one step, readable by its owner only."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.writelines(document.dump(row) for row in rows)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)
        return path.open("ab")
    except OSError as error:
        raise ServerError(f"the resume file cannot be written ({type(error).__name__})") from None
