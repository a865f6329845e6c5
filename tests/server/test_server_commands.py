"""`adapter upload` and `adapter check --server` against a scripted server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapter.cli import main
from tests.server.scripted import bundle, scripted

SAMPLE = "samples/minimal.json"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    status = main(list(arguments))
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines() if line.startswith("{")], err


def test_an_upload_by_url_says_what_became_of_every_entry(capsys: pytest.CaptureFixture[str]) -> None:
    with scripted() as server:
        options = ("upload", SAMPLE, "--server", server.url, "--allow-url", "--at", "2026-01-01T00:00:00Z")
        status, first, err = run(capsys, *options)
        assert (status, first[0]["uploaded"]) == (0, True)
        assert set(first[0]["counts"]) == {"created"}
        assert "created" in err
        status, second, _ = run(capsys, *options)
        assert (status, set(second[0]["counts"])) == (0, {"existing"})
        status, dry, _ = run(capsys, *options, "--dry-run")
        assert (status, dry[0]["uploaded"], dry[0]["dry_run"]) == (0, False, True)


def test_a_resumed_upload_skips_what_is_done(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    journal = str(tmp_path / "journal")
    with scripted() as server:
        options = ("upload", SAMPLE, "--server", server.url, "--allow-url", "--resume", journal)
        run(capsys, *options)
        posts = server.good.posts
        status, rows, _ = run(capsys, *options)
        assert (status, rows[0]["resumed"], rows[0]["uploaded"]) == (0, True, True)
        assert server.good.posts == posts


def test_what_cannot_be_sent_is_told_and_does_not_stop_the_rest(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "broken.json").write_text("{")
    nameless = bundle()
    del nameless["entry"][0]["resource"]["identifier"]
    (tmp_path / "nameless.json").write_text(json.dumps(nameless))
    files = (str(tmp_path / "broken.json"), str(tmp_path / "nameless.json"), SAMPLE)
    with scripted() as server:
        status, rows, err = run(capsys, "upload", *files, "--server", server.url, "--allow-url")
    assert status == 1
    assert [row["uploaded"] for row in rows] == [False, True]
    assert "broken.json:1:" in err
    assert "no identifier" in err


def test_a_check_at_a_server_points_into_the_case(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "no-case.json").write_text('{"case_format": "1"}')
    with scripted() as server:
        url = ("--server", server.url, "--allow-url", "--json")
        status, reports, _ = run(capsys, "check", SAMPLE, *url)
        assert "server:url" in {c["validator"] for c in reports[0]["checked"]}
        status, reports, _ = run(capsys, "check", str(tmp_path / "no-case.json"), *url)
    assert status == 1
    assert "not-checked" in {i["category"] for i in reports[0]["issues"]}


@pytest.mark.parametrize("url", ["http://[::1", "http://localhost@example.org:1/fhir", "http://me@localhost:1/fhir"])
def test_a_url_that_only_looks_like_this_machine_is_not(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", SAMPLE, "--server", url, "--allow-url"]) == 2
    assert "adapter: " in capsys.readouterr().err
