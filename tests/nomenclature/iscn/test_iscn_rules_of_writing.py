"""Rules of writing that warn and change nothing, and counts that contradict the items."""

import pytest

from adapter.nomenclature.iscn import describe, parse


def told(text, code):
    """Severity and place of the diagnostics with a code."""
    return [
        (d["severity"], text[d["start"] : d["end"]]) for d in describe(parse(text))["diagnostics"] if d["code"] == code
    ]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("47,XX,+8[1]/46,XX[19]", "CLONE-SIZE", "[1]"),
        ("45,XX,-7[2]/46,XX[18]", "CLONE-SIZE", "[2]"),
        ("46,XX,del(5)(q13q33),del(5)(q13q33)[10]", "DUP-ITEM", "del(5)(q13q33)"),
        ("46,XX,t(9;22)(q34;q11.2),der(22)t(9;22)[10]", "BALANCE", "der(22)t(9;22)"),
        ("47,XX,+21c[10]/46,XX[10]", "CONST", "+21c"),
    ],
)
def test_an_odd_karyotype_is_warned_of(text, code, place):
    assert told(text, code) == [("warning", place)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("47,XX,+8[2]/46,XX[18]", "CLONE-SIZE"),
        ("45,XX,-7[3]/46,XX[17]", "CLONE-SIZE"),
        ("46,XX,del(5)(q13q33)[cp2]", "CLONE-SIZE"),
        ("46,XX,del(5)(q13q33)[10]/47,sl,+8[1]", "CLONE-SIZE"),
        ("47,XX,+21c[1]", "CLONE-SIZE"),
        ("48,XX,+8,+8[10]", "DUP-ITEM"),
        ("46,XX,del(5)(q13q33)x2[10]", "DUP-ITEM"),
        ("47,XX,t(9;22)(q34;q11.2),+der(22)t(9;22)[10]", "BALANCE"),
        ("46,XX,t(9;22)(q34;q11.2),der(1)t(1;3)(p32;q21)[10]", "BALANCE"),
        ("48,XX,+8,+21c[10]/47,XX,+21c[10]", "CONST"),
        ("47,XX,+21c[10]/48,sl,+8[10]", "CONST"),
        ("mos 47,XX,+21c[10]/46,XX[10]", "CONST"),
    ],
)
def test_a_sound_karyotype_is_not_warned_of(text, code):
    assert told(text, code) == []


@pytest.mark.parametrize("text", ["46,XX,+8", "45,XX,+8"])
def test_a_count_that_the_items_cannot_make_is_rejected(text):
    found = describe(parse(text))
    assert found["status"] == "rejected"
    assert told(text, "COUNT") == [("error", text[:2])]
    assert next(d for d in found["diagnostics"] if d["code"] == "COUNT")["suggestion"] == "47"


def test_a_probe_under_an_older_symbol_is_told_with_the_current_one():
    [found] = [d for d in describe(parse("nuc ish(MLLx3)[20/200]"))["diagnostics"] if d["code"] == "GENE-ALIAS"]
    assert (found["severity"], found["suggestion"]) == ("info", "KMT2A")
    assert told("nuc ish(KMT2Ax3)[20/200]", "GENE-ALIAS") == []


@pytest.mark.parametrize(("times", "status"), [("x2", "ok"), ("x8", "ok"), ("x9", "rejected"), (" x20", "rejected")])
def test_cells_written_as_a_multiplier_are_refused_where_no_clone_can_have_so_many(times, status):
    document = parse(f"46,XX,del(5)(q13q33){times}")
    assert document.status == status
    assert parse(f"60,XX,+mar1{times.strip()}").status == "ok"


def test_a_multiplied_chromosome_suggests_what_it_is_read_as():
    suggestions = [d.suggestion for d in parse("49,XX,+8x3").diagnostics]
    assert suggestions == ["+8,+8,+8"]


@pytest.mark.parametrize(("text", "says"), [("t(9;22)(q34;q11.2)", "an item alone"), ("hello", "no karyotype")])
def test_an_item_alone_is_no_karyotype_and_said_to_be_one_item(text, says):
    document = parse(text)
    assert document.status == "not-iscn"
    assert document.diagnostics[0].message.startswith(says)
