"""VRS 1.2, 1.3 and 2.0 in packets of others: read, recomputed, compared, kept as stated, migrated on writing.

The identifiers are those of ga4gh.md section 2 and of the VRS 1.2.1 and 1.3 vectors that the engine is tested with.
"""

import copy
from pathlib import Path

import pytest

from adapter import convert
from adapter.formats.document import read_json
from adapter.formats.phenopacket import read
from adapter.formats.phenopacket.models import message
from adapter.terms import load

PACKET = read_json((Path(__file__).parents[2] / "data/phenopacket_read/hand-written-1.json").read_bytes())
AT = "2026-01-01T00:00:00Z"
TP53 = {"1.3": "ga4gh:VA.USuRopuCOKU5X3KK9mTBoCBJp3PjBbiv", "2.0": "ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR"}
KMT2A = {
    "1.2": "ga4gh:VCN.NQZF0mHic_tzz5O89zzZhR9gxPiU0FPK",
    "1.3": "ga4gh:CN.i7IATiB34V1a_WV2yeB2vY5-CKvBLAMf",
    "1.3 change": "ga4gh:CX.rN-hm4wwnBwDuoOCyTn5exut9Nh0JI-T",
}
OTHER = "A" * 32


def call(document, n):
    calls = document["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    return calls[n]["variantInterpretation"]["variationDescriptor"]


def packet(n, **members):
    document = copy.deepcopy(PACKET)
    call(document, n).update(members)
    return document


def mismatches(document):
    found = next(read(document, load()))
    return [issue.path.rpartition("variationDescriptor")[2] for issue in found.issues if issue.category == "vrs-id"]


def written(document):
    return convert.convert(document, "phenopacket", at=AT, terms=load())[0].document


@pytest.mark.parametrize("identifier", TP53.values(), ids=TP53)
def test_the_id_of_an_allele_is_that_of_any_version(identifier):
    assert mismatches(packet(1, id=identifier)) == []


@pytest.mark.parametrize("identifier", KMT2A.values(), ids=KMT2A)
def test_the_id_of_the_copies_of_a_gene_is_that_of_any_version_or_of_the_change(identifier):
    assert mismatches(packet(0, id=identifier)) == []


@pytest.mark.parametrize(
    ("n", "identifier"),
    [(1, f"ga4gh:VA.{OTHER}"), (0, f"ga4gh:VCN.{OTHER}"), (0, f"ga4gh:CN.{OTHER}"), (0, f"ga4gh:CX.{OTHER}")],
)
def test_another_id_is_a_warning_and_is_kept_as_stated(n, identifier):
    document = packet(n, id=identifier)

    assert mismatches(document) == ["/id"]
    assert call(written(document), n)["id"] == identifier
    assert message(written(document)) == message(document)


def test_an_id_that_stands_beside_the_descriptors_own_is_compared_too():
    extensions = [{"name": "vrs-2.0-id", "value": TP53["2.0"]}, {"name": "vrs-id", "value": f"ga4gh:VA.{OTHER}"}]
    document = packet(1, id="own", extensions=extensions, xrefs=[f"ga4gh:VA.{OTHER}", "clinvar:12374"])

    assert mismatches(document) == ["/extensions/1/value", "/xrefs/0"]


def test_an_id_of_what_is_not_shown_cannot_be_compared():
    document = packet(1, id=f"ga4gh:VA.{OTHER}")
    del call(document, 1)["variation"]

    assert mismatches(document) == []


def test_copies_of_an_interval_have_ids_in_every_version():
    location = {
        "sequenceId": "refseq:NC_000011.10",
        "sequenceInterval": {"startNumber": {"value": "118436491"}, "endNumber": {"value": "118526832"}},
    }
    variation = {
        "copyNumber": {
            "derivedSequenceExpression": {"location": location, "reverseComplement": False},
            "definiteRange": {"min": "6", "max": "18"},
        }
    }

    assert mismatches(packet(0, id="ga4gh:CN.eEQ5krVJ0aMLIFQmPi09VXQnrm8fbXBq", variation=variation)) == []
    assert mismatches(packet(0, id=f"ga4gh:VCN.{OTHER}", variation=variation)) == ["/id"]


def only_vrs(**location):
    """TP53 as nothing but a VRS allele."""
    document = packet(1, id="own")
    node = call(document, 1)
    for name in ("expressions", "vcfRecord", "label", "extensions", "xrefs", "geneContext", "vrsRefAlleleSeq"):
        node.pop(name, None)
    node["variation"]["allele"]["sequenceLocation"].update(location)
    return document


@pytest.mark.parametrize(
    "location",
    [
        {},
        {"sequenceId": "refseq:NC_000017.11"},
        {"sequenceInterval": None, "simpleInterval": {"start": "7675087", "end": "7675088"}},
    ],
    ids=["refget", "refseq", "simple interval"],
)
def test_an_allele_alone_is_a_variant_and_gets_its_id_of_2_0(location):
    document = only_vrs(**location)

    (case,) = [one.case for one in read(document, load())]
    found = [one.to_json() for one in case.findings if one.kind == "sequence-variant"]
    fresh = convert.write(case.model_copy(update={"carried": ()}), "phenopacket", at=AT, terms=load()).document

    assert found[0]["hgvs"] == "NC_000017.11:7675087:1:T"
    node = next(one for n in range(3) if (one := call(fresh, n))["id"] == TP53["1.3"])
    assert {"name": "vrs-2.0-id", "value": TP53["2.0"]} in node["extensions"]
    assert {"name": "vrs-version", "value": "1.2.1"} in node["extensions"]
    assert message(written(document)) == message(document)


def test_the_state_of_earlier_releases_is_read():
    document = only_vrs()
    allele = call(document, 1)["variation"]["allele"]
    allele["sequenceState"] = allele.pop("literalSequenceExpression")

    (case,) = [one.case for one in read(document, load())]

    assert "NC_000017.11:7675087:1:T" in [one.to_json().get("hgvs") for one in case.findings]


@pytest.mark.parametrize(
    "location",
    [
        {"sequenceId": f"ga4gh:SQ.{OTHER}"},
        {"sequenceInterval": {"startNumber": {"value": "9"}, "endNumber": {"value": "3"}}},
        {"sequenceInterval": {"startNumber": {"value": "9"}, "endNumber": {"value": "999999999"}}},
        {"sequenceInterval": {"startIndefiniteRange": {"value": "9", "comparator": "<="}, "endNumber": {"value": "9"}}},
    ],
    ids=["unknown sequence", "reversed", "beyond the end", "open"],
)
def test_an_allele_without_an_exact_place_is_carried_not_guessed(location):
    document = only_vrs(**location)

    (case,) = [one.case for one in read(document, load())]

    assert not any("hgvs" in one.to_json() for one in case.findings)
    assert message(written(document)) == message(document)
