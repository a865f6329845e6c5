"""Every sample as a phenopacket, kept as a golden file; ``REGOLD=1`` writes the files anew, to be read as a diff."""

import os
from pathlib import Path

import orjson
import pytest

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import models
from adapter.terms import load
from adapter.validate import check

ROOT = Path(__file__).parents[3]
AT = "2026-01-01T00:00:00Z"
SAMPLES = sorted(ROOT.glob("samples/*.json")) + sorted(ROOT.glob("samples/kinds/*.json"))
CASES = sorted(ROOT.glob("tests/homes/cases/*.json"))


def converted(path: Path) -> convert.Converted:
    """The phenopacket of a case file."""
    return convert.write(read_case(read_json(path.read_bytes())), "phenopacket", at=AT, terms=load())


@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.stem)
def test_a_sample_gives_its_golden_phenopacket(path):
    golden = ROOT / "tests" / "golden" / f"{path.stem}.phenopacket.json"
    written = dump(converted(path).document, pretty=True)
    if os.environ.get("REGOLD"):
        golden.write_bytes(written)
    assert written == golden.read_bytes()


@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_a_written_packet_passes_every_check_of_ours(path):
    document = orjson.loads(dump(converted(path).document))
    report = check(document, tier="all", source="phenopacket", terms=load())
    assert [i.to_json() for i in report.issues] == []


@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_a_protobuf_round_trip_gives_the_same_bytes(path):
    document = converted(path).document
    assert dump(models.round_trip(document)) == dump(document)


@pytest.mark.parametrize("path", SAMPLES + CASES, ids=lambda p: p.stem)
def test_resources_are_those_of_the_prefixes_written(path):
    document = converted(path).document
    meta = document["metaData"]
    listed = [r["namespacePrefix"] for r in meta.get("resources", [])]
    text = dump({k: v for k, v in document.items() if k != "metaData"} | {"r": meta.get("externalReferences", [])})
    assert [p for p in listed if f'"{p}:'.encode() not in text] == []
    assert listed == sorted(set(listed))
    assert all(len(r) == 6 and all(r.values()) for r in meta.get("resources", []))


def test_the_minimal_case_states_nothing_it_was_not_told():
    packet = converted(ROOT / "samples" / "minimal.json").document
    assert set(packet) == {"id", "subject", "diseases", "metaData"}
    assert packet["subject"] == {"id": packet["id"], "sex": "UNKNOWN_SEX", "karyotypicSex": "UNKNOWN_KARYOTYPE"}
    assert packet["diseases"][0].keys() == {"term", "excluded"}


def test_the_input_is_not_changed():
    document = read_json((ROOT / "samples" / "maximal.json").read_bytes())
    case = read_case(document)
    before = dump(case.to_json())
    convert.write(case, "phenopacket", at=AT, terms=load())
    assert dump(case.to_json()) == before
