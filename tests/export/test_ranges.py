"""Byte ranges: every line belongs to exactly one range, under its own number, whatever the size of the ranges."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter.errors import ReadError
from adapter.export.ranges import lines, plan

TEXTS = st.lists(st.sampled_from((b"a", b"bb", b"ccccccccc", b"", b" ", b"\r")), max_size=12)


@given(rows=TEXTS, chunk=st.integers(1, 15), ended=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_every_line_is_in_one_range_under_its_number(tmp_path: Path, rows, chunk, ended):
    path = tmp_path / "input.ndjson"
    path.write_bytes(b"\n".join(rows) + (b"\n" if ended else b""))
    expected = [(n, row.rstrip(b"\r")) for n, row in enumerate(rows, start=1) if row.strip()]
    _, ranges = plan(path, chunk)
    with path.open("rb") as stream:
        found = [line for part in ranges for line in lines(stream, part, 100)]
    assert found == expected


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
def test_a_line_over_the_limit_is_an_error_in_its_place(tmp_path, chunk):
    path = tmp_path / "input.ndjson"
    path.write_bytes(b"one\n" + b"x" * 50 + b"\ntwo\n" + b"y" * 50)
    _, ranges = plan(path, chunk)
    with path.open("rb") as stream:
        found = [line for part in ranges for line in lines(stream, part, 10)]
    assert [n for n, _ in found] == [1, 2, 3, 4]
    assert [isinstance(line, ReadError) for _, line in found] == [False, True, False, True]


def test_the_source_is_known_by_size_and_hash(tmp_path):
    path = tmp_path / "input.ndjson"
    path.write_bytes(b"abc")
    source, ranges = plan(path, 2)
    assert (source.bytes, source.sha256[:8], len(ranges)) == (3, "ba7816bf", 2)
    path.write_bytes(b"")
    assert plan(path, 2)[1] == []
