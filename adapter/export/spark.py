"""Apache Spark as the engine of an export: the same chunks, converted on the machines of a cluster (extra ``spark``).

Executors read ranges of the input and publish parts in the export's folder, so that both must lie on a file system
which every machine sees under the same path. Planning, job table, files and manifest stay with the driver, as in a
local export, and so do the bytes. Spark's own retries stand in for the worker processes' replacement.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.errors import ExportError
from adapter.export.ranges import Range
from adapter.export.request import Request
from adapter.export.table import RESUME, Done, JobTable
from adapter.export.worker import convert_range

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from adapter.export.driver import Engine, Watch

TASKS = 4_096
"""The most tasks of one job: chunks beyond that share them, since each task costs Spark's driver some milliseconds."""


@contextmanager
def engine(master: str) -> Iterator[Engine]:
    """The engine of a Spark session that lasts as long as the block.

    ``master`` is as Spark names it: ``local[2]``, ``yarn``, ``spark://HOST:PORT``. Other settings come from Spark's own
    files and from ``spark-submit``. Raises ExportError where pyspark is not installed or Spark cannot start.
    """
    # Without this Spark starts whatever "python3" is on the path, which does not have this package.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise ExportError("Spark is not installed; install haem-adapter with the extra spark") from None
    try:
        spark = SparkSession.builder.appName("haem-adapter export").master(master).getOrCreate()
    except (PySparkException, OSError) as error:
        raise ExportError(f"Spark cannot start ({type(error).__name__}), see its message above") from error
    try:
        yield partial(_run, spark)
    finally:
        spark.stop()


def _run(spark: SparkSession, folder: Path, table: JobTable, generation: int, watch: Watch) -> None:
    from pyspark.errors import PySparkException

    owner, ranges = f"{generation}-spark", []
    while lease := table.lease(owner, generation):
        ranges.append((lease.part.n, lease.part.start, lease.part.end, lease.part.first_line))
    watch(table.progress())
    if not ranges:
        return
    work = partial(
        converted, folder=str(folder.absolute()), source=table.get("source")["path"], request=table.get("request")
    )
    frame = spark.createDataFrame(ranges, "n long, start long, end long, first_line long")
    try:
        rows = frame.repartition(min(len(ranges), TASKS)).mapInArrow(work, "n long, done string").collect()
    except PySparkException as error:
        raise ExportError(f"Spark could not convert every chunk, see its message above; {RESUME}") from error
    for row in rows:
        table.complete(owner, generation, row.n, Done(**json.loads(row.done)))
    watch(table.progress())


def converted(batches: Iterable[Any], *, folder: str, source: str, request: dict[str, Any]) -> Iterator[Any]:
    """On an executor: convert each range of the Arrow ``batches`` and answer what came of it, a row per range."""
    import pyarrow as pa

    asked = Request.from_json(request)
    terms = asked.terms()
    for batch in batches:
        for row in batch.to_pylist():
            done = convert_range(Path(folder), Path(source), Range(**row), asked, terms)
            yield pa.RecordBatch.from_pylist([{"n": row["n"], "done": json.dumps(asdict(done))}])
