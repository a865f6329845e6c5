"""``$validate`` on a FHIR server, resource by resource, in the dialect it understands.

A server that is down, refuses, or answers with anything but a usable OperationOutcome has said nothing: that is an
issue of category ``not-checked``, and the report is then not valid. Because many servers answer 200 to everything, two
probes ask first whether an error is noticed at all, and whether an unknown profile is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from adapter.errors import ServerError
from adapter.report import Checked, Issue, Json, Report
from adapter.server.client import Client, explain
from adapter.server.outcome import is_result, outcome, text, to_issues
from adapter.server.transport import Answer, NoAnswer

_UNKNOWN = "https://w3id.org/haem-adapter/fhir/StructureDefinition/no-such-profile"
_EMPTY: Json = {"resourceType": "Observation"}
_CLAIMING: Json = {
    "resourceType": "Observation",
    "meta": {"profile": [_UNKNOWN]},
    "status": "final",
    "code": {"text": "probe"},
}


def validate(document: object, client: Client, *, profile: str = "") -> Report:
    """What the server's ``$validate`` finds in a resource, or in each resource of a Bundle.

    ``profile`` replaces the profiles a single resource claims. Never raises for what the server does; issues name the
    server by its id.
    """
    client.begin()
    validator = f"server:{client.server.id}"
    resources = list(_resources(document, profile))
    if not resources:
        return Report((), (_not_checked(validator, "", "the document holds no FHIR resource to validate"),))
    try:
        capability = client.capability()
        run = _Run(client, validator)
        issues = tuple(run.all(resources))
    except ServerError as error:
        return Report((), (_not_checked(validator, "", str(error)),))
    version = " ".join(part for part in (capability.software, capability.version) if part) or "unknown"
    return Report((Checked(validator, version, f"$validate of {len(resources)} resources"),), issues)


@dataclass(slots=True)
class _Run:
    """One report in the making: the dialect that worked, and what is known of the server's profiles."""

    client: Client
    validator: str
    wrapped: bool = False
    silent: bool = False
    known: dict[str, bool] = field(default_factory=dict)

    def all(self, resources: list[tuple[str, Json]]) -> Iterator[Issue]:
        """The issues of every resource; once no answer comes, the rest is not asked for."""
        yield from self.probe(any(_profiles(r) for _, r in resources))
        for n, (path, resource) in enumerate(resources):
            try:
                yield from self.one(path, resource)
            except NoAnswer as error:
                yield from (_not_checked(self.validator, p, str(error)) for p, _ in resources[n:])
                return

    def probe(self, claims: bool) -> Iterator[Issue]:
        """Whether the server notices an Observation without status and code, and a profile nobody has."""
        found = self.ask(_EMPTY, "")
        if isinstance(found, list) and not any(i["severity"] in {"error", "fatal"} for i in found):
            message = "$validate finds no error in an Observation without status and code: its silence says nothing"
            yield _not_checked(self.validator, "", message)
        if claims:
            answer = self.ask(_CLAIMING, _UNKNOWN)
            self.silent = isinstance(answer, list) and not any(_UNKNOWN in text(i) for i in answer)

    def one(self, path: str, resource: Json) -> Iterator[Issue]:
        """The issues of one resource, asked for once per profile it claims."""
        profiles = _profiles(resource)
        for profile in profiles or ("",):
            found = self.ask(resource, profile)
            if isinstance(found, Answer):
                yield _not_checked(self.validator, path, f"no result of $validate: {explain(found)}")
                continue
            yield from to_issues(found, resource, validator=self.validator, prefix=path, profiles=profiles)
            if profile and self.silent and not self.has(profile):
                yield _not_checked(self.validator, path, f"the server does not know the profile {profile}")

    def ask(self, resource: Json, profile: str) -> list[Json] | Answer:
        """The issues of an OperationOutcome, or the last answer when none of the dialects gave one."""
        answer: Answer | None = None
        for wrapped in dict.fromkeys((self.wrapped, False, True)):
            answer = self._post(resource, profile, wrapped=wrapped)
            issues = outcome(answer.body)
            if issues is not None and is_result(answer.status, issues):
                self.wrapped = wrapped
                return issues
        return answer or Answer(0)

    def has(self, profile: str) -> bool:
        """Whether the server holds the definition of a profile."""
        url = profile.partition("|")[0]
        if url not in self.known:
            try:
                found = self.client.search("StructureDefinition", f"url={quote(url, safe='')}")
            except NoAnswer:
                raise
            except ServerError:
                found = []
            self.known[url] = any(r.get("url") == url for r in found)
        return self.known[url]

    def _post(self, resource: Json, profile: str, *, wrapped: bool) -> Answer:
        kind = resource["resourceType"]
        if not wrapped:
            query = f"?profile={quote(profile, safe='')}" if profile else ""
            return self.client.request("POST", f"{kind}/$validate{query}", resource)
        parameters: list[Json] = [{"name": "resource", "resource": resource}]
        if profile:
            parameters.append({"name": "profile", "valueUri": profile})
        return self.client.request("POST", f"{kind}/$validate", {"resourceType": "Parameters", "parameter": parameters})


def _resources(document: object, profile: str) -> Iterator[tuple[str, Json]]:
    """Pointer and resource of each resource to validate."""
    if not isinstance(document, dict) or not _is_type(document.get("resourceType")):
        return
    if document["resourceType"] != "Bundle":
        yield "", ({**document, "meta": {**_meta(document), "profile": [profile]}} if profile else document)
        return
    entries = document.get("entry")
    for n, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict) and _is_type(resource.get("resourceType")):
            yield f"/entry/{n}/resource", resource


def _is_type(name: object) -> bool:
    return isinstance(name, str) and name.isascii() and name.isalpha()


def _profiles(resource: Json) -> tuple[str, ...]:
    claimed = _meta(resource).get("profile")
    return tuple(p for p in claimed if isinstance(p, str)) if isinstance(claimed, list) else ()


def _meta(resource: Json) -> Json:
    meta = resource.get("meta")
    return meta if isinstance(meta, dict) else {}


def _not_checked(validator: str, path: str, message: str) -> Issue:
    return Issue(validator=validator, level="error", category="not-checked", path=path, message=message)
