"""docs/bulk-data.md: a row for each server requirement of Bulk Data 2.0.0, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "bulk-data.md"
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)
# 117 SHALL and 2 SHALL NOT for servers, 2 SHALL NOT for clients.
REQUIREMENTS = 121


def declared(name: str) -> set[str]:
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_requirement_has_a_row_with_a_test_or_a_reason() -> None:
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert len({number for number, _, _ in rows}) == len(rows) == REQUIREMENTS
    for number, _, shown in rows:
        assert re.fullmatch(r"`test_\w+\.py::test_\w+`|not applicable: .+", shown), number


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", DOCUMENT.read_text(encoding="utf-8"))
    known = {name: declared(name) for name, _ in named}
    assert named
    assert [f"{name}::{test}" for name, test in named if test not in known[name]] == []
