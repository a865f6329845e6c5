"""What an export holds: every case once, in order, the same bytes for any number of workers; faults beside it."""

import io
import json
import zipfile

import pytest
from google.protobuf.json_format import ParseDict
from phenopackets import Cohort, Phenopacket

from adapter.bench.synthetic import MARK, case, cases
from adapter.convert import convert
from adapter.errors import ExportError, UnknownTerm
from adapter.export import manifest
from adapter.export.driver import is_running, run
from adapter.export.forms import FORMS, form, slug, varint
from adapter.export.request import Request
from adapter.formats.document import dump
from adapter.validate import check
from tests.export.conftest import AT, COUNT, outputs, request

IDS = [f"synthetic-1-{n:08}" for n in range(COUNT)]


def rows(folder, stream):
    return [
        json.loads(line)
        for path in sorted(folder.glob(f"{stream}.*.ndjson"))
        for line in path.read_bytes().splitlines()
    ]


def test_every_case_is_there_once_in_order_as_convert_writes_it(exported):
    written = b"".join(path.read_bytes() for path in sorted(exported.glob("Phenopacket.*.ndjson")))
    expected = [dump(one.document) for source in cases(COUNT) for one in convert(source, "phenopacket", at=AT)]
    assert written == b"".join(expected)


def test_the_manifest_counts_hashes_and_names_every_file(exported):
    document = manifest.read(exported)
    assert manifest.verify(exported) == []
    assert sum(f["count"] for f in document["output"]) == COUNT
    assert document["extension"]["cases"] == {"read": COUNT, "failed": 0}
    assert document["transactionTime"] == AT
    assert document["error"] == []
    assert {entry["reason"] for entry in document["extension"]["losses"]["byPath"]} <= {"moved", "narrowed", "no-place"}
    assert len(rows(exported, "losses")) == COUNT
    assert len(document["output"]) > 1


@pytest.mark.parametrize("workers", [0, 2])
def test_the_bytes_do_not_depend_on_the_number_of_workers(tmp_path, cases_file, exported, workers):
    run(tmp_path, cases_file, request(), workers=workers)
    assert outputs(tmp_path) == outputs(exported)


def test_a_failing_case_stops_nothing_and_is_told(tmp_path):
    good = [dump(one) for one in cases(3)]
    spoiled = [
        b'{"case_format": "1", "id": "x", "diagnoses": "none"}\n',
        b"no json\n",
        b'{"resourceType": "Patient", "id": "p"}\n',
    ]
    source = tmp_path / "cases.ndjson"
    source.write_bytes(good[0] + spoiled[0] + b"\n" + good[1] + spoiled[1] + good[2] + good[2])
    document = run(tmp_path / "out", source, request(), workers=0)
    assert document["extension"]["cases"] == {"read": 6, "failed": 2}
    assert [
        (row["line"], row["exported"], row["errors"][0]["pointer"]) for row in rows(tmp_path / "out", "errors")
    ] == [
        (2, False, "/diagnoses"),
        (5, False, ""),
    ]
    assert [row["id"] for row in rows(tmp_path / "out", "Phenopacket")] == [*IDS[:3], IDS[2]]
    assert document["extension"]["repeatedIds"] == [{"id": IDS[2], "lines": [6, 7]}]
    assert manifest.verify(tmp_path / "out") == []


def test_fhir_is_one_stream_a_type_and_its_references_lead_to_resources(tmp_path, cases_file):
    document = run(tmp_path, cases_file, request("fhir-ndjson", check="none", losses=False), workers=0)
    resources = [row for f in document["output"] for row in rows(tmp_path, f["type"])]
    places = {f"{r['resourceType']}/{r['id']}" for r in resources}
    references = {value for r in resources for value in _references(r)}
    assert len(places) == sum(f["count"] for f in document["output"])
    assert references
    assert references <= places
    assert all(row["resourceType"] == f["type"] for f in document["output"] for row in rows(tmp_path, f["type"]))
    assert document["extension"]["losses"] == {"files": [], "byPath": None}


def _references(node):
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def test_fhir_errors_are_operation_outcomes(tmp_path):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(b"[]\n")
    document = run(tmp_path / "out", source, request("fhir-ndjson"), workers=0)
    assert [f["type"] for f in document["error"]] == ["OperationOutcome"]
    (outcome,) = rows(tmp_path / "out", "errors")
    assert outcome["issue"][0]["diagnostics"].startswith("line 1: ")


def test_only_the_types_asked_for(tmp_path, cases_file):
    document = run(
        tmp_path, cases_file, request("fhir-ndjson", types=("Patient",), losses=False, check="none"), workers=0
    )
    assert {f["type"] for f in document["output"]} == {"Patient"}


def test_transaction_bundles(tmp_path, cases_file):
    run(tmp_path, cases_file, request("fhir-transactions", check="none", losses=False), workers=0)
    assert {bundle["type"] for bundle in rows(tmp_path, "Bundle")} == {"transaction"}


def test_the_archive_has_a_folder_a_cohort_a_file_a_case_and_a_table(tmp_path, cases_file):
    run(tmp_path, cases_file, request("phenopacket-zip", name="release-1", losses=False), workers=0)
    with zipfile.ZipFile(io.BytesIO((tmp_path / "release-1.zip").read_bytes())) as archive:
        names = archive.namelist()
        packets = {name: json.loads(archive.read(name)) for name in names if name.endswith(".json")}
        table = [line.split("\t") for line in archive.read("release-1/release-1.tsv").decode().splitlines()]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert sorted(name.rpartition("/")[2] for name in packets) == [f"{name}.json" for name in IDS]
    assert all(len(name.split("/")) == 3 for name in packets)
    assert {name.split("/")[1] for name in packets} == {
        slug(p["diseases"][0]["term"]["label"]) for p in packets.values()
    }
    assert {f"release-1/{row[1]}" for row in table[1:]} == set(packets)


def test_a_repeated_id_does_not_overwrite_a_file_of_the_archive(tmp_path):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(dump(case(1, 0)) * 3)
    run(tmp_path / "out", source, request("phenopacket-zip", losses=False), workers=0)
    with zipfile.ZipFile(tmp_path / "out" / "haem-adapter-export.zip") as archive:
        stems = [name.rpartition("/")[2] for name in archive.namelist() if name.endswith(".json")]
    assert stems == [f"{IDS[0]}.json", f"{IDS[0]}-2.json", f"{IDS[0]}-3.json"]


def test_the_cohort_message_is_one_that_protobuf_reads(tmp_path, cases_file):
    run(tmp_path, cases_file, request("phenopacket-cohort", name="release-1", losses=False), workers=0)
    text = (tmp_path / "release-1.json").read_bytes()
    message = ParseDict(json.loads(text), Cohort())
    assert [member.id for member in message.members] == IDS
    assert [i for i in check(json.loads(text)).issues if i.level == "error"] == []


@pytest.mark.parametrize("others", [0, 1])
def test_a_cohort_takes_a_packet_without_any_code(tmp_path, others):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(dump({"case_format": "1", "id": "bare"}) + dump(case(1, 0)) * others)
    run(tmp_path / "out", source, request("phenopacket-cohort", name="bare", losses=False), workers=0)
    document = json.loads((tmp_path / "out" / "bare.json").read_bytes())
    assert "resources" not in document["members"][0]["metaData"]
    assert ("resources" in document["metaData"]) == bool(others)
    assert len(ParseDict(document, Cohort()).members) == 1 + others


def test_length_delimited_messages_are_the_same_packets(tmp_path, cases_file, exported):
    run(tmp_path, cases_file, request("phenopacket-protobuf", losses=False), workers=0)
    data = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("Phenopacket.*.pb")))
    found = []
    while data:
        size, used = _size(data)
        found.append(Phenopacket.FromString(data[used : used + size]))
        data = data[used + size :]
    assert found == [ParseDict(row, Phenopacket()) for row in rows(exported, "Phenopacket")]


def _size(data):
    size = used = 0
    while data[used] & 0x80:
        size |= (data[used] & 0x7F) << (7 * used)
        used += 1
    return size | data[used] << (7 * used), used + 1


@pytest.mark.parametrize(("number", "encoded"), [(0, b"\0"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02")])
def test_varints(number, encoded):
    assert varint(number) == encoded


def test_an_unknown_format_is_refused():
    with pytest.raises(UnknownTerm):
        form("xml")
    assert "phenopacket-ndjson" in FORMS


@pytest.mark.parametrize("change", [{"to": "fhir-ndjson"}, {"check": "basic"}, {"name": "other"}])
def test_a_folder_keeps_its_request(cases_file, exported, change):
    with pytest.raises(ExportError, match="another request"):
        run(exported, cases_file, request(**change))


def test_a_folder_keeps_its_input(tmp_path, exported):
    other = tmp_path / "other.ndjson"
    other.write_bytes(dump(case(2, 0)))
    with pytest.raises(ExportError, match="another input"):
        run(exported, other, request())


def test_a_finished_export_is_answered_again_with_its_own_clock(cases_file, exported):
    before = outputs(exported)
    again = run(exported, cases_file, request(at="2030-01-01T00:00:00Z"))
    assert again["transactionTime"] == AT
    assert outputs(exported) == before
    assert not is_running(exported)


def test_an_empty_input_is_an_export_without_files(tmp_path):
    source = tmp_path / "cases.ndjson"
    source.write_bytes(b"")
    assert run(tmp_path / "out", source, request(), workers=0)["output"] == []


def test_synthetic_cases_say_so_and_do_not_depend_on_how_many_are_made():
    assert list(cases(3, seed=5))[2] == case(5, 2)
    assert all(one["notes"] == MARK for one in cases(20))


def test_a_request_survives_the_job_table():
    one = Request("fhir-ndjson", AT, types=("Patient",))
    assert Request.from_json(json.loads(json.dumps(one.to_json()))) == one


def test_verify_sees_every_kind_of_damage(tmp_path, cases_file):
    run(tmp_path, cases_file, request(losses=False), workers=0)
    first, second, *_ = sorted(tmp_path.glob("Phenopacket.*"))
    first.write_bytes(first.read_bytes() + b"{}\n")
    second.unlink()
    (tmp_path / "stray.ndjson").write_bytes(b"")
    assert manifest.verify(tmp_path) == [
        "stray.ndjson: not in the manifest",
        f"{first.name}: size or SHA-256 differ",
        f"{first.name}: the number of lines differs",
        f"{second.name}: missing",
    ]
    with pytest.raises(ExportError, match="no finished export"):
        manifest.verify(tmp_path / ".export")
