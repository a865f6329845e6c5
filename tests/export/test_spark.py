"""Spark as the engine of an export: the same bytes as worker processes, and a clear error where it cannot work."""

import importlib.util
import os
import shutil
import subprocess
import sys
from types import ModuleType, SimpleNamespace

import pytest

from adapter.bench.synthetic import cases
from adapter.errors import ExportError
from adapter.export import manifest, spark
from adapter.export.driver import run
from adapter.export.table import Progress
from adapter.formats.document import dump
from tests.export.conftest import AT, outputs, request

ABSENT = next(
    (
        f"{name} is not there"
        for name in ("java", "pyspark")
        if not (shutil.which(name) or importlib.util.find_spec(name))
    ),
    "",
)


class PySparkException(Exception):
    """What Spark raises when a job fails."""


class Session:
    """Stands in for a Spark session: runs the same function over batches of rows, in this process."""

    def __init__(self, failing=False):
        self.failing, self.stopped, self.partitions, self.rows = failing, False, 0, []

    def createDataFrame(self, rows, schema):  # noqa: N802
        names = [column.split()[0] for column in schema.split(", ")]
        self.rows = [dict(zip(names, row, strict=True)) for row in rows]
        return self

    def repartition(self, number):
        self.partitions = number
        return self

    def mapInArrow(self, work, _schema):  # noqa: N802
        # Last first, two at a time: neither order nor batches of Spark are those of the input.
        batches = [self.rows[n : n + 2] for n in range(0, len(self.rows), 2)][::-1]
        done = work(SimpleNamespace(to_pylist=lambda rows=rows: rows) for rows in batches)
        return SimpleNamespace(collect=lambda: self._collect(done))

    def _collect(self, done):
        if self.failing:
            next(done)
            raise PySparkException
        return [SimpleNamespace(**row) for batch in done for row in batch]

    def stop(self):
        self.stopped = True


@pytest.fixture
def session(monkeypatch):
    """pyspark and pyarrow as far as the engine uses them, whether they are installed or not."""
    one = Session()
    builder = SimpleNamespace(getOrCreate=lambda: one)
    builder.appName = builder.master = lambda _name: builder
    modules = {name: ModuleType(name) for name in ("pyspark", "pyspark.sql", "pyspark.errors", "pyarrow")}
    modules["pyspark.sql"].SparkSession = SimpleNamespace(builder=builder)
    modules["pyspark.errors"].PySparkException = PySparkException
    modules["pyarrow"].RecordBatch = SimpleNamespace(from_pylist=lambda rows: rows)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.delenv("PYSPARK_PYTHON", raising=False)
    one.builder = builder
    return one


def test_the_bytes_do_not_depend_on_the_engine(tmp_path, cases_file, exported, session):
    told: list[Progress] = []
    with spark.engine("local[2]") as engine:
        assert os.environ["PYSPARK_PYTHON"] == sys.executable
        run(tmp_path, cases_file, request(), engine=engine, watch=told.append)
    assert session.stopped
    assert session.partitions == told[-1].chunks
    assert outputs(tmp_path) == outputs(exported)
    with spark.engine("local[2]") as engine:
        assert run(tmp_path, cases_file, request(), engine=engine) == manifest.read(exported)


def test_a_job_that_fails_is_a_clear_error_and_can_be_resumed_without_spark(tmp_path, cases_file, exported, session):
    session.failing = True
    with spark.engine("yarn") as engine, pytest.raises(ExportError, match="run the same export again to resume"):
        run(tmp_path, cases_file, request(), engine=engine)
    assert not (tmp_path / manifest.NAME).exists()
    run(tmp_path, cases_file, request(), workers=0)
    assert outputs(tmp_path) == outputs(exported)


def test_where_every_chunk_is_done_spark_has_nothing_to_do(tmp_path, cases_file, exported, session):
    def converted_but_not_put_together(*_arguments):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest, "finish", converted_but_not_put_together)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path, cases_file, request(), workers=0)
    with spark.engine("local[2]") as engine:
        run(tmp_path, cases_file, request(), engine=engine)
    assert session.partitions == 0
    assert outputs(tmp_path) == outputs(exported)


def test_spark_that_cannot_start_is_a_clear_error(session):
    def refuse():
        raise PySparkException

    session.builder.getOrCreate = refuse
    with pytest.raises(ExportError, match="Spark cannot start"), spark.engine("spark://127.0.0.1:9"):
        pass


def test_without_pyspark_the_command_names_the_extra(tmp_path, cases_file, monkeypatch, capsys):
    from adapter.cli import main

    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    options = ["--format", "phenopacket-ndjson", "--from-file", str(cases_file), "-o", str(tmp_path / "out")]
    assert main(["export", *options, "--spark", "local[2]"]) == 1
    assert "install haem-adapter with the extra spark" in capsys.readouterr().err


@pytest.mark.nightly
@pytest.mark.skipif(not os.environ.get("ADAPTER_NIGHTLY"), reason="takes minutes; run with ADAPTER_NIGHTLY=1")
@pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
@pytest.mark.parametrize("to", ["phenopacket-ndjson", "phenopacket-zip", "fhir-ndjson"])
def test_a_real_spark_makes_the_same_files(tmp_path, to):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(b"".join(dump(one) for one in cases(600)))
    options = ["--format", to, "--from-file", str(source), "--at", AT]
    environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1"}
    environment.pop("PYSPARK_PYTHON", None)
    for name, engine in (("spark", ["--spark", "local[2]"]), ("local", ["--workers", "2"])):
        command = [sys.executable, "-m", "adapter", "export", *options, "-o", str(tmp_path / name), *engine]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
    assert manifest.verify(tmp_path / "spark") == []
    assert outputs(tmp_path / "spark") == outputs(tmp_path / "local")
