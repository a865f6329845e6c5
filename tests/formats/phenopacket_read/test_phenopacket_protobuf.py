"""Phenopackets as binary protobuf: one message or a stream, on the command line and over HTTP."""

import io
import json
import math
from pathlib import Path

import phenopackets
import pytest

from adapter.cli import main
from adapter.errors import ReadError
from adapter.export.forms import varint
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket import binary, read
from adapter.formats.phenopacket.models import message
from adapter.terms import load
from adapter.web import create_app

ROOT = Path(__file__).parents[3]
PACKETS = [
    read_json((ROOT / path).read_bytes())
    for path in ("tests/data/phenopacket_read/hand-written-1.json", "tests/golden/maximal.phenopacket.json")
]
PERSON = {
    "familyId": "f",
    "individualId": "i",
    "paternalId": "0",
    "maternalId": "0",
    "sex": "MALE",
    "affectedStatus": "AFFECTED",
}
META = PACKETS[0]["metaData"]
FAMILY = {
    "id": "f",
    "proband": PACKETS[0],
    "relatives": [PACKETS[1]],
    "consanguinousParents": False,
    "pedigree": {"persons": [PERSON]},
    "metaData": META,
}
COHORT = {"id": "c", "description": "two", "members": PACKETS, "metaData": META}


def bytes_of(document):
    return message(document).SerializeToString(deterministic=True)


def stream(*documents):
    parts = [bytes_of(one) for one in documents]
    return b"".join(varint(len(part)) + part for part in parts)


def cases(document):
    return [one.case.to_json() for one in read(document, load())]


def converted(tmp_path, capsysbinary, data, *options):
    (tmp_path / "in.pb").write_bytes(data)
    status = main(["convert", str(tmp_path / "in.pb"), "--to", "case", "--check", "none", *options])
    told = capsysbinary.readouterr()
    return status, [json.loads(line) for line in told.out.splitlines()], told.err.decode()


@pytest.mark.parametrize("document", [*PACKETS, FAMILY, COHORT], ids=["foreign", "ours", "family", "cohort"])
def test_one_message_gives_the_cases_of_its_json(document, tmp_path, capsysbinary):
    status, found, _ = converted(tmp_path, capsysbinary, bytes_of(document), "--from", "phenopacket")

    assert status == 0
    assert [one["findings"] for one in found] == [json.loads(dump(one))["findings"] for one in cases(document)]


def test_a_stream_gives_every_message(tmp_path, capsysbinary):
    status, found, _ = converted(tmp_path, capsysbinary, stream(*PACKETS))

    assert (status, [one["id"] for one in found]) == (0, [PACKETS[0]["id"], PACKETS[1]["id"]])


def test_what_adapter_export_writes_is_read(tmp_path, capsysbinary):
    case = json.loads((ROOT / "samples/minimal.json").read_bytes())
    (tmp_path / "cases.ndjson").write_bytes(dump(case) + dump(case | {"id": "second"}))
    export = ["export", "--format", "phenopacket-protobuf", "--from-file", str(tmp_path / "cases.ndjson")]
    assert main([*export, "-o", str(tmp_path / "out")]) == 0
    (written,) = (tmp_path / "out").glob("**/*.pb")

    capsysbinary.readouterr()
    assert main(["convert", str(written), "--to", "case"]) == 0

    found = [json.loads(line) for line in capsysbinary.readouterr().out.splitlines()]
    assert [one["id"] for one in found] == [case["id"], "second"]


def test_the_message_can_be_named_and_standard_input_read(monkeypatch, capsysbinary):
    stdin = type("Stdin", (), {"buffer": io.BytesIO(bytes_of(COHORT))})()
    monkeypatch.setattr("sys.stdin", stdin)

    assert main(["convert", "-", "--message", "Cohort", "--to", "case", "--check", "none"]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == len(COHORT["members"])


def test_bytes_that_could_be_two_messages_are_refused_until_one_is_named():
    vague = (
        phenopackets.Phenopacket(id="x").SerializeToString()
        + phenopackets.Cohort(meta_data=phenopackets.MetaData()).SerializeToString()
    )

    assert binary.documents(vague, "Cohort")
    with pytest.raises(ReadError):
        list(binary.documents(b"\x0a\x01x", None))


@pytest.mark.parametrize("cut", [1, 7, 100, 1000, 3000])
def test_a_message_that_is_cut_off_says_where(cut, tmp_path, capsysbinary):
    data = bytes_of(PACKETS[0])[:-cut]

    status, found, told = converted(tmp_path, capsysbinary, data)

    assert (status, found) == (1, [])
    place = int(told.rsplit("at byte ", 1)[1])
    assert 0 <= place <= len(data)


def test_a_stream_that_is_cut_off_keeps_its_whole_messages(tmp_path, capsysbinary):
    data = stream(*PACKETS)
    end = len(stream(PACKETS[0]))

    status, found, told = converted(tmp_path, capsysbinary, data[:-5])

    assert (status, len(found)) == (1, 1)
    assert f"message 2 is cut off: its length at byte {end}" in told


def test_a_broken_message_within_a_stream_says_where(tmp_path, capsysbinary):
    first = stream(PACKETS[0])

    status, found, told = converted(tmp_path, capsysbinary, first + b"\x03\x0a\xff\xff")

    assert (status, len(found)) == (1, 1)
    assert f"at byte {len(first) + 1}" in told


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        (b"", ""),
        (b"{}", ""),
        (bytes(range(256)), ""),
        (b"\x00" * 1000, ""),
        (b"\xff" * 50, ""),
        (b"\x0b\x0c", "/id"),
        (b"\x0a\x02\xc3\x28", "/id"),
        (b"\x12\x03\x0a\x05x", "/subject/id"),
    ],
)
def test_foreign_bytes_are_refused_with_the_place(data, pointer):
    with pytest.raises(ReadError) as refused:
        list(binary.documents(data, "Phenopacket"))

    assert refused.value.pointer == pointer


def test_a_chain_of_messages_within_messages_is_refused_in_bounded_time():
    nested = b""
    for _ in range(2000):  # Haplotype members hold no haplotypes, a phenopacket has no cycle: unknown fields nest
        nested = b"\x12" + varint(len(nested)) + nested

    with pytest.raises(ReadError):
        list(binary.documents(nested))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused_at_its_place(number):
    packet = message(PACKETS[0])
    packet.biosamples[0].measurements[0].value.quantity.value = number

    with pytest.raises(ReadError) as refused:
        list(binary.documents(packet.SerializeToString()))

    assert refused.value.pointer == "/biosamples/0/measurements/0/value/quantity/value"


def test_a_timestamp_beyond_the_calendar_is_refused():
    packet = message(PACKETS[0])
    packet.meta_data.created.seconds = 2**60

    with pytest.raises(ReadError):
        list(binary.documents(packet.SerializeToString()))


@pytest.mark.parametrize("kind", ["application/x-protobuf", "application/vnd.google.protobuf"])
def test_the_service_takes_a_message(kind):
    client = create_app().test_client()

    answer = client.post("/v1/convert?to=case", data=bytes_of(PACKETS[0]), content_type=kind)

    assert answer.status_code == 200
    assert answer.get_json()["id"] == PACKETS[0]["id"]


@pytest.mark.parametrize("data", [bytes_of(PACKETS[0])[:-9], stream(*PACKETS), b"{}", b""])
def test_the_service_refuses_what_is_no_single_message(data):
    answer = create_app().test_client().post("/v1/convert?to=case", data=data, content_type="application/x-protobuf")

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
