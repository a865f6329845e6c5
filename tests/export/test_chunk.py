"""The pure function of a chunk: what it records of a line that fails, and of a document that a check refuses."""

import json

import pytest

from adapter.bench.synthetic import case
from adapter.errors import ReadError, UnknownTerm
from adapter.export import chunk as module
from adapter.export.chunk import convert_chunk
from adapter.formats.document import dump
from adapter.report import Issue, Report
from adapter.terms import load
from tests.export.conftest import request

LINE = dump(case(1, 0))


def errors(found):
    return [json.loads(line) for line in found.streams.get("errors", [])]


@pytest.mark.parametrize(
    ("raised", "code"),
    [(KeyError("x"), "internal"), (NameError("x"), "internal"), (UnknownTerm("t", "x"), "UnknownTerm")],
)
def test_a_fault_of_ours_is_told_without_values_and_stops_nothing(monkeypatch, raised, code):
    read_case = module.read_case

    def failing(document):
        if document["id"].endswith("1"):
            raise raised
        return read_case(document)

    monkeypatch.setattr(module, "read_case", failing)
    lines = [(n + 1, dump(case(1, n))) for n in range(3)]
    found = convert_chunk(lines, request(), load())
    assert (found.cases, found.failed, len(found.streams["Phenopacket"])) == (3, 1, 2)
    (told,) = errors(found)
    assert (told["line"], told["errors"][0]["code"]) == (2, code)
    assert "'x'" not in json.dumps(told)


def test_what_the_machine_lacks_does_stop(monkeypatch):
    def failing(*_args, **_options):
        raise MemoryError

    monkeypatch.setattr(module, "write", failing)
    with pytest.raises(MemoryError):
        convert_chunk([(1, LINE)], request(), load())


def test_a_line_that_could_not_be_read_is_told_in_its_place():
    found = convert_chunk([(7, ReadError("too long", line=1, column=9)), (8, LINE)], request(), load())
    assert errors(found) == [
        {
            "line": 7,
            "id": None,
            "exported": False,
            "errors": [{"pointer": "", "code": "syntax", "detail": "column 9: too long"}],
        }
    ]
    assert len(found.streams["Phenopacket"]) == 1


@pytest.mark.parametrize("to", ["phenopacket-ndjson", "fhir-transactions"])
def test_a_document_that_a_check_refuses_is_written_and_told(monkeypatch, to):
    issue = Issue(validator="v", level="error", category="rule", path="/id", message="expected another")
    monkeypatch.setattr(module, "check_converted", lambda *_a, **_o: Report((), (issue,)))
    found = convert_chunk([(1, LINE)], request(to, check="basic"), load())
    assert (found.cases, found.failed) == (1, 0)
    (told,) = errors(found)
    if to == "phenopacket-ndjson":
        assert told["exported"]
        assert told["errors"] == [{"pointer": "/id", "code": "rule", "detail": "expected another"}]
    else:
        assert told["issue"][0]["severity"] == "warning"
    assert "errors" not in convert_chunk([(1, LINE)], request(to, check="none"), load()).streams


def test_a_sample_is_chosen_by_the_bytes_of_the_line(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "check_converted", lambda one, *_a, **_o: seen.append(one.case.id) or Report())
    lines = [(n + 1, b'{"case_format":"1","id":"c%d"}' % n) for n in range(300)]
    convert_chunk(lines, request(losses=False), load())
    first = list(seen)
    convert_chunk(reversed(lines), request(losses=False), load())
    assert 0 < len(first) < 30
    assert seen[len(first) :] == first[::-1]


def test_protobuf_that_refuses_a_packet_is_a_failed_case(monkeypatch):
    write = module.write

    def spoiled(*args, **options):
        found = write(*args, **options)
        found.document["no_such_field"] = 1
        return found

    monkeypatch.setattr(module, "write", spoiled)
    found = convert_chunk([(1, LINE)], request("phenopacket-protobuf", check="none"), load())
    assert found.failed == 1
    assert errors(found)[0]["errors"][0]["detail"] == "protobuf refuses the phenopacket"
