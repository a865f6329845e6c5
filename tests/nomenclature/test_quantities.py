"""Quantities as people write them (case-format section 4): every form, every refusal, and the laws between them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import NomenclatureError
from adapter.nomenclature import copies, intervals, readings, shares
from adapter.nomenclature.grammar import published
from adapter.nomenclature.quantities import Bounds, Date, Span

D = Decimal


def ends(value: Bounds) -> str:
    """Bounds as an interval: [6, 18], (20, ), ~[6, 6]."""
    low = f"{'[' if value.low_inclusive else '('}{'' if value.low is None else value.low}"
    high = f"{'' if value.high is None else value.high}{']' if value.high_inclusive else ')'}"
    return f"{'~' if value.approximate else ''}{low}, {high}"


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("6", "[6, 6]"),
        ("6~18", "[6, 18]"),
        ("6-18", "[6, 18]"),
        ("6–18", "[6, 18]"),
        ("6 to 18", "[6, 18]"),
        (">=20", "[20, ]"),
        ("≥20", "[20, ]"),
        ("≥ 20", "[20, ]"),
        (">20", "(20, ]"),
        ("<2", "[, 2)"),
        ("at least 6", "[6, ]"),
        ("At Least 6 copies", "[6, ]"),
        ("up to 18", "[, 18]"),
        ("~6", "~[6, 6]"),
        ("amp", "[, ]"),
        ("3.5", "[3.5, 3.5]"),
        ("20+", "[20, ]"),
        ("6.50", "[6.50, 6.50]"),
        ("x6~18", "[6, 18]"),
        ("×6", "[6, 6]"),
        ("x 3-5 signals", "[3, 5]"),
        ("x0", "[0, 0]"),
    ],
)
def test_copies_are_read(text, means):
    read = copies.read(text)
    assert ends(read) == means
    assert read.amplified is (text == "amp")
    assert read.to_json() == text


@pytest.mark.parametrize(
    "text", ["", "six", "18~6", "-3", "6,5", "<6+", "6~", "2n", "٣", "1e3", "9" * 40, "x", "6x", "xx6"]
)
def test_no_copies_are_refused(text):
    with pytest.raises(NomenclatureError) as refused:
        copies.read(text)
    assert refused.value.text == text
    assert 0 <= refused.value.start <= refused.value.end <= len(text)


def test_a_json_number_of_copies_keeps_its_digits():
    assert copies.read(6).to_json() == 6
    assert str(copies.read(D("6.50")).to_json()) == "6.50"


@pytest.mark.parametrize("number", [-1, D("-0.5"), D("NaN"), 10**13, D("1e-20")])
def test_a_json_number_that_counts_nothing_is_refused(number):
    with pytest.raises(NomenclatureError, match="copies per cell"):
        copies.read(number)


@pytest.mark.parametrize(
    ("text", "means", "counts"),
    [
        ("68.5 %", "[68.5, 68.5]", (None, None)),
        ("68.5%", "[68.5, 68.5]", (None, None)),
        ("68.5 percent", "[68.5, 68.5]", (None, None)),
        ("137/200", "[68.5, 68.5]", (137, 200)),
        ("[137/200]", "[68.5, 68.5]", (137, 200)),
        ("137 of 200 cells", "[68.5, 68.5]", (137, 200)),
        ("1/3", "[33.333333, 33.333333]", (1, 3)),
        ("0/200", "[0, 0]", (0, 200)),
        ("200/200", "[100, 100]", (200, 200)),
        (">90 %", "(90, ]", (None, None)),
        ("60-70 %", "[60, 70]", (None, None)),
        ("60%-70%", "[60, 70]", (None, None)),
        ("<1 %", "[, 1)", (None, None)),
        ("68.5 % (137/200)", "[68.5, 68.5]", (137, 200)),
        ("33 % (1/3)", "[33, 33]", (1, 3)),
        (">60 % (137/200)", "(60, ]", (137, 200)),
    ],
)
def test_a_share_of_cells_is_read(text, means, counts):
    share = shares.read_share(text)
    assert ends(share) == means
    assert (share.positive, share.scored) == counts
    assert share.to_json() == text


def test_two_counts_are_an_object_again():
    stated = {"positive": 137, "scored": 200}
    assert shares.read_share(stated).to_json() == stated
    assert shares.read_share(stated).low == D("68.5")


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("0.685", "percentage or a fraction"),
        ("68.5", "percentage or a fraction"),
        (D("0.685"), "percentage or a fraction"),
        (68, "percentage or a fraction"),
        ("101 %", "at most 100"),
        ("70-60 %", "downwards"),
        ("201/200", "larger"),
        ("0/0", "nothing was scored"),
        ("50 % (137/200)", "disagree"),
        ("most cells", "share of cells"),
        ({"positive": 1}, "two whole counts"),
        ({"positive": True, "scored": 2}, "two whole counts"),
        ({"positive": 3, "scored": 2}, "larger"),
        ({"positive": 1, "scored": 2, "of": 3}, "two whole counts"),
    ],
)
def test_no_share_is_refused(stated, says):
    with pytest.raises(NomenclatureError, match=says):
        shares.read_share(stated)


@pytest.mark.parametrize(
    ("stated", "means"),
    [
        ("43 %", "[0.43, 0.43]"),
        ("0.43", "[0.43, 0.43]"),
        ("43/100 reads", "[0.43, 0.43]"),
        ("43 % (43/100 reads)", "[0.43, 0.43]"),
        ("<1 %", "[, 0.01)"),
        (">40 %", "(0.40, ]"),
        ("0", "[0, 0]"),
        ("1.0", "[1.0, 1.0]"),
        (D("0.430"), "[0.430, 0.430]"),
        (0, "[0, 0]"),
    ],
)
def test_an_allele_fraction_is_read(stated, means):
    fraction = shares.read_fraction(stated)
    assert ends(fraction) == means
    assert str(fraction.to_json()) == str(stated)


@pytest.mark.parametrize(
    "stated", ["43", "1", 1, 43, D("1.0"), D("-0.1"), "0,43", "half", "44 % (43/100 reads) x", "120 %"]
)
def test_no_allele_fraction_is_refused(stated):
    with pytest.raises(NomenclatureError):
        shares.read_fraction(stated)


@pytest.mark.parametrize(
    ("text", "low", "high", "bound"),
    [
        ("58 y", "P58Y", "P58Y", "exact"),
        ("58 years", "P58Y", "P58Y", "exact"),
        ("58 years old", "P58Y", "P58Y", "exact"),
        ("58-year-old", "P58Y", "P58Y", "exact"),
        ("fifty", None, None, None),
        ("P58Y", "P58Y", "P58Y", "exact"),
        ("58 y 3 mo", "P58Y3M", "P58Y3M", "exact"),
        ("P1Y3M", "P1Y3M", "P1Y3M", "exact"),
        ("7 months", "P7M", "P7M", "exact"),
        ("six weeks", "P6W", "P6W", "exact"),
        ("12 hours", "PT12H", "PT12H", "exact"),
        ("66;4", "P66Y4M", "P66Y4M", "exact"),
        (">89 y", "P89Y", None, "more-than"),
        ("89+ y", "P89Y", None, "at-least"),
        ("under 1 year", None, "P1Y", "less-than"),
        ("50-59 y", "P50Y", "P59Y", "exact"),
        ("about 60 years", "P60Y", "P60Y", "about"),
        ("newborn", "P0D", "P0D", "exact"),
        ("58", None, None, None),
        ("58 ans", None, None, None),
        ("59-50 y", None, None, None),
        ("66;14", None, None, None),
        ("P", None, None, None),
        ("58 mo 3 y", None, None, None),
    ],
)
def test_an_age_is_read_or_refused(text, low, high, bound):
    if bound is None:
        with pytest.raises(NomenclatureError):
            intervals.read_age(text)
        return
    age = intervals.read_age(text)
    assert (age.low and age.low.iso, age.high and age.high.iso, age.bound) == (low, high, bound)
    assert age.newborn is (text == "newborn")
    assert age.to_json() == text


def test_a_bare_age_is_refused_with_both_readings():
    for bare in (58, D("58.5"), "58"):
        with pytest.raises(NomenclatureError, match="years or months"):
            intervals.read_age(bare)


@pytest.mark.parametrize(
    ("text", "low", "high", "bound", "censored"),
    [
        ("two months", "P2M", "P2M", "exact", False),
        ("Twenty days", "P20D", "P20D", "exact", False),
        ("2 mo", "P2M", "P2M", "exact", False),
        ("60 d", "P60D", "P60D", "exact", False),
        ("P2M", "P2M", "P2M", "exact", False),
        ("within four days", None, "P4D", "at-most", False),
        ("<= 4 d", None, "P4D", "at-most", False),
        ("at least 5 years", "P5Y", None, "at-least", False),
        ("about 2 years", "P2Y", "P2Y", "about", False),
        ("2-3 weeks", "P2W", "P3W", "exact", False),
        ("two to three weeks", "P2W", "P3W", "exact", False),
        ("3+ years", "P3Y", None, "at-least", True),
        ("1 year and 3 months", "P1Y3M", "P1Y3M", "exact", False),
        ("1.5 years", "P1.5Y", "P1.5Y", "exact", False),
        ("1 year 2 weeks", "P1Y14D", "P1Y14D", "exact", False),
    ],
)
def test_a_duration_is_read(text, low, high, bound, censored):
    duration = intervals.read_duration(text)
    found = (duration.low and duration.low.iso, duration.high and duration.high.iso, duration.bound, duration.censored)
    assert found == (low, high, bound, censored)
    assert duration.to_json() == text


@pytest.mark.parametrize("stated", [4, "4", "zwei Monate", "several weeks", "within", "3-2 weeks", "2 m", "-4 d", ""])
def test_no_duration_is_refused(stated):
    with pytest.raises(NomenclatureError):
        intervals.read_duration(stated)


@pytest.mark.parametrize(
    ("stated", "precision"),
    [("2020", "year"), (2020, "year"), ("2020-03", "month"), ("2020-03-14", "day"), ("2020-02-29", "day")],
)
def test_a_date_is_as_precise_as_stated(stated, precision):
    read = intervals.read_date(stated)
    assert read.precision == precision
    assert read.to_json() == stated


@pytest.mark.parametrize(
    "stated", ["14.03.2020", "2020-13", "2021-02-29", "20", 20, D("2020.5"), "2020-3-1", "March 2020", "2020 "]
)
def test_no_date_is_refused(stated):
    with pytest.raises(NomenclatureError):
        intervals.read_date(stated)


def test_a_moment_is_a_date_or_a_duration():
    assert isinstance(intervals.read_moment("2020-03"), Date)
    assert intervals.read_moment("8 mo").low == Span(months=D(8))
    with pytest.raises(NomenclatureError, match=r"a date: .* or a duration"):
        intervals.read_moment("later")


def test_a_span_of_one_unit_is_a_number_and_a_ucum_unit():
    assert Span(weeks=D(3)).one == (D(3), "wk")
    assert Span(years=D(1), months=D(3)).one is None


@pytest.mark.parametrize(
    ("stated", "means", "unit"),
    [
        ("undetectable", None, ""),
        ("<10^-4", "[, 0.0001)", ""),
        ("10⁻⁴", "[0.0001, 0.0001]", ""),
        ("2 × 10^-5", "[0.00002, 0.00002]", ""),
        ("1e-4", "[0.0001, 0.0001]", ""),
        ("0.01 %", "[0.01, 0.01]", "%"),
        ("0.003 % IS", "[0.003, 0.003]", "%{IS}"),
        ("5-10", "[5, 10]", ""),
        ("185", "[185, 185]", ""),
        (D("12.50"), "[12.50, 12.50]", ""),
        (">=1000", "[1000, ]", ""),
    ],
)
def test_a_reading_is_a_number_or_words(stated, means, unit):
    reading = readings.read(stated)
    assert (reading.bounds and ends(reading.bounds)) == means
    assert reading.unit == unit
    assert str(reading.to_json()) == str(stated)


@pytest.mark.parametrize("stated", ["10-5", D("1e-30"), 10**20])
def test_a_reading_that_is_no_number_of_this_world_is_refused(stated):
    with pytest.raises(NomenclatureError):
        readings.read(stated)


def test_a_marker_is_a_word_or_a_share():
    assert readings.read_marker("Dim").share is None
    assert readings.read_marker("85 %").share.low == 85
    with pytest.raises(NomenclatureError, match="positive, negative, dim"):
        readings.read_marker("strongly")


def test_only_one_exact_number_is_exact():
    assert copies.read("6").exact == 6
    assert [copies.read(text).exact for text in ("~6", "6~18", ">6", "amp")] == [None] * 4


def outcome(read, text):
    """The text a value keeps, or why it was refused."""
    try:
        return read(text).text
    except NomenclatureError as refused:
        return refused.message


GRAMMARS = {
    "copies": (copies.GRAMMAR, copies.read),
    "share": (shares.SHARE, shares.read_share),
    "fraction": (shares.FRACTION, shares.read_fraction),
    "age": (intervals.AGE, intervals.read_age),
    "duration": (intervals.DURATION, intervals.read_duration),
    "date": (intervals.DATE, intervals.read_date),
}


@pytest.mark.parametrize("name", GRAMMARS)
def test_what_the_published_pattern_refuses_is_refused(name):
    grammar, read = GRAMMARS[name]
    pattern = re.compile(published(grammar, blanks=name != "date"))

    @settings(max_examples=80, deadline=None)
    @given(st.text(alphabet="0123456789 .~-+%/[]<>=≥yearsmonthdwkPTamp;oldf", max_size=12))
    def holds(text):
        if pattern.fullmatch(text) is None:
            with pytest.raises(NomenclatureError):
                read(text)

    holds()


@pytest.mark.parametrize("name", GRAMMARS)
def test_what_the_published_pattern_accepts_is_read_or_contradicts_itself(name):
    grammar, read = GRAMMARS[name]

    @settings(max_examples=25, deadline=None)
    @given(st.from_regex(published(grammar, blanks=name != "date"), fullmatch=True))
    def holds(text):
        assert outcome(read, text) == text or not outcome(read, text).startswith("expected")

    holds()


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("copies", "6|6~18|6 to 18|≥20|At least 6 copies|AMP|20+"),
        ("share", "68.5 %|137/200|[137/200]|>90 percent|68.5 % (137/200)"),
        ("fraction", "43 %|0.43|43/100 reads|<5 %"),
        ("age", "58 y|58-year-old|P58Y|p58y|P1Y3M|PT4H|66;4|Newborn|fifty|89+ y|50-59 Years"),
        ("duration", "two months|P2M|Within Four Days|3+ years|2-3 weeks|about 2 years"),
        ("date", "2020|2020-03|2020-03-14"),
    ],
)
def test_what_is_read_the_published_pattern_accepts(name, texts):
    grammar, read = GRAMMARS[name]
    pattern = re.compile(published(grammar, blanks=name != "date"))
    for text in texts.split("|"):
        assert (pattern.fullmatch(text) is not None) is (outcome(read, text) == text), text


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_range_of_copies_runs_upwards(one, other):
    read = copies.read(f"{min(one, other)}~{max(one, other)}")
    assert (read.low, read.high) == (min(one, other), max(one, other))


PRINTED = {
    "6\u223c18": ("copies", "6~18"),  # the operator that printed articles have for a tilde
    "\uff5e6": ("copies", "~6"),
    "6\u221218 copies": ("copies", "6-18 copies"),
    "⩾20": ("copies", ">=20"),
    "≦\u20092": ("copies", "<= 2"),
    "68·5\u202f%": ("share", "68.5 %"),  # the raised point of British journals
    "60\u201070\u2003%": ("share", "60-70 %"),
    "0·43": ("fraction", "0.43"),
    "43·20\u3000%": ("fraction", "43.20 %"),
    "58\u2011year\u2011old": ("age", "58-year-old"),
    "2·5\u00a0years": ("age", "2.5 years"),
    "\u223c2 weeks": ("duration", "~2 weeks"),
}


@pytest.mark.parametrize("text", PRINTED)
def test_signs_as_articles_print_them_mean_what_the_plain_ones_mean(text):
    name, plain = PRINTED[text]
    grammar, read = GRAMMARS[name]
    found, meant = read(text), read(plain)

    assert re.fullmatch(published(grammar), text)
    assert found.to_json() == text
    assert (found.low, found.high) == (meant.low, meant.high)


@pytest.mark.parametrize(
    ("text", "value"), [("<10^\u22124", "1E-4"), ("3·2 × 10^–4", "3.2E-4"), ("3·10⁻⁴", "3E-4"), ("185·40", "185.40")]
)
def test_a_reading_in_printed_signs_is_a_number(text, value):
    bounds = readings.read(text).bounds
    assert bounds is not None
    assert str(bounds.high) == str(D(value))
    assert bounds.text == text
