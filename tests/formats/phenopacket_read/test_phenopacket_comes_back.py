"""Packet to case to packet: a packet of others comes back as it was read, unless the case was changed meanwhile."""

import json
from pathlib import Path

import pytest

from adapter import convert
from adapter.case import read_case
from adapter.cli import main
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import read, schema
from adapter.formats.phenopacket.models import message
from adapter.terms import load

ROOT = Path(__file__).parents[3]
FOREIGN = sorted((ROOT / "tests/data/phenopacket_read").glob("hand-written-*.json"))
OWN = sorted((ROOT / "tests/golden").glob("*.phenopacket.json"))
AT = "2026-01-01T00:00:00Z"


def packet(n=1):
    return read_json(FOREIGN[n - 1].read_bytes())


def case_of(document):
    return read_json(dump(next(read(document, load())).case.to_json()))


def written(case):
    return convert.write(read_case(case), "phenopacket", at=AT, terms=load())


@pytest.mark.parametrize("path", FOREIGN, ids=lambda path: path.stem)
def test_a_packet_of_others_comes_back_from_the_stored_case(path):
    document = read_json(path.read_bytes())

    done = written(case_of(document))

    assert message(done.document) == message(document)
    assert [loss for loss in done.losses if loss.path.startswith("/carried")] == []


def calls(document):
    found = document["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    return [one["variantInterpretation"]["variationDescriptor"] for one in found]


def test_after_a_change_nothing_is_put_beside_another_finding():
    document, case = packet(), case_of(packet())
    del case["findings"][0]

    done = written(case)

    first = calls(document)[0]
    assert first["label"] not in dump(done.document).decode()
    assert all(one["id"] != first["id"] for one in calls(done.document))
    assert any(loss.path.startswith("/carried") for loss in done.losses)


def test_after_a_change_what_stands_in_no_list_is_still_written_back():
    document = packet()
    document["subject"]["taxonomy"] = {"id": "NCBITaxon:9606", "label": "Homo sapiens"}
    document["metaData"]["submittedBy"] = "a curator"
    case = case_of(document) | {"notes": "added later"}

    done = written(case).document

    assert done["subject"]["taxonomy"]["label"] == "Homo sapiens"
    assert done["metaData"]["submittedBy"] == "a curator"
    assert done["metaData"]["created"] == AT


def test_a_vocabulary_that_only_the_source_knows_comes_with_its_terms():
    document = packet()
    document["subject"]["gender"] = {"id": "LOCAL:1", "label": "x"}
    own = {
        "id": "local",
        "name": "n",
        "url": "https://example.org",
        "version": "1",
        "namespacePrefix": "LOCAL",
        "iriPrefix": "https://example.org/",
    }
    document["metaData"]["resources"].append(own)
    case = case_of(document) | {"notes": "added later"}

    done = written(case).document

    assert done["subject"]["gender"]["id"] == "LOCAL:1"
    assert own in done["metaData"]["resources"]


def test_what_the_writer_adds_is_no_loss_of_the_source_elsewhere():
    case = case_of(packet())
    nothings = {n for n, one in enumerate(case["carried"]) if one["value"] is None}
    done = convert.write(read_case(case), "fhir", at=AT, terms=load())

    assert nothings
    assert not nothings & {int(loss.path.split("/")[2]) for loss in done.losses if loss.path.startswith("/carried")}


def test_what_the_schema_refuses_is_a_loss_and_the_rest_comes_back():
    document = packet()
    document["subject"]["surname"] = "not of the schema"

    done = written(case_of(document))

    assert "surname" not in done.document["subject"]
    assert done.document["subject"]["id"] == document["subject"]["id"]
    assert [loss.path for loss in done.losses if loss.path.endswith("/value")] != []


def test_a_packet_as_hostile_as_its_carried_steps_stays_valid():
    case = case_of(packet())
    base = case["carried"][0]["base"]
    case["carried"] += [
        {"format": "phenopacket", "path": path, "value": value, "base": base}
        for path, value in [
            ("/subject/sex", "NOT A SEX"),
            ("/diseases/99999999999999999999/term", 1),
            ("/diseases/7", None),
            ("/diseases/x", 5),
            ("/nothing/here", None),
            ("/metaData", None),
            ("/", 1),
            ("/id/x", 1),
        ]
    ]

    done = written(case)

    assert done.document["subject"]["sex"] == packet()["subject"]["sex"]
    assert list(schema.issues(done.document)) == []


@pytest.mark.parametrize(
    ("category", "change"),
    [
        ("enum-number", lambda d: d["subject"].update(sex=1)),
        ("missing-enum", lambda d: d["interpretations"][0].pop("progressStatus")),
        ("text-number", lambda d: d["biosamples"][0]["measurements"][0]["value"]["quantity"].update(value="68.5")),
    ],
)
def test_further_habits_are_accepted_with_a_warning_and_come_back(category, change):
    document = packet()
    change(document)

    found = next(read(document, load()))

    assert category in {issue.category for issue in found.issues}
    assert message(written(read_json(dump(found.case.to_json()))).document) == message(document)


def test_the_command_compares_files_and_folders(tmp_path, capsys):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.json").write_bytes(dump(packet()))
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "readme.txt").write_text("no packet")
    (tmp_path / "case.json").write_bytes((ROOT / "samples/minimal.json").read_bytes())

    assert main(["roundtrip", str(tmp_path)]) == 1

    *rows, summary = capsys.readouterr().out.splitlines()
    assert [row.split(" ")[0] for row in rows] == ["failed", "failed", "equal"]
    assert summary.startswith("1 equal, 0 differs, 2 failed")


def test_the_command_names_what_differs(tmp_path, capsysbinary):
    document = packet()
    document["subject"]["id"] = ""  # the schema refuses an empty id, so it is not written back
    (tmp_path / "a.ndjson").write_bytes(dump(document) + dump(packet(2)))

    assert main(["roundtrip", str(tmp_path), "--json", "--jobs", "2"]) == 1

    rows = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [one.get("status") for one in rows] == ["differs", "equal", None]
    assert "/subject/id" in rows[0]["where"]
    assert rows[2]["summary"] == {"equal": 1, "differs": 1, "failed": 0, "warnings": {}}


@pytest.mark.parametrize("quiet", [True, False])
def test_every_packet_we_wrote_comes_back(quiet, capsys):
    options = ["--quiet"] if quiet else []

    assert main(["roundtrip", *map(str, [*FOREIGN, *OWN]), *options]) == 0
    assert len(capsys.readouterr().out.splitlines()) == (1 if quiet else len(FOREIGN) + len(OWN) + 1)


def test_the_command_refuses_no_processes(capsys):
    assert main(["roundtrip", "x", "--jobs", "0"]) == 2
    assert "--jobs" in capsys.readouterr().err


def test_what_protobuf_cannot_read_is_not_compared(tmp_path, capsys):
    (tmp_path / "a.json").write_bytes(dump(packet() | {"unknown": 1}))

    assert main(["roundtrip", str(tmp_path)]) == 1
    assert "protobuf cannot read" in capsys.readouterr().out
