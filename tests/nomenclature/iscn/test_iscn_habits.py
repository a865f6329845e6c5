"""What laboratories do to a text changes nothing of what it says, and what goes on as nomenclature is never prose."""

import re

import pytest
from iscn_corpora import constructs, corpus

from adapter.nomenclature.iscn import parse, render

TEXTS = {row.text for row in corpus()} | {text for _, text, _ in constructs()}
# notes of a laboratory are kept as they were written, so that they show every habit
VALID = sorted(text for text in TEXTS if parse(text).status == "ok" and "w/" not in text and "one " not in text)

HABITS = {
    "blank behind commas": lambda text: text.replace(",", ", "),
    "no-break blank behind commas": lambda text: text.replace(",", ",\u00a0"),
    "blank before cells": lambda text: text.replace("[", " ["),
    "blanks around the slash of clones": lambda text: text.replace("]/4", "] / 4"),
    "line broken behind a clone": lambda text: text.replace("]/4", "]/\n4"),
    "blank behind semicolons": lambda text: text.replace(";", "; "),
    "blank between parentheses": lambda text: text.replace(")(", ") ("),
    "blank before and behind x": lambda text: re.sub(r"x(\d)", r" x \1", text),
    "typographic dash": lambda text: text.replace("-", "\u2013"),
    "sign of multiplication": lambda text: re.sub(r"x(?=\d)", "\u00d7", text),
    "full-width signs": lambda text: "".join(chr(ord(c) + 0xFEE0) if c in "(),;[]+/" else c for c in text),
    "hyphen in the count": lambda text: re.sub(r"^(\d+)~(\d+)", r"\1-\2", text),
    "full stop behind the count": lambda text: re.sub(r"^(\d+),", r"\1.", text),
    "no comma behind the sex": lambda text: re.sub(r"^(\d+,[XY]+),(?![?])", r"\1 ", text),
    "doubled commas": lambda text: text.replace(",", ",,"),
    "semicolon before an item": lambda text: re.sub(r",(t|del|add|der|inv)\(", r";\1(", text),
    "comma between chromosomes": lambda text: re.sub(r"\((\w+);(\w+)\)", r"(\1,\2)", text),
    "words in the brackets of cells": lambda text: re.sub(r"\[(\d+)\](?=/|$)", r"[\1 cells]", text),
    "parentheses around the cells": lambda text: re.sub(r"(?<!mar|min)\[(\d+)\](?=/\d)", r"(\1)", text),
    "label": lambda text: f"Karyotype: {text}",
    "label with the edition": lambda text: f"Karyotype (ISCN 2020): {text}",
    "quotation marks": lambda text: f'"{text}"',
    "full stop": lambda text: f"{text}.",
}


@pytest.mark.parametrize("habit", HABITS)
def test_habits_of_laboratories_change_nothing(habit):
    changed = [(text, HABITS[habit](text)) for text in VALID]
    changed = [(text, other) for text, other in changed if other != text]
    assert changed
    differing = [other for text, other in changed if parse(other) != parse(text)]
    assert differing == []
    assert {parse(other).status for _, other in changed} <= {"ok", "repaired"}


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("46,XX,der(4)t(2;4)(p11.2;p16),del(1\n1)(q21q23)[4]/46,XX[13]", "1)(q21q23)[4]"),
        ("46,XX[10]/46,id em,t(3;3)(p13;q28)[5]", "46,id em,t(3;3)(p13;q28)[5]"),
        ("46,XX[10]/rec(18)dup(18q)inv(1)(p11q21)", "rec(18)dup(18q)inv(1)(p11q21)"),
        ("arr[GRCh38] 8p23.1(100_200)x1 q21(5_8)x3", "q21(5_8)x3"),
        ("45,XX,-9[1,sl,psu dic(6;5)(p21;p13)[cp6]/44,XX", ",sl,psu dic(6;5)(p21;p13)[cp6]"),
        ("46,XX cxt(4;17)(p14;q11.2)", "cxt(4;17)(p14;q11.2)"),
        ("46,XX is the standard female karyo45,XY,-6[2]/46,XX", "is the standard female karyo45,XY,-6[2]"),
    ],
)
def test_what_goes_on_as_nomenclature_is_no_prose(text, unread):
    document = parse(text)
    assert document.status == "partial"
    assert [text[start:end] for start, end in document.unclassified] == [unread]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        # a missing comma behind the cells of an item
        ("46,XX,add(3)(p26)[3]del(6)(q15)[3],+8[2][cp6]", "46,XX,add(3)(p26)[3],del(6)(q15)[3],+8[2][cp6]"),
        # behind a blank an item of other chromosomes is no part of the derivative
        ("46,XX,der(4)t(2;4)(p11;p16) del(11)(q21q23)", "46,XX,der(4)t(2;4)(p11;p16),del(11)(q21q23)"),
        ("46,XX,der(4)t(2;4)(p11;p16) del(2)(q21q23)", "46,XX,der(4)t(2;4)(p11;p16)del(2)(q21q23)"),
        ("46,XY der psu dic(1;7)(p11;p11)", "46,XY,der psu dic(1;7)(p11;p11)"),
        ("47,XX,+\u0668", "47,XX,+8"),
        ("46,XX,del(5q)(q13q33)", "46,XX,del(5)(q13q33)"),
        ("46,XX,del(5q)(5pter->5q13:)", "46,XX,del(5)(pter->q13:)"),
        ("mos 46,XX[3]//46,XY[17]", "46,XX[3]//46,XY[17]"),
        ("46,XX,add(19)(p13.3 or )", "46,XX,add(19)(p13.3)"),
        ("46,XX[3,one is 4n][5]", "46,XX[5]"),
        ("ish(MYC+++)", "ish(MYC++)"),
        ("arr[GRCh38] arr[GRCh38] 8p23.1(100_200)x1", "arr[GRCh38] 8p23.1(100_200)x1"),
        ("47,XY mar[20]", "47,XY,mar[20]"),
        ("46,XY,9QH+", "46,XY,9qh+"),
        ("46,XX[10]/hyperdiploid clone 52,XX,+8[5]", "46,XX[10]/52,XX,+8[5]"),
        ("46,XX,del(5)(q13)(20)", "46,XX,del(5)(q13)[20]"),
        ("46,XX[18]/nonclonal(2)", "46,XX[18]/nonclonal[2]"),
        ("Karyotype: mos 45,X[12]/46,XX[18]", "mos 45,X[12]/46,XX[18]"),
        ("FISH: nuc ish(KMT2Ax3)[20/200]", "nuc ish(KMT2Ax3)[20/200]"),
        ("nuc ish(KMT2Ax3)[20/200 nuclei]", "nuc ish(KMT2Ax3)[20/200]"),
        ("46,XX[1 7]", "46,XX"),
        ("arr[GRCh37] xp22.31(6455151_8135644)x0", "arr[GRCh37] Xp22.31(6455151_8135644)x0"),
        ("arr[GRCh38] (5,8)x3;;7q22(98000000_99000000)x1", "arr[GRCh38] (5,8)x3,7q22(98000000_99000000)x1"),
        ("arr[GRCh37]-21q22.11-(34816414_34941521)x1", "arr[GRCh37] 21q22.11(34816414_34941521)x1"),
        ("arr GRCh37 21q22.11(34816414_34941521)x1", "arr[GRCh37] 21q22.11(34816414_34941521)x1"),
        ("arr hg19 21q22.11(34816414_34941521)x1", "arr[GRCh37] 21q22.11(34816414_34941521)x1"),
        ("arr snp 21q22.11x1", "arr 21q22.11x1"),
        ("arr[GRCh37] 21q22.11(chr21:34816414-34941521)x1", "arr[GRCh37] 21q22.11(34816414_34941521)x1"),
        # the raised point of some journals, the decimal comma of some languages
        ("46,XX,t(9;22)(q34;q11\u00b72)", "46,XX,t(9;22)(q34;q11.2)"),
        ("46,XX,t(9;22)(q34,1;q11,2)", "46,XX,t(9;22)(q34.1;q11.2)"),
        # two breaks of a symbol that takes two
        ("46,XX,inv(16)(p13-q22)", "46,XX,inv(16)(p13q22)"),
        ("46,XX,ins(5;2)(p14;q22\u2013q32)", "46,XX,ins(5;2)(p14;q22q32)"),
        ("46,XX,r(7)(p22-q36)", "46,XX,r(7)(p22q36)"),
        ("46,XX,inv(16)(p13->q22)", "46,XX,inv(16)(p13q22)"),
        ("46,XX,del(5)(q13-q33)[9]", "46,XX,del(5)(q13q33) or del(5)(q13~33)[9]"),
        ("46,XX,add(7)(p22orp15)", "46,XX,add(7)(p22 or p15)"),
        ("46,XX,t(9;22)(q34;q11.2)[20], 46,XX[5]", "46,XX,t(9;22)(q34;q11.2)[20]/46,XX[5]"),
        ("47,XX,+8[9],48,idem,+9[3]", "47,XX,+8[9]/48,idem,+9[3]"),
        ("46,XY,t(9q+;22q-)", "46,XY,t(9q;22q)"),
        ("46,XXt(9;22)(q34;q11.2)", "46,XX,t(9;22)(q34;q11.2)"),
    ],
)
def test_more_repairs(text, canonical):
    document = parse(text)
    assert (document.status, render(document)) == ("repaired", canonical), document.diagnostics
