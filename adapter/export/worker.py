"""A worker process: leases chunks, converts them, publishes their parts, puts finished files together."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from adapter.errors import ExportError
from adapter.export import files
from adapter.export.chunk import ERRORS, LOSSES, Chunk, convert_chunk
from adapter.export.forms import form
from adapter.export.ranges import Range, lines
from adapter.export.request import MAX_LINE, Request
from adapter.export.table import Done, JobTable, Lease, OutputFile
from adapter.terms import Terms

WORK = ".export"
# Exit statuses the driver tells apart.
FAILED, ORPHANED = 3, 4


class Worker:
    """One worker over one export folder; ``parent`` is the driver's process id, 0 for none."""

    def __init__(self, folder: Path, owner: str, generation: int, parent: int = 0) -> None:
        self.folder, self.owner, self.generation, self.parent = folder, owner, generation, parent
        self.table = JobTable(folder / WORK / "job.sqlite")
        self.request = Request.from_json(self.table.get("request"))
        self.terms = self.request.terms()
        self.source = Path(self.table.get("source")["path"])

    def run(self) -> None:
        """Convert until no chunk is left. Raises OSError, ExportError."""
        try:
            while lease := self.table.lease(self.owner, self.generation):
                self.chunk(lease)
        finally:
            self.table.close()

    def chunk(self, lease: Lease) -> None:
        """Convert one chunk and publish its parts; then the output files that it completes."""
        done = convert_range(
            self.folder, self.source, lease.part, self.request, self.terms, lambda n: self._before(lease, n)
        )
        if self.table.complete(self.owner, self.generation, lease.part.n, done):
            self.assemble(lease.part.n // self.request.file_chunks)

    def _before(self, lease: Lease, number: int) -> bool:
        if self.parent and os.getppid() != self.parent:
            # Nobody waits for this worker any more; another run of the driver has begun or will begin.
            sys.exit(ORPHANED)
        if lease.careful:
            self.table.note(self.owner, lease.part.n, number)
        return number != lease.skip

    def assemble(self, group: int) -> None:
        """Put the output files of ``group`` together if all its chunks are done."""
        size = self.request.file_chunks
        done = self.table.is_done(group * size, (group + 1) * size)
        if done and self.table.claim_group(group, self.generation):
            assemble(self.folder, self.table, self.request, group, self.generation)


def convert_range(
    folder: Path,
    source: Path,
    wanted: Range,
    request: Request,
    terms: Terms,
    before: Callable[[int], bool] = lambda _: True,
) -> Done:
    """Convert the lines of one range and publish their parts; what came of it. Raises OSError, MemoryError.

    All that an engine runs for a chunk. Done again it makes the same parts.
    """
    with source.open("rb") as stream:
        chunk = convert_chunk(lines(stream, wanted, MAX_LINE), request, terms, before)
    for name, records in chunk.streams.items():
        with files.replacing(part(folder, name, wanted.n)) as stream:
            stream.writelines(records)
    return _done(chunk)


def part(folder: Path, stream: str, chunk: int) -> Path:
    """Where the part of a chunk's stream lies."""
    return folder / WORK / f"{chunk:08}.{stream}"


def assemble(folder: Path, table: JobTable, request: Request, group: int, generation: int) -> None:
    """Put together every file of ``group``, record them, and only then drop the parts.

    Run again after a kill it makes the same files; those that are recorded are left alone.
    """
    target, size = form(request.format), request.file_chunks
    counts = table.counts(group * size, (group + 1) * size)
    recorded = {f.stream for f in table.files() if f.n == group}
    streams = sorted({s for _, c in counts for s in c if target.ending == "files" or s in (ERRORS, LOSSES)} - recorded)
    made = []
    for stream in streams:
        chunks = [n for n, c in counts if stream in c]
        suffix = "ndjson" if stream in (ERRORS, LOSSES) else target.suffix
        name = f"{stream}.{group + 1:05}.{suffix}"
        done = files.publish(folder / name, _parts(folder, stream, chunks))
        total = sum(c.get(stream, 0) for _, c in counts)
        made.append(OutputFile(stream, group, name, total, done.bytes, done.sha256))
    if table.add_files(made, generation):
        for stream in streams:
            for n, _ in counts:
                part(folder, stream, n).unlink(missing_ok=True)


def _parts(folder: Path, stream: str, chunks: list[int]) -> Iterator[bytes]:
    for n in chunks:
        yield from files.blocks(part(folder, stream, n))


def _done(chunk: Chunk) -> Done:
    counts = {stream: len(records) for stream, records in chunk.streams.items()}
    return Done(chunk.cases, chunk.failed, counts, chunk.summary(), chunk.ids)


def main(arguments: list[str]) -> int:
    """``python -m adapter.export.worker FOLDER OWNER GENERATION PARENT``: the exit status.

    What stopped it is on standard output, which the driver reads.
    """
    folder, owner, generation, parent = arguments
    # A conversion makes no cycles: looking for them as seldom as this saves a thirtieth of its cost.
    gc.set_threshold(50_000, 20, 20)
    try:
        Worker(Path(folder), owner, int(generation), int(parent)).run()
    except (OSError, ExportError, MemoryError) as error:
        # Not into the job table: where the disk is full, that cannot be written either.
        sys.stdout.write((error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__)
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
