"""The official examples of both guides: the same instances have errors here and under the HL7 validator.

The packages are those that ``scripts/build_fhir_profiles.py`` keeps in its cache; without them the test is skipped.
"""

import csv
import os
import tarfile
from pathlib import Path

import orjson
import pytest

from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "haem-adapter" / "npm"
PACKAGES = {"genomics-reporting": "hl7.fhir.uv.genomics-reporting-3.0.0", "mcode": "hl7.fhir.us.mcode-4.0.0"}
# We hold mCODE's largest value sets, which the HL7 validator does not (docs/conformance.md).
STRICTER = {("mcode", "Observation-tnm-pathologic-distant-metastases-category-jenny-m.json")}


def judged():
    lines = (ROOT / "tests" / "data" / "fhir_checks" / "official-errors.tsv").read_text().splitlines()
    rows = csv.DictReader([line for line in lines if not line.startswith("#")], delimiter="\t")
    return {(row["package"], row["file"]) for row in rows}


def examples(package):
    with tarfile.open(CACHE / f"{PACKAGES[package]}.tgz") as tar:
        for member in tar.getmembers():
            if member.name.startswith("package/example/") and member.name.endswith(".json"):
                yield member.name.rpartition("/")[2], orjson.loads(tar.extractfile(member).read())


@pytest.mark.parametrize(("package", "number"), [("genomics-reporting", 204), ("mcode", 179)])
def test_the_same_official_examples_have_errors(package, number):
    if not (CACHE / f"{PACKAGES[package]}.tgz").exists():
        pytest.skip("run scripts/build_fhir_profiles.py first: it fetches the packages")
    found = {}
    for name, document in examples(package):
        issues = check(document, tier="profile", source="fhir", terms=load()).issues
        found[(package, name)] = any(i.level == "error" for i in issues)
    assert len(found) == number
    ours = {key for key, wrong in found.items() if wrong}
    assert ours == {key for key in judged() | STRICTER if key[0] == package}
