"""The bench of the variant engine measures the same work on both sides, and says what it could not measure."""

from __future__ import annotations

import weaver

from adapter.bench import hgvs, measure
from adapter.nomenclature.hgvs.mapping import c_to_g


def test_both_sides_map_the_same_substitutions_to_the_same_places():
    found = hgvs.substitutions(60)
    mapper = weaver.VariantMapper(hgvs.Provider(found))
    for accession, place, ref, alt in found:
        text = f"{accession}:c.{place}{ref}>{alt}"
        theirs = mapper.c_to_g(weaver.parse(text)).format().replace(f"|{accession}", "")
        assert c_to_g(text) == theirs


def test_the_bench_has_a_row_for_each_goal_with_figures_a_second(monkeypatch):
    monkeypatch.setattr(hgvs, "COUNT", 20)
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "ROUND_SECONDS", 0.001)
    rows = list(hgvs.rows())
    assert [row.goal for row in rows] == ["<= 1.3", "", ">= 2.8", "<= 1", ">= 2.8", "<= 1"]
    assert all(row.ratio > 0 for row in rows)
    assert all(row.note.endswith("a second") for row in rows if row.number != "P13")


def test_without_the_reference_implementation_its_row_says_so(monkeypatch):
    monkeypatch.setattr(hgvs, "COUNT", 5)
    monkeypatch.setattr(hgvs, "find_spec", lambda _name: None)
    monkeypatch.setattr(measure, "ROUNDS", 1)
    monkeypatch.setattr(measure, "ROUND_SECONDS", 0.001)
    *_, row = hgvs.rows()
    assert (row.met, row.ratio, row.note) == (None, 0.0, "ga4gh.vrs is not installed: not measured")
