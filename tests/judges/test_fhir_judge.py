"""The HL7 validator over everything the FHIR writer writes: no errors, and no warning that is not explained."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "formats" / "fhir"))
from writing import CASES, ROOT, SAMPLES, SETS, read, written

from adapter.formats.document import dump

JUDGE = ROOT.parent / "shared" / "judges" / "fhir" / "judge.sh"
BUNDLES = ("collection", "transaction")

# Each is explained in docs/conformance.md.
EXPLAINED = (
    r"CodeSystem is unknown and can't be validated: urn:ietf:rfc:3986",
    r"CodeSystem is unknown and can't be validated: http://hl7\.org/fhir/us/core/CodeSystem/condition-category",
    r"ValueSet 'http://cts\.nlm\.nih\.gov/fhir/ValueSet/2\.16\.840\.1\.113762\.1\.4\.1010\.4' not found",
    r"Constraint failed: mcode-reason-required",
    r"None of the codings provided are in the value set 'LOINC Answer Codes for LL4048-6'",
    r"None of the codings provided are in the value set 'Primary Cancer Disorder Value Set'",
    r"No code provided, and a code should be provided from the value set 'DNA Change Type'",
    r"No code provided, and a code should be provided from the value set 'IdentifierType'",
)


@pytest.fixture(scope="session")
def issues(tmp_path_factory):
    """Errors and warnings of the judge over all samples and small cases, written once."""
    if not JUDGE.exists():
        pytest.skip("the FHIR judge is not at hand")
    folder = tmp_path_factory.mktemp("fhir")
    for path in SAMPLES + CASES:
        for profile_set in SETS:
            for bundle in BUNDLES if path in SAMPLES else BUNDLES[:1]:
                document = dump(written(read(path), profile_set, bundle).document)
                (folder / f"{path.stem}.{profile_set}.{bundle}.json").write_bytes(document)
    command = [
        str(JUDGE),
        "--ig",
        "both",
        "--extra",
        str(ROOT / "mappings" / "fhir"),
        "--level",
        "warning",
        str(folder),
    ]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    if run.returncode == 2:
        pytest.skip("the FHIR judge is not prepared: judge.sh --prepare")
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert lines[-1]["summary"]
    return lines[:-1]


@pytest.mark.judge
def test_no_bundle_has_an_error(issues):
    assert [i for i in issues if i["level"] in ("error", "fatal")] == []


@pytest.mark.judge
def test_every_warning_is_explained(issues):
    explained = re.compile("|".join(EXPLAINED))
    assert [i["message"] for i in issues if i["level"] == "warning" and not explained.search(i["message"])] == []
