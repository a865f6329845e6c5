"""Every numbered goal has its row, both sides of a row do the same work, and the table is written by the command."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from adapter import bench
from adapter.bench import bulk, cost, faults, http, large, measure, peers, startup, table
from adapter.bench.measure import Row, budget, skipped
from adapter.cli import main

ROWS = [
    Row("cost", "a over b", 2e-6, 1e-6, 2.0, "<= 2.5", "kept | both", "P1"),
    Row("cost", "c over d", 3e-6, 1e-6, 3.0, "<= 2.5"),
    Row("cost", "only a figure", 3e-6, 1e-6, 3.0),
    skipped("peers", "a peer", "it is not installed", number="P6"),
]


def test_the_cost_of_both_workloads_over_both_floors(monkeypatch, brief):
    monkeypatch.setattr(cost, "SYNTHETIC", 1)
    monkeypatch.setattr(cost, "SAMPLES", cost.SAMPLES[:1])
    rows = list(cost.rows())
    assert len(rows) == len(cost.PATIENTS) + len(cost.NUMBERED)
    assert {row.number for row in rows} == {"", "P1", "P2", "P3", "P4", "P5"}
    assert all(row.measured for row in rows)
    assert all("1 synthetic cases" in row.name for row in rows if row.number)


def test_faults_are_refused_on_the_side_that_has_them(brief):
    rows = list(faults.rows())
    assert [row.goal for row in rows] == ["<= 10", "<= 1", "<= 10", "<= 1"]
    assert {row.number for row in rows} == {"P12"}


def test_a_spoiled_case_that_is_accepted_is_no_measurement(monkeypatch, brief):
    monkeypatch.setattr(faults, "read_case", lambda document: document)
    monkeypatch.setattr(faults, "write", lambda *_a, **_o: type("Written", (), {"document": BUNDLE}))
    with pytest.raises(AssertionError, match="was accepted"):
        list(faults.rows())


BUNDLE = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Observation"}}]}


def test_a_large_case_is_measured_per_variant(monkeypatch, brief):
    monkeypatch.setattr(large, "LARGE", 6)
    monkeypatch.setattr(large, "SMALL", 3)
    fhir, packet = large.rows()
    assert (fhir.number, packet.number) == ("P11", "P11")
    assert fhir.name == "a variant of a case of 6 over one of a case of 3, to fhir"


def test_start_up_is_also_a_share_of_a_budget(monkeypatch):
    monkeypatch.setattr(startup, "RUNS", 1)
    assert startup._cpu([sys.executable, "-c", "sum(range(10 ** 6))"]) > 0
    monkeypatch.setattr(startup, "_cpu", lambda command: 0.150 if "convert" in command else 0.025)
    rows = list(startup.rows())
    assert {row.ratio for row in rows if row.number == "P9"} == {0.125 / startup.ALLOWED_SECONDS}
    assert [row.ratio for row in rows if not row.number] == [pytest.approx(6)] * 3


def measured(count, workers, sha256):
    """An export as it would be measured: two seconds of one worker, one of two; a millisecond of CPU a case."""
    return bulk.Measured(count, workers, 2 / workers, count / 1000, 50 * bulk.MEBIBYTE + count, 0.1, 1, 1, sha256)


def test_growth_is_per_case_and_workers_by_the_clock(monkeypatch):
    monkeypatch.setattr(bulk, "SMALL", 5)
    monkeypatch.setattr(bulk, "LARGE", 10)
    monkeypatch.setattr(bulk, "export", lambda _source, _folder, count, workers: measured(count, workers, "same"))
    growth, memory, workers = bulk.rows()
    assert [row.number for row in (growth, memory, workers)] == ["P7", "P7", "P8"]
    assert (growth.ratio, workers.ratio) == (pytest.approx(1), 2)
    assert memory.ratio == 5 / bulk.ALLOWED_GROWTH
    assert "the same bytes" in workers.note


def test_a_real_export_is_measured(tmp_path):
    bulk.write_cases(tmp_path / "cases.ndjson", 3)
    found = bulk.export(tmp_path / "cases.ndjson", tmp_path / "out", 3, 1).to_json()
    assert found["output_bytes"] == sum(path.stat().st_size for path in (tmp_path / "out").glob("Phenopacket.*"))
    assert (found["cases"], found["workers"], len(found["sha256"])) == (3, 1, 64)
    assert found["cpu_us_per_case"] > 0
    assert found["worker_peak_mib"] > 10


def test_other_bytes_from_two_workers_are_a_missed_goal(monkeypatch):
    monkeypatch.setattr(bulk, "SMALL", 1)
    monkeypatch.setattr(bulk, "LARGE", 2)
    monkeypatch.setattr(bulk, "export", lambda _source, _folder, count, workers: measured(count, workers, str(workers)))
    *_, row = bulk.rows()
    assert row.met is False
    assert "OTHER bytes" in row.note


def test_http_has_an_echo_of_the_same_answer_and_the_naive_way(monkeypatch):
    monkeypatch.setattr(http, "ROUNDS", 1)
    monkeypatch.setattr(http, "REQUESTS", 10)
    echo, naive, slow = http.rows()
    assert echo.ratio > 1
    assert naive.ratio > 1
    assert slow.ratio == slow.left / http.ALLOWED_SECONDS


def test_a_server_that_does_not_start_is_told(monkeypatch):
    monkeypatch.setenv("ADAPTER_MAPPINGS", "/nowhere")
    with pytest.raises(RuntimeError, match="did not start"):
        list(http.rows())


def program(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_peers_that_are_not_there_are_named_with_the_reason(monkeypatch, tmp_path, brief):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ADAPTER_BENCH_PYPHETOOLS", program(tmp_path / "python", "raise SystemExit('no such module')"))
    monkeypatch.delenv("ADAPTER_BENCH_CONVERT_PHENO", raising=False)
    assert [(row.measured, row.met, row.note) for row in peers.rows()] == [
        (False, None, "pyphetools cannot be run (no such module): not measured"),
        (False, None, "convert-pheno is not on the path: not measured"),
    ]
    monkeypatch.setenv("ADAPTER_BENCH_CONVERT_PHENO", program(tmp_path / "pheno", "raise SystemExit('no module X')"))
    assert list(peers.rows())[1].note == "convert-pheno cannot be run (no module X): not measured"


def test_peers_that_are_there_get_the_same_content(monkeypatch, tmp_path, brief):
    asked = tmp_path / "asked"
    pheno = (
        f"import sys, pathlib; files = sys.argv[2:sys.argv.index('-opxf')]\n"
        f"pathlib.Path({str(asked)!r}).open('a').write(f'{{len(files)}}\\n'); sum(range(len(files) * 200000))"
    )
    python = "import json, sys; given = json.load(sys.stdin); assert [*map(len, given)] == [20, 4]; print(0.5)"
    monkeypatch.setenv("ADAPTER_BENCH_PYPHETOOLS", program(tmp_path / "python", python))
    monkeypatch.setenv("ADAPTER_BENCH_CONVERT_PHENO", program(tmp_path / "pheno", pheno))
    ours, theirs = peers.rows()
    assert ours.left == 0.5
    assert ours.ratio == ours.left / ours.right
    assert asked.read_text().split() == [str(peers.FEW), str(peers.MANY)]
    assert theirs.left > 0


def test_a_budget_is_a_share_and_what_was_not_measured_has_no_verdict():
    assert budget("b", "n", 0.01, 0.005).met is False
    row = skipped("b", "n", "absent")
    assert (row.met, row.to_json()["ratio"]) == (None, None)
    assert measure.Row("b", "n", 1, 1, 1.0, ">= 2").met is False


def test_the_table_has_a_line_a_row_and_counts_the_goals():
    text = table.table(ROWS)
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(lines) == len(ROWS) + 1
    assert lines[1] == "| P1 | cost | a over b | 2.00 | <= 2.5 | met | 2.0 | 1.0 | kept \\| both |"
    assert lines[-1] == "| P6 | peers | a peer |  |  |  |  |  | it is not installed: not measured |"
    assert "1 of 2 goals are kept." in text


def test_the_command_writes_the_table_in_its_place(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(bench, "run", lambda _names: iter(ROWS))
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
    assert main(["bench", "cost", "--json", "--write", str(page)]) == 1
    assert [json.loads(line)["name"] for line in capfd.readouterr().out.splitlines()] == [row.name for row in ROWS]
    assert page.read_text() == f"before\n{table.BEGIN}\n{table.table(ROWS)}{table.END}\nafter\n"
    assert main(["bench", "cost"]) == 1
    assert "not measured" in capfd.readouterr().out


def test_a_page_without_a_place_is_refused_before_anything_is_measured(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(bench, "run", lambda _names: pytest.fail("measured"))
    (tmp_path / "page.md").write_text("nothing here")
    assert main(["bench", "--write", str(tmp_path / "page.md")]) == 2
    assert main(["bench", "--write", str(tmp_path / "none.md")]) == 2
    assert "the page needs the lines" in capsys.readouterr().err


def test_the_page_of_the_repository_has_the_place():
    page = Path(bench.__file__).parents[2] / "docs" / "performance.md"
    table.check(page.read_text(encoding="utf-8"))
