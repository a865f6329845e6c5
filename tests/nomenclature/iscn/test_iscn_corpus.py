"""What is understood of strings from real reports and from other tools' tests. Sources: data/iscn/karyotypes.tsv."""

from pathlib import Path

import pytest
from corpus_table import misses, table
from iscn_corpora import constructs, corpus

from adapter.nomenclature.iscn import parse, render

ROWS = corpus()
DOCUMENTS = {row.text: parse(row.text) for row in ROWS}
READ = ("ok", "repaired")


def share(rows):
    good = [row for row in rows if DOCUMENTS[row.text].status in READ and not DOCUMENTS[row.text].unclassified]
    return len(good) / len(rows)


def test_clinical_karyotypes_are_read_whole():
    assert share([row for row in ROWS if row.kind == "karyotype" and row.clinical]) >= 0.985


def test_all_karyotypes_are_read_whole_but_for_the_deliberately_wrong_ones():
    assert (
        share([row for row in ROWS if row.kind == "karyotype"]) >= 0.965
    )  # parse alone; the count of chromosomes is compared in the table of docs/iscn.md


def test_what_is_not_read_has_a_located_diagnostic():
    for text, document in DOCUMENTS.items():
        if document.status not in READ:
            assert any(d.severity in ("error", "warning") and d.end > d.start for d in document.diagnostics), text


def test_joined_karyotype_and_fish_have_both_parts():
    rows = [row for row in ROWS if row.kind == "karyotype+fish" and "ish " in row.text and "prognosis" not in row.text]
    both = [row for row in rows if DOCUMENTS[row.text].clones and DOCUMENTS[row.text].fish]
    assert len(both) / len([r for r in rows if ".ish" in r.text or "nuc ish" in r.text or "/.ish" in r.text]) >= 0.95


def test_every_array_row_gives_its_regions():
    for row in ROWS:
        if row.kind == "array":
            document = DOCUMENTS[row.text]
            assert document.arrays, row.text
            assert document.status in READ or any(d.severity == "error" for d in document.diagnostics), row.text


def test_free_text_is_never_read_as_a_karyotype():
    read = [row.text for row in ROWS if row.kind == "freetext" and DOCUMENTS[row.text].status in (*READ, "partial")]
    assert read == []


@pytest.mark.parametrize("text", [t for t, d in DOCUMENTS.items() if d.status in READ])
def test_canonical_text_reads_back_the_same(text):
    document = DOCUMENTS[text]
    again = parse(render(document))
    assert again == document
    assert again.status == "ok"


def test_the_documentation_lists_every_miss():
    text = (Path(__file__).parents[3] / "docs" / "iscn.md").read_text(encoding="utf-8")
    assert [line for line in table() if line not in text] == []
    assert text.count("| teaching |") + text.count("| clinical |") == len(list(misses()))


VALID = [(name, text) for name, text, validity in constructs() if validity.startswith("valid")]
# A multiplied whole chromosome is written out, as the contract of the command line asks.
WRITTEN_OUT = "48,XX,+8x2"


@pytest.mark.parametrize(("name", "text"), VALID)
def test_valid_constructs_are_ok_and_read_back(name, text):
    document = parse(text)
    assert document.status == ("repaired" if text == WRITTEN_OUT else "ok"), document.diagnostics
    assert parse(render(document)) == document


@pytest.mark.parametrize(
    ("text", "code", "was", "canonical"),
    [
        ("44-46,XY,-7,+8", "SEP", "-", "44~46,XY,-7,+8"),
        ("46,xx,del(20)(q11.2)", "CASE", "xx", "46,XX,del(20)(q11.2)"),
        ("46, XX, del(20)(q11.2)", "SEP", " ", "46,XX,del(20)(q11.2)"),
        ("46,XX,-7+8", "SEP", "", "46,XX,-7,+8"),
        ("46,XX,t(22;9)(q11.2;q34)", "CHR-ORDER", "t(22;9)(q11.2;q34)", "46,XX,t(9;22)(q34;q11.2)"),
        ("46,XX,del(5)(q33q13)", "BP-ORDER", "q33q13", "46,XX,del(5)(q13q33)"),
        ("46,XX,t(9;22)(q34;q11.2", "PAREN", "", "46,XX,t(9;22)(q34;q11.2)"),
    ],
)
def test_repairable_constructs_keep_both_texts(text, code, was, canonical):
    document = parse(text)
    assert document.status == "repaired"
    assert document.input == text
    assert render(document) == canonical
    repair = next(d for d in document.diagnostics if d.severity == "repair")
    assert (repair.code, text[repair.start : repair.end]) == (code, was)
    assert repair.suggestion is not None


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("46,XZ", "SEX", "Z"),
        ("46,XX,del(25)(q11)", "CHR", "25"),
        ("46,XX,del(5)(q99)", "BAND", "q99"),
        ("46,XX,t(9;22)(q34)", "BP-N", "t(9;22)(q34)"),
        ("47,XX,idem,+8", "STEM-REF", "idem"),
        ("46,XX[0]", "CELLS", "[0]"),
    ],
)
def test_invalid_constructs_are_rejected_at_their_place(text, code, place):
    document = parse(text)
    assert document.status == "rejected"
    assert (code, place) in [(d.code, text[d.start : d.end]) for d in document.diagnostics if d.severity == "error"]


def test_laboratory_conventions_and_prose():
    assert parse("46,XX[19]/nonclonal[1]").status == "ok"
    assert parse("46,XX,del(5q)").status == "ok"
    assert parse("no metaphases").status == "not-iscn"
