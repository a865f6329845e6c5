"""Uploads that run behind the answer: a folder each, which any worker process can take over after a crash.

``request.json`` is there until the job has ended, ``journal`` holds the documents that are done, ``result.json`` the
final table. Who works on a job holds a lock on its folder, which the system releases with the process.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import uuid
from pathlib import Path
from typing import Any, BinaryIO

from adapter.errors import AdapterError, CaseError, ReadError, ServerError
from adapter.formats import document, recognise
from adapter.report import Json
from adapter.terms import Terms
from adapter.web.locks import lock_folder

_ID = re.compile(r"[0-9a-f]{32}")
_AT_ONCE = threading.BoundedSemaphore(2)


class Jobs:
    """The upload jobs below ``folder``, readable by the service's user only."""

    def __init__(self, folder: Path, servers: Path | None, terms: Terms) -> None:
        self._folder, self._servers, self._terms = folder, servers, terms

    def start(self, request: Json) -> str:
        """Note a job and begin it; its id."""
        place = self._folder / uuid.uuid4().hex
        place.mkdir(parents=True, mode=0o700)
        _replace(place / "request.json", request)
        self._run(place)
        return place.name

    def state(self, id: str) -> Json | None:
        """The result of an ended job, or its progress; None for no such job.

        A job that nobody works on, since its process has died, is taken up again.
        """
        place = self._place(id)
        if place is None:
            return None
        ended = _read(place / "result.json")
        if ended is not None:
            return {"id": id, "status": "ended", **ended}
        request = _read(place / "request.json")
        if request is None:
            return None
        self._run(place)
        journal = place / "journal"
        done = max(0, journal.read_bytes().count(b"\n") - 1) if journal.exists() else 0
        return {"id": id, "status": "running", "documents": len(request["documents"]), "done": done}

    def delete(self, id: str) -> bool:
        """Forget a job; one that runs stops before its next document. False for no such job."""
        place = self._place(id)
        if place is None:
            return False
        shutil.rmtree(place, ignore_errors=True)
        return True

    def _place(self, id: str) -> Path | None:
        place = self._folder / id
        return place if _ID.fullmatch(id) and place.is_dir() else None

    def _run(self, place: Path) -> None:
        """Work on a job in a thread of its own, unless somebody does already."""
        lock = lock_folder(place)
        if lock is not None:
            threading.Thread(target=self._work, args=(place, lock), daemon=True, name="upload").start()

    def _work(self, place: Path, lock: BinaryIO) -> None:
        with lock, _AT_ONCE:
            request = _read(place / "request.json")
            if request is None or (place / "result.json").exists():
                return
            try:
                result = _upload(place, request, self._servers, self._terms)
            except AdapterError as error:
                message = str(error) if isinstance(error, ServerError) else "the job cannot be carried out"
                result = {"uploaded": False, "documents": [], "message": message}
            if place.is_dir():
                _replace(place / "result.json", result)
                (place / "request.json").unlink(missing_ok=True)
                (place / "journal").unlink(missing_ok=True)


def _upload(place: Path, request: Json, servers: Path | None, terms: Terms) -> Json:
    """The results of all documents of a job, those of an earlier run from its journal."""
    from adapter.server import Client, Journal, find, upload
    from adapter.server.journal import key

    server, mode, dry = find(request["server"], path=servers), request["mode"], request["dry_run"]
    rows: list[Json] = []
    journal = Journal(place / "journal", server=server.base, mode=mode, at=request["at"])
    with Client(server) as client, journal:
        for one in _bundles(request, terms):
            if not place.is_dir():
                break
            if "faults" in one:
                rows.append(one)
                continue
            result = journal.result(key(one)) or upload(one, client, mode=mode, dry_run=dry).to_json()
            journal.finish(key(one), result)
            rows.append(result)
    return {"uploaded": bool(rows) and all(r["uploaded"] for r in rows), "documents": rows}


def _bundles(request: Json, terms: Terms) -> list[Json]:
    """The FHIR bundles of a job's documents; for one that cannot be read a row with its faults."""
    return [bundle for one in request["documents"] for bundle in _bundle(one, request, terms)]


def _bundle(one: Any, request: Json, terms: Terms) -> list[Json]:
    from adapter.convert import convert

    try:
        if recognise(one).name == "fhir":
            return [one]
        done = convert(
            one, "fhir", at=request["at"], profile_set=request["profile_set"], bundle="transaction", terms=terms
        )
    except CaseError as error:
        faults = [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in error.faults]
        return [{"uploaded": False, "entries": [], "faults": faults}]
    except ReadError as error:
        return [
            {
                "uploaded": False,
                "entries": [],
                "faults": [{"pointer": error.pointer, "code": "format", "message": error.message}],
            }
        ]
    return [c.document for c in done]


def _replace(path: Path, content: Json) -> None:
    """Write a file in one step; it is on disk when this returns."""
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(document.dump(content))
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)


def _read(path: Path) -> Json | None:
    try:
        found = document.read_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found if isinstance(found, dict) else None
