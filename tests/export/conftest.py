"""Synthetic cases as NDJSON, and an export of them to compare with."""

from pathlib import Path

import pytest

from adapter.bench.synthetic import cases
from adapter.export.driver import run
from adapter.export.request import Request
from adapter.formats.document import dump

AT = "2026-01-01T00:00:00Z"
COUNT = 30


def request(to="phenopacket-ndjson", **options):
    """A request whose chunks hold about five cases and whose files hold three chunks."""
    return Request(**{"format": to, "at": AT, "chunk_bytes": 5_000, "file_chunks": 3} | options)


def outputs(folder: Path) -> dict[str, bytes]:
    """The published files of an export by name, manifest included."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="session")
def cases_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("input") / "cases.ndjson"
    path.write_bytes(b"".join(dump(one) for one in cases(COUNT)))
    return path


@pytest.fixture(scope="session")
def exported(tmp_path_factory, cases_file):
    """The folder of a finished phenopacket export by one worker."""
    folder = tmp_path_factory.mktemp("exported")
    run(folder, cases_file, request(), workers=1)
    return folder
