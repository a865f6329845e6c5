"""FISH patterns and array regions, through `parse`."""

import pytest

from adapter.nomenclature.iscn import parse, render
from adapter.nomenclature.iscn.model import Range


def told(text):
    document = parse(text)
    return [(d.code, d.severity, text[d.start : d.end]) for d in document.diagnostics]


@pytest.mark.parametrize(
    ("text", "copies", "state"),
    [
        ("nuc ish(KMT2Ax6~18)[137/200]", Range(6, 18), ""),
        ("nuc ish(KMT2A amp)[137/200]", None, "amplified"),
        ("nuc ish(5'KMT2A,3'KMT2A)x6~18(5'KMT2A con 3'KMT2Ax6~18)[137/200]", Range(6, 18), ""),
    ],
)
def test_kmt2a_amplification_in_nuclei(text, copies, state):
    document = parse(text)
    (pattern,) = document.fish
    assert document.status == "ok"
    assert {(s.probe, s.copies, s.state) for s in pattern.signals} == {("KMT2A", copies, state)}
    assert (pattern.positive, pattern.scored) == (137, 200)


@pytest.mark.parametrize("text", ["ish hsr(11)(q23)(KMT2A amp)", "46,XX,+r.ish r(11)(KMT2A amp)"])
def test_kmt2a_amplification_on_a_chromosome(text):
    (pattern,) = parse(text).fish
    assert pattern.abnormality.chromosomes == ("11",)
    assert [(s.probe, s.state) for s in pattern.signals] == [("KMT2A", "amplified")]


def test_kmt2a_amplification_by_array():
    (event,) = parse("arr[GRCh38] 11q23.3(118436490_118526832)amp").arrays
    assert (event.state, event.first, event.last, event.build) == ("amp", 118436490, 118526832, "GRCh38")


def test_fusions_and_splits():
    (fused,) = parse("nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]").fish
    assert [(k.kind, k.first.probe, k.second.probe, k.copies) for k in fused.linkages] == [
        ("con", "ABL1", "BCR", Range(2, 2))
    ]
    assert {s.copies for s in fused.signals} == {Range(3, 3)}
    (split,) = parse("nuc ish(KMT2Ax2)(5'KMT2A sep 3'KMT2Ax1)[120/200]").fish
    assert [(k.kind, k.first.side, k.second.side) for k in split.linkages] == [("sep", "5'", "3'")]


def test_patterns_are_one_each():
    patterns = parse("nuc ish(CDKN2Ax0,D9Z1x2)[111/200]/(CDKN2Ax1,D9Z1x2)[44/200]").fish
    assert [(p.positive, p.signals[0].copies.low) for p in patterns] == [(111, 0), (44, 1)]
    assert parse("nuc ish(KMT2Ax2)[200]").fish[0].scored == 200


def test_metaphase_signals_stand_on_their_chromosome():
    (pattern,) = parse("46,XX,t(9;22)(q34;q11.2)[20].ish t(9;22)(ABL1-;BCR+,ABL1+)").fish
    assert [(s.probe, s.state, s.place) for s in pattern.signals] == [
        ("ABL1", "absent", 0),
        ("BCR", "present", 1),
        ("ABL1", "present", 1),
    ]
    assert parse("46,XX.ish 22q11.2(D22S75x2)").fish[0].locus[0].name == "q11.2"
    assert parse("nuc ish 8cen(D8Z2x3)[100/200]").fish[0].locus[0].band == "cen"
    assert parse("nuc ish Xcen(DXZ1x1)[100/200]").fish[0].locus[0].chromosome == "X"


@pytest.mark.parametrize(
    ("text", "probes", "states"),
    [
        ("46,XX.ish 8p(abc++)", ["abc"], ["enhanced"]),
        ("46,XX.ish t(9;22)(abl1-,bcr++)", ["abl1", "bcr"], ["absent", "enhanced"]),
        ("46,XX.ish 17p13(p53-)", ["p53"], ["absent"]),
        ("ish(ABL1x2-)", ["ABL1"], ["absent"]),
        ("nuc ish(D5S721/D5S23x2,EGR1x1)[20/200]", ["D5S721/D5S23", "EGR1"], ["", ""]),
        ("nuc ish 17p13(p53x1)[20/200]", ["p53"], [""]),
        ("nuc ish(cep 8x3)[20/200]", ["cep 8"], [""]),
    ],
)
def test_names_of_probes(text, probes, states):
    document = parse(text)
    (pattern,) = document.fish
    assert document.status == "ok"
    assert [signal.probe for signal in pattern.signals] == probes
    assert [signal.state for signal in pattern.signals] == states
    assert parse(render(document)) == document


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("nuc ish(KMT2Ax6)[201/200]", "FISH-N", "[201/200]"),
        ("nuc ish(KMT2Ax18~6)", "FISH-N", "18~6"),
        ("nuc ish(ABL1x2,BCRx2)(ABL1 con BCRx3)", "FISH-N", "(ABL1x2,BCRx2)(ABL1 con BCRx3)"),
        ("nuc ish(KMT2Ax2)(ABL1 con )", "FISH-N", "ABL1 con"),
        ("nuc ish(KMT2Ax12345)", "FISH-N", "12345"),
        ("nuc ish(KMT2Ax3)[68.5%]", "CELLS", "[68.5%]"),
        ("nuc ish(KMT2Ax3", "PAREN", ""),
        ("nuc ish(PDGFRA x3)", "SEP", " "),
        ("nuc ish(KMT2Ax6-18)", "SEP", "-"),
        ("nuc ish(KMT2Ax3),", "SEP", ","),
        ("46,XX.nuc ish nothing", "PROSE", "nothing"),
        ("nuc ish(KMT2Ax3)(x2)", "FISH-N", "x2"),
        ("nuc ish(q34)", "FISH-N", "q34"),
        ("nuc ish(ABL1 BCRx2)", "SEP", " "),
        ("nuc ish(KMT2Ax3)[5]ish", "PROSE", "ish"),
        ("no report. nuc ish(KMT2Ax3)", "PROSE", "no report"),
    ],
)
def test_faults_of_fish_are_told(text, code, place):
    assert (code, place) in [(c, p) for c, _, p in told(text)]


@pytest.mark.parametrize(
    ("text", "chromosomes", "copies", "state", "mosaic", "origin"),
    [
        ("arr[GRCh38] 13q14.2(48800000_49100000)x1[0.45]", ("13",), Range(1, 1), "", "0.45", ()),
        ("arr[GRCh38] 9p24.3p13.1(204738_38741440)x2 hmz[0.6]", ("9",), Range(2, 2), "hmz", "0.6", ()),
        ("arr[GRCh37] 21q22.11q22.3(31000000_48000000)x3~8", ("21",), Range(3, 8), "", "", ()),
        ("arr[GRCh37] 17p12(13109513_13646829)x3 dn", ("17",), Range(3, 3), "", "", ("dn",)),
        ("arr(X,1-3)x2", ("X", "1", "2", "3"), Range(2, 2), "", "", ()),
        ("ogm[GRCh38] 7q22.1q36.3(98000000_159345973)x1", ("7",), Range(1, 1), "", "", ()),
    ],
)
def test_regions(text, chromosomes, copies, state, mosaic, origin):
    document = parse(text)
    (event,) = document.arrays
    assert document.status == "ok"
    assert (event.chromosomes, event.copies, event.state, event.mosaic, event.origin) == (
        chromosomes,
        copies,
        state,
        mosaic,
        origin,
    )
    assert render(document) == text


@pytest.mark.parametrize(
    ("span", "first", "last", "outer"),
    [
        ("((162803300_162853300)_(183022312_183122312))", 162853300, 183022312, (162803300, 183122312)),
        ("((162803300_162853300)_183022312)", 162853300, 183022312, (162803300, 183022312)),
        ("(162853300_(183022312_183122312))", 162853300, 183022312, (162853300, 183122312)),
        ("((?_162853300)_(183022312_?))", 162853300, 183022312, (None, None)),
        ("(?_183022312)", None, 183022312, None),
        ("(162853300_?)", 162853300, None, None),
    ],
)
def test_breaks_known_only_to_lie_in_an_interval(span, first, last, outer):
    text = f"arr[GRCh38] 4q32.2q35.1{span}x1"
    document = parse(text)
    (event,) = document.arrays
    assert (document.status, render(document)) == ("ok", text)
    assert (event.first, event.last, event.outer, event.copies) == (first, last, outer, Range(1, 1))


def test_two_intervals_without_their_parentheses_are_repaired():
    document = parse("arr[GRCh38] 4q32.2q35.1(162803300_162853300)_(183022312_183122312)x1")
    assert render(document) == "arr[GRCh38] 4q32.2q35.1((162803300_162853300)_(183022312_183122312))x1"
    assert document.status == "repaired"


@pytest.mark.parametrize(
    ("text", "hgvs"),
    [
        ("t(9;22)(q34.12;q11.23) g.[chr9:pter_cen_130731760::chr22:23289613_qter]", "g.[chr9:pter_cen_130731760::"),
        ("inv(16)(p13.11q22.1) NC_000016.10:g.15721000_67100000inv,+8", "NC_000016.10:g.15721000_67100000inv"),
        ("5q31.1q33.1(131000000_150000000)x1 NC_000005.10:g.131000000_150000000del", "NC_000005.10:g.131000000"),
    ],
)
def test_a_description_of_the_sequence_is_kept_as_text_and_told(text, hgvs):
    document = parse(f"sseq[GRCh38] {text}")
    assert (document.status, render(document)) == ("ok", f"sseq[GRCh38] {text}")
    assert document.arrays[0].hgvs.startswith(hgvs)
    assert [(d.code, d.severity) for d in document.diagnostics] == [("PROSE", "info")]


def test_whole_chromosomes_and_mosaics_by_mapping_and_array():
    first, second = parse("ogm[GRCh38] +8[0.3],-7").arrays
    assert [(e.chromosomes, e.abnormality.sign) for e in (first, second)] == [(("8",), "+"), (("7",), "-")]
    assert first.mosaic == "0.3"
    (event,) = parse("arr[GRCh38] 7p22.3q36.3(43360_159335865)x2 mos hmz").arrays
    assert (event.mos, event.state) == (True, "hmz")
    assert render(parse("arr[GRCh38] 8q24(1000_2000) amp mos")) == "arr[GRCh38] 8q24(1000_2000) mos amp"


def test_a_number_directly_behind_an_item_is_its_own_wherever_it_stands():
    (event,) = parse("sseq[GRCh38] t(2;4)(q37;q21) amp x3").arrays
    assert (event.copies, event.state, event.abnormality.multiplier) == (None, "amp", Range(3, 3))
    assert render(parse("sseq[GRCh38] t(2;4)(q37;q21) amp x3")) == "sseq[GRCh38] t(2;4)(q37;q21)x3amp"


def test_comparative_hybridisation_keeps_its_technique():
    document = parse("46,XX.rev ish enh(8q),dim(13)(q14)")
    assert [(p.technique, p.abnormality.kind) for p in document.fish] == [("rev ish", "enh"), ("rev ish", "dim")]
    assert parse("46,XX,enh(8)(q24)").status == "partial"


def test_items_by_sequencing_and_mapping():
    (event,) = parse("sseq[GRCh38] del(5)(q31.1q33.1)(131000000_150000000)").arrays
    assert event.junction == (131000000, 150000000)
    (event,) = parse("ogm[GRCh38] t(4;11)(q21.3;q23.3)(87071412;118483524)").arrays
    assert (event.abnormality.kind, event.junction) == ("t", (87071412, 118483524))
    assert parse("sseq[GRCh38] del(5)(q31.1q33.1)").arrays[0].abnormality.kind == "del"


@pytest.mark.parametrize(
    ("text", "code", "severity", "place"),
    [
        ("arr[hg19] 1p36.33(849,466-1,015,936)x1", "BUILD", "repair", "[hg19]"),
        ("arr[hg19] 1p36.33(849,466-1,015,936)x1", "SEP", "repair", "849,466"),
        ("arr[hg99] 1p36.33(849466_1015936)x1", "BUILD", "error", "[hg99]"),
        ("arr 1p36.33(849466_1015936)x1", "BUILD", "warning", "1p36.33(849466_1015936)x1"),
        ("arr[GRCh38] 1p36.33(15_5)x1", "ARR-COORD", "error", "(15_5)"),
        ("arr[GRCh38] 21q22.3(1_999999999)x3", "ARR-COORD", "error", "21q22.3(1_999999999)x3"),
        ("arr[GRCh38] 1q44(1000_2000)x3", "ARR-BAND", "warning", "1q44(1000_2000)x3"),
        ("arr[GRCh38] 1p36.33(849466_1015936)", "ARR-COORD", "warning", "1p36.33(849466_1015936)"),
        ("arr[GRCh38] 4q25(108587425_109095006)x1)", "PAREN", "repair", ")"),
        ("arr[GRCh38] 4q25(108587425_109095006)x1 by us", "PROSE", "repair", "by us"),
        ("arr[GRCh38 4q25(108587425_109095006)x1", "PAREN", "repair", " "),
        ("46,XX.arr[GRCh38] nothing", "PROSE", "warning", "nothing"),
        ("arr[GRCh38] 99q1(1_2)x1", "CHR", "error", "99"),
        ("arr[GRCh38] (12-2)x2", "CHR", "error", "12-2"),
        ("arr[GRCh37/hg19] 4q25(108587425_109095006)x1", "BUILD", "repair", "[GRCh37/hg19]"),
        ("arr[GRCh37/hg38] 4q25(108587425_109095006)x1", "BUILD", "error", "[GRCh37/hg38]"),
        ("arr[GRCh38] 4q25((20_10)_(30_40))x1", "ARR-COORD", "error", "((20_10)_(30_40))"),
        ("arr[GRCh38] 4q25((10_20)_(30_999999999))x1", "ARR-COORD", "error", "4q25((10_20)_(30_999999999))x1"),
        ("arr[GRCh38] 4q25((10_20)x1", "ARR-COORD", "error", "x"),
        ("arr[GRCh38] 4q25((10_20", "ARR-COORD", "error", "(10_20"),
        ("sseq[GRCh38] t(9;22)(q34;q11.2) g.[chr9:1", "PAREN", "error", "g.[chr9:1"),
        ("sseq[GRCh38] t(9;22)(q34;q11.2)(g.100;g.200)", "SEP", "repair", "g"),
    ],
)
def test_faults_of_arrays_are_told(text, code, severity, place):
    assert any((c, s) == (code, severity) and p == place for c, s, p in told(text)), told(text)


@pytest.mark.parametrize(
    ("text", "copies", "canonical"),
    [
        ("nuc ish(KMT2Ax>10)[137/200]", Range(11, None), "nuc ish(KMT2Ax11~?)[137/200]"),
        ("nuc ish(KMT2Ax≥10)[137/200]", Range(10, None), "nuc ish(KMT2Ax10~?)[137/200]"),
        ("nuc ish(KMT2Ax>=10)[137/200]", Range(10, None), "nuc ish(KMT2Ax10~?)[137/200]"),
        ("nuc ish(KMT2Ax10~>20)[137/200]", Range(10, None), "nuc ish(KMT2Ax10~?)[137/200]"),
        ("nuc ish(KMT2Ax<2)[137/200]", Range(0, 1), "nuc ish(KMT2Ax0~1)[137/200]"),
        ("nuc ish(KMT2AX6~18)[137/200]", Range(6, 18), "nuc ish(KMT2Ax6~18)[137/200]"),
        ("nuc ish(KMT2Ax6~18)[137 of 200]", Range(6, 18), "nuc ish(KMT2Ax6~18)[137/200]"),
    ],
)
def test_bounds_and_spellings_of_a_number_of_signals_are_never_part_of_the_name(text, copies, canonical):
    document = parse(text)
    (pattern,) = document.fish
    assert [(s.probe, s.copies) for s in pattern.signals] == [("KMT2A", copies)]
    assert (pattern.positive, pattern.scored) == (137, 200)
    assert (document.status, render(document)) == ("repaired", canonical)
    assert (parse(canonical).status, parse(canonical)) == ("ok", document)


@pytest.mark.parametrize("sign", "~<>=")
def test_signs_of_numbers_name_no_probe(sign):
    assert parse(f"nuc ish(KMT2A{sign}A)[137/200]").status in ("rejected", "partial")


@pytest.mark.parametrize(
    "text",
    [
        "nuc ish(D7Z1,D7S486)x1[100/200],(TP53x1)[50/200]/(TP53x0)[10/200]",
        "nuc ish 9q34(ABL1x2),22q11.2(BCRx2)[200]",
        "nuc ish(DXZ1,DYZ3)x1[4/500]//(DXZ1x2)[496/500]",
        "nuc ish(DXZ1x2)[200]//",
        "46,XX[3]//46,XY[17].nuc ish(DXZ1x2)[30/200]//(DXZ1,DYZ3)x1[170/200]",
    ],
)
def test_a_comma_parts_probes_a_slash_cells_and_two_slashes_persons(text):
    assert (parse(text).status, render(parse(text))) == ("ok", text)


def test_patterns_behind_two_slashes_are_the_donor_s():
    patterns = parse("nuc ish(DXZ1,DYZ3)x1[4/500]//(DXZ1x2)[490/500]/(DXZ1x3)[6/500]").fish
    assert [p.population for p in patterns] == ["recipient", "donor", "donor"]
    assert {p.population for p in parse("nuc ish(DXZ1x2)[490/500]/(DXZ1x3)[6/500]").fish} == {None}


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("arr 11q23.3(KMT2A)x6", "(KMT2A)x6"),
        ("arr[GRCh38] Xp22.33(1_2781479)x1 or Yp11.32(1_2781479)x1", "or Yp11.32(1_2781479)x1"),
        ("arr[GRCh38] 21q22.12(33000000_36500000)amp,cth", ",cth"),
    ],
)
def test_a_result_behind_another_is_never_left_out_as_prose(text, unread):
    document = parse(text)
    assert document.status == "partial"
    assert [text[start:end] for start, end in document.unclassified] == [unread]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("ogm[GRCh38] t(9;22)(q34;q11)(130713946_23290413)", "ogm[GRCh38] t(9;22)(q34;q11)(130713946;23290413)"),
        (
            "ogm[GRCh38] ins(10;11)(p12;q23q23)(21800000;118400000;118480000)",
            "ogm[GRCh38] ins(10;11)(p12;q23q23)(21800000;118400000_118480000)",
        ),
        ("ogm[GRCh38] inv(16)(p13q22)(15720000;67080000)", "ogm[GRCh38] inv(16)(p13q22)(15720000_67080000)"),
    ],
)
def test_positions_are_parted_as_their_breaks_are(text, canonical):
    assert (parse(text).status, render(parse(text))) == ("repaired", canonical)
    assert parse(canonical).status == "ok"


@pytest.mark.parametrize("places", ["130713946", "130713946;23290413;5", "130713946~130720000;23290413"])
def test_as_many_positions_as_breaks(places):
    document = parse(f"ogm[GRCh38] t(9;22)(q34;q11)({places})")
    assert document.status == "rejected"
    assert "ARR-COORD" in {d.code for d in document.diagnostics}


def test_megabases_are_no_positions():
    text = "arr[GRCh38] 11q23.3(118.3-118.4Mb)x3"
    assert ("ARR-COORD", "error", ".") in told(text)
