"""A server that misbehaves: always an end, in time and memory, and never "valid" or "uploaded"."""

from __future__ import annotations

import resource
import time

import pytest

from adapter.server import upload, validate
from tests.server.hostile import ALL
from tests.server.scripted import Time, bundle, client, scripted

SECONDS = 8.0
KILOBYTES = 96 * 1024


def test_a_good_server_reads_as_valid_and_uploaded() -> None:
    with scripted() as server, client(server) as ours:
        assert validate(bundle(), ours).valid
        assert upload(bundle(), ours).uploaded


def test_the_table_has_at_least_forty_behaviours() -> None:
    assert len(ALL) >= 40


@pytest.mark.parametrize("name", sorted(name for name, (doors, _) in ALL.items() if "check" in doors))
def test_a_check_ends_and_is_not_valid(name: str) -> None:
    before, started, slept = _memory(), time.monotonic(), Time()
    with scripted(ALL[name][1]) as server, client(server, slept) as ours:
        report = validate(bundle(), ours)
    assert not report.valid
    assert any(i.category == "not-checked" for i in report.issues)
    assert time.monotonic() - started < SECONDS
    assert sum(slept.slept) <= ours.server.budget
    assert _memory() - before < KILOBYTES


@pytest.mark.parametrize("name", sorted(name for name, (doors, _) in ALL.items() if "upload" in doors))
def test_an_upload_ends_and_is_not_uploaded(name: str) -> None:
    before, started, slept = _memory(), time.monotonic(), Time()
    with scripted(ALL[name][1]) as server, client(server, slept) as ours:
        result = upload(bundle(), ours)
    assert not result.uploaded
    assert [row.entry for row in result.rows] == [0, 1, 2]
    assert all(row.message for row in result.rows if row.state not in {"created", "existing"})
    assert time.monotonic() - started < SECONDS
    assert sum(slept.slept) <= ours.server.budget
    assert _memory() - before < KILOBYTES


def _memory() -> int:
    """The most memory this process has had, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
