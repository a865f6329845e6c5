"""The dialects of `$validate`: what counts as a result, and when a server's silence means nothing."""

from __future__ import annotations

from typing import Any

import pytest

from adapter.server import validate
from tests.server.scripted import (
    Behaviour,
    Good,
    Json,
    Request,
    bundle,
    client,
    outcome,
    scripted,
    searchset,
    validated,
)


def observation(*profiles: str, **more: Any) -> Json:
    claims = {"meta": {"profile": list(profiles)}} if profiles else {}
    return {"resourceType": "Observation", **claims, "status": "final", "code": {"text": "FISH"}, **more}


def report(behaviour: Behaviour, document: Any, **settings: Any) -> Any:
    with scripted(behaviour) as server, client(server, **settings) as ours:
        return validate(document, ours)


def only_wrapped(good: Good, request: Request) -> None:
    """Takes the resource inside Parameters only, and answers inside Parameters."""
    if "$validate" not in request.path:
        good.serve(request)
        return
    body = request.json()
    if body["resourceType"] != "Parameters":
        request.answer(400, outcome("not-supported", "Parameters expected"))
        return
    named = {p["name"]: p for p in body["parameter"]}
    found = validated(named["resource"]["resource"], named.get("profile", {}).get("valueUri", ""))
    request.answer(200, {"resourceType": "Parameters", "parameter": [{"name": "return", "resource": found}]})


def test_a_server_that_wants_parameters_gets_them() -> None:
    assert report(only_wrapped, bundle()).valid
    broken = report(only_wrapped, {"resourceType": "Observation"})
    assert [(i.level, i.category) for i in broken.issues] == [("error", "required")]
    assert report(only_wrapped, observation("urn:known")).valid


def deaf_to_profiles(known: tuple[str, ...]) -> Behaviour:
    """Ignores unknown profiles without a word; holds the definitions of `known`."""

    def behaviour(good: Good, request: Request) -> None:
        if "$validate" in request.path:
            request.answer(200, validated(request.json(), ""))
        elif "/StructureDefinition?" in request.path:
            found = [{"resourceType": "StructureDefinition", "id": "1", "url": u} for u in known]
            request.answer(200, searchset(found))
        else:
            good.serve(request)

    return behaviour


@pytest.mark.parametrize(("known", "valid"), [(("urn:mine",), True), ((), False), (("urn:other",), False)])
def test_a_server_silent_about_unknown_profiles_is_asked_for_their_definitions(
    known: tuple[str, ...], valid: bool
) -> None:
    found = report(deaf_to_profiles(known), observation("urn:mine"))
    assert found.valid is valid
    assert valid or [i.category for i in found.issues if i.level == "error"] == ["not-checked"]


def test_a_profile_the_server_says_it_does_not_know_was_not_checked() -> None:
    found = report(Good.serve, observation("urn:unheard-of"))
    assert not found.valid
    assert {i.category for i in found.issues} == {"not-checked"}
    assert report(Good.serve, observation("urn:known")).valid


@pytest.mark.parametrize("status", [200, 400, 412, 422])
def test_an_error_is_a_result_with_each_status_in_use(status: int) -> None:
    def behaviour(good: Good, request: Request) -> None:
        if "$validate" in request.path:
            request.answer(status, outcome("structure", "wrong"))
        else:
            good.serve(request)

    found = report(behaviour, observation())
    assert [(i.level, i.category, i.message) for i in found.issues] == [("error", "structure", "wrong")]
    assert found.checked


@pytest.mark.parametrize("document", [[], {}, {"resourceType": "Bundle"}, {"resourceType": 1}, "text"])
def test_no_resource_is_nothing_checked(document: Any) -> None:
    assert [i.category for i in report(Good.serve, document).issues] == ["not-checked"]


def test_once_no_answer_comes_every_resource_left_is_told() -> None:
    """The server ends after the first resource of three."""
    seen: list[str] = []

    def behaviour(good: Good, request: Request) -> None:
        seen.append(request.path)
        if sum("$validate" in p for p in seen) > 2:
            request.reset()
        else:
            good.serve(request)

    found = report(behaviour, bundle())
    assert [i.path for i in found.issues if i.category == "not-checked"] == ["/entry/1/resource", "/entry/2/resource"]


def test_an_issue_points_to_the_place_in_the_bundle() -> None:
    located = outcome("value", "wrong")
    located["issue"][0]["expression"] = ["Observation.code.text"]

    def behaviour(good: Good, request: Request) -> None:
        if "Observation/$validate" in request.path and "code" in request.json():
            request.answer(200, located)
        else:
            good.serve(request)

    paths = [i.path for i in report(behaviour, bundle(1)).issues if i.level == "error"]
    assert paths == ["/entry/1/resource/code/text"]
