"""SPDI, HGVS g. and VCF forms of alleles; normal form against ga4gh.vrs on sequences with repeats."""

import pytest
from ga4gh.core import ga4gh_identify
from ga4gh.core.identifiers import PrevVrsVersion
from ga4gh.vrs import models, normalize
from ga4gh.vrs.dataproxy import _DataProxy
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import NomenclatureError
from adapter.nomenclature import refget, spdi
from adapter.nomenclature.spdi import Record, Spdi

CHR17 = "NC_000017.11"
SEQUENCE = "GATTACACACACGGGTTTCA"


def known(sequence):
    """Bases known only within ``sequence``, which begins at position 1000 of the chromosome."""

    def bases(_accession, start, end):
        return sequence[start - 1000 : end - 1000] if 1000 <= start <= end <= 1000 + len(sequence) else None

    return bases


def at(offset, deleted, inserted):
    return Spdi(CHR17, 1000 + offset, deleted, inserted)


@pytest.mark.parametrize(
    ("allele", "justified", "hgvs", "vcf"),
    [
        (at(3, "T", "G"), at(3, "T", "G"), "g.1004T>G", (1004, "T", "G")),
        (at(4, "AC", ""), at(4, "ACACACAC", "ACACAC"), "g.1011_1012del", (1004, "TAC", "T")),
        (at(4, 2, ""), at(4, "ACACACAC", "ACACAC"), "g.1011_1012del", (1004, "TAC", "T")),
        (at(6, "", "AC"), at(4, "ACACACAC", "ACACACACAC"), "g.1011_1012dup", (1004, "T", "TAC")),
        (at(12, "", "T"), at(12, "", "T"), "g.1012_1013insT", (1012, "C", "CT")),
        (at(12, "GGG", "GG"), at(12, "GGG", "GG"), "g.1015del", (1012, "CG", "C")),
        (at(12, "GGG", "GCCG"), at(13, "G", "CC"), "g.1014delinsCC", (1014, "G", "CC")),
        (at(1, "ATT", "AAT"), at(2, "T", "A"), "g.1003T>A", (1003, "T", "A")),
        (at(13, "GG", "CC"), at(13, "GG", "CC"), "g.1014_1015inv", (1014, "GG", "CC")),
        (at(13, "GGT", "ACA"), at(13, "GGT", "ACA"), "g.1014_1016delinsACA", (1014, "GGT", "ACA")),
        (at(5, "C", "C"), at(5, "C", "C"), "g.1006=", (1006, "C", "C")),
        (at(5, "CA", "CA"), at(5, "CA", "CA"), "g.1006_1007=", (1006, "CA", "CA")),
    ],
    ids=str,
)
def test_each_notation_writes_its_own_normal_form(allele, justified, hgvs, vcf):
    bases = known(SEQUENCE)
    assert spdi.justified(allele, bases) == justified
    assert spdi.to_hgvs(allele, bases) == f"{CHR17}:{hgvs}"
    assert spdi.to_record(allele, bases) == Record("GRCh38", "17", *vcf)


@pytest.mark.parametrize(
    ("allele", "why"),
    [
        (at(0, "G", ""), "the base before is not known"),
        (at(18, "", "C"), "rolls up to the last base known"),
        (at(40, "A", ""), "nothing is known here"),
        (at(40, "", "A"), "nothing is known here"),
        (at(40, 3, ""), "the deleted bases are not known"),
    ],
    ids=str,
)
def test_indel_beside_unknown_bases_has_no_normal_form(allele, why):
    bases = known("GATTACACACACGGGTTTCCC")
    assert spdi.justified(allele, bases) is None, why
    assert spdi.identifiers(allele, bases) == {}, why


def test_shift_needs_the_bases_of_its_own_side_only():
    bases = known("GATTACACACACGGGTTTCCC")
    assert spdi.to_record(at(0, "G", ""), bases) is None
    assert spdi.to_hgvs(at(0, "G", ""), bases) == f"{CHR17}:g.1001del"
    assert spdi.to_record(at(20, "C", ""), bases) == Record("GRCh38", "17", 1018, "TC", "T")
    assert spdi.to_hgvs(at(20, "C", ""), bases) is None


def test_an_insertion_is_told_from_a_duplication_by_the_first_base_that_differs():
    assert spdi.to_hgvs(at(1, "", "CCCA"), known("GATT")) == f"{CHR17}:g.1001_1002insCCCA"
    assert spdi.to_hgvs(at(1, "", "CCCG"), known("GATT")) is None


def test_unspecified_bases_stop_a_shift_without_an_answer():
    assert spdi.justified(at(2, "T", ""), known("GATNNACA")) is None
    assert spdi.to_hgvs(at(2, "T", ""), known("GATNNACA")) is None
    assert spdi.to_hgvs(at(0, "", "CAT"), known("GCA")) is None


@pytest.mark.parametrize("allele", [at(0, "A", "T"), at(0, "AC", "T"), at(0, "ACG", "TTT"), at(0, "A", "A")], ids=str)
def test_replacements_need_no_sequence(allele):
    assert spdi.justified(allele) == allele
    assert set(spdi.identifiers(allele)) == {"1.3", "2.0"}


def test_sequence_that_says_otherwise_is_a_conflict():
    with pytest.raises(NomenclatureError, match="the sequence has T here, not C"):
        spdi.justified(at(3, "C", "G"), known(SEQUENCE))


def test_nothing_replaced_by_nothing_is_no_allele():
    assert spdi.justified(at(3, "", ""), known(SEQUENCE)) is None
    assert spdi.to_hgvs(at(3, "", ""), known(SEQUENCE)) is None
    assert spdi.to_record(at(3, "", ""), known(SEQUENCE)) is None


def test_first_base_of_a_chromosome_has_no_place_before_it():
    first = "GGA".__getitem__
    bases = lambda _accession, start, end: first(slice(start, end)) if 0 <= start <= end <= 3 else None  # noqa: E731
    assert spdi.justified(Spdi(CHR17, 1, "G", ""), bases) == Spdi(CHR17, 0, "GG", "G")
    assert spdi.to_record(Spdi(CHR17, 1, "G", ""), bases) is None
    assert spdi.to_hgvs(Spdi(CHR17, 0, "", "T"), bases) is None
    assert spdi.to_hgvs(Spdi(CHR17, 1, "", "CAC"), bases) == f"{CHR17}:g.1_2insCAC"


def test_transcripts_have_no_g_expression_and_no_vcf_record():
    assert spdi.to_hgvs(Spdi("NM_000546.6", 665, "G", "A")) is None
    assert spdi.to_record(Spdi("NM_000546.6", 665, "G", "A")) is None


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("g.1004T>G", at(3, "T", "G")),
        ("g.1003_1004TT>GC", at(2, "TT", "GC")),
        ("g.1005_1006del", at(4, 2, "")),
        ("g.1005_1006delAC", at(4, "AC", "")),
        ("g.1005delA", at(4, "A", "")),
        ("g.1012_1013insT", at(12, "", "T")),
        ("g.1005_1006dupAC", at(6, "", "AC")),
        ("g.1005_1006delinsGG", at(4, 2, "GG")),
        ("g.1005_1006delACinsGG", at(4, "AC", "GG")),
        ("g.1005_1006dup", None),
        ("g.1005_1006inv", None),
        ("g.1005=", None),
    ],
)
def test_g_expression_without_sequence_is_read_as_far_as_it_says(text, means):
    assert spdi.from_hgvs(f"{CHR17}:{text}") == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("g.1005_1006dup", at(6, "", "AC")),
        ("g.1005_1006inv", at(4, "AC", "GT")),
        ("g.1005=", at(4, "A", "A")),
    ],
)
def test_g_expression_with_sequence_takes_its_bases_from_there(text, means):
    assert spdi.from_hgvs(f"{CHR17}:{text}", known(SEQUENCE)) == means


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("NM_000546.6:c.524G>A", "expected a g. expression"),
        (f"{CHR17}:g.1005", "expected a change"),
        (f"{CHR17}:g.1006_1005del", "runs downwards"),
        (f"{CHR17}:g.1005_1006T>G", "not as many"),
        (f"{CHR17}:g.1005_1007delAC", "not as many"),
        (f"{CHR17}:g.1005_1007dupAC", "not as many"),
        (f"{CHR17}:g.1005_1007insA", "neighbouring"),
        (f"{CHR17}:g.1005insA", "neighbouring"),
        (f"{CHR17}:g.0A>T", "expected a g. expression"),
        (f"{CHR17}:g.(1_2)_(5_6)del", "expected a g. expression"),
        (f"{CHR17}:g.99999999A>T", "has 83257441 bases"),
    ],
)
def test_what_is_no_single_g_change_is_refused(text, says):
    with pytest.raises(NomenclatureError, match=says):
        spdi.from_hgvs(text)


@pytest.mark.parametrize("text", ["", "17:1:A:T", "NC_000017.11:-1:A:T", "NC_000017.11:1:a:T", "NC_000017.11:1:A"])
def test_what_is_no_spdi_is_refused(text):
    with pytest.raises(NomenclatureError, match="expected an SPDI"):
        spdi.read(text)


@pytest.mark.parametrize(
    ("record", "says"),
    [
        (Record("GRCh38", "17", 1, "A", "<DEL>"), "one alternate allele"),
        (Record("GRCh38", "17", 1, "A", "T,C"), "one alternate allele"),
        (Record("GRCh38", "17", 1, "A", "*"), "one alternate allele"),
        (Record("GRCh38", "17", 0, "A", "T"), "position from 1"),
        (Record("GRCh38", "17_random", 1, "A", "T"), "no chromosome of this name"),
        (Record("GRCh37", "17", 83257441, "A", "T"), "has 81195210 bases"),
    ],
    ids=str,
)
def test_what_is_no_plain_vcf_record_is_refused(record, says):
    with pytest.raises(NomenclatureError, match=says):
        spdi.from_record(record)


# --- laws

BASES = st.text("ACGT", min_size=1, max_size=12)
PLACES = st.sampled_from(refget.accessions())


@settings(deadline=None)
@given(PLACES, st.integers(0, 4 * 10**7), st.sampled_from("ACGT"), st.sampled_from("ACGT"))
def test_substitutions_come_back_from_every_notation(accession, position, ref, alt):
    allele = Spdi(accession, position, ref, alt)
    assert spdi.read(str(allele)) == allele
    assert spdi.from_record(spdi.to_record(allele)) == allele
    if ref != alt:
        assert spdi.from_hgvs(spdi.to_hgvs(allele)) == allele


@st.composite
def changes(draw):
    """A change of a sequence rich in repeats, with room on both sides."""
    sequence = "".join(draw(st.lists(st.sampled_from(["A", "AC", "CAG", "T"]), min_size=4, max_size=14)))
    start = draw(st.integers(0, len(sequence)))
    end = draw(st.integers(start, min(len(sequence), start + 5)))
    inserted = draw(st.text("ACT", max_size=5) | st.just(sequence[start:end] * 2))
    # The last base of a flank differs from all within a unit's length (10 at most), so that nothing rolls over it.
    return f"G{'T' * 11}{sequence}{'T' * 11}G", start + 12, end + 12, inserted


@settings(deadline=None)
@given(changes())
def test_all_notations_of_a_change_mean_the_same_allele(change):
    sequence, start, end, inserted = change
    bases, allele = known(sequence), at(start, sequence[start:end], inserted)
    normal = spdi.justified(allele, bases)
    if normal is None:
        assert (allele.deleted, allele.inserted) == ("", "")
        return
    identity = allele.deleted == allele.inserted
    for again in (
        spdi.read(str(allele)),
        spdi.from_hgvs(spdi.to_hgvs(allele, bases), bases),
        spdi.from_record(spdi.to_record(allele, bases)),
        normal,
    ):
        assert spdi.justified(again, bases) == normal
        assert spdi.identifiers(again, bases) == spdi.identifiers(allele, bases)
        assert identity or applied(again, sequence) == applied(allele, sequence)


def applied(allele, sequence):
    """The sequence once it is changed."""
    return sequence[: allele.position - 1000] + allele.inserted + sequence[allele.end - 1000 :]


class OneSequence(_DataProxy):
    """The sequence as the reference implementation asks for it: unspecified bases up to position 1000."""

    def __init__(self, sequence):
        self.sequence = "N" * 1000 + sequence

    def get_sequence(self, _identifier, start=None, end=None):
        return self.sequence[start:end]

    def get_metadata(self, _identifier):
        return {"length": len(self.sequence), "aliases": []}


@settings(deadline=None)
@given(changes())
def test_normal_form_is_the_reference_implementations(change):
    sequence, start, end, inserted = change
    if start == end and not inserted:
        return
    reference = models.SequenceReference(refgetAccession=refget.find(CHR17).refget)
    location = models.SequenceLocation(sequenceReference=reference, start=1000 + start, end=1000 + end)
    stated = models.Allele(location=location, state=models.LiteralSequenceExpression(sequence=inserted))
    theirs = normalize(stated, OneSequence(sequence), rle_seq_limit=None)
    allele, bases = at(start, sequence[start:end], inserted), known(sequence)
    assert spdi.identifiers(allele, bases) == {
        "1.3": ga4gh_identify(theirs, as_version=PrevVrsVersion.V1_3),
        "2.0": ga4gh_identify(theirs),
    }
    left_out = {"id": True, "digest": True, "location": {"id", "digest"}}
    assert spdi.allele(allele, "2.0", bases) == theirs.model_dump(exclude_none=True, exclude=left_out)
    assert spdi.allele(allele, "1.3", bases)["state"]["type"] == "LiteralSequenceExpression"
