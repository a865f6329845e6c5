"""Net effects, one row per construct of the language: bands (850 level) and whole-number differences.

``tests/data/iscn_effects/net.tsv``: ``net`` is written by band runs (``7q31.1-q36.3:-1``, bounds as ``-1..+0``), next
to the expectation in words that it was checked against. Bands in which a break lies belong to no run.
"""

import csv
from pathlib import Path

import pytest

from adapter.nomenclature.iscn import describe, parse

TABLE = Path(__file__).parents[2] / "data" / "iscn_effects" / "net.tsv"


def rows():
    with TABLE.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def run(found):
    bounds = f"{found['low']:+d}" if found["low"] == found["high"] else f"{found['low']:+d}..{found['high']:+d}"
    return f"{found['chromosome']}{found['from']}-{found['to']}:{bounds}"


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row['construct']}-{row['clone']}")
def test_net_effect_of(row):
    clone = describe(parse(row["text"]))["clones"][int(row["clone"]) - 1]
    low, high = clone["counted"]["low"], clone["counted"]["high"]
    assert " ".join(map(run, clone["net"])) == row["net"]
    assert " ".join("/".join(pair) for pair in clone["junctions"]) == row["junctions"]
    assert " ".join(f"{a['chromosome'] or '?'}{a['band'] or ''}" for a in clone["amplified"]) == row["amplified"]
    assert "; ".join(clone["unresolved"]) == row["unresolved"]
    assert (str(low) if low == high else f"{low}~{high}") == row["counted"]


def net(text, clone=1):
    return " ".join(map(run, describe(parse(text))["clones"][clone - 1]["net"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the probes that the best parser so far gets wrong
        ("45,X[10]", "Xp22.33-q28:-1..+0 Yp11.32-q12:-1..+0"),
        ("46,XX,dup(1)(q32q21)", "1q22-q31.3:+1"),
        ("46,XX,?+8", "8p23.3-q24.3:+0..+1"),
        ("47,XX,+?8", "8p23.3-q24.3:+0..+1"),
        (
            "46,XY,der(5)ins(5;7)(p14;?)t(5;7)(q12;q11)del(7)(q31)",
            "5q13.1-q35.3:-1 7p22.3-p11.1:+0..+1 7q21.11-q22.3:+1..+2 7q32.1-q36.3:+0..+1",
        ),
        # sex chromosomes
        ("46,Y,t(X;11)(q24;q23)", ""),
        ("46,X,der(X)t(X;11)(q24;q23)", "11q24.1-q25:+1 Xq25-q28:-1"),
        ("45,X,-X[20]/46,XX[3]", "Xp22.33-q28:-1"),
        ("47,XY,+Y[5]", "Yp11.32-q12:+1"),
        ("46,X,idic(X)(q13)c,-7,+8", "7p22.3-q36.3:-1 8p23.3-q24.3:+1"),
        ("46,X,+12,psu dic(18;X)(p11.2;q11.2)", "12p13.33-q24.33:+1 18p11.32-p11.31:-1 Xq12-q28:-1"),
        # derivatives
        ("46,XX,der(5)t(5;7)(q12;q11)", "5q13.1-q35.3:-1 7q21.11-q36.3:+1"),
        ("46,XX,der(3)t(3;?)(p21;?)", "3p26.3-p22.1:-1"),
        ("46,XX,der(9)t(9;22)(q34;q11.2)dup(9)(q22q31)", "22q12.1-q13.33:+1"),
        ("45,XX,der(14;21)(q10;q10)", "14p13-p11.1:-1 21p13-p11.1:-1"),
        ("46,XX,fis(10)(p10)", "10q11.1-q26.3:-1"),
        ("46,XX,der dic(14;17)(p11.2;p11.2)del(14)(q22q24)", "14p13-p12:-1 14q23.1-q23.3:-1 17p13.3-p12:-1"),
        ("46,XX,del(5)(q13)x2", "5q14.1-q35.3:-2"),
        ("46,XX,ins(15;?)(q15;?)", ""),
        ("46,XX,t(3;3)(q21;q26)", ""),
        ("46,XX,der(3)t(3;3)(p21;q27)", "3p26.3-p22.1:-1 3q28-q29:+1"),
        ("46,XX,rec(6)dup(6q)inv(6)(p22.2q25.2)", "6p25.3-p22.3:-1 6q25.3-q27:+1"),
        ("46,XX,i(17q)", "17p13.3-p11.1:-1 17q11.1-q25.3:+1"),
        # an arrow inside one arm shows what is deleted, a long form what is left
        ("46,XX,del(7)(q22->qter)", "7q31.1-q36.3:-1"),
        ("46,XX,del(5)(q13->q33)", "5q14.1-q32:-1"),
        ("46,XX,del(12)(pter->p12)", "12p13.33-p13.1:-1"),
        ("46,XX,del(7)(pter->q22:)", "7q31.1-q36.3:-1"),
        ("46,XX,del(7)(:q22->qter)", "7p22.3-q21.3:-1"),
        ("46,XX,dup(1)(q21->q32)", "1q22-q31.3:+1"),
        ("46,XX,del(7)(q22-qter)", "7q31.1-q36.3:-1"),
        # an extra mirrored chromosome is its centric part twice
        ("47,XX,+inv dup(15)(q13)", "15p13-q12:+2"),
        ("47,XX,+inv dup(22)(q11.2)", "22p13-q11.1:+2"),
    ],
)
def test_net_effect_of_text(text, expected):
    assert net(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "told"),
    [
        # an exchange of whole arms does not say which arms the derivative has
        ("46,XX,der(7)t(1;7)(q10;p10)", "1p36.33-q44:+0..+1 7p22.3-q36.3:-1..+0", False),
        ("45,XX,der(9;12)(q34;q13)", "9p24.3-q34.3:-1..+0 12p13.33-q24.33:-1..+0", False),
        ("46,XX,i(17)(?)", "17p13.3-q25.3:-1..+1", False),
        ("46,XX,ider(22)(q10)", "22p13-q13.33:-1..+1", False),
        ("46,XX,ider(22)(q10)r(22)(p11q13)", "22p13-q13.33:-1..+1", False),
        ("46,XX,ider(22)(q10)t(9;22)(?;q11.2)",
         "9p24.3-q34.3:+0..+2 22p13-p11.1:-1 22q11.1-q11.1:+1 22q12.1-q13.33:-1", True),
        ("46,XX,rec(6)dup(6p)", "6p25.3-q27:-1..+1", False),
        ("46,XX,der(8)t(8;9)(q24;q12)i(8)(q10)", "8p23.3-q24.3:-1..+0 9p24.3-q34.3:+0..+1", False),
        ("46,XX,r(7)", "7p22.3-q36.3:-1..+0", False),
        ("46,XX,inv(3)(?)", "", False),
        ("46,XX,t(8;21)", "", False),
        ("46,XX,dup(1)(q21)", "", True),
        ("46,XX,dup(1q)", "1q11-q44:+0..+1", True),
        ("46,XX,der(9)(pter->q34::?)", "", False),
        ("46,XX,der(5)cx(5;8)", "", False),
        # breaks at the centromere: the arm named is the broken one
        ("46,XX,der(9)del(9)(p10)t(9;22)(q34;q11.2)", "9p24.3-p11.1:-1 22q12.1-q13.33:+1", True),
        ("46,XX,der(9)del(9)(q10)", "9q11-q34.3:-1", True),
        # events that change nothing, turn or repeat a segment, or take it from a donor
        ("46,XX,der(5)ins(5)(p13q21q31)t(5;7)(q33;q22)", "5q34-q35.3:-1 7q31.1-q36.3:+1", True),
        ("46,XX,der(5)dup(5)(q31q22)t(5;9)(q33;q22)", "5q23.1-q23.3:+1 5q34-q35.3:-1 9q31.1-q34.3:+1", True),
        ("46,XX,der(1)inv(1)(p22q31)t(1;3)(q41;q21)", "1q42.11-q44:-1 3q22.1-q29:+1", True),
        ("46,XX,der(2)ins(5;2)(p14;q22q32)", "2q23.1-q31.3:-1", True),
        ("46,XX,der(5)ins(5;2)(p14;q22q32)", "2q23.1-q31.3:+1", True),
        ("46,XX,add(5)(q13~22)", "5q13.1-q22.3:-1..+0 5q23.1-q35.3:-1", True),
        # a break in doubt never makes a deletion gain, nor a duplication lose
        ("46,XX,del(5)(q?13q33)", "5q11.1-q35.3:-1..+0", True),
        ("46,XX,del(5)(?q13q33)", "5p15.33-q35.3:-1..+0", True),
        ("46,XX,del(5)(q13~22q21~31)", "5q13.1-q31.3:-1..+0", True),
        ("46,XX,dup(1)(q?21q32)", "1q11-q44:+0..+1", True),
        ("46,XX,der(5)del(5)(q?13q33)t(5;7)(p15;q22)", "5q11.1-q35.3:-1..+0 7q31.1-q36.3:+1", True),
        # a questioned event of a derivative is no certain gain
        ("46,XX,der(9)?t(9;22)(q34;q11.2)", "9p24.3-q33.3:-1..+0 22q12.1-q13.33:+0..+1", False),
        ("46,XX,der(9)del(9)(p21)?t(9;22)(q34;q11.2)", "9p24.3-p22.1:-1 22q12.1-q13.33:+0..+1", True),
        # a hyphen between two bands has two readings
        ("46,XX,del(5)(q13-q33)", "5q14.1-q32:-1..+0 5q34-q35.3:-1..+0", True),
        ("46,XX,del(5)(q13-33)", "5q13.1-q33.3:-1..+0 5q34-q35.3:-1", True),
    ],
)  # fmt: skip
def test_what_the_text_does_not_tell_stays_a_range(text, expected, told):
    assert net(text) == expected
    assert (describe(parse(text))["clones"][0]["unresolved"] == []) is told


@pytest.mark.parametrize(
    ("text", "clone", "expected"),
    [
        ("46,XX,t(9;22)(q34;q11.2)[5]/46,sl,-der(22)t(9;22),+8[5]", 2, None),
        ("46,XX,del(5)(q13q33)x2[5]/45,sl,-del(5)[5]", 2, "5p15.33-q12.3:-1 5q14.1-q32:-2 5q34-q35.3:-1"),
        ("48,XX,+mar1x2[5]/47,sl,-mar1[5]", 2, ""),
        ("46,XX,der(1)t(1;3)(p32;q21)[5]/47,sl,+der(1)t(1;3)[5]", 2, "1p36.33-p33:-1 1p31.3-q44:+1 3q22.1-q29:+2"),
    ],
)
def test_a_sideline_takes_away_what_it_names(text, clone, expected):
    found = net(text, clone)
    if expected is None:
        assert "8p23.3-q24.3:+1" in found
        assert "22p13-q11.1:-1" in found
    else:
        assert found == expected


def test_taking_away_what_is_not_there_is_remarked_at_its_place():
    found = describe(parse("46,XX,del(5)(q13)[5]/45,sl,-del(7)(q22)[5]"))
    [remark] = [d for d in found["diagnostics"] if d["code"] == "STEM-REF"]
    assert found["input"][remark["start"] : remark["end"]] == "-del(7)(q22)"
    assert remark["severity"] == "warning"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("46,XX,+8", "rejected"),
        ("45,XX,+8", "rejected"),
        ("46,XX,del(5)(q13q33),+8,inc", "ok"),
        ("47,XX,i(11)(q10)[18]/46,XX[2]", "ok"),
        ("69,XXY", "ok"),
        ("92,XXYY,del(5)(q13)", "ok"),
        ("27,X,+14,+18,+X,+21", "ok"),
    ],
)
def test_a_count_that_whole_chromosomes_contradict_is_refused(text, status):
    assert describe(parse(text))["status"] == status


def test_a_count_that_only_structural_items_contradict_is_a_warning():
    [remark] = [d for d in describe(parse("47,XX,i(11)(q10)[18]"))["diagnostics"] if d["code"] == "COUNT"]
    assert (remark["severity"], remark["suggestion"]) == ("warning", "46")


def test_bands_with_breaks_are_listed_apart():
    [clone] = describe(parse("46,XY,add(17)(p13)"))["clones"]
    assert clone["net"] == []
    assert clone["boundary"] == [{"chromosome": "17", "from": "p13.3", "to": "p13.1"}]


def test_endless_sidelines_are_not_expanded_and_say_so():
    text = "46,XX,del(5)(q13)[2]/" + "/".join(["47,sdl,+8[2]"] * 600)
    found = describe(parse(text))
    remarks = [d for d in found["diagnostics"] if d["message"].startswith("too many inherited items")]
    assert remarks
    assert all(text[d["start"] : d["end"]] == "sdl" for d in remarks)
    assert found["clones"][-1]["expanded"] == ["+8"]
