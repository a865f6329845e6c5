"""Phenopackets of schema 1: two documents after the public examples of the schema's own repository.

The facts are those of ``BethlemMyopathyExample`` and ``UrothelialCarcinomaExample`` (and the alleles of the schema's
documentation) of github.com/phenopackets/phenopacket-schema, BSD 3-Clause.
"""

import copy
import json
from pathlib import Path

import pytest

from adapter import convert
from adapter.errors import ReadError
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read, schema
from adapter.terms import load

DATA = Path(__file__).parents[2] / "data" / "phenopacket_read"
AT = "2026-01-01T00:00:00Z"


def document(name):
    return read_json((DATA / f"v1-{name}.json").read_bytes())


def first(source):
    return next(read(source, load()))


def written(source):
    return convert.write(first(source), "phenopacket", at=AT, terms=load()).document


def carried(source):
    return {(one.format, one.path): one.value for one in first(source).case.carried}


def test_the_person_and_the_course_are_read():
    case = first(document("tumour-samples")).case

    assert case.subject.sex == "male"
    assert case.subject.birth.text == "1964-03-15"
    assert case.outcome.age.low.iso == "P52Y2M"
    assert [one.to_json()["age"] for one in case.diagnoses] == ["P52Y"]
    assert [one.to_json().get("age") for one in case.specimens] == ["P52Y2M", "50-59 y"]


def test_features_keep_their_onset_and_their_negation():
    case = first(document("rare-disease-family")).case

    assert [one.result for one in case.features] == ["present", "absent", "present", "present"]
    assert case.features[2].age.low.iso == "P14Y"


def test_every_kind_of_allele_is_a_finding():
    of_tumour = first(document("tumour-samples")).case.findings
    (of_boy,) = first(document("rare-disease-family")).case.findings

    assert [one.to_json().get("hgvs") for one in of_tumour] == [
        "17-7577093-C-A",
        "NC_000010.10:123256214:T:G",
        None,
    ]
    assert of_tumour[2].to_json()["iscn"] == "t(8;9;11)(q12;p24;p12)"
    assert {one.specimen for one in of_tumour} == {"sample1"}
    assert (of_boy.to_json()["hgvs"], of_boy.to_json()["zygosity"]) == ("NM_001848.2:c.877G>A", "heterozygous")


def test_what_schema_2_has_no_field_for_is_carried_with_its_place_in_schema_1():
    found = carried(document("tumour-samples"))

    assert found["phenopacket-1", "/genes"] == [{"id": "HGNC:11998", "symbol": "TP53"}]
    assert found["phenopacket-1", "/biosamples/0/isControlSample"] is False
    assert found["phenopacket-1", "/biosamples/0/variants/0/vcfAllele/vcfVersion"] == "VCFv4.3"


def test_the_packet_is_written_in_schema_2_with_all_that_has_a_place():
    packet = written(document("tumour-samples"))

    assert list(schema.issues(packet)) == []
    assert packet["metaData"]["phenopacketSchemaVersion"] == "2.0"
    assert packet["subject"]["karyotypicSex"] == "XY"
    assert packet["phenotypicFeatures"][1]["severity"]["label"] == "Severe"
    assert [one["label"] for one in packet["diseases"][0]["clinicalTnmFinding"]] == [
        "pT2b Stage Finding",
        "pN2 Stage Finding",
    ]
    assert packet["biosamples"][0]["files"][0] == {
        "uri": "file://data/genomes/urothelial_ca_wgs.vcf.gz",
        "individualToFileIdentifiers": {"sample1": "BS342730"},
        "fileAttributes": {
            "description": "Urothelial carcinoma sample",
            "fileFormat": "VCF",
            "genomeAssembly": "GRCh38",
        },
    }
    record = call(packet, 0)["vcfRecord"]
    assert (record["pos"], record["id"], record["genomeAssembly"]) == ("7577093", "rs730882008", "GRCh37")
    assert {one["namespacePrefix"] for one in packet["metaData"]["resources"]} >= {"HP", "UBERON", "NCIT"}


def call(packet, n):
    calls = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    return calls[n]["variantInterpretation"]["variationDescriptor"]


def test_a_call_of_schema_1_claims_no_status_and_no_class():
    calls = written(document("rare-disease-family"))["interpretations"][0]["diagnosis"]["genomicInterpretations"]

    assert calls[0]["interpretationStatus"] == "UNKNOWN_STATUS"
    assert calls[0]["variantInterpretation"]["acmgPathogenicityClassification"] == "NOT_PROVIDED"
    assert calls[0]["subjectOrBiosampleId"] == "14 year-old boy"


def test_a_family_gives_each_person():
    assert [one.case.id for one in read(document("rare-disease-family"), load())] == [
        "14_year-old_boy",
        "MOTHER",
        "FATHER",
    ]


@pytest.mark.parametrize("version", ["1.0", "1.0.0", None])
def test_schema_1_is_recognised_by_its_version_or_by_its_members(version):
    source = document("tumour-samples")
    source["metaData"]["phenopacketSchemaVersion"] = version
    if version is None:
        del source["metaData"]["phenopacketSchemaVersion"]

    found = first(source)

    assert [issue.category for issue in found.issues if issue.category == "schema-1"] == ["schema-1"]
    assert len(found.case.findings) == 3


def test_schema_1_in_snake_case_is_read_too():
    source = document("tumour-samples")
    source["hts_files"] = source.pop("htsFiles")
    source["diseases"][0]["age_of_onset"] = source["diseases"][0].pop("ageOfOnset")

    assert carried(source) == carried(document("tumour-samples"))


def elements(node, path=""):
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield f"{path}/{key}"
        yield from elements(value, f"{path}/{key}")


def without(source, pointer):
    changed = copy.deepcopy(source)
    *steps, last = pointer.split("/")[1:]
    node = changed
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    del node[int(last) if isinstance(node, list) else last]
    return changed


@pytest.mark.parametrize("name", ["tumour-samples", "rare-disease-family"])
def test_an_element_taken_away_changes_what_is_read(name):
    source = document(name)

    def told(packet):
        try:
            return dump([[one.case.to_json(), [loss.path for loss in one.losses]] for one in read(packet, load())])
        except ReadError as refused:
            return refused.message

    whole = told(source)
    silent = [path for path in elements(source) if told(without(source, path)) == whole]

    # The version is told by the members too; a pedigree is a loss as a whole.
    assert [p for p in silent if p != "/metaData/phenopacketSchemaVersion" and not p.startswith("/pedigree/")] == []


@pytest.mark.parametrize(
    ("variant", "carried_at"),
    [
        ({}, {"": {}}),
        ("x", {"": "x"}),
        ({"hgvsAllele": {}}, {"": {"hgvsAllele": {}}}),
        ({"hgvsAllele": {"hgvs": 5}}, {"": {"hgvsAllele": {"hgvs": 5}}}),
        ({"hgvsAllele": {"hgvs": "NM_001848.2:c.877G>A", "odd": 1}, "odd": 2}, {"/odd": 2, "/hgvsAllele/odd": 1}),
    ],
)
def test_what_cannot_be_read_of_a_variant_is_carried(variant, carried_at):
    found = carried(document("tumour-samples") | {"variants": [variant]})

    kept = {
        path: value for (kind, path), value in found.items() if kind == "phenopacket-1" and path[:10] == "/variants/"
    }
    assert kept == {f"/variants/0{path}": value for path, value in carried_at.items()}


@pytest.mark.parametrize(
    "change",
    [
        {"variants": "x"},
        {"variants": {"a": 1}, "genes": "x"},
        {"interpretations": [1]},
        {"htsFiles": [{"uri": "a", "fileAttributes": {"x": "y"}, "description": "z"}]},
        {"htsFiles": "x", "files": ["y"]},
        {"diseases": [{"ageOfOnset": "x", "classOfOnset": {"id": "a:b"}, "ageRangeOfOnset": {"start": 1}}]},
        {"subject": {"ageAtCollection": {"age": "P1Y"}, "timeAtLastEncounter": "x"}},
        {"biosamples": [{"id": "s", "variants": 5, "isControlSample": True}]},
    ],
)
def test_wrong_types_of_schema_1_are_carried_not_lost(change):
    source = document("tumour-samples") | change

    found = dump(first(source).case.to_json()).decode()

    for value in leaves(change):
        assert json.dumps(value) in found


def leaves(node):
    if isinstance(node, dict):
        return [leaf for value in node.values() for leaf in leaves(value)]
    return [leaf for value in node for leaf in leaves(value)] if isinstance(node, list) else [node]
