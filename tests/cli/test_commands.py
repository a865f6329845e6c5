"""The command line as other tools call it: files in, documents and exit status out."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from adapter.cli import COMMANDS, main
from adapter.packaged import samples

AT = "--at=2026-01-01T00:00:00Z"
P1 = str(samples() / "fonc-2026-1656404-patient-1.json")
P2 = str(samples() / "fonc-2026-1656404-patient-2.json")
HEAVY = ("flask", "requests", "fhir", "phenopackets", "google.protobuf", "sqlalchemy", "ruamel")


def printed(capfdbinary: pytest.CaptureFixture[bytes]) -> list[Any]:
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def _binary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.mark.parametrize(
    ("to", "key"), [("fhir", "resourceType"), ("phenopacket", "metaData"), ("case", "case_format")]
)
def test_a_case_is_converted(capfdbinary: pytest.CaptureFixture[bytes], to: str, key: str) -> None:
    assert main(["convert", P1, "--to", to, AT]) == 0
    (document,) = printed(capfdbinary)
    assert key in document


def test_equal_inputs_give_equal_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["convert", P1, "--to", "fhir", AT])
    first = capfdbinary.readouterr().out
    main(["convert", P1, "--to", "fhir", AT])
    assert capfdbinary.readouterr().out == first


def test_several_files_are_one_document_a_line(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["convert", P1, P2, "--to", "phenopacket", AT]) == 0
    assert len(printed(capfdbinary)) == 2


def test_several_files_go_into_a_folder(tmp_path: Path) -> None:
    assert main(["convert", P1, P2, "--to", "phenopacket", AT, "-o", f"{tmp_path}/out/"]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [Path(P1).name, Path(P2).name]


def test_a_bad_line_leaves_no_document_and_one_message(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "cases.ndjson"
    file.write_text(
        '{"case_format":"1","id":"a"}\n{"case_format":"1","id":"b","x":1}\n{oops\n\n{"case_format":"1","id":"c"}\n'
    )
    assert main(["convert", str(file), "--to", "case", AT]) == 1
    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "c"]
    assert f"{file}:2: error: /x:".encode() in err
    assert f"{file}:3:1:".encode() in err


def test_a_missing_file_does_not_stop_the_others(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["convert", str(tmp_path / "none.json"), P1, "--to", "case", AT]) == 1
    out, err = capfdbinary.readouterr()
    assert json.loads(out)["id"].endswith("patient-1")
    assert b"none.json: error: No such file" in err


@pytest.mark.parametrize(
    "text",
    [
        b'{"case_format":"1","id":"a"}',
        b'{"case_format":"1",\n"id":"a"}\n',
        b'{"case_format":"1","id":"a"}\n{"case_format":"1","id":"b"}\n',
    ],
    ids=["one", "over two lines", "ndjson"],
)
def test_standard_input_is_a_document_or_lines(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], text: bytes
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["convert", "-", "--to", "case", AT]) == 0
    assert [d["id"] for d in printed(capfdbinary)] == ["a", "b"][: text.count(b"case_format")]


def test_a_fhir_bulk_export_is_one_document(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "69548-6"}]}
    sexes = {"a": "male", "b": "female"}
    patients = [{"resourceType": "Patient", "id": name, "gender": sex} for name, sex in sexes.items()]
    found = [
        {"resourceType": "Observation", "id": f"{n}", "code": code, "subject": {"reference": f"Patient/{name}"}}
        for n, name in enumerate("bab")
    ]
    files = [tmp_path / "Patient.ndjson", tmp_path / "Observation.ndjson"]
    for file, lines in zip(files, (patients, found), strict=True):
        file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    assert main(["convert", *map(str, files), "--from", "fhir", "--to", "case"]) == 0
    cases = printed(capfdbinary)
    assert [(case["subject"]["sex"], len(case["findings"])) for case in cases] == [("male", 1), ("female", 2)]


def test_losses_and_explanations_are_written_beside(tmp_path: Path) -> None:
    losses, explain, out = tmp_path / "losses.json", tmp_path / "explain.json", tmp_path / "out.json"
    arguments = ["--losses", str(losses), "--explain", str(explain), "-o", str(out)]
    assert main(["convert", P1, "--to", "phenopacket", AT, *arguments]) == 0
    assert {row["path"] for row in json.loads(losses.read_text())} >= {"/outcome/after"}
    document = json.loads(out.read_text())
    for row in json.loads(explain.read_text()):
        node = document
        for part in row["output"].split("/")[1:]:
            node = node[int(part)] if isinstance(node, list) else node[part]


def test_the_clock_is_an_input(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    main(["convert", P1, "--to", "phenopacket"])
    assert printed(capfdbinary)[0]["metaData"]["created"] == "1970-01-02T00:00:00Z"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["convert", P1],
        ["convert", P1, "--to", "beacon"],
        ["convert", P1, "--to", "fhir", "--at", "today"],
        ["convert", P1, "--to", "case", "--mappings", "nowhere"],
        ["bench", "x"],
        ["iscn"],
        ["iscn", "a", "--lines", "b"],
        ["terms", "genes"],
        ["terms", "nowhere"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(arguments)
    except SystemExit as stop:
        status = stop.code  # type: ignore[assignment]
    assert status == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert command in capsys.readouterr().out


def test_check_reports_what_was_checked(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["check", P1, "--json"]) == 0
    (report,) = printed(capfdbinary)
    assert report["valid"]
    assert report["checked"]


def test_check_names_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case_format: '1'\nid: one\nsubject: {sex: perhaps}\n")
    assert main(["check", str(file)]) == 1
    out = capsys.readouterr().out
    assert f"{file}: not valid" in out
    assert "/subject/sex" in out


def test_check_of_an_unreadable_file_is_a_report(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "case.json"
    file.write_text('{"a": 1, "a": 2}')
    assert main(["check", str(file), "--json"]) == 1
    (report,) = printed(capfdbinary)
    assert [i["category"] for i in report["issues"]] == ["syntax"]


@pytest.mark.parametrize(
    ("command", "text", "status"),
    [
        ("iscn", "nuc ish(KMT2Ax6~18)[137/200]", "ok"),
        ("iscn", "the patient was well", "not-iscn"),
        ("hgvs", "TP53 c.524G>A p.Arg175His", "ok"),
        ("fusion", "BCR::ABL1", "ok"),
    ],
)
def test_nomenclature_is_one_json_line(
    capfdbinary: pytest.CaptureFixture[bytes], command: str, text: str, status: str
) -> None:
    assert main([command, text]) == 0
    (found,) = printed(capfdbinary)
    assert (found["input"], found["status"]) == (text, status)


def test_nomenclature_lines_keep_their_order(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    file = tmp_path / "variants.txt"
    file.write_text('TP53 p.R175H\n{"text": "c.524G>A", "gene": "TP53"}\n{"text": 5}\n')
    assert main(["hgvs", "--lines", str(file)]) == 1
    assert [row["status"] for row in printed(capfdbinary)][1:] == ["ok", "rejected"]


@pytest.mark.parametrize("arguments", [["terms"], ["terms", "specimens"], ["terms", "specimens", "BM"], ["formats"]])
def test_what_there_is(capfdbinary: pytest.CaptureFixture[bytes], arguments: list[str]) -> None:
    assert main(arguments) == 0
    assert capfdbinary.readouterr().out


def test_a_gene_is_resolved_with_a_note(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["terms", "genes", "MLL"]) == 0
    (gene,) = printed(capfdbinary)
    assert gene["symbol"] == "KMT2A"
    assert "MLL" in gene["note"]


def test_an_unknown_key_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terms", "specimens", "bone marow"]) == 1
    assert "bone-marrow" in capsys.readouterr().err


def test_the_schema_of_a_case_is_printed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["formats", "--schema", "case"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["additionalProperties"] is False


def test_a_conversion_loads_nothing_heavy() -> None:
    code = (
        "import sys; from adapter.cli import main;"
        f"main(['convert', {P1!r}, '--to', 'fhir', '--check', 'none', '-o', '-']);"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "adapter", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("adapter ")


SPOILED = "case_format: '1'\nid: one\nsubject: {sex: perhaps}\nfindings: [{kind: karyotype}, {kind: karyotype}]\n"


def test_check_says_each_message_once_with_its_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(SPOILED)
    assert main(["check", str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{file}: not valid (3 errors)"
    said = next(n for n, line in enumerate(lines) if "a karyotype needs at least one of" in line)
    assert [line.split()[0] for line in lines[said + 1 : said + 3]] == ["/findings/0", "/findings/1"]
    assert sum("a karyotype needs" in line for line in lines) == 1


def test_check_writes_one_sarif_log_of_all_files(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "cases.ndjson").write_bytes(
        Path(P1).read_bytes().replace(b"\n", b" ") + b'\n{"case_format": "1", "id": "one", "subject": {"sex": "x"}}\n'
    )
    (tmp_path / "torn.json").write_text('{"a": 1,')
    assert main(["check", "--sarif", str(tmp_path / "cases.ndjson"), str(tmp_path / "torn.json"), P1]) == 1
    (log,) = printed(capfdbinary)
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    errors = [one for one in run["results"] if one["level"] == "error"]
    places = [one["locations"][0] for one in errors]
    lines = [(at["physicalLocation"]["region"]["startLine"], at["logicalLocations"][0]) for at in places]
    assert lines == [
        (2, {"fullyQualifiedName": "/subject/sex", "kind": "object"}),
        (1, {"fullyQualifiedName": "/", "kind": "object"}),
    ]
    assert {one["ruleId"] for one in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    files = [at["physicalLocation"]["artifactLocation"]["uri"] for at in places]
    assert files == [(tmp_path / name).as_uri() for name in ("cases.ndjson", "torn.json")]
    assert all(at["physicalLocation"]["artifactLocation"]["uri"].startswith("file:") for at in places)
