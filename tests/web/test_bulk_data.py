"""FHIR Bulk Data 2.0.0: `$export` of the system, of all patients, of a Group. docs/bulk-data.md names these tests."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3 import OpenAPI

from adapter.convert import convert
from adapter.errors import ExportError
from adapter.formats.fhir.elements import TYPES, mandatory, subset
from adapter.formats.fhir.ids import Ids
from adapter.validate import check
from adapter.web.groups import group_id
from tests.web.exporting import (
    COUNT,
    DOI,
    IDS,
    OTHER,
    download,
    fill,
    finished,
    path,
    resources,
    rows,
    service,
    stored_cases,
)

FHIR = "application/fhir+json"
LENIENT = {"Prefer": "respond-async, handling=lenient"}
FIRST, SECOND, THIRD = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
EPOCHS = {FIRST: "1767225600", SECOND: "1769904000", THIRD: "1772323200"}
GROUP = group_id(f"DOI:{DOI}")
PATIENTS = [Ids(name, "").uuid("patient") for name in IDS]
LEVELS = ["/fhir/$export", "/fhir/Patient/$export", f"/fhir/Group/{GROUP}/$export"]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the service's clock."""

    def turn(moment: str) -> None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCHS[moment])

    turn(FIRST)
    return turn


@pytest.fixture
def served(tmp_path: Path, clock: Any) -> OpenAPI:
    """An application with six stored cases, three of each publication."""
    made = service(tmp_path)
    fill(made, stored_cases())
    return made


@pytest.fixture
def caller(served: OpenAPI) -> FlaskClient:
    return served.test_client()


@pytest.fixture
def idle(tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch) -> OpenAPI:
    """The same application with nobody to carry out its exports."""
    monkeypatch.setattr("adapter.web.exporting.Exporter.ensure", lambda _: None)
    made = service(tmp_path)
    fill(made, stored_cases())
    return made


def parameters(*pairs: tuple[str, str]) -> dict[str, Any]:
    listed = [
        {"name": name, "valueReference": {"reference": value}}
        if name == "patient"
        else {"name": name, "valueString": value}
        for name, value in pairs
    ]
    return {"resourceType": "Parameters", "parameter": listed}


def post(client: FlaskClient, address: str, *pairs: tuple[str, str], **more: Any) -> Any:
    return client.post(address, json=parameters(*pairs), **more)


def is_outcome(answer: Any, status: int) -> bool:
    issue = answer.get_json()["issue"][0]
    return (answer.status_code, answer.mimetype) == (status, FHIR) and set(issue) >= {"severity", "code"}


# kick-off


@pytest.mark.parametrize("address", LEVELS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_kick_off_is_accepted_with_the_address_of_its_state(idle: OpenAPI, address: str, method: str) -> None:
    body = {"json": parameters()} if method == "POST" else {}
    headers = {"Accept": FHIR, "Prefer": "respond-async"}
    answer = idle.test_client().open(address, method=method, headers=headers, **body)
    assert is_outcome(answer, 202)
    assert re.fullmatch(r"http://localhost/fhir/\$export/[0-9a-f]{32}", answer.headers["Content-Location"])
    assert idle.test_client().get(path(answer.headers["Content-Location"])).status_code == 202


@pytest.mark.parametrize(
    "name", ["application/fhir+ndjson", "application/fhir%2Bndjson", "application/ndjson", "ndjson"]
)
def test_the_output_format_has_three_names(idle: OpenAPI, name: str) -> None:
    assert idle.test_client().get(f"/fhir/$export?_outputFormat={name}").status_code == 202


@pytest.mark.parametrize(
    "query",
    [
        "_outputFormat=application/fhir%2Bxml",
        "_outputFormat=ndjson&_outputFormat=ndjson",
        "_since=yesterday",
        "_since=2026-01-01T00:00:00Z&_since=2026-01-01T00:00:00Z",
        "_type=Account",
    ],
)
def test_what_cannot_be_understood_is_refused_even_leniently(idle: OpenAPI, query: str) -> None:
    for headers in ({}, LENIENT):
        assert is_outcome(idle.test_client().get(f"/fhir/$export?{query}", headers=headers), 400)


@pytest.mark.parametrize(
    "query",
    [
        "_typeFilter=Observation%3Fstatus%3Dfinal",
        "_typeFilter=Observation%3Fstatus%3Dfinal&_typeFilter=Condition%3F_sort%3Ddate",
        "_typeFilter=Observation%3F_include%3DObservation:subject",
        "includeAssociatedData=_custom",
        "_elements=Patient.name.family",
        "_type=Patient,Account",
        "patient=Patient/1",
        "organizeOutputBy=Patient",
    ],
)
def test_what_is_not_supported_is_refused_or_ignored_and_told(served: OpenAPI, query: str) -> None:
    caller = served.test_client()
    assert is_outcome(caller.get(f"/fhir/Patient/$export?{query}"), 400)
    answer = caller.get(f"/fhir/Patient/$export?{query}", headers=LENIENT)
    manifest = finished(served, answer)
    (entry,) = manifest["error"]
    (outcome,) = rows(caller, entry)
    assert (entry["type"], outcome["resourceType"]) == ("OperationOutcome", "OperationOutcome")
    assert outcome["issue"][0]["severity"] == "information"
    assert manifest["output"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"resourceType": "Patient"}, 400),
        ([], 400),
        ({"resourceType": "Parameters", "parameter": "x"}, 400),
        ({"resourceType": "Parameters", "parameter": [{"valueString": "x"}]}, 400),
        ({"resourceType": "Parameters", "parameter": [{"name": "_type"}]}, 400),
        ({"resourceType": "Parameters", "parameter": [5]}, 400),
    ],
)
def test_a_body_that_holds_no_parameters_is_refused(idle: OpenAPI, body: Any, status: int) -> None:
    assert is_outcome(idle.test_client().post("/fhir/$export", json=body), status)


@pytest.mark.parametrize(
    ("method", "address", "headers", "status"),
    [
        ("GET", "/fhir/Group/nowhere/$export", {}, 404),
        ("GET", "/fhir/Group/nowhere", {}, 404),
        ("GET", f"/fhir/$export/{'0' * 32}", {}, 404),
        ("DELETE", f"/fhir/$export/{'0' * 32}", {}, 404),
        ("GET", f"/fhir/$export/{'0' * 32}/files/1", {}, 404),
        ("GET", "/fhir/$export/..%2f..%2fetc/files/1", {}, 404),
        ("GET", "/fhir/$export/x", {}, 400),
        ("GET", f"/fhir/$export/{'0' * 32}/files/x", {}, 400),
        ("PUT", "/fhir/$export", {}, 405),
        ("GET", "/fhir/$export", {"Accept": "image/png"}, 406),
        ("POST", "/fhir/$export", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_every_error_below_fhir_is_an_operation_outcome(
    idle: OpenAPI, method: str, address: str, headers: dict[str, str], status: int
) -> None:
    assert is_outcome(
        idle.test_client().open(address, method=method, headers=headers, data=b"" if headers else None), status
    )


def test_too_many_unfinished_exports_are_refused_for_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.web.exporting.Exporter.ensure", lambda _: None)
    caller = service(tmp_path, max_exports=1).test_client()
    assert caller.get("/fhir/$export").status_code == 202
    refused = caller.get("/fhir/$export")
    assert is_outcome(refused, 429)
    assert int(refused.headers["Retry-After"]) > 0


def test_a_repeated_kick_off_with_its_key_begins_one_export(idle: OpenAPI) -> None:
    caller, key = idle.test_client(), {"Idempotency-Key": "monthly-2026-01"}
    first, again = (post(caller, "/fhir/$export", ("_type", "Patient"), headers=key) for _ in range(2))
    assert first.headers["Content-Location"] == again.headers["Content-Location"]
    assert (again.status_code, again.mimetype, again.data) == (202, FHIR, first.data)
    assert post(caller, "/fhir/$export", ("_type", "Condition"), headers=key).status_code == 422
    other = post(caller, "/fhir/$export", ("_type", "Patient"), headers={"Idempotency-Key": "monthly-2026-02"})
    assert other.headers["Content-Location"] != first.headers["Content-Location"]


# state


def test_while_it_runs_an_export_tells_its_progress(idle: OpenAPI) -> None:
    caller = idle.test_client()
    answer = caller.get(path(caller.get("/fhir/$export").headers["Content-Location"]))
    assert answer.status_code == 202
    assert 0 < len(answer.headers["X-Progress"]) < 100
    assert int(answer.headers["Retry-After"]) > 0


def test_who_asks_too_often_is_told_to_wait(idle: OpenAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapter.web.delivery.time.time", lambda: 1_000_000.0)
    caller = idle.test_client()
    place = path(caller.get("/fhir/$export").headers["Content-Location"])
    assert [caller.get(place).status_code for _ in range(10)] == [202] * 10
    hurried = caller.get(place)
    assert is_outcome(hurried, 429)
    assert hurried.headers["Retry-After"] == "10"
    monkeypatch.setattr("adapter.web.delivery.time.time", lambda: 1_000_010.0)
    assert caller.get(place).status_code == 202


def test_the_manifest_has_every_field_and_absolute_addresses(served: OpenAPI, caller: FlaskClient) -> None:
    answer = caller.get("/fhir/Patient/$export?_type=Patient,Observation")
    manifest = finished(served, answer)
    ended = caller.get(path(answer.headers["Content-Location"]))
    assert (ended.status_code, ended.mimetype) == (200, "application/json")
    assert "GMT" in ended.headers["Expires"]
    assert manifest["transactionTime"] == FIRST
    assert manifest["request"] == "http://localhost/fhir/Patient/$export?_type=Patient,Observation"
    assert manifest["requiresAccessToken"] is False
    assert manifest["deleted"] == []
    assert manifest["error"] == []
    assert isinstance(manifest["extension"], dict)
    assert {entry["type"] for entry in manifest["output"]} == {"Patient", "Observation"}
    for entry in manifest["output"]:
        assert entry["url"].startswith("http://localhost/fhir/$export/")
        assert isinstance(entry["count"], int)


def test_a_posted_request_is_told_without_its_parameters(served: OpenAPI, caller: FlaskClient) -> None:
    manifest = finished(served, post(caller, "/fhir/$export", ("_type", "Patient")))
    assert manifest["request"] == "http://localhost/fhir/$export"


# files


def test_everything_is_exported_as_convert_writes_it_and_references_lead_to_it(
    served: OpenAPI, caller: FlaskClient
) -> None:
    found = resources(caller, finished(served, caller.get("/fhir/$export")))
    expected = Counter(
        (entry["resource"]["resourceType"], entry["resource"]["id"])
        for case in stored_cases()
        for one in convert(case, "fhir", at=FIRST)
        for entry in one.document["entry"]
    )
    assert Counter((one["resourceType"], one["id"]) for one in found) == expected
    assert {one["resourceType"] for one in found} <= set(TYPES)
    targets = {
        reference["reference"] for one in found if one["resourceType"] == "Provenance" for reference in one["target"]
    }
    assert targets <= {f"{kind}/{name}" for kind, name in expected}


def test_each_level_exports_its_patients(served: OpenAPI, caller: FlaskClient) -> None:
    numbers = {}
    for address in LEVELS:
        found = resources(caller, finished(served, caller.get(address)))
        numbers[address] = {one["id"] for one in found if one["resourceType"] == "Patient"}
    assert numbers[LEVELS[0]] == numbers[LEVELS[1]] == set(PATIENTS)
    assert numbers[LEVELS[2]] == set(PATIENTS[0::2])


def test_files_are_ndjson_in_whole_in_part_and_compressed(served: OpenAPI, caller: FlaskClient) -> None:
    entry = finished(served, caller.get("/fhir/$export?_type=Observation"))["output"][0]
    place = path(entry["url"])
    whole = download(caller, place)
    assert (whole.status_code, whole.mimetype) == (200, "application/fhir+ndjson")
    assert whole.headers["ETag"] == f'"{entry["extension"]["sha256"]}"'
    part = download(caller, place, Range="bytes=100-199")
    assert (part.status_code, part.data) == (206, whole.data[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole.data)}"
    assert download(caller, place, If_None_Match=whole.headers["ETag"]).status_code == 304
    assert download(caller, place, Range=f"bytes={len(whole.data)}-").status_code == 416
    packed = download(caller, place, Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"] != whole.headers["ETag"]
    assert gzip.decompress(packed.data) == whole.data
    assert {whole.headers["Vary"], packed.headers["Vary"]} == {"Accept-Encoding"}
    assert is_outcome(download(caller, place, Accept="image/png"), 406)
    assert is_outcome(download(caller, f"{place}0"), 404)


# parameters


def test_only_the_types_asked_for_repeated_or_with_commas(served: OpenAPI, caller: FlaskClient) -> None:
    asked = (
        caller.get("/fhir/$export?_type=Patient,Condition&_type=Specimen,Patient"),
        post(caller, "/fhir/$export", ("_type", "Patient"), ("_type", "Condition,Specimen")),
    )
    for answer in asked:
        found = resources(caller, finished(served, answer))
        assert {one["resourceType"] for one in found} == {"Patient", "Condition", "Specimen"}


def test_elements_reduce_resources_to_those_and_mandatory_ones(served: OpenAPI, caller: FlaskClient) -> None:
    answer = caller.get(
        "/fhir/$export?_type=Patient,Observation&_elements=id,Observation.value&_elements=Patient.gender"
    )
    found = resources(caller, finished(served, answer))
    for one in found:
        kept = {"resourceType", "id", "meta", *mandatory(one["resourceType"])}
        kept |= {"gender"} if one["resourceType"] == "Patient" else {key for key in one if key.startswith("value")}
        assert set(one) <= kept
        assert [tag["code"] for tag in one["meta"]["tag"]] == ["SUBSETTED"]
        assert "profile" not in one["meta"]
    observations = [one for one in found if one["resourceType"] == "Observation"]
    assert all({"status", "code"} <= set(one) for one in observations)
    assert any(key.startswith("value") for one in observations for key in one)


def test_elements_of_choices_and_of_types_unknown_to_the_models() -> None:
    assert "medicationCodeableConcept" in mandatory("MedicationAdministration")
    assert mandatory("Nothing") == frozenset()
    made = subset(
        {"resourceType": "Nothing", "id": "1", "valueString": "x", "_valueString": {}, "values": 1}, ("value[x]",)
    )
    assert set(made) == {"resourceType", "id", "meta", "valueString", "_valueString"}


@pytest.mark.parametrize("address", LEVELS[1:])
def test_only_the_patients_asked_for(served: OpenAPI, caller: FlaskClient, address: str) -> None:
    wanted = [("patient", f"Patient/{PATIENTS[0]}"), ("patient", f"http://localhost/fhir/Patient/{PATIENTS[2]}")]
    found = resources(caller, finished(served, post(caller, address, *wanted)))
    places = {f"Patient/{one}" for one in (PATIENTS[0], PATIENTS[2])}
    assert {one["id"] for one in found if one["resourceType"] == "Patient"} == {PATIENTS[0], PATIENTS[2]}
    assert {one["subject"]["reference"] for one in found if "subject" in one} == places


def test_a_patient_who_is_not_here_or_not_in_the_group_is_refused(served: OpenAPI, caller: FlaskClient) -> None:
    here, stranger = ("patient", f"Patient/{PATIENTS[0]}"), ("patient", f"Patient/{PATIENTS[1]}")
    assert is_outcome(post(caller, LEVELS[2], here, stranger), 400)
    assert is_outcome(post(caller, LEVELS[2], stranger, headers=LENIENT), 400)
    assert is_outcome(post(caller, LEVELS[1], ("patient", "Device/1")), 400)
    assert is_outcome(post(caller, LEVELS[1], *[("patient", "Patient/1")] * 10_001), 400)
    assert is_outcome(post(caller, LEVELS[0], here), 400)
    manifest = finished(served, post(caller, LEVELS[2], here, stranger, headers=LENIENT))
    assert {one["id"] for one in resources(caller, manifest) if one["resourceType"] == "Patient"} == {PATIENTS[0]}
    assert len(manifest["error"]) == 1


def test_provenance_is_exported_unless_the_types_leave_it_out(served: OpenAPI, caller: FlaskClient) -> None:
    for address in LEVELS:
        found = resources(caller, finished(served, caller.get(address)))
        targets = {t["reference"] for one in found if one["resourceType"] == "Provenance" for t in one["target"]}
        places = {f"{one['resourceType']}/{one['id']}" for one in found if one["resourceType"] != "Provenance"}
        assert places == targets
    left_out = resources(caller, finished(served, caller.get("/fhir/$export?_type=Patient")))
    assert {one["resourceType"] for one in left_out} == {"Patient"}
    for value in ("LatestProvenanceResources", "RelevantProvenanceResources,LatestProvenanceResources"):
        answer = caller.get(f"/fhir/$export?_type=Patient&includeAssociatedData={value}")
        found = resources(caller, finished(served, answer))
        assert Counter(one["resourceType"] for one in found) == {"Patient": COUNT, "Provenance": COUNT}


def test_since_exports_what_changed_and_tells_what_has_gone(served: OpenAPI, caller: FlaskClient, clock: Any) -> None:
    before = resources(caller, finished(served, caller.get("/fhir/$export")))
    clock(SECOND)
    store, case = served.extensions["store"].get(), stored_cases()[0]
    dropped = {key: value for key, value in case.items() if key != "findings"}
    store.put(dropped)
    store.delete(IDS[1])
    clock(THIRD)
    manifest = finished(served, caller.get(f"/fhir/$export?_since={FIRST}"))
    assert manifest["transactionTime"] == THIRD
    changed = resources(caller, manifest)
    assert {one["id"] for one in changed if one["resourceType"] == "Patient"} == {PATIENTS[0]}
    bundles = [bundle for entry in manifest["deleted"] for bundle in rows(caller, entry)]
    requests = [entry["request"] for bundle in bundles for entry in bundle["entry"]]
    assert {bundle["type"] for bundle in bundles} == {"transaction"}
    assert {one["method"] for one in requests} == {"DELETE"}
    gone, there = {one["url"] for one in requests}, {f"{one['resourceType']}/{one['id']}" for one in changed}
    assert not gone & there
    old = {f"{one['resourceType']}/{one['id']}" for one in before}
    assert f"Patient/{PATIENTS[1]}" in gone
    assert gone < old
    # What the client has now is what it would have from a whole export.
    whole = resources(caller, finished(served, caller.get("/fhir/$export")))
    assert (old - gone) | there == {f"{one['resourceType']}/{one['id']}" for one in whole}
    later = finished(served, caller.get(f"/fhir/$export?_since={THIRD}"))
    assert (later["output"], later["deleted"]) == ([], [])


def test_what_has_gone_is_told_of_the_types_and_the_group_asked_for(
    served: OpenAPI, caller: FlaskClient, clock: Any
) -> None:
    clock(SECOND)
    served.extensions["store"].get().delete(IDS[1])
    clock(THIRD)
    manifest = finished(served, caller.get(f"/fhir/$export?_since={FIRST}&_type=Patient"))
    (bundle,) = rows(caller, manifest["deleted"][0])
    assert [entry["request"]["url"] for entry in bundle["entry"]] == [f"Patient/{PATIENTS[1]}"]
    assert finished(served, caller.get(f"{LEVELS[2]}?_since={FIRST}"))["deleted"] == []


def test_only_the_most_recent_version_is_exported(served: OpenAPI, caller: FlaskClient, clock: Any) -> None:
    clock(SECOND)
    fill(served, [stored_cases()[0] | {"notes": "corrected"}])
    found = resources(caller, finished(served, caller.get("/fhir/$export?_type=Patient")))
    assert Counter(one["id"] for one in found) == dict.fromkeys(PATIENTS, 1)


def test_an_export_shows_the_moment_of_its_kick_off(idle: OpenAPI, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = idle.test_client()
    begun = caller.get("/fhir/$export?_type=Patient")
    clock(SECOND)
    idle.extensions["store"].get().delete(IDS[0])
    found = resources(caller, finished(idle, begun))
    assert {one["id"] for one in found} == set(PATIENTS)


# faults


def test_a_case_that_cannot_be_written_is_told_and_the_rest_is_exported(served: OpenAPI, caller: FlaskClient) -> None:
    spoiled = b'{"case_format":"1","id":"x","diagnoses":"none"}\n'
    with served.extensions["store"].get().transaction() as db:
        db.exec_driver_sql("UPDATE contents SET body = ? WHERE sha256 = (SELECT min(sha256) FROM contents)", (spoiled,))
    answer = caller.get("/fhir/$export?_type=Patient")
    manifest = finished(served, answer)
    assert caller.get(path(answer.headers["Content-Location"])).status_code == 200
    (entry,) = manifest["error"]
    assert download(caller, path(entry["url"])).mimetype == "application/fhir+ndjson"
    (outcome,) = rows(caller, entry)
    assert (entry["type"], outcome["resourceType"]) == ("OperationOutcome", "OperationOutcome")
    assert len(resources(caller, manifest)) == COUNT - 1


def test_an_export_that_fails_again_and_again_ends_with_an_error(
    idle: OpenAPI, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise ExportError("No space left on device")

    monkeypatch.setattr("adapter.web.exporting.carry_out", fail)
    monkeypatch.setattr("adapter.web.exporting.RETRY_SECONDS", 0)
    caller = idle.test_client()
    place = path(caller.get("/fhir/$export").headers["Content-Location"])
    for _ in range(4):
        idle.extensions["exporter"].work()
        assert caller.get(place).status_code == 202
    idle.extensions["exporter"].work()
    assert is_outcome(caller.get(place), 500)
    assert "No space left on device" in capsys.readouterr().out


def test_a_deleted_export_is_not_found_for_ever_and_its_files_are_gone(
    served: OpenAPI, caller: FlaskClient, tmp_path: Path
) -> None:
    answer = caller.get("/fhir/$export?_type=Patient")
    manifest, place = finished(served, answer), path(answer.headers["Content-Location"])
    gone = caller.delete(place)
    assert is_outcome(gone, 202)
    for address in (place, path(manifest["output"][0]["url"])):
        assert is_outcome(caller.get(address), 404)
    assert is_outcome(caller.delete(place), 404)
    assert list((tmp_path / "exports").iterdir()) == []


def test_files_go_when_their_time_is_over(tmp_path: Path, clock: Any) -> None:
    made = service(tmp_path, export_hours=0)
    caller = made.test_client()
    place = path(caller.get("/fhir/$export").headers["Content-Location"])
    for _ in range(100):
        made.extensions["exporter"].work()
        if not list((tmp_path / "exports").iterdir()):
            break
    assert is_outcome(caller.get(place), 404)


# what the server says of itself


def test_the_capability_statement_tells_what_is_there(caller: FlaskClient) -> None:
    statement = caller.get("/fhir/metadata").get_json()
    # The value set of FHIR versions in the schema that tier 1 uses ends with 4.0.0.
    faults = [i for i in check(statement, tier="profile").issues if i.level == "error" and i.path != "/fhirVersion"]
    assert faults == []
    assert "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data" in statement["instantiates"]
    (rest,) = statement["rest"]
    definition = "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"
    exported = {one["definition"] for one in rest["operation"]}
    assert f"{definition}export" in exported
    by_type = {one["type"]: {op["definition"] for op in one["operation"]} for one in rest["resource"]}
    assert f"{definition}patient-export" in by_type["Patient"]
    assert f"{definition}group-export" in by_type["Group"]
    for one in rest["resource"]:
        readable = caller.get(f"/fhir/{one['type']}").status_code == 200
        assert readable == ("interaction" in one)


def test_groups_are_the_publications_of_the_stored_cases(caller: FlaskClient) -> None:
    bundle = caller.get("/fhir/Group").get_json()
    assert {one["resource"]["identifier"][0]["value"] for one in bundle["entry"]} == {DOI, OTHER.lower()}
    for entry in bundle["entry"]:
        group = entry["resource"]
        assert group["quantity"] == COUNT // 2
        assert caller.get(path(entry["fullUrl"])).get_json() == group
        assert [i for i in check(group, tier="profile").issues if i.level == "error"] == []
    for token, total in ((DOI, 1), (f"https://doi.org|{DOI}", 1), ("https://doi.org|", 2), ("x|", 0), ("10.1/x", 0)):
        assert caller.get("/fhir/Group", query_string={"identifier": token}).get_json()["total"] == total
    assert is_outcome(caller.get("/fhir/Group?name=x"), 400)
