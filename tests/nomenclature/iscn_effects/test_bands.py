"""Bands: which exist, what they cover, where they lie."""

from itertools import pairwise

import pytest

from adapter.nomenclature import bands


@pytest.mark.parametrize("chromosome", bands.CHROMOSOMES)
@pytest.mark.parametrize("assembly", ["GRCh37", "GRCh38"])
def test_bands_tile_the_chromosome_from_pter_to_qter(chromosome, assembly):
    places = [bands.interval(chromosome, n, n, assembly) for n in range(bands.size(chromosome))]
    assert places[0][0] == 0
    assert all(left[1] == right[0] for left, right in pairwise(places))


@pytest.mark.parametrize("chromosome", bands.CHROMOSOMES)
def test_short_arm_comes_first_and_the_centromere_divides(chromosome):
    arms = [band.name[0] for band in bands.ideogram(chromosome)]
    middle = bands.centromere(chromosome)
    assert set(arms[:middle]) == {"p"}
    assert set(arms[middle:]) == {"q"}


def test_there_are_862_bands():
    assert sum(bands.size(chromosome) for chromosome in bands.CHROMOSOMES) == 862


@pytest.mark.parametrize(
    ("chromosome", "stated", "first", "last"),
    [
        ("7", "q22", "q22.1", "q22.3"),
        ("9", "q34", "q34.11", "q34.3"),
        ("9", "q34.1", "q34.11", "q34.13"),
        ("11", "q23", "q23.1", "q23.3"),
        ("1", "q2", "q21.1", "q25.3"),
        ("17", "p", "p13.3", "p11.1"),
        ("1", "q32.11", "q32.1", "q32.1"),
        ("2", "p21.3", "p21", "p21"),
    ],
)
def test_a_name_of_any_level_covers_its_finest_bands(chromosome, stated, first, last):
    covered = bands.covered(chromosome, stated)
    assert covered is not None
    ideogram = bands.ideogram(chromosome)
    assert (ideogram[covered[0]].name, ideogram[covered[1]].name) == (first, last)


@pytest.mark.parametrize(
    ("chromosome", "stated"),
    [
        ("5", "q99"),
        ("25", "q11"),
        ("5", "q31.5"),
        ("17", "r11"),
        ("2", "p21.7"),
        ("3", ""),
        ("1", "p3.6"),
        ("5", "p15.39"),
    ],
)
def test_a_band_that_does_not_exist_is_known_as_such(chromosome, stated):
    assert not bands.exists(chromosome, stated)
    assert bands.covered(chromosome, stated) is None


@pytest.mark.parametrize(
    ("stated", "cut"),
    [("pter", 0), ("cen", bands.centromere("1")), ("q10", bands.centromere("1")), ("qter", bands.size("1"))],
)
def test_ends_and_centromere_are_exact_cuts(stated, cut):
    assert bands.cut("1", stated) == (cut, cut)


def test_a_band_is_cut_somewhere_inside():
    assert bands.cut("7", "q22") == (27, 30)
    assert bands.cut("30", "q22") is None


@pytest.mark.parametrize(
    ("chromosome", "stated", "level"),
    [("17", "p13", 400), ("9", "q34.1", 550), ("9", "q34.11", 850), ("17", "q", None), ("99", "q1", None)],
)
def test_level_is_the_lowest_at_which_the_band_is_drawn(chromosome, stated, level):
    assert bands.level(chromosome, stated) == level


def test_positions_are_found_in_their_band():
    # TP53, GRCh38 NC_000017.11:g.7668421_7687490
    covered = bands.at("17", 7_668_420, 7_687_490)
    assert covered is not None
    assert [band.name for band in bands.ideogram("17")[covered[0] : covered[1] + 1]] == ["p13.1"]
    assert bands.at("17", 7_571_719, 7_590_868, "GRCh37") == covered
    assert bands.at("17", 999_999_999, 1_000_000_000) is None
