"""Configuration, credentials, repeats, plans, differences and the resume file, each by its public door."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from adapter.errors import ServerError
from adapter.formats.document import read_json
from adapter.server import Journal, Server, find, registry, upload, validate
from adapter.server.difference import compare
from adapter.server.journal import key
from adapter.server.outcome import pointer, text, to_issues
from adapter.server.plan import parts, plan
from adapter.server.retry import Breaker, Clock, asked
from adapter.server.transport import NoAnswer
from tests.server.scripted import Good, Json, Request, Time, bundle, client, outcome, scripted

BASE = {"id": "clinic", "url": "https://fhir.example.org/r4"}

# --- configuration


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('url = "ftp://example.org"', "url"),
        ('url = "http://example.org/fhir"\nauth = "bearer"\ntoken_env = "T"', "https"),
        ('url = "https://example.org/fhir"\nauth = "bearer"', "token_env"),
        ('url = "https://example.org/fhir"\nauth = "basic"\nuser = "u"', "password_env"),
        ('url = "https://example.org/fhir"\nauth = "smart"\nclient_id = "c"', "key_file"),
        ('url = "https://example.org/fhir"\nauth = "mtls"', "certificate_file"),
        ('url = "https://example.org/fhir"\nentries = 501', "entries"),
        ('url = "https://example.org/fhir"\ntoken = "secret"', "token"),
        ("url = ", "TOML"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_with_its_key(table: str, expected: str, tmp_path: Path) -> None:
    file = tmp_path / "servers.toml"
    file.write_text(f"[servers.clinic]\n{table}\n")
    with pytest.raises(ServerError, match=expected):
        registry(file)


@pytest.mark.parametrize("content", ["servers = 1", "[servers]\nclinic = 1"])
def test_a_file_of_another_shape_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "servers.toml").write_text(content)
    with pytest.raises(ServerError, match="servers.<id>"):  # noqa: RUF043
        registry(tmp_path / "servers.toml")


def test_no_file_is_no_server_and_a_named_one_must_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADAPTER_SERVERS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert registry() == {}
    with pytest.raises(ServerError, match="none"):
        find("clinic")
    monkeypatch.setenv("ADAPTER_SERVERS", str(tmp_path / "absent.toml"))
    with pytest.raises(ServerError, match="cannot be read"):
        registry()


# --- credentials


def _seen(**settings: Any) -> list[dict[str, str]]:
    """The headers of every request that a validation sends."""
    headers: list[dict[str, str]] = []

    def behaviour(good: Good, request: Request) -> None:
        headers.append(request.headers)
        good.serve(request)

    with scripted(behaviour) as server, client(server, **settings) as ours:
        assert validate(bundle(), ours).valid
    return headers


def test_bearer_and_basic_are_sent_from_environment_and_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TOKEN", "t0ken")
    (tmp_path / "password").write_text("pass\n")
    assert {h["authorization"] for h in _seen(auth="bearer", token_env="TOKEN")} == {"Bearer t0ken"}  # noqa: S106
    basic = _seen(auth="basic", user="me", password_file=str(tmp_path / "password"))
    assert {base64.b64decode(h["authorization"].split()[1]) for h in basic} == {b"me:pass"}
    assert not any("authorization" in h for h in _seen())


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak"])
def test_a_secret_that_is_none_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", value)
    with scripted() as server, pytest.raises(ServerError):
        client(server, auth="bearer", token_env="TOKEN")  # noqa: S106


KEYS = {"RS384": RSAKey.generate_key(2048, parameters={"kid": "k1"}), "ES384": ECKey.generate_key("P-384")}


@pytest.mark.parametrize("algorithm", sorted(KEYS))
def test_smart_signs_its_assertion_and_renews_a_refused_token_once(algorithm: str, tmp_path: Path) -> None:
    signing = KEYS[algorithm]
    tokens: list[Json] = []
    refused: list[str] = []

    def behaviour(good: Good, request: Request) -> None:
        if request.path.endswith("smart-configuration"):
            request.answer(
                200, {"token_endpoint": f"http://{request.headers['host']}/token"}, Content_Type="application/json"
            )
        elif request.path == "/token":
            form = dict(pair.split("=", 1) for pair in request.body.decode().split("&"))
            tokens.append(jwt.decode(form["client_assertion"], signing, algorithms=[algorithm]).claims)
            request.answer(200, {"access_token": f"t{len(tokens)}", "token_type": "bearer", "expires_in": 300})
        elif request.headers["authorization"] == "Bearer t1":
            refused.append(request.path)
            request.answer(401, outcome("expired", "token"))
        else:
            good.serve(request)

    (tmp_path / "key.jwk").write_text(json.dumps(signing.as_dict(private=True)))
    settings = {"auth": "smart", "client_id": "me", "key_file": str(tmp_path / "key.jwk")}
    with scripted(behaviour) as server, client(server, **settings) as ours:
        assert validate(bundle(), ours).valid
    assert refused == ["/fhir/metadata"]
    assert len({t["jti"] for t in tokens}) == len(tokens) == 2
    assert all(t["iss"] == t["sub"] == "me" and t["exp"] - t["iat"] <= 300 for t in tokens)
    assert all(t["aud"].endswith("/token") for t in tokens)


@pytest.mark.parametrize(
    ("content", "token"),
    [
        ("no json", {}),
        (json.dumps({"kty": "RSA", "n": "AQAB", "e": "AQAB"}), {}),
        (json.dumps(OctKey.generate_key(256).as_dict(private=True) | {"d": "x"}), {}),
        (json.dumps(KEYS["ES384"].as_dict(private=True)), {"token_type": "bearer"}),
        (json.dumps(KEYS["ES384"].as_dict(private=True)), {"access_token": "t", "token_type": "mac"}),
        (
            json.dumps(KEYS["ES384"].as_dict(private=True)),
            {"access_token": "t", "token_type": "bearer", "expires_in": "x"},
        ),
    ],
    ids=["no JSON", "short RSA key", "symmetric key", "no token", "another kind of token", "no time"],
)
def test_no_key_or_no_token_is_nothing_checked(content: str, token: Json, tmp_path: Path) -> None:
    (tmp_path / "key.jwk").write_text(content)
    settings = {"auth": "smart", "client_id": "me", "key_file": str(tmp_path / "key.jwk")}
    with scripted(lambda _good, request: request.answer(200, token)) as server:  # noqa: SIM117  (the URL is known inside)
        with client(server, **settings, token_url=f"{server.url}/token") as ours:
            report = validate(bundle(), ours)
    assert {i.category for i in report.issues} == {"not-checked"}


# --- repeats


def test_the_wait_that_a_server_asks_for_is_read_in_its_three_forms() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100))
    assert asked({"Retry-After": "7"}) == 7
    assert asked({"x-ms-retry-after-ms": "1500"}) == 1.5
    assert 90 < (asked({"Retry-After": date}) or 0) <= 100
    assert asked({"Retry-After": "soon"}) is None
    assert asked({}) is None


def test_the_breaker_opens_after_ten_failures_and_lets_one_through_after_a_minute() -> None:
    now = [0.0]
    breaker = Breaker(Clock(now=lambda: now[0]))
    for _ in range(10):
        breaker.enter()
        breaker.note(503)
    with pytest.raises(NoAnswer, match="left alone"):
        breaker.enter()
    now[0] = 61
    breaker.enter()
    with pytest.raises(NoAnswer):
        breaker.enter()
    breaker.note(200)
    breaker.enter()


def test_a_server_that_is_busy_twice_is_asked_three_times() -> None:
    busy = [2]

    def behaviour(good: Good, request: Request) -> None:
        if "$validate" in request.path and busy[0]:
            busy[0] -= 1
            request.answer(503, None, Retry_After="3")
        else:
            good.serve(request)

    slept = Time()
    with scripted(behaviour) as server, client(server, slept, attempts=5) as ours:
        assert validate(bundle(), ours).valid
    assert slept.slept == [3.0, 3.0]


# --- uploads


def test_an_answer_that_got_lost_is_looked_for_and_not_repeated() -> None:
    lost = [True]

    def behaviour(good: Good, request: Request) -> None:
        if request.method == "POST" and lost[0]:
            lost[0] = False
            good.answer(request)
            request.reset()
        else:
            good.serve(request)

    with scripted(behaviour) as server, client(server) as ours:
        result = upload(bundle(), ours)
    assert result.uploaded
    assert {row.state for row in result.rows} == {"existing"}
    assert server.good.posts == 1


def test_a_batch_that_throttles_some_entries_gets_those_again() -> None:
    first = [True]

    def behaviour(good: Good, request: Request) -> None:
        status, body = good.answer(request)
        if request.method == "POST" and first[0]:
            first[0] = False
            body["entry"][2] = {"response": {"status": "429", "outcome": outcome("throttled", "slow down")}}
            good.resources = {k: r for k, r in good.resources.items() if k != "Observation/3"}
        request.answer(status, body)

    with scripted(behaviour) as server, client(server) as ours:
        result = upload(bundle(), ours)
    assert result.uploaded
    assert [row.state for row in result.rows] == ["created"] * 3


@pytest.mark.parametrize(("most", "status", "words"), [(2, 400, "Transaction has too many entries"), (1, 413, "")])
def test_a_transaction_too_large_for_the_server_is_split(most: int, status: int, words: str) -> None:
    def behaviour(good: Good, request: Request) -> None:
        if request.method == "POST" and len(request.json()["entry"]) > most:
            request.answer(status, outcome("too-costly" if not words else "invalid", words or "-"))
        else:
            good.serve(request)

    with scripted(behaviour) as server, client(server) as ours:
        result = upload(bundle(5), ours)
    assert result.uploaded
    last = next(r for r in server.good.resources.values() if r.get("code") == {"text": "finding 5"})
    assert {last["subject"]["reference"], last["derivedFrom"][0]["reference"]} <= set(server.good.resources)


def test_a_bundle_larger_than_configured_goes_in_parts() -> None:
    with scripted() as server, client(server, entries=2) as ours:
        assert upload(bundle(4), ours).uploaded
    assert server.good.posts == 3


def test_put_updates_and_a_dry_run_says_so() -> None:
    with scripted() as server, client(server) as ours:
        assert [r.state for r in upload(bundle(1), ours, dry_run=True).rows] == ["would-create"] * 2
        assert server.good.posts == 0
        upload(bundle(1), ours)
        dry = upload(bundle(1), ours, dry_run=True)
        assert [r.state for r in dry.rows] == ["existing"] * 2
        assert not dry.uploaded
        assert [r.state for r in upload(bundle(1), ours, mode="put", dry_run=True).rows] == ["would-update"] * 2
        assert [r.state for r in upload(bundle(1), ours, mode="put").rows] == ["updated"] * 2


def test_several_resources_of_one_identity_are_never_chosen_from() -> None:
    with scripted() as server, client(server) as ours:
        upload(bundle(1), ours)
        server.good.resources["Patient/9"] = {**server.good.resources["Patient/1"], "id": "9"}
        assert {r.state for r in upload(bundle(1), ours, dry_run=True).rows} == {"failed", "existing"}


# --- plans


def _without(document: Json, entry: int, member: str) -> Json:
    del document["entry"][entry]["resource"][member]
    return document


def _same_identity(document: Json) -> Json:
    document["entry"][2]["resource"]["identifier"] = document["entry"][1]["resource"]["identifier"]
    return document


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "no-resource"),
        ({"resourceType": "Bundle", "type": "searchset", "entry": [{}]}, "no-resource"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [{}]}, "no-resource"),
        (_without(bundle(), 0, "identifier"), "no-identity"),
        (_same_identity(bundle()), "identity-twice"),
        ({**bundle(), "entry": bundle()["entry"][1:]}, "dangling"),
        ({**bundle(), "entry": [*bundle()["entry"], bundle()["entry"][0]]}, "full-url-twice"),
        ({**bundle(), "entry": [{**bundle()["entry"][0], "request": {"method": "DELETE", "url": "x"}}]}, "method"),
    ],
)
def test_what_could_not_be_repeated_safely_is_not_sent(document: Any, code: str) -> None:
    with scripted() as server, client(server) as ours:
        result = upload(document, ours)
    assert code in {f.code for f in result.faults}
    assert not result.uploaded
    assert server.good.requests == []


@given(order=st.permutations(range(6)), most=st.integers(1, 7))
def test_every_part_refers_to_itself_and_earlier_parts_only(order: list[int], most: int) -> None:
    document = bundle(5)
    shuffled = {**document, "entry": [document["entry"][n] for n in order]}
    done: set[str] = set()
    for part in parts(plan(shuffled).groups, most):
        entries = [e for group in part for e in group]
        assert len(entries) <= most
        done |= {e.url for e in entries}
        assert all(e.needs <= done for e in entries)
    assert len(done) == 6


def test_a_circle_of_references_stays_together() -> None:
    document = bundle(2)
    document["entry"][1]["resource"]["derivedFrom"] = [{"reference": document["entry"][2]["fullUrl"]}]
    assert [len(group) for group in plan(document).groups] == [1, 2]


# --- differences


@pytest.mark.parametrize(
    ("sent", "got", "expected"),
    [
        (
            {"a": 1},
            {"a": 1, "id": "7", "meta": {"versionId": "1"}},
            [("/id", "assigned"), ("/meta/versionId", "assigned")],
        ),
        ({"a": [1, 2]}, {"a": [1]}, [("/a/1", "dropped")]),
        ({"a": [1]}, {"a": [1, 2]}, [("/a/1", "added")]),
        ({"a": {}}, {}, []),
        ({"a/b": "x"}, {}, [("/a~1b", "dropped")]),
        ({"a": True}, {"a": 1}, [("/a", "changed")]),
        ({"s": {"reference": "urn:1"}}, {"s": {"reference": "Patient/1"}}, [("/s/reference", "resolved")]),
        ({"s": {"reference": "urn:1"}}, {"s": {"reference": "Patient/2"}}, [("/s/reference", "changed")]),
        ({"meta": {"tag": [1, 2]}}, {"meta": {"tag": [2, 1]}}, []),
        ({"meta": {"tag": [1]}}, {"meta": {"tag": [2]}}, [("/meta/tag/0", "dropped"), ("/meta/tag/0", "added")]),
        ({"text": {"div": "<b>a &#228; </b>"}}, {"text": {"div": "<b>a ä</b>"}}, [("/text/div", "narrative")]),
        ({"text": {"div": "<b>a</b>"}}, {"text": {"div": "<b>b</b>"}}, [("/text/div", "changed")]),
        (
            {"recorded": "1", "resourceType": "Provenance"},
            {"recorded": "2", "resourceType": "Provenance"},
            [("/recorded", "earlier")],
        ),
    ],
)
def test_differences_have_a_path_and_a_kind(sent: Json, got: Json, expected: list[tuple[str, str]]) -> None:
    found = compare(sent, got, lambda before, after: (before, after) == ("urn:1", "Patient/1"))
    assert [(d.path, d.kind) for d in found] == expected


@pytest.mark.parametrize(
    ("sent", "got", "kinds"), [("6.50", "6.5", ["digits"]), ("6.50", "6.50", []), ("6.5", "7", ["changed"])]
)
def test_digits_count(sent: str, got: str, kinds: list[str]) -> None:
    found = compare({"value": read_json(sent.encode())}, {"value": read_json(got.encode())}, lambda *_: False)
    assert [d.kind for d in found] == kinds


# --- OperationOutcomes


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Observation.component[1].value", "/component/1/valueQuantity"),
        ("Observation.component[0].value.ofType(Quantity)", "/component/0/valueQuantity"),
        ("Observation.status", "/status"),
        ("Observation.component[9].code", "/component"),
        ("Observation.subject.reference", ""),
        ("Observation", ""),
        ("Observation/*Observation/1*/.category", "/category/0"),
    ],
)
def test_a_fhirpath_becomes_a_pointer_as_far_as_the_resource_goes(expression: str, expected: str) -> None:
    parts = [{"valueQuantity": {}}, {"valueQuantity": {}}]
    assert pointer(expression, {"status": "final", "component": parts, "category": [{}]}) == expected


def test_the_words_of_a_server_are_one_line_and_not_endless() -> None:
    assert text({"diagnostics": "a\r\n\x1b[31mb"}) == "a [31mb"
    assert len(text({"details": {"text": "x" * 10_000}})) < 600
    assert text({"details": {"coding": [{"display": "MSG_NO_MATCH"}]}}) == "MSG_NO_MATCH"
    assert text({}) == "no text"


def test_a_definition_the_server_lacks_is_a_check_that_did_not_happen() -> None:
    said = "Slicing cannot be evaluated: profile X could not be resolved"
    (issue,) = to_issues(outcome("processing", said)["issue"], {}, validator="server:x")
    assert (issue.level, issue.category) == ("error", "not-checked")


# --- resume file


def _journal(path: Path, **changes: str) -> Journal:
    return Journal(path, **{"server": "https://a/fhir", "mode": "put", "at": "2026-01-01T00:00:00Z", **changes})


def test_a_resume_file_keeps_results_and_the_first_time_of_conversion(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with _journal(path) as journal:
        journal.finish(key({"a": 1}), {"uploaded": True})
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(path.read_bytes() + b'{"key":"torn')
    with _journal(path, at="2027-01-01T00:00:00Z") as journal:
        assert journal.at == "2026-01-01T00:00:00Z"
        assert journal.result(key({"a": 1})) == {"uploaded": True}
        assert journal.result(key({"a": 2})) is None
    for changes in ({"server": "https://b/fhir"}, {"mode": "conditional"}):
        with pytest.raises(ServerError, match="another"):
            _journal(path, **changes)


@pytest.mark.parametrize("content", [b"no json\n", b'{"format":"other"}\n', b"[]\n"])
def test_a_file_that_is_no_resume_file_is_left_alone(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes(content)
    with pytest.raises(ServerError, match="none"):
        _journal(tmp_path / "journal")
    assert (tmp_path / "journal").read_bytes() == content


def test_a_resume_file_in_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="cannot be written"):
        _journal(tmp_path / "absent" / "journal")
    with pytest.raises(ServerError, match="cannot be read"):
        _journal(tmp_path)


def test_a_server_is_found_under_its_id(tmp_path: Path) -> None:
    (tmp_path / "servers.toml").write_text('[servers.clinic]\nurl = "https://fhir.example.org/r4/"\n')
    assert find("clinic", path=tmp_path / "servers.toml") == Server.model_validate(
        {**BASE, "url": "https://fhir.example.org/r4/"}
    )
    assert find("clinic", path=tmp_path / "servers.toml").base == BASE["url"]
