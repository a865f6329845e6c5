"""What each construct says, through `parse`, in the words of the model."""

import pytest

from adapter.nomenclature.iscn import parse, render
from adapter.nomenclature.iscn.model import Range


def clone(text, index=1):
    return parse(text).clones[index - 1]


def item(text):
    return clone(f"46,XX,{text}").abnormalities[0]


def bands(abnormality):
    return tuple(tuple(b.name for b in group) for group in abnormality.breakpoints)


@pytest.mark.parametrize(
    ("text", "kind", "chromosomes", "breakpoints"),
    [
        ("add(17)(p13)", "add", ("17",), (("p13",),)),
        ("del(5)(q13q33)", "del", ("5",), (("q13", "q33"),)),
        ("del(5q)", "del", ("5",), (("q",),)),
        ("inv(16)(p13.1q22)", "inv", ("16",), (("p13.1", "q22"),)),
        ("dup(1)(q32q21)", "dup", ("1",), (("q32", "q21"),)),
        ("ins(5;2)(p14;q32q22)", "ins", ("5", "2"), (("p14",), ("q32", "q22"))),
        ("t(9;22;17)(q34;q11.2;q22)", "t", ("9", "22", "17"), (("q34",), ("q11.2",), ("q22",))),
        ("t(2;?)(q11;?)", "t", ("2", "?"), (("q11",), ("",))),
        ("psu dic(15;13)(q12;q12)", "psu dic", ("15", "13"), (("q12",), ("q12",))),
        ("trc(4;12;9)(q31.2;q22q13;q34)", "trc", ("4", "12", "9"), (("q31.2",), ("q22", "q13"), ("q34",))),
        ("r(1;3)(p36.1q23;q21q27)", "r", ("1", "3"), (("p36.1", "q23"), ("q21", "q27"))),
        ("inv dup(15)(q11q13)", "inv dup", ("15",), (("q11", "q13"),)),
        ("upd(15)mat", "upd", ("15",), ()),
        ("PSU DIC(15;22)", "psu dic", ("15", "22"), ()),
        ("iso(17)(q10)", "i", ("17",), (("q10",),)),
    ],
)
def test_structural_items(text, kind, chromosomes, breakpoints):
    found = item(text)
    assert (found.kind, found.chromosomes, bands(found)) == (kind, chromosomes, breakpoints)


@pytest.mark.parametrize(
    ("text", "band", "certain", "arm_certain", "known"),
    [
        ("q21", "21", "21", True, True),
        ("q2?", "2", "2", True, False),
        ("q2?4", "24", "2", True, False),
        ("q?21", "21", "", True, False),
        ("?q21", "21", "21", False, False),
        ("q22.?1", "22.1", "22", True, False),
        ("q?", "", "", True, False),
        ("?", "", "", True, False),
        ("qter", "ter", "ter", True, True),
    ],
)
def test_doubt_about_a_band_keeps_what_is_certain(text, band, certain, arm_certain, known):
    found = item(f"t(1;4)({text};q21)").breakpoints[0][0]
    assert (found.band, found.certain, found.arm_certain, found.known) == (band, certain, arm_certain, known)


def test_band_ranges_and_alternatives():
    low = item("del(1)(q21~24)").breakpoints[0][0]
    assert (low.name, low.to.name) == ("q21", "q24")
    first = item("add(19)(p13.3 or q13.3)").breakpoints[0][0]
    assert [b.name for b in (first, *first.alternatives)] == ["p13.3", "q13.3"]
    assert render(parse("46,XX,der(19)t(X;19)(q11.1-11.2;p13.3)")) == "46,XX,der(19)t(X;19)(q11.1~11.2;p13.3)"


def test_derivatives_hold_their_events():
    found = item("der(1)t(1;3)(p32;q21)?del(1)(q25)")
    assert [(part.kind, part.certain) for part in found.parts] == [("t", True), ("del", False)]
    dicentric = item("der dic(14;17)(p11.2;p11.2)del(14)(q22q24)")
    assert (dicentric.kind, dicentric.chromosomes) == ("der", ("14", "17"))
    assert [part.kind for part in dicentric.parts] == ["dic", "del"]


def test_long_form_is_kept_as_stretches():
    found = item("der(9)(9pter->9q34::22q11.2->22qter)")
    ends = [(p.joint, p.first.chromosome, p.first.name, p.last.chromosome, p.last.name) for p in found.path]
    assert ends == [("", "9", "pter", "9", "q34"), ("::", "22", "q11.2", "22", "qter")]
    bare = item("del(5)(pter->q13:)")
    assert (bare.path[0].first.chromosome, bare.path_end) == ("5", ":")


@pytest.mark.parametrize(
    ("text", "sign", "multiplier", "number"),
    [
        ("+mar1x2", "+", Range(2, 2), 1),
        ("+1~4mar", "+", Range(1, 4), None),
        ("3~12dmin", None, Range(3, 12), None),
        ("+2r", "+", Range(2, 2), None),
        ("del(5)(q13q33)x2", None, Range(2, 2), None),
    ],
)
def test_counted_items(text, sign, multiplier, number):
    found = item(text)
    assert (found.sign, found.multiplier, found.number) == (sign, multiplier, number)


def test_suffixes_say_where_an_item_comes_from():
    assert item("t(5;6)(q34;q23)mat").origin == ("mat",)
    assert item("inv(9)(p12q13)c").constitutional
    doubtful = item("inv(5)(p13q13)?c")
    assert (doubtful.origin, doubtful.origin_certain) == (("c",), False)


@pytest.mark.parametrize("text", ["46,XX,hsr c", "47,XX,+mar c", "46,XX,r(13)(p11q34)dn c"])
def test_suffixes_behind_words_stand_apart(text):
    document = parse(text)
    assert (document.status, render(document)) == ("ok", text)
    assert document.clones[0].abnormalities[0].constitutional


def test_doubt_stands_at_item_or_chromosome():
    assert item("?del(1)(p36.1)").certain is False
    assert item("-?21").chromosome_certain == (False,)
    assert item("?+21").certain is False
    alternatives = item("del(X)(q22) or i(X)(p10)")
    assert [a.kind for a in alternatives.alternatives] == ["i"]


@pytest.mark.parametrize(
    ("text", "letters", "unknown", "constitutional"),
    [
        ("48,XXYc,+X", "XXY", False, True),
        ("46,X?,+mar", "X", True, False),
        ("47,XXX?c", "XXX", False, True),
        ("46,?,+8", "", True, False),
        ("46,U,+8", "", True, False),
        ("46,YX", "XY", False, False),
    ],
)
def test_sex_complement(text, letters, unknown, constitutional):
    sex = clone(text).sex
    assert (sex.letters, sex.unknown, sex.constitutional) == (letters, unknown, constitutional)
    assert parse(render(parse(text))) == parse(text)


def test_counts_ploidy_and_populations():
    assert clone("64~69<3n>,XXX,+1[cp5]").count == Range(64, 69)
    assert clone("64~69<3n>,XXX,+1[cp5]").ploidy == 3
    assert clone("43-35,XY,-7").count == Range(35, 43)
    assert [c.population for c in parse("46,XX[3]//46,XY[17]").clones] == ["recipient", "donor"]
    assert [c.population for c in parse("mos 45,X[12]/46,XX[18]").clones] == ["mos", "mos"]
    assert clone("46,XX,del(1)(q21),inc[4]").incomplete
    assert [c.normal for c in parse("47,XX,+8[3]/46,XX[2]").clones] == [False, True]


@pytest.mark.parametrize(
    ("text", "index", "meant"),
    [
        ("46,XX,+8,-7[2]/47,idem,+9[3]", 2, 1),
        ("46,XX,+8,-7[2]/47,sl,+9[3]/48,sdl1,+10[2]", 3, 2),
        ("46,XX,+8,-7[2]/47,sl,+9[3]/48,sdl,+10[2]", 3, 2),
        ("46,XX,+8,-7[2]/46,XX,+9,-7[2]/47,sl2,+21[2]", 3, 2),
        ("46,XX,+8,-7[2]/47,sdl1,+9[3]", 2, None),
    ],
)
def test_relations_point_to_a_clone(text, index, meant):
    relation = clone(text, index).relation
    assert relation.clone == meant
    assert (parse(text).status == "rejected") is (meant is None)


def test_multiplied_stemline():
    assert clone("47,XY,+13[2]/94,idemx2[3]", 2).relation.multiplier == 2


@pytest.mark.parametrize(
    ("text", "n", "composite", "note"),
    [
        ("46,XX[20]", 20, False, ""),
        ("46,XX[cp4,one is 4n]", 4, True, "one is 4n"),
        ("46,XX[11/20]", 11, False, "/20"),
        ("46,XX[CP5]", 5, True, ""),
    ],
)
def test_cells(text, n, composite, note):
    cells = clone(text).cells
    assert (cells.n, cells.composite, cells.note) == (n, composite, note)


def test_cells_of_single_items():
    found = clone("46,XX,-7[14],+8[3][cp20]")
    assert [a.cells.n for a in found.abnormalities] == [14, 3]
    assert found.cells.n == 20


def test_notes_stand_where_they_stood():
    document = parse("46,XX[16]/nonclonal w/clonal abnormalities[2]/4n[1]/47,XX,+8[2]")
    assert [(n.text, n.cells.n, n.after) for n in document.notes] == [
        ("nonclonal w/clonal abnormalities", 2, 1),
        ("4n", 1, 1),
    ]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (".46,XX,del(5)(q13)[10]", "46,XX,del(5)(q13)[10]"),
        ("Karyotype: 46,XX", "46,XX"),
        ("46XX", "46,XX"),
        ("45.idem", None),
        ("46,XX,t(8;21)(q22;q22)/47,XX,idem,+8", "46,XX,t(8;21)(q22;q22)/47,idem,+8"),
        ("46,XX,t(9;22)(q34,q11.2)", "46,XX,t(9;22)(q34;q11.2)"),
        ("46,XX,t(15;17)(q22:q21)[15]", "46,XX,t(15;17)(q22;q21)[15]"),
        ("47,XX,t(3;16)(p21q24),+8", "47,XX,t(3;16)(p21;q24),+8"),
        ("46,XX,del(5)q13", "46,XX,del(5)(q13)"),
        ("46,XX,5q-", "46,XX,del(5q)"),
        ("47,XX,21+", "47,XX,+21"),
        ("46,XX,del(9)(q22;q32)", "46,XX,del(9)(q22q32)"),
        ("46,XX,t(9;22)(q34;q11.20)", "46,XX,t(9;22)(q34;q11.2)"),
        ("46,XY,add(16)(q25)", "46,XY,add(16)(q2?)"),
        ("46,XX,der(22)(t(9;22)(q34;q11.2)[16]", "46,XX,der(22)t(9;22)(q34;q11.2)[16]"),
        ("46,XX[12]46,XY[4]", "46,XX[12]/46,XY[4]"),
        ("46,XX[3];46,XY[4]", "46,XX[3]/46,XY[4]"),
        ("46,XX[cp 20]", "46,XX[cp20]"),
        ("46,XX[abc]", "46,XX"),
        ("47,XX,+21[20", "47,XX,+21[20]"),
        ("46,XX,,+8", "46,XX,+8"),
        ("46,XX/", "46,XX"),
        ("46\u201348,XX,+8", "46~48,XX,+8"),
        ("47,XX,\\+21", "47,XX,+21"),
        ("46,XX,t(9;22)(q34;q11)[15] &lt;AML&gt;", "46,XX,t(9;22)(q34;q11)[15]"),
        ("46,XX is the standard female karyotype.", "46,XX"),
        ("46,xx,inv(3)(Q21Q26)", "46,XX,inv(3)(q21q26)"),
        ("45,x,-x", "45,X,-X"),
        ("46,XX,+8ort(1;2)(p10;q10)", "46,XX,+8 or t(1;2)(p10;q10)"),
        ("46,XX,r(7)(q36p22)", "46,XX,r(7)(p22q36)"),
        ("45,XY,der(7)(t:7;12)(p11.1;p11.2),-12", "45,XY,der(7)t(7;12)(p11.1;p11.2),-12"),
        ("47,XX,+21,+", "47,XX,+21"),
        ("46,XX, 1~9dmin(8)", "46,XX,1~9dmin(8)"),
        ("46,XY,rob(14;21)(q10;q10),21", "46,XY,rob(14;21)(q10;q10),+21"),
        ("45,XX,7[10]/46,XX[3]", "45,XX,-7[10]/46,XX[3]"),
        ("47,XX,+8[3]/48,sl,9[4]", "47,XX,+8[3]/48,sl,+9[4]"),
        # the sign that was worked out is written before a sex chromosome with its origin, too
        ("46,X,Y\\c/nonclonal", "46,X,+Yc/nonclonal"),
        ("46,Y,Xc", "46,Y,+Xc"),
        # notes in plain characters
        ("46,XX[18]/non\u2013clonal[1,w/\u00d7]", "46,XX[18]/non-clonal[1,w/x]"),
    ],
)
def test_repairs(text, canonical):
    document = parse(text)
    if canonical is None:
        assert document.status == "rejected"
        return
    assert document.status == "repaired", document.diagnostics
    assert render(document) == canonical
    assert document.input == text


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("46,XY,+0", "CHR", "0"),
        ("46,XY,21", "SEP", "21"),
        ("46,XX,+8x99", "COUNT", "+8x99"),
        ("46<xn>,XX", "COUNT", "<"),
        ("46,XX,add(2;3)(q13)", "BP-N", "add(2;3)(q13)"),
        ("46,XX,t(1p2;14)(q14;q23)", "BP-N", "t(1p2;14)(q14;q23)"),
        ("46,XX,del(5q)(p13)", "BP-N", "del(5q)(p13)"),
        ("46,XX,t(;)", "BP-N", "t("),
        ("46,XX,del(5)(zzz)", "BAND", "zzz"),
        ("46,XX,+12345mar", "COUNT", "12345"),
        ("1234,XX", None, ""),
        ("46,", None, ""),
        ("46,XX,del(1)(q21q22q23)", "BP-N", "del(1)(q21q22q23)"),
        ("46,XX,der(1)(1pter->b)", "BAND", "b"),
        ("46,XX,foo(9)(q34)", "PROSE", "foo(9)(q34)"),
        ("46,XX,inv(9)(p11q13)zzz", "PROSE", "zzz"),
        ("46,XX,rob(1;2)(q10;q10)", "ROB", "rob(1;2)(q10;q10)"),
        ("46,XX,dic(17;13)(p11;q14)", "CHR-ORDER", "dic(17;13)(p11;q14)"),
        ("48,XX,+9,+8", "ITEM-ORDER", "+8"),
        ("46,XX[3]/47,XX,+8[2]", "CLONE-ORDER", "46,XX[3]"),
        ("46,+8", "SEX", "+"),
        ("46,XX,del(1)(p13p22)", "BP-ORDER", "p13p22"),
    ],
)
def test_faults_are_told_where_they_are(text, code, place):
    document = parse(text)
    if code is None:
        assert document.status == "not-iscn"
        return
    assert (code, place) in [(d.code, text[d.start : d.end]) for d in document.diagnostics]


@pytest.mark.parametrize("chromosome", ["X", "Y", "8"])
@pytest.mark.parametrize("origin", ["c", "mat", "pat", "dn", "?c"])
def test_every_chromosome_takes_a_suffix_of_its_origin(chromosome, origin):
    document = parse(f"47,XX,+{chromosome}{origin}")
    (item,) = document.clones[0].abnormalities
    assert (document.status, item.chromosomes, item.origin) == ("ok", (chromosome,), (origin.strip("?"),))


def test_variants_of_the_sex_chromosomes():
    items = parse("46,XY,Xcenh+,Yqh-").clones[0].abnormalities
    assert [(item.kind, item.chromosomes, item.feature) for item in items] == [
        ("heteromorphism", ("X",), "cenh+"),
        ("heteromorphism", ("Y",), "qh-"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "46,XY,21",  # neither 47 nor 45
        "46~47,XX,+i(4)(q10)[12],10[3][cp20]",  # not every cell need have it
        "45~47,XX,8",
        "47,XX,8,9",  # two signs, one number
        "47,XX,8,inc",
        "/".join(["46,XX[2]"] * 30 + ["47,XX,8[2]"]),  # more clones than are counted for it
    ],
)
def test_a_sign_is_not_guessed(text):
    document = parse(text)
    assert document.status == "rejected"
    assert ("SEP", "error") in [(d.code, d.severity) for d in document.diagnostics]


def test_tokens_are_terminals():
    document = parse("46,XX,t(9;22)(q34;q11.2)[10]")
    words = [(document.input[t.start : t.end], t.role) for t in document.tokens]
    assert words[:8] == [
        ("46", "count"),
        (",", "separator"),
        ("XX", "sex"),
        (",", "separator"),
        ("t", "symbol"),
        ("(", "bracket"),
        ("9", "chromosome"),
        (";", "separator"),
    ]
    assert ("q11.2", "breakpoint") in words
    assert ("10", "cells") in words


def test_added_diagnostics_change_the_status():
    from adapter.nomenclature.iscn import Diagnostic

    document = parse("46,XX,+8")
    judged = document.with_diagnostics((Diagnostic("COUNT", "error", 0, 2, "46 stated, 47 counted"),))
    assert (document.status, judged.status) == ("ok", "rejected")
    assert parse("").with_diagnostics(()).status == "not-iscn"
