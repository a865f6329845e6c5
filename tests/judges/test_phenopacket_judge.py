"""The official phenopacket-tools validator on everything we write and on everything we spoil.

Run as a program, one call per session; skipped where it is absent or not prepared.
"""

import csv
import json
import subprocess
from collections import defaultdict
from pathlib import Path

import orjson
import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import dump, read_json
from adapter.terms import load
from adapter.validate import check
from tests.formats.phenopacket.test_phenopacket_spoiled import rows, spoiled

ROOT = Path(__file__).parents[2]
JUDGE = ROOT.parent / "shared" / "judges" / "phenopacket" / "judge.sh"
AT = "2026-01-01T00:00:00Z"
# What the official validator refuses and we only warn of: legal in version 2, explained in docs/conformance.md.
LAXER = {"refused-member", "zero-dropped"}

pytestmark = pytest.mark.judge


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory):
    """File stem -> messages of errors and warnings, of all files in one call."""
    if not JUDGE.exists():
        pytest.skip("the judge ../shared/judges/phenopacket is not here")
    folder = tmp_path_factory.mktemp("packets")
    paths = [*ROOT.glob("samples/*.json"), *ROOT.glob("samples/kinds/*.json"), *ROOT.glob("tests/homes/cases/*.json")]
    for path in paths:
        case = read_case(read_json(path.read_bytes()))
        document = convert.write(case, "phenopacket", at=AT, terms=load()).document
        (folder / f"good-{path.parent.name}-{path.stem}.json").write_bytes(dump(document))
    for path in ROOT.glob("tests/data/fhir_read/*.json"):
        for n, made in enumerate(convert.convert(read_json(path.read_bytes()), "phenopacket", at=AT, terms=load())):
            (folder / f"good-fhir-{path.stem}-{n}.json").write_bytes(dump(made.document))
    for n, row in enumerate(rows()):
        (folder / f"spoiled-{n}.json").write_bytes(orjson.dumps(spoiled(row)))
    done = subprocess.run([JUDGE, "--mode", "both", folder], capture_output=True, text=True, check=False, timeout=300)
    if done.returncode == 2:
        pytest.skip(f"the judge cannot run: {done.stderr.strip()[:200]}")
    found = defaultdict(list)
    for line in done.stdout.splitlines():
        issue = json.loads(line)
        if not issue.get("summary"):
            found[Path(issue["file"]).stem].append((issue["level"], issue["message"]))
    return {path.stem: found[path.stem] for path in folder.iterdir()}


def test_all_we_write_passes_without_error_or_warning(verdicts):
    good = {name: told for name, told in verdicts.items() if name.startswith("good-")}
    assert len(good) >= 30
    assert {name: told for name, told in good.items() if told} == {}


def test_our_checks_refuse_what_the_official_ones_refuse(verdicts):
    laxer = {}
    for n, row in enumerate(rows()):
        ours = any(i.level == "error" for i in check(spoiled(row), source="phenopacket", terms=load()).issues)
        official = any(level in ("error", "fatal") for level, _ in verdicts[f"spoiled-{n}"])
        assert row["official"] == ("error" if official else "none")
        if official and not ours:
            laxer[n] = row["rule"]
    assert set(laxer.values()) <= LAXER


def test_the_table_is_read_as_written():
    assert csv.field_size_limit() > max(len(row["value"]) for row in rows())
