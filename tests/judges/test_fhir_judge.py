"""The HL7 validator over everything the FHIR writer writes: no errors, and no warning that is not explained."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "formats" / "fhir"))
from writing import AT, CASES, ROOT, SAMPLES, read, written

from adapter import convert
from adapter.formats.document import dump
from adapter.terms import load

JUDGE = ROOT.parent / "shared" / "judges" / "fhir" / "judge.sh"
DATA = ROOT / "tests" / "data" / "fhir_read"
BUNDLES = ("collection", "transaction")

# Each is explained in docs/conformance.md.
EXPLAINED = (
    r"CodeSystem is unknown and can't be validated: urn:ietf:rfc:3986",
    r"CodeSystem is unknown and can't be validated: http://hl7\.org/fhir/us/core/CodeSystem/condition-category",
    r"CodeSystem is unknown and can't be validated: http://sequenceontology\.org",
    r"CodeSystem is unknown and can't be validated: http://cancer\.sanger\.ac\.uk/cancergenome/projects/cosmic",
    r"No code provided, and a code should be provided from the value set 'LOINC Answer Codes for LL4048-6'",
    r"ValueSet 'http://cts\.nlm\.nih\.gov/fhir/ValueSet/2\.16\.840\.1\.113762\.1\.4\.1010\.4' not found",
    r"Constraint failed: mcode-reason-required",
    r"None of the codings provided are in the value set 'LOINC Answer Codes for LL4048-6'",
    r"None of the codings provided are in the value set 'Primary Cancer Disorder Value Set'",
    r"No code provided, and a code should be provided from the value set 'DNA ?Change ?Type(VS)?'",
    r"No code provided, and a code should be provided from the value set 'IdentifierType'",
)


@pytest.fixture(scope="session")
def older_guide(tmp_path_factory):
    """The definitions of Genomics Reporting 2.0.0, which stand for those of 3.0.0 with the same URL."""
    folder = tmp_path_factory.mktemp("genomics-reporting-2.0.0")
    packed = ROOT / "scripts" / "genomics-reporting-2.0.0.json.gz"
    for n, resource in enumerate(json.loads(gzip.decompress(packed.read_bytes()))):
        (folder / f"{n}.json").write_text(json.dumps(resource))
    return folder


def judged(folder, *options):
    """Errors and warnings of the judge over a folder."""
    if not JUDGE.exists():
        pytest.skip("the FHIR judge is not at hand")
    command = [str(JUDGE), *options, "--extra", str(ROOT / "mappings" / "fhir"), "--level", "warning", str(folder)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    if run.returncode == 2:
        pytest.skip("the FHIR judge is not prepared: judge.sh --prepare")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[-1]["summary"]
    return lines[:-1]


def errors(issues):
    return [(i["path"], i["message"]) for i in issues if i["level"] in ("error", "fatal")]


@pytest.fixture(scope="session")
def issues(tmp_path_factory, older_guide):
    """Errors and warnings of the judge over all samples and small cases, written once in every profile set."""
    found = []
    for sets, options in ((("gr3", "mcode4"), ("--ig", "both")), (("gr2",), ("--ig", "gr3", "--extra", older_guide))):
        folder = tmp_path_factory.mktemp("fhir")
        for path in SAMPLES + CASES:
            for profile_set in sets:
                for bundle in BUNDLES if path in SAMPLES else BUNDLES[:1]:
                    document = dump(written(read(path), profile_set, bundle).document)
                    (folder / f"{path.stem}.{profile_set}.{bundle}.json").write_bytes(document)
        found += judged(folder, *map(str, options))
    return found


@pytest.mark.judge
def test_no_bundle_has_an_error(issues):
    assert errors(issues) == []


@pytest.mark.judge
def test_every_warning_is_explained(issues):
    explained = re.compile("|".join(EXPLAINED))
    assert [i["message"] for i in issues if i["level"] == "warning" and not explained.search(i["message"])] == []


@pytest.mark.judge
def test_the_judge_of_2_0_0_refuses_what_3_0_0_takes(tmp_path, older_guide):
    document = written(read(ROOT / "samples" / "fonc-2026-1656404-patient-1.json"), "gr3").document
    text = dump(document).replace(b'/StructureDefinition/variant"', b'/StructureDefinition/variant|2.0.0"')
    assert b"valueRange" in text
    (tmp_path / "range.json").write_bytes(text)
    assert any(
        "Range" in message for _, message in errors(judged(tmp_path, "--ig", "gr3", "--extra", str(older_guide)))
    )


@pytest.mark.judge
def test_examples_of_mcode_3_led_to_mcode_4_have_no_error(tmp_path):
    for path in sorted(DATA.glob("mcode[123]-*.json")):
        for n, made in enumerate(convert.convert(read(path), "fhir", at=AT, profile_set="mcode4", terms=load())):
            (tmp_path / f"{path.stem}-{n}.json").write_bytes(dump(made.document))
    assert errors(judged(tmp_path, "--ig", "mcode4")) == []


@pytest.mark.judge
@pytest.mark.parametrize("profile_set", ["gr2", "gr3"])
def test_examples_of_genomics_reporting_2_led_on_have_no_error(tmp_path, older_guide, profile_set):
    for path in sorted(DATA.glob("gr2-*.json")):
        for n, made in enumerate(convert.convert(read(path), "fhir", at=AT, profile_set=profile_set, terms=load())):
            (tmp_path / f"{path.stem}-{n}.json").write_bytes(dump(made.document))
    options = ("--extra", str(older_guide)) if profile_set == "gr2" else ()
    found = errors(judged(tmp_path, "--ig", "gr3", *options))
    # A carried confidence status is in the code system of 2.0.0; 3.0.0 requires that of HL7 Terminology.
    moved = "variant-confidence-status-cs" if profile_set == "gr3" else "nothing"
    assert [one for one in found if moved not in one[1]] == []
