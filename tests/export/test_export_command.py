"""`adapter export` as a user runs it: exit status, messages, progress."""

import io
import json

import pytest

from adapter.cli import main
from adapter.cli.export import FORMATS, _Show
from adapter.export.forms import FORMS
from adapter.export.table import Progress
from tests.export.conftest import AT, COUNT


def export(*arguments):
    return main(["export", *map(str, arguments)])


def test_the_command_offers_the_formats_of_the_engine():
    assert set(FORMATS) == set(FORMS)


def test_export_then_verify_then_damage(tmp_path, cases_file, capsys):
    out = tmp_path / "out"
    options = ("--format", "phenopacket-ndjson", "--from-file", cases_file, "-o", out, "--at", AT)
    assert export(*options) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.endswith(f"{COUNT} cases, 0 failed, 1 files\n")
    progress = json.loads(told.err.splitlines()[-2])
    assert (progress["cases"], progress["done"]) == (COUNT, progress["chunks"])
    assert export("--verify", out) == 0
    (out / "Phenopacket.00001.ndjson").unlink()
    assert export("--verify", out) == 1
    assert "missing" in capsys.readouterr().err


def test_a_failed_case_is_exit_1(tmp_path, capsys):
    (tmp_path / "cases.ndjson").write_bytes(b"{}\n")
    source = ("--from-file", tmp_path / "cases.ndjson", "-o", tmp_path / "out")
    assert export("--format", "phenopacket-ndjson", *source) == 1
    assert "1 cases, 1 failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "phenopacket-ndjson"),
        ("--format", "phenopacket-ndjson", "--from-file", "x.ndjson"),
        ("--format", "phenopacket-ndjson", "--from-file", "x.ndjson", "-o", "out", "--workers", "0"),
        ("--format", "phenopacket-zip", "--from-file", "x.ndjson", "-o", "out", "--name", "../x"),
    ],
)
def test_wrong_use_is_exit_2(tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    assert export(*arguments) == 2
    assert list(tmp_path.iterdir()) == []


def test_an_input_that_is_not_there_is_a_message(tmp_path, capsys):
    source = ("--from-file", tmp_path / "none.ndjson", "-o", tmp_path / "out")
    assert export("--format", "phenopacket-ndjson", *source) == 1
    assert "No such file" in capsys.readouterr().err


def test_progress_lines_tell_rate_and_remaining_time():
    show = _Show()
    assert json.loads(show.line(Progress(4, 0, 0, 0)))["remaining_seconds"] is None
    show.started -= 10
    row = json.loads(show.line(Progress(4, 2, 100, 1)))
    assert row["cases_per_second"] == pytest.approx(10, rel=0.1)
    assert row["remaining_seconds"] == pytest.approx(10, rel=0.2)
    assert row["failed"] == 1


def test_a_terminal_sees_a_bar(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    show = _Show()
    for progress in (Progress(2, 0, 0, 0), Progress(2, 1, 10, 0), Progress(2, 2, 20, 0)):
        show(progress)
    assert "100%" in screen.getvalue()
    assert "20 cases" in screen.getvalue()
