"""Start or resume an export: plan the chunks, keep workers running, finish."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from adapter.errors import ExportError
from adapter.export import files, manifest
from adapter.export.ranges import Source, plan
from adapter.export.request import Request
from adapter.export.table import RESUME, JobTable, Progress
from adapter.export.worker import FAILED, WORK, Worker
from adapter.report import Json

POLL_SECONDS = 0.1
Watch = Callable[[Progress], None]
Engine = Callable[[Path, JobTable, int, Watch], None]
"""Converts every chunk of a job table that is not done: folder, table, generation of the run, who is told."""


def run(
    folder: Path,
    source: Path,
    request: Request,
    *,
    workers: int = 1,
    watch: Watch = lambda _: None,
    url: str = "",
    engine: Engine | None = None,
) -> Json:
    """Export the NDJSON file ``source`` into ``folder``; the manifest.

    On a folder that holds an unfinished export of the same request it goes on where that stopped, with the clock of
    its start; on a finished one it answers its manifest. ``workers`` is the number of processes, 0 for none but the
    caller's own; ``engine`` converts in their place where one is given. ``watch`` is told the progress several times
    a second; what it raises stops the export.
    Raises ExportError (another request or input, another process at work, no space, a folder that cannot be written).
    """
    try:
        (folder / WORK).mkdir(parents=True, exist_ok=True)
        with _only_one(folder):
            return _run(folder, source, request, engine or _engine(workers), watch, url)
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        raise ExportError(f"{error.strerror or error}{place}; {RESUME}") from error


def _run(folder: Path, source: Path, request: Request, engine: Engine, watch: Watch, url: str) -> Json:
    table = JobTable(folder / WORK / "job.sqlite")
    try:
        found = _prepare(table, source, request, url)
        if (done := manifest.read(folder)) is not None:
            return done
        generation = table.next_generation()
        _sweep(folder)
        engine(folder, table, generation, watch)
        _unchanged(Path(found.path), found)
        _sweep(folder)
        document = manifest.finish(folder, table, generation, lambda: watch(table.progress()))
        watch(table.progress())
        return document
    finally:
        table.close()


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the folder: a lock of the operating system, gone with the process however that ends."""
    with (folder / WORK / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ExportError("another process is at work on this export") from None
        yield


def is_running(folder: Path) -> bool:
    """Whether a driver holds the folder."""
    try:
        with _only_one(folder):
            return False
    except ExportError:
        return True
    except FileNotFoundError:
        return False


def _prepare(table: JobTable, path: Path, request: Request, url: str) -> Source:
    """Plan a new job, or see that a stored one is the same; its source as it was at the start."""
    stored = table.get("request")
    found, ranges = plan(path, request.chunk_bytes)
    if stored is None:
        values = {
            "request": request.to_json(),
            "source": {"path": found.path, "bytes": found.bytes, "sha256": found.sha256},
            "url": url,
        }
        table.create(values, ranges)
        return found
    before = Request.from_json(stored)
    if replace(request, at=before.at) != before:
        raise ExportError("the folder holds an export of another request; choose another folder")
    if (found.bytes, found.sha256) != (table.get("source")["bytes"], table.get("source")["sha256"]):
        raise ExportError("the folder holds an export of another input; choose another folder")
    table.put("source", {"path": found.path, "bytes": found.bytes, "sha256": found.sha256})
    return found


def _unchanged(path: Path, source: Source) -> None:
    if path.stat().st_size != source.bytes or files.measure(path).sha256 != source.sha256:
        raise ExportError("the input file was changed while it was exported; export it again into another folder")


def _sweep(folder: Path) -> None:
    """Remove temporary files that killed processes left."""
    for place in (folder, folder / WORK):
        for path in place.glob(".*.tmp"):
            path.unlink(missing_ok=True)


def _engine(workers: int) -> Engine:
    """Worker processes on this machine; this process where none are asked for."""
    if workers:
        return lambda folder, table, generation, watch: _convert(folder, table, generation, workers, watch)
    return lambda folder, _table, generation, _watch: Worker(folder, f"{generation}-0", generation).run()


def _convert(folder: Path, table: JobTable, generation: int, workers: int, watch: Watch) -> None:
    """Run workers until every chunk is done. A worker that dies is replaced, and its chunk given to another."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    started = 0
    try:
        # Workers that have no chunk left are waited for: they may be putting a file together.
        while (progress := table.progress()).done < progress.chunks or running:
            watch(progress)
            left = progress.chunks - progress.done
            while len(running) < min(workers, left):
                started += 1
                running[f"{generation}-{started}"] = _start(folder, f"{generation}-{started}", generation)
            _reap(table, running)
            if running:
                time.sleep(POLL_SECONDS)
    finally:
        for process in running.values():
            if process.poll() is None:
                process.terminate()
        for process in running.values():
            process.communicate()


def _start(folder: Path, owner: str, generation: int) -> subprocess.Popen[bytes]:
    """A worker process that finds this package wherever this process found it."""
    home = str(Path(__file__).parents[2])
    paths = [home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return subprocess.Popen(  # noqa: S603  (our own module)
        [sys.executable, "-m", "adapter.export.worker", str(folder), owner, str(generation), str(os.getpid())],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )


def _reap(table: JobTable, running: dict[str, subprocess.Popen[bytes]]) -> None:
    for owner, process in list(running.items()):
        status = process.poll()
        if status is None:
            continue
        del running[owner]
        told = process.communicate()[0].decode(errors="replace")
        if status == FAILED:
            raise ExportError(told if RESUME in told else f"{told}; {RESUME}")
        if status > 0:
            raise ExportError(f"a worker process could not go on (exit status {status}), see its message above")
        if status:
            table.release(owner)
