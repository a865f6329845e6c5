"""Treatments and responses of a case, from MedicalAction and the comments beside it."""

from __future__ import annotations

import re
from typing import get_args

from adapter.case import Response, Treatment
from adapter.formats.phenopacket.actions import NO_RESPONSE, TABLE, VOCABULARIES
from adapter.formats.phenopacket.reader.comments import Comment
from adapter.formats.phenopacket.reader.reading import Reading, moment, objects, stated
from adapter.formats.phenopacket.view import child, text
from adapter.report import Json

_RESPONSE = re.compile(r"response(?: (?P<number>[1-9]\d{0,5}))?(?:\.(?P<field>status|mrd|after|date|since|site|said))?")
PRIMARY = "primary-refractory"
_NAMES = ("cycles", "donor", "graft", "start", "end", "since", "said", "kind", "phase")


def literals(model: type[Treatment | Response], name: str) -> tuple[str, ...]:
    """The words a field accepts."""
    one = next(a for a in get_args(model.model_fields[name].annotation) if a is not type(None))
    return get_args(one)


def treatments(r: Reading) -> tuple[list[Json], list[Json]]:
    """Treatments and responses; a treatment that is responded to gets an id."""
    found: list[Json] = []
    responses: list[Json] = []
    places: list[str] = []
    for n, node in objects(r.document, "medicalActions"):
        where = f"/medicalActions/{n}"
        drug = child(node, "treatment")
        if drug and found and places and _belongs(r, node, where, found[-1]):
            found[-1].setdefault("agents", []).append(_agent(r, drug, where))
        elif drug or "therapeuticRegimen" in node or r.comments.at(where):
            found.append(_treatment(r, node, where))
            places.append(where)
        else:
            found.append(_foreign(r, node, where))
            places.append(where)
        responses += _responses(r, node, where, f"treatment-{len(found)}")
    responded = {one["to"] for one in responses}
    for n, one in enumerate(found, start=1):
        if f"treatment-{n}" in responded or len(one) == 0:
            found[n - 1] = {"id": f"treatment-{n}"} | one
    return found, responses + _responses(r, {}, "/subject", "")


def _belongs(r: Reading, node: Json, where: str, treatment: Json) -> bool:
    """Whether a drug is one more agent of the treatment before it: nothing is said of a new whole."""
    alone = node.keys() == {"treatment"} and {c.name for c in r.comments.at(where)} <= {"agent"}
    return r.ours and alone and bool(treatment.get("regimen") or treatment.get("agents"))


def _agent(r: Reading, drug: Json, where: str) -> str:
    return r.words(TABLE, drug.get("agent"), where, "agent") or "unnamed agent"


def _treatment(r: Reading, node: Json, where: str) -> Json:
    regimen, drug = child(node, "therapeuticRegimen"), child(node, "treatment")
    said = {c.name: c.text for c in r.comments.at(where) if c.name in _NAMES}
    named = _named(r, regimen, where) if regimen else stated(kind=said.get("kind"), phase=said.get("phase"))
    for field, member in (("start", "startTime"), ("end", "endTime")):
        said |= stated(**{field: moment(regimen.get(member)).get("date")})
    if said.get("cycles", "").isdecimal():
        named["cycles"] = int(said["cycles"])
    agents = [_agent(r, drug, where)] if drug else []
    rest = {name: said[name] for name in ("donor", "graft", "start", "end", "since") if name in said}
    return named | stated(agents=agents) | _intent(r, node, where) | rest | _described(regimen, said)


def _described(regimen: Json, said: Json) -> Json:
    described = text(child(regimen, "externalReference"), "description")
    return stated(said=said.get("said") or ("" if described == "treatment" else described))


def _intent(r: Reading, node: Json, where: str) -> Json:
    return stated(
        intent=r.words(TABLE, node.get("treatmentIntent"), where, "intent"),
        ended_because=r.words(TABLE, node.get("treatmentTerminationReason"), where, "ended_because"),
    )


def _named(r: Reading, regimen: Json, where: str) -> Json:
    """Regimen, phase and kind, one of which the class says: the one whose words the writer would code so."""
    term = child(regimen, "ontologyClass")
    curie, label = text(term, "id"), text(term, "label")
    said = {name: r.comments.first(where, name) for name in ("regimen", "phase", "kind")}
    if not term:
        return stated(**said)
    w = r.writing()
    for field in ("phase", "kind"):
        words = said[field] or label
        coded = w.coded(TABLE, words, *VOCABULARIES)
        known = words in literals(Treatment, field) and said["regimen"] is None
        if known and coded.curie == curie and (said[field] is not None or words == coded.label):
            return stated(**(said | {field: words}))
    return stated(**(said | {"regimen": said["regimen"] or r.words(TABLE, term, where, "regimen")}))


def _foreign(r: Reading, node: Json, where: str) -> Json:
    """A procedure or radiation of another's packet; its own fields are carried."""
    procedure = child(node, "procedure")
    said = text(child(procedure, "code"), "label")
    kind = "radiation" if "radiationTherapy" in node else _kind(r, text(child(procedure, "code"), "id"))
    when = stated(start=moment(procedure.get("performed")).get("date"))
    return stated(kind=kind, said=said) | when | _intent(r, node, where)


def _kind(r: Reading, curie: str) -> str | None:
    """Kind of a procedure whose code the table has; None for one that is no treatment there."""
    keys = r.terms.keys_of(TABLE, curie)
    return next((kind for kind in literals(Treatment, "kind") for k in keys if f"{k}-".startswith(f"{kind}-")), None)


def _responses(r: Reading, node: Json, where: str, to: str) -> list[Json]:
    found = _told(r.comments.at(where))
    words = r.words("responses", node.get("responseToTreatment"), where, "")
    if node.get("responseToTreatment") and words:
        if status := _status(r, words):
            _answer(r, found, text(child(node, "responseToTreatment"), "id"), status)
        else:
            found.insert(0, {"said": words})
    return [stated(to=to) | one for one in found]


def _status(r: Reading, words: str) -> str:
    """The status of a response that ``words`` are in the table ("Complete Remission", "CR"); "" for any other."""
    key = r.writing().key("responses", words)
    if key == PRIMARY:
        return "refractory"  # what a case says of any treatment; the class itself is carried
    found = r.terms.label("responses", key) if key else words
    return found if found in literals(Response, "status") else ""


def _told(comments: list[Comment]) -> list[Json]:
    """The responses that comments tell of, parted by the number each comment names."""
    found: dict[int, Json] = {}
    for comment in comments:
        if told := _RESPONSE.fullmatch(comment.name):
            one = found.setdefault(int(told["number"] or 1), {})
            if told["field"] == "site":
                one.setdefault("sites", []).append(comment.text)
            elif told["field"]:
                one[told["field"]] = comment.text
    return [found[number] for number in sorted(found)]


def _answer(r: Reading, found: list[Json], curie: str, status: str) -> None:
    """Find the response that the field states: one whose words it codes, else one without a status, else a new one."""
    w = r.writing()
    for one in found:
        said = one.get("status", "")
        if said and said not in NO_RESPONSE and w.coded("responses", said, "NCIT").curie == curie:
            return
    bare = next((one for one in found if "status" not in one), None)
    if bare is None:
        found.insert(0, {"status": status})
    else:
        bare["status"] = status
