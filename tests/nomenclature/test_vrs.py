"""VRS identifiers, against the specification's vectors, against ga4gh.vrs, and against the ids the project published.

``substitutions.tsv``: 300 substitutions drawn from the development corpus (phenopacket-store, BSD-3; TCGA-LAML as in
maftools). ``vectors.json``: ga4gh/vrs ``validation/models.yaml`` (Apache-2.0).
"""

import csv
import json
from pathlib import Path

import pytest
from ga4gh.core import ga4gh_identify
from ga4gh.core.identifiers import PrevVrsVersion
from ga4gh.vrs import models
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import NomenclatureError
from adapter.nomenclature import refget, spdi, vrs

DATA = Path(__file__).parents[1] / "data" / "vrs"
CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "variants.tsv"
VECTORS = json.loads((DATA / "vectors.json").read_text())["vectors"]
CHR11, CHR17, CHR9, CHR22 = (refget.named(name).refget for name in ("11", "17", "9", "22"))
KMT2A = vrs.gene_subject("HGNC:7132")
BAND_11Q23_3 = vrs.chromosome_location("11", "q23.3")
KMT2A_SPAN = vrs.sequence_location(CHR11, 118436491, 118526832)


def package_allele(accession, start, end, sequence):
    """An allele as the reference implementation makes it."""
    reference = models.SequenceReference(refgetAccession=accession)
    location = models.SequenceLocation(sequenceReference=reference, start=start, end=end)
    return models.Allele(location=location, state=models.LiteralSequenceExpression(sequence=sequence))


def rows(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def disagreements(variants):
    """Substitutions whose identifiers are not the reference implementation's, in either version."""
    for row in variants:
        record = spdi.Record(row["assembly"], row["chrom"], int(row["start"]), row["ref"], row["alt"])
        ours = spdi.from_record(record)
        theirs = package_allele(refget.find(ours.sequence).refget, ours.position, ours.end, ours.inserted)
        expected = {"1.3": ga4gh_identify(theirs, as_version=PrevVrsVersion.V1_3), "2.0": ga4gh_identify(theirs)}
        if spdi.identifiers(ours) != expected:
            yield row["id"]


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["id"]], ids=lambda v: f"{v['version']}-{v['type']}-{v['name'] or v['id'][-6:]}"
)
def test_vector_of_the_specification_is_identified(vector):
    assert vrs.identify(vector["in"], vector["version"]) == vector["id"]


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["serialized"]], ids=lambda v: f"{v['version']}-{v['type']}-{v['name']}"
)
def test_vector_of_the_specification_is_serialized(vector):
    assert vrs.serialize(vector["in"], vector["version"]).decode() == vector["serialized"]


@pytest.mark.parametrize(
    ("made", "version", "identifier"),
    [
        (vrs.copy_number_count(KMT2A, 6, 18, "1.2.1"), "1.2.1", "VCN.NQZF0mHic_tzz5O89zzZhR9gxPiU0FPK"),
        (vrs.copy_number_count(KMT2A, 8, 11, "1.2.1"), "1.2.1", "VCN.BFdNfscYPGeUl0k4_vutn6uMfXymAeiJ"),
        (vrs.copy_number_count(KMT2A, 6, 18, "1.3"), "1.3", "CN.i7IATiB34V1a_WV2yeB2vY5-CKvBLAMf"),
        (vrs.copy_number_count(KMT2A, 8, 11, "1.3"), "1.3", "CN.MGfEPDZIGOnV7BEl0wzn4Hl1pngY4e-c"),
        (vrs.copy_number_change(KMT2A, "EFO:0030072", "1.3"), "1.3", "CX.rN-hm4wwnBwDuoOCyTn5exut9Nh0JI-T"),
        (BAND_11Q23_3, "1.3", "VCL.WzURLvTklFI7K2GAP8gIw6vgWDWXMXuW"),
        (vrs.copy_number_change(BAND_11Q23_3, "EFO:0030072", "1.3"), "1.3", "CX.j_YEMi3L4-tiYX6RK_jjf3DSxPZ5oWkk"),
        (vrs.copy_number_count(BAND_11Q23_3, 6, 18, "1.3"), "1.3", "CN.TVsVWeNm6OxWJzU2wF7x0tiqRhkHsbGp"),
        (KMT2A_SPAN, "2.0", "SL.g8kBucAIvwkK_1msTMPr_KflGxGEY58q"),
        (vrs.sequence_location(CHR11, 118436489, 118526832), "2.0", "SL.OJiydPzzOiJWPgmsjpZvt8ELAuNFRUCm"),
        (vrs.copy_number_count(KMT2A_SPAN, 6, 18, "2.0"), "2.0", "CN.eEQ5krVJ0aMLIFQmPi09VXQnrm8fbXBq"),
        (vrs.copy_number_count(KMT2A_SPAN, 8, 11, "2.0"), "2.0", "CN.uV3AgbnPhaGUm0VGMgZPnKlHf9gGgBy4"),
        (vrs.copy_number_change(KMT2A_SPAN, "EFO:0030072", "2.0"), "2.0", "CX.4GXc9-PDEOg9a8mCpjvqkIE3Ry7E8fXH"),
        (vrs.band_location("11", "q23.3", "2.0"), "2.0", "SL.jFJz1Y2nOiEqeWTKyXOCfN_ZXxLP70IT"),
        (
            vrs.copy_number_change(vrs.band_location("11", "q23.3", "2.0"), "EFO:0030072", "2.0"),
            "2.0",
            "CX.X6IcH3-2H8yyY4g1ldwktXTsrQBKxmxu",
        ),
        (vrs.sequence_location(CHR17, 7675087, 7675088, "1.3"), "1.3", "VSL.XjCniA6bxoT0jiS7Je50l4lyMXDfkCd0"),
        (vrs.sequence_location(CHR17, 7675087, 7675088), "2.0", "SL.Y3YexblG1BymubRzynUMLPabBRXsM3wI"),
    ],
)
def test_published_identifiers_are_reproduced(made, version, identifier):
    assert vrs.identify(made, version) == f"ga4gh:{identifier}"


def test_tp53_r175h_has_the_two_identifiers_of_the_contract():
    assert spdi.identifiers(spdi.read("NC_000017.11:7675087:C:T")) == {
        "1.3": "ga4gh:VA.USuRopuCOKU5X3KK9mTBoCBJp3PjBbiv",
        "2.0": "ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR",
    }


def test_substitutions_have_the_identifiers_of_the_reference_implementation():
    sample = rows(DATA / "substitutions.tsv")
    assert len(sample) == 300
    assert list(disagreements(sample)) == []


@pytest.mark.skipif(not CORPUS.exists(), reason="the development corpus is not beside this checkout")
def test_every_substitution_of_the_corpus_has_the_identifiers_of_the_reference_implementation():
    bases = set("ACGT")
    substitutions = [row for row in rows(CORPUS) if row["ref"] in bases and row["alt"] in bases]
    assert len(substitutions) > 3000
    assert list(disagreements(substitutions)) == []


@settings(deadline=None)
@given(
    st.sampled_from(refget.accessions()),
    st.integers(0, 2**40),
    st.integers(0, 10**4),
    st.text("ACGTN", max_size=40),
)
def test_quick_allele_identifier_is_the_reference_implementations(accession, start, length, sequence):
    place = (refget.find(accession).refget, start, start + length, sequence)
    theirs = package_allele(*place)
    assert vrs.allele_id(*place, "2.0") == ga4gh_identify(theirs)
    assert vrs.allele_id(*place, "1.3") == ga4gh_identify(theirs, as_version=PrevVrsVersion.V1_3)


@settings(deadline=None)
@given(
    st.integers(0, 10**9), st.integers(0, 10**6), st.text("ACGT", max_size=9), st.sampled_from(["1.2.1", "1.3", "2.0"])
)
def test_quick_allele_identifier_is_the_one_of_the_object(start, length, sequence, version):
    location = vrs.sequence_location(CHR17, start, start + length, version)
    slow = vrs.identify(vrs.allele(location, vrs.literal(sequence)), version)
    assert vrs.allele_id(CHR17, start, start + length, sequence, version) == slow


BOUNDS = st.tuples(st.none() | st.integers(0, 400), st.none() | st.integers(0, 400)).filter(
    lambda pair: pair != (None, None) and (None in pair or pair[0] <= pair[1])
)


@settings(deadline=None)
@given(BOUNDS)
def test_copy_number_counts_of_2_0_are_the_reference_implementations(bounds):
    low, high = bounds
    reference = models.SequenceReference(refgetAccession=CHR11)
    location = models.SequenceLocation(sequenceReference=reference, start=118436491, end=118526832)
    copies = low if low == high else models.Range(list(bounds))
    theirs = models.CopyNumberCount(location=location, copies=copies)
    assert vrs.identify(vrs.copy_number_count(KMT2A_SPAN, low, high, "2.0"), "2.0") == ga4gh_identify(theirs)


@pytest.mark.parametrize("change", list(models.CopyChange), ids=lambda change: change.value)
def test_every_copy_change_of_2_0_has_its_efo_class(change):
    reference = models.SequenceReference(refgetAccession=CHR11)
    location = models.SequenceLocation(sequenceReference=reference, start=118436491, end=118526832)
    theirs = ga4gh_identify(models.CopyNumberChange(location=location, copyChange=change))
    table = (Path(vrs.__file__).parent / "data" / "vrs_copy_change.tsv").read_text().splitlines()[1:]
    (efo,) = (line.split("\t")[0] for line in table if line.split("\t")[1] == change.value)
    assert vrs.identify(vrs.copy_number_change(KMT2A_SPAN, efo, "2.0"), "2.0") == theirs


@pytest.mark.parametrize(
    ("linker", "theirs"),
    [
        (None, None),
        ("ACT", models.LiteralSequenceExpression(sequence="ACT")),
        (3, models.LengthExpression(length=3)),
    ],
)
def test_adjacency_of_bcr_and_abl1_is_the_reference_implementations(linker, theirs):
    bcr, abl1 = (models.SequenceReference(refgetAccession=accession) for accession in (CHR22, CHR9))
    sides = [
        models.SequenceLocation(sequenceReference=bcr, end=23290555),
        models.SequenceLocation(sequenceReference=abl1, start=130713881),
    ]
    expected = ga4gh_identify(models.Adjacency(adjoinedSequences=sides, linker=theirs))
    ours = vrs.adjacency(vrs.upto(CHR22, 23290555), vrs.onwards(CHR9, 130713881), linker)
    assert vrs.identify(ours, "2.0") == expected


def test_objects_of_2_0_are_what_the_reference_implementation_reads():
    made = [
        vrs.allele(KMT2A_SPAN, vrs.repeated(6, 2, "ACACAC")),
        vrs.copy_number_count(KMT2A_SPAN, 6, None, "2.0"),
        vrs.copy_number_change(KMT2A_SPAN, "EFO:0030072", "2.0"),
        vrs.adjacency(vrs.upto(CHR22, 23290555), vrs.onwards(CHR9, 130713881)),
    ]
    assert [ga4gh_identify(models.Variation(**obj).root) for obj in made] == [vrs.identify(obj, "2.0") for obj in made]


def test_open_bounds_of_1_x_say_which_way_they_are_open():
    at_least = vrs.copy_number_count(KMT2A, 6, None, "1.3")["copies"]
    at_most = vrs.copy_number_count(KMT2A, None, 1, "1.3")["copies"]
    exact = vrs.copy_number_count(KMT2A, 3, 3, "1.3")["copies"]
    assert at_least == {"type": "IndefiniteRange", "comparator": ">=", "value": 6}
    assert at_most == {"type": "IndefiniteRange", "comparator": "<=", "value": 1}
    assert exact == {"type": "Number", "value": 3}


def test_a_reference_to_an_object_counts_as_the_object():
    named = vrs.copy_number_change({**BAND_11Q23_3}, "EFO:0030072", "1.3")
    referred = {**named, "subject": vrs.identify(BAND_11Q23_3, "1.3"), "_id": "any"}
    assert vrs.identify(referred, "1.3") == vrs.identify(named, "1.3")


def test_band_is_a_name_in_1_3_an_interval_in_2_0_and_nothing_where_there_is_none():
    assert vrs.band_location("11", "q23.3", "1.3") == BAND_11Q23_3
    assert vrs.band_location("11", "q23.3", "2.0")["start"] == 114600000
    assert vrs.band_location("11", "q23.3", "2.0", "GRCh37")["start"] == 114500000
    assert vrs.band_location("11", "q99", "2.0") is None
    assert vrs.chromosome_location("7", "q22", "q34")["interval"]["end"] == "q34"


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: vrs.identify(KMT2A, "1.3"), "no computed identifier for a Gene"),
        (lambda: vrs.copy_number_count(KMT2A, None, None, "1.3"), "expected a lowest or a highest"),
        (lambda: vrs.copy_number_count(KMT2A, 18, 6, "1.3"), "the lowest first"),
        (lambda: vrs.copy_number_count(KMT2A, 6, 18, "2.0"), "not of a Gene"),
        (lambda: vrs.copy_number_change(BAND_11Q23_3, "EFO:0030072", "2.0"), "not of a ChromosomeLocation"),
        (lambda: vrs.copy_number_change(KMT2A, "EFO:0030065", "1.3"), "no copy change EFO:0030065"),
        (lambda: vrs.allele_id("NC_000017.11", 1, 2, "T"), "expected a refget accession"),
        (lambda: vrs.allele_id(CHR17, 2, 1, "T"), "start <= end"),
        (lambda: vrs.allele_id(CHR17, 1, 2, "t"), "capitals"),
        (lambda: vrs.allele_id(CHR17, 1, 2, 'T","x":"'), "capitals"),
    ],
)
def test_what_no_version_can_say_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_refget_accession_is_that_of_the_specification():
    # refget 2.0, section "Reference retrieval": the digest of ACGT
    assert refget_of("ACGT") == refget_of("acgt") == "SQ.aKF498dAxcJAqme6QYQ7EZ07-fiw8Kw2"


def refget_of(sequence):
    return vrs.refget_accession(sequence)


@pytest.mark.parametrize(
    ("name", "assembly", "accession"),
    [
        ("17", "GRCh38", "NC_000017.11"),
        ("chr17", "GRCh37", "NC_000017.10"),
        ("X", "GRCh38", "NC_000023.11"),
        ("23", "GRCh37", "NC_000023.10"),
        ("chry", "GRCh38", "NC_000024.10"),
    ],
)
def test_chromosomes_are_found_by_name(name, assembly, accession):
    assert refget.named(name, assembly).accession == accession


def test_unknown_sequences_have_no_digest():
    assert refget.named("M") is None
    assert refget.find("NM_000546.6") is None
    assert spdi.identifiers(spdi.read("NM_000546.6:665:G:A")) == {}
    assert spdi.allele(spdi.read("NM_000546.6:665:G:A")) is None


def test_all_chromosomes_of_both_assemblies_are_there():
    assert len(refget.accessions()) == len({refget.find(a).refget for a in refget.accessions()}) == 48


def test_place_beyond_the_chromosome_is_refused():
    with pytest.raises(NomenclatureError, match="83257441 bases"):
        spdi.read("NC_000017.11:83257441:A:T")
