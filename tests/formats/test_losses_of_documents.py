"""What neither the case nor the target can hold of a document is told by its place in that document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from adapter.convert import convert
from adapter.formats.document import dump, read_json
from adapter.report import leaves
from tests.strategies import cases

AT = "2026-01-01T00:00:00Z"

PACKET = {
    "id": "aml-7",
    "subject": {"id": "aml-7", "sex": "FEMALE", "karyotypicSex": "XX"},
    "files": [{"uri": "file://reads.bam", "fileAttributes": {"genomeAssembly": "GRCh38"}}],
    "metaData": {
        "created": "2021-05-14T10:35:00Z",
        "createdBy": "Curator A",
        "resources": [
            {
                "id": "hp",
                "name": "human phenotype ontology",
                "url": "http://purl.obolibrary.org/obo/hp.owl",
                "version": "2021-04-13",
                "namespacePrefix": "HP",
                "iriPrefix": "http://purl.obolibrary.org/obo/HP_",
            }
        ],
        "phenopacketSchemaVersion": "2.0",
    },
}

BLASTS = {
    "resourceType": "Observation",
    "id": "blasts",
    "status": "final",
    "code": {"text": "blasts"},
    "subject": {"reference": "Patient/p"},
    "performer": [{"display": "Laboratory B"}],
    "valueQuantity": {"value": 62, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    "contained": [{"resourceType": "Device", "id": "counter", "serialNumber": "C-17"}],
}
PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "maritalStatus": {"text": "married"}}


def read_losses(document: dict[str, Any], source: str, target: str) -> dict[str, str]:
    (done,) = convert(document, target, at=AT, source=source)
    assert not [loss.path for loss in done.losses if loss.path.startswith("/carried")]
    return {loss.path: loss.reason for loss in done.losses if loss.stage == "read"}


def test_what_fhir_cannot_hold_of_a_packet_is_told_by_its_pointer_in_the_packet() -> None:
    lost = read_losses(PACKET, "phenopacket", "fhir")

    assert {"/metaData/createdBy", "/metaData/created", "/files/0/uri"} <= lost.keys()
    assert "/files/0/fileAttributes/genomeAssembly" in lost
    assert "/metaData/resources/0/version" in lost
    assert set(lost.values()) == {"no-place"}


def test_what_a_packet_cannot_hold_of_a_bundle_is_told_by_its_pointer_in_the_bundle() -> None:
    entries = [{"fullUrl": f"https://hospital.example/fhir/{r['resourceType']}/{r['id']}", "resource": r}
               for r in (PATIENT, BLASTS)]  # fmt: skip
    lost = read_losses({"resourceType": "Bundle", "type": "collection", "entry": entries}, "fhir", "phenopacket")

    assert "/entry/0/resource/maritalStatus/text" in lost
    assert "/entry/1/resource/performer/0/display" in lost
    assert "/entry/1/resource/contained/0/serialNumber" in lost


def test_the_pointers_of_a_bundle_in_a_list_and_of_one_resource_start_at_the_document() -> None:
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}]}

    assert "/0/entry/0/resource/maritalStatus/text" in read_losses([bundle], "fhir", "phenopacket")  # type: ignore[arg-type]
    assert "/maritalStatus/text" in read_losses(PATIENT, "fhir", "phenopacket")


def test_two_resources_of_one_name_are_not_taken_for_each_other() -> None:
    twice = [{"resource": PATIENT}, {"resource": BLASTS}, {"resource": BLASTS | {"performer": [{"display": "C"}]}}]
    (done,) = convert(
        {"resourceType": "Bundle", "type": "collection", "entry": twice}, "phenopacket", at=AT, source="fhir"
    )

    told = [loss.path for loss in done.losses if "performer" in loss.path]
    assert told == ["/entry/1/resource/performer/0/display", "/entry/2/resource/performer/0/display"]


@pytest.mark.parametrize(("through", "target"), [("phenopacket", "fhir"), ("fhir", "phenopacket")])
def test_a_loss_of_reading_points_at_a_leaf_of_the_document(through: str, target: str) -> None:
    @settings(max_examples=25, deadline=None)
    @given(cases())
    def law(case: dict[str, Any]) -> None:
        (written,) = convert(case, through, at=AT, source="case")
        document = read_json(dump(written.document))
        stated = set(leaves(document))
        for done in convert(document, target, at=AT, source=through):
            assert {loss.path for loss in done.losses if loss.stage == "read"} <= stated

    law()
