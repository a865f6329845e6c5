"""Older versions of the guides: Genomics Reporting 2.0.0, mCODE 1 to 3, read, written and led to the newer ones."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from rereading import reread
from writing import AT, ROOT, SAMPLES, codes, component, observation, read, resources, written

from adapter import convert
from adapter.cli import main
from adapter.formats.document import dump, read_json
from adapter.terms import load
from adapter.validate import check

DATA = ROOT / "tests" / "data" / "fhir_read"
GUIDE = "http://hl7.org/fhir/uv/genomics-reporting"
CHANGE, COPIES, RANGE, CONSEQUENCE = "48019-4", "82155-3", "copy-number-range", "molecular-consequence"


def finding(document):
    (back,) = reread(document)
    return back.case.findings[0].to_json()


# (example, field of its finding, what is read there)
READ = [
    ("gr2-ExampleSomaticDEL", "change", "deletion"),  # the Sequence Ontology has another URI in 2.0.0
    ("gr2-ExampleSomaticDEL", "copies", "1"),
    ("gr2-ExampleGermlineCNV", "origin", "germline"),
    ("gr2-Pgx-var-1019", "gene", "VKORC1"),  # and so has HGNC
    ("mcode1-genetic-variant", "variant_ids", {"clinvar": "619728"}),
    ("mcode2-genomic-variant-fusion", "hgvs", "NM_005157.6(ABL1):c.1076T>G"),
    ("mcode3-gx-genomic-variant-somatic-mycn", "kind", "copy-number"),  # told by its consequence alone
    ("mcode3-gx-genomic-variant-somatic-mycn", "change", "gain"),
    ("mcode3-gx-genomic-variant-fusion-met-alk", "kind", "rearrangement"),
]


@pytest.mark.parametrize(("name", "field", "expected"), READ)
def test_examples_of_older_guides_are_understood(name, field, expected):
    assert finding(read(DATA / f"{name}.json"))[field] == expected


LOINC, HGNC, SO = "http://loinc.org", "http://www.genenames.org/geneId", "http://sequenceontology.org"


def variant(*components, **members):
    made = {"resourceType": "Observation", "id": "v", "status": "final", "code": concept("69548-6"), **members}
    return made | ({"component": list(components)} if components else {})


def concept(code, system=LOINC, display=""):
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def gene(code, symbol):
    return {"code": concept("48018-6"), "valueCodeableConcept": concept(code, HGNC, symbol)}


def consequence(code, display):
    asked = concept(CONSEQUENCE, f"{GUIDE}/CodeSystem/tbd-codes-cs")
    return {"code": asked, "valueCodeableConcept": concept(code, SO, display)}


def test_a_gene_under_the_older_uri_is_the_gene_and_comes_back_under_the_newer_one():
    document = variant(gene("HGNC:7132", "KMT2A"))
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    assert made.losses == ()
    assert component(observation(made.document, "69548-6"), "48018-6")["coding"] == [
        {"system": "http://www.genenames.org", "code": "HGNC:7132", "display": "KMT2A"}
    ]
    (made,) = convert.convert(document, "fhir", at=AT, profile_set="gr2", terms=load())
    system = component(observation(made.document, "69548-6"), "48018-6")["coding"][0]["system"]
    assert system == "http://www.genenames.org/geneId"


def test_the_change_stated_as_change_goes_before_the_one_stated_as_consequence():
    change = {"code": concept(CHANGE), "valueCodeableConcept": concept("SO:0001743", SO, "copy_number_loss")}
    found = finding(variant(gene("HGNC:1787", "CDKN2A"), consequence("SO:0001742", "copy_number_gain"), change))
    assert (found["kind"], found["change"]) == ("copy-number", "loss")


def test_a_consequence_that_joins_two_genes_tells_of_a_rearrangement():
    found = finding(
        variant(gene("HGNC:1014", "BCR"), gene("HGNC:76", "ABL1"), consequence("SO:0001565", "gene_fusion"))
    )
    assert (found["kind"], found["said"]) == ("rearrangement", "BCR and ABL1")


def test_a_significance_that_the_variant_states_itself_is_read():
    significance = {"code": concept("53037-8"), "valueCodeableConcept": concept("LA6668-3")}  # a component of mCODE 2
    document = variant(gene("HGNC:11998", "TP53"), significance)
    assert finding(document)["significance"] == "pathogenic"
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    assert made.losses == ()
    implied = next(o for o in resources(made.document, "Observation") if "diagnostic-implication" in codes(o["code"]))
    assert codes(component(implied, "53037-8")) == ["LA6668-3"]


def test_a_citation_of_the_older_guide_is_one_of_the_newer():
    artifact = {"type": "citation", "url": "https://doi.org/10.5555/example"}
    extension = {"url": f"{GUIDE}/StructureDefinition/genomics-artifact", "valueRelatedArtifact": artifact}
    document = variant(gene("HGNC:11998", "TP53"), extension=[extension])
    assert "doi" in finding(document)["source"]
    (made,) = convert.convert(document, "fhir", at=AT, terms=load())
    urls = [e["url"] for e in observation(made.document, "69548-6")["extension"]]
    assert urls == ["http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact"]


# Writing 2.0.0.


@pytest.fixture
def kmt2a():
    return written(read(ROOT / "samples" / "fonc-2026-1656404-patient-1.json"), "gr2")


def test_a_range_of_copies_is_its_lower_bound_and_our_range_and_a_declared_loss(kmt2a):
    found = observation(kmt2a.document, "69548-6")
    assert component(found, COPIES) == {
        "value": 6, "comparator": ">=", "unit": "copies", "system": "http://unitsofmeasure.org", "code": "1"
    }  # fmt: skip
    assert {"low", "high"} == component(found, RANGE).keys()
    assert ("/findings/0/copies", "narrowed") in {(loss.path, loss.reason) for loss in kmt2a.losses}


def test_what_an_amplification_means_is_a_component_and_no_observation(kmt2a):
    assert codes(component(observation(kmt2a.document, "69548-6"), CONSEQUENCE)) == ["SO:0001880"]
    assert not [o for o in resources(kmt2a.document, "Observation") if CONSEQUENCE in codes(o["code"])]


ROLES = ("variant", "diagnostic-implication", "genomics-report")


def test_profiles_are_claimed_with_their_version(kmt2a):
    claimed = {url for one in resources(kmt2a.document) for url in one.get("meta", {}).get("profile", ())}
    assert claimed == {f"{GUIDE}/StructureDefinition/{name}|2.0.0" for name in ROLES}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_nothing_that_only_the_newer_guide_has_is_written(path):
    text = dump(written(read(path), "gr2").document).decode()
    newer = ("genomic-study", "feature-consequence", "workflow-relatedArtifact", '"http://www.genenames.org"',
             "http://www.sequenceontology.org", "/StructureDefinition/genomic-report")  # fmt: skip
    assert [one for one in newer if one in text] == []


def spoiled(document, change):
    change(document)
    report = check(document, tier="profile", source="fhir", terms=load())
    return {issue.category for issue in report.issues if issue.level == "error"}


def copy_number(document):
    found = observation(document, "69548-6")["component"]
    return next(c for c in found if COPIES in codes(c["code"]))


SPOILED = [
    (lambda d: copy_number(d).update(valueRange=copy_number(d).pop("valueQuantity") and {"low": {"value": 6}}), "type"),
    (lambda d: copy_number(d)["valueQuantity"].update(code="copies"), "cnt-3"),
    (lambda d: observation(d, "69548-6").pop("category"), "cardinality"),
    (lambda d: observation(d, "69548-6").pop("valueCodeableConcept") and
     observation(d, "69548-6").update(valueString="present"), "gr-assessment"),
    (lambda d: resources(d, "DiagnosticReport")[0].pop("category"), "cardinality"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "category"), SPOILED)
def test_what_2_0_0_refuses_is_found_in_process(kmt2a, change, category):
    assert spoiled(kmt2a.document, lambda _: None) == set()
    assert category in spoiled(kmt2a.document, change)


def test_the_rules_of_3_0_0_are_not_asked_of_a_claim_of_2_0_0():
    laboratory = concept("laboratory", "http://terminology.hl7.org/CodeSystem/observation-category")
    document = variant(category=[laboratory], valueCodeableConcept=concept("LA9633-4"))
    for version, expected in (("|2.0.0", set()), ("", {"gr-category", "cardinality"})):
        document["meta"] = {"profile": [f"{GUIDE}/StructureDefinition/variant{version}"]}
        assert spoiled(document, lambda _: None) == expected


# From one version to another.


def findings(document):
    return [f.to_json() for back in reread(document) for f in back.case.findings]


@pytest.mark.parametrize("path", [*SAMPLES, *sorted(DATA.glob("gr2-*.json"))], ids=lambda p: p.stem)
def test_stu2_to_stu3_and_back_is_the_same_but_for_what_was_reported(path):
    first = written(read(path), "gr2").document if path in SAMPLES else read(path)
    (newer,) = convert.convert(first, "fhir", at=AT, profile_set="gr3", terms=load())
    (older,) = convert.convert(newer.document, "fhir", at=AT, profile_set="gr2", terms=load())
    (again,) = convert.convert(older.document, "fhir", at=AT, profile_set="gr3", terms=load())
    narrowed = {loss.path.split("/")[2] for one in (newer, older, again) for loss in one.losses
                if loss.path.startswith("/findings/")}  # fmt: skip
    for n, (one, other) in enumerate(zip(findings(newer.document), findings(again.document), strict=True)):
        assert one == other or str(n) in narrowed
    assert len(findings(older.document)) == len(findings(first))


def test_the_command_and_its_losses(tmp_path):
    source, losses, out = (tmp_path / name for name in ("source.json", "losses.json", "out.json"))
    source.write_bytes(dump(written(read(ROOT / "samples" / "kinds" / "copy-number.json"), "gr3").document))
    wanted = ["convert", str(source), "--to", "fhir", "--profile-set", "gr2", "--at", AT,
              "--losses", str(losses), "-o", str(out)]  # fmt: skip
    assert main(wanted) == 0
    assert b"variant|2.0.0" in out.read_bytes()
    assert isinstance(read_json(losses.read_bytes()), list)
