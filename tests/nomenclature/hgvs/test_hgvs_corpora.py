"""The specification's own examples, validators' test rows, and real variants."""

from __future__ import annotations

import pytest
from hgvs_rows import CORPORA, rows, table

from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.predict import protein_of
from adapter.nomenclature.hgvs.protein import change, compare
from adapter.nomenclature.hgvs.transcripts import by_accession

REFUSED = {"rejected", "not-hgvs"}


def accepted(rows):
    return [row for row in rows if read(row["input"]).status not in REFUSED]


def test_every_example_of_the_specification_is_accepted():
    spec = [row for row in table("accept.tsv") if row["source"] == "HGVS syntax.yaml"]
    assert len(accepted(spec)) == len(spec) == 31


def test_nearly_every_row_of_validators_is_accepted():
    others = [row for row in table("accept.tsv") if row["source"] != "HGVS syntax.yaml"]
    assert len(accepted(others)) >= 0.97 * len(others)


@pytest.mark.parametrize("row", table("reject.tsv"), ids=lambda row: row["input"])
def test_what_is_not_hgvs_is_rejected_with_a_place_and_a_reason(row):
    variant = read(row["input"])

    if "SPDI" in row["note"]:
        assert "SPDI" in {d.code for d in variant.diagnostics}
        return
    assert variant.status == "rejected"
    error = next(d for d in variant.diagnostics if d.severity == "error")
    assert 0 <= error.start < error.end <= len(row["input"])
    assert error.message


@pytest.mark.parametrize(
    "text",
    [
        "GJB2:c.76AC", "NM_004006.3:c.76insT", "NM_004006.3:c.76_78insT", "NM_004006.3:c.76_78del4",
        "NM_004006.3:c.76inv", "NM_004006.3:c.76A>A", "NM_004006.3:c.76del0", "NM_004006.3:c.", "p.", "NP_1.1:p.J5A",
        "NM_004006.3:c.[0del;5A>G]", "NM_004006.3:x.100A>G", "NM_004006.3c.100A>G", ":c.100A>G",
        "NM_004006.3:c.100>G", "NM_004006.3:c.100delinsX", "NP_1.1:p.100", "p.Val600", "NP_1.1:p.Ala5_Ala3del",
        "NM_004006.3:c.100_200", "NC_000001.11:g.-5A>G", "NC_000001.11:g.*5del",
         "NM_004006.3:c.*0A>G", "NM_004006.3:c.-0A>G", "NM_004006.3:c.88+0A>G",
    ],
)  # fmt: skip
def test_further_strings_that_contradict_themselves_are_rejected(text):
    assert read(text).status == "rejected"


@pytest.mark.parametrize(
    "text",
    ["NM_203447.4:c.1126-395_2971-2751del", "NM_006846.4:c.2441+3_2441+6del", "NM_000377.3:c.777+3_777+6del"],
)
def test_a_deletion_that_would_be_shifted_through_unknown_bases_has_no_coordinates(text):
    variant = read(text)

    assert (variant.grade, variant.c) == ("B", text)
    assert (variant.g, variant.spdi, variant.vcf, variant.vrs) == ({}, None, None, {})


def stated(rows):
    """Rows with c. and g. whose stated transcript is embedded in that very version."""
    return [
        row
        for row in rows
        if row["hgvs_c"].startswith("c.") and row["hgvs_g"] and by_accession(row["transcript_as_given"])
        and by_accession(row["transcript_as_given"]).nm == row["transcript_as_given"]
    ]  # fmt: skip


def test_no_real_variant_is_mapped_to_a_wrong_place():
    wrong = []
    for row in stated(table("variants.tsv")):
        variant = read(f"{row['transcript_as_given']}:{row['hgvs_c']}")
        if variant.g.get(row["assembly"]) not in (None, row["hgvs_g"]):
            wrong.append((row["id"], variant.g))
    assert wrong == []


def test_real_substitutions_are_mapped():
    subs = [row for row in stated(table("variants.tsv")) if row["class"] == "Sub"]
    right = [r for r in subs if read(f"{r['transcript_as_given']}:{r['hgvs_c']}").g.get("GRCh38") == r["hgvs_g"]]
    assert len(right) >= 0.99 * len(subs)


def test_protein_changes_of_genes_with_sequence_are_predicted():
    wrong, count = [], 0
    for row in stated(table("variants.tsv")):
        wanted = change(row["hgvs_p"].removeprefix("p.").strip("()"))
        if not wanted or not protein_of(row["transcript_as_given"]):
            continue
        count += 1
        given = read(f"{row['transcript_as_given']}:{row['hgvs_c']}").p or ""
        predicted = change(given.partition(":p.")[2].strip("()"))
        if not predicted or compare(wanted, predicted, protein_of(row["transcript_as_given"])) == "differs":
            wrong.append((row["id"], row["hgvs_p"], given))
    assert count > 200
    assert len(wrong) <= 0.005 * count


def test_a_protein_statement_with_its_position_has_the_true_change_among_its_readings():
    known = 0
    for row in table("variants.tsv"):
        variant = read(row["hgvs_p"], gene=row["gene"], transcript=row["transcript_as_given"])
        if row["hgvs_c"] or variant.grade != "A" or variant.kind != "substitution":
            continue
        known += 1
        given = [variant.g, *(reading.g for reading in variant.alternatives)]
        assert any(f":g.{row['start']}{row['ref']}>{row['alt']}" in (g.get("GRCh37") or "") for g in given), row["id"]
    assert known >= 30


@pytest.mark.nightly
@pytest.mark.skipif(not CORPORA.exists(), reason="the whole corpus is not beside this checkout")
def test_of_the_whole_corpus_substitutions_are_right_and_none_is_silently_wrong():
    every = stated(rows(CORPORA / "variants.tsv"))
    results = [(row, read(f"{row['transcript_as_given']}:{row['hgvs_c']}").g.get("GRCh38")) for row in every]
    subs = [(row, given) for row, given in results if row["class"] == "Sub"]

    assert [row["id"] for row, given in results if given not in (None, row["hgvs_g"])] == []
    assert sum(given == row["hgvs_g"] for row, given in subs) >= 0.998 * len(subs)
