"""The bench of the ISCN engine reads the corpus and says how many strings a second it did."""

from __future__ import annotations

from adapter.bench import iscn, measure


def test_the_bench_has_the_parser_and_everything_as_ratios_with_figures_a_second(monkeypatch):
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "ROUND_SECONDS", 0.001)
    parser, everything = iscn.rows()
    assert everything.ratio > parser.ratio > 1
    assert "strings a second" in everything.note


def test_without_the_corpora_the_samples_are_read(monkeypatch, tmp_path):
    monkeypatch.setattr(iscn, "CORPUS", tmp_path / "absent.tsv")
    assert "46,XY,t(8;21)(q22;q22)[18]/46,XY[2]" in iscn.texts()
