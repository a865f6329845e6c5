"""What a FHIR reader met and the case has no place for, written back where it stood.

A whole resource becomes an entry again. An element goes back into the resource that its path names, if that is one
of those written for the case: the reader names specimens, findings and treatments by the ids of their resources. What
has no such resource, refers to something that is not in the bundle, or would stand beside a value of its own stays a
loss.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.case.links import finding_ids
from adapter.formats.base import FORM
from adapter.formats.fhir.treatment import roles

if TYPE_CHECKING:
    from adapter.case.model import Carried
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json

# Elements with a choice of types: one of them at most may stand in a resource.
_CHOICES = ("value", "effective", "onset", "performed", "deceased", "medication", "abatement", "occurrence")
# What a list's item cannot be without: an item that lacks it is the rest of one that the case states.
_NEEDED = {"component": "code", "note": "text", "extension": "url"}


def carried(d: Draft) -> None:
    """Add the resources and elements that are carried from FHIR."""
    kept = [(n, one) for n, one in enumerate(d.case.carried) if one.format == "fhir"]
    if not kept:
        return
    known = _addresses(d, kept)
    written = {entry["fullUrl"]: entry["resource"] for entry in d.entries}
    for n, one in kept:
        value = _pointed(one.value, known)
        if value is None:
            continue
        if _is_whole(one):
            _add(d, value, n)
            continue
        steps = one.path.split("/")
        resource = written.get(known.get("/".join(steps[:2]), ""))
        if resource is not None and resource["resourceType"] == steps[0]:
            _put_back(d, resource, steps[2:], value, n)


def _is_whole(one: Carried) -> bool:
    return isinstance(one.value, dict) and "resourceType" in one.value


def _addresses(d: Draft, kept: list[tuple[int, Carried]]) -> dict[str, str]:
    """Addresses of the source document that stand in the bundle, with the fullUrl they have there."""
    known = {f"Specimen/{one.id}": d.ids[f"specimen/{one.id}"] for one in d.case.specimens}
    known |= {f"Condition/{n}": d.ids[f"condition/{n}"] for n in range(len(d.case.diagnoses))}
    named = finding_ids([finding.to_json() for finding in d.case.findings])
    known |= {f"Observation/{name}": d.ids[f"finding/{name}"] for name in named}
    for name, own in roles(d).items():
        for kind in ("MedicationAdministration", "MedicationRequest", "MedicationStatement", "Procedure"):
            known[f"{kind}/{name}"] = d.ids[own[0]]
    known[f"Patient/{d.case.id}"] = d.ids["patient"]
    for n, one in kept:
        if _is_whole(one):
            known[one.path] = d.ids[f"carried/{n}"]
    return known


def _pointed(value: Any, known: dict[str, str]) -> Any:
    """A copy of ``value`` whose references lead into the bundle; None where one of them leads nowhere."""
    if isinstance(value, list):
        items = [_pointed(one, known) for one in value]
        return None if any(one is None for one in items) else items
    if not isinstance(value, dict):
        return value
    made: Json = {}
    for key, one in value.items():
        if key == "reference" and isinstance(one, str) and ":" not in one:
            if one not in known:
                return None
            made[key] = known[one]
        elif (below := _pointed(one, known)) is None:
            return None
        else:
            made[key] = below
    return made


def _add(d: Draft, resource: Json, n: int) -> None:
    """Add a resource; a server can create it once only if it has an identifier."""
    if d.options.bundle == "transaction" and not resource.get("identifier"):
        return
    made = {**resource, "id": d.ids.uuid(f"carried/{n}")}
    d.add(d.ledger.put(made, f"/carried/{n}"))


def _put_back(d: Draft, resource: Json, steps: list[str], value: Any, n: int) -> None:
    """Put an element back at its place; nothing where the case states the rest of it."""
    member = steps[0]
    if len(steps) == 2:
        held = resource.get(member, [])
        if steps[1].endswith(FORM):
            if (own := _own_form(d, held, value)) is not None:
                if _codes(own["code"]) != _codes(value["code"]):  # it takes another place, which may be filled
                    resource[member] = [one for one in held if one is own or not _worked_out(d, one, value)]
                own.clear()
                d.ledger.put(own, f"/carried/{n}").update(value)
            return
        whole = not isinstance(value, dict) or _NEEDED.get(member, "") in ("", *value)
        if isinstance(held, list) and whole:
            resource[member] = [*(one for one in held if not _worked_out(d, one, value)), value]
            d.ledger.put(resource, f"/carried/{n}", member=member)
    elif len(steps) == 1 and not _stands(resource, member):
        resource[member] = value
        d.ledger.put(resource, f"/carried/{n}", member=member)
    elif len(steps) == 1 and _joined(resource, member, value):
        d.ledger.put(resource, f"/carried/{n}", member=member)


def _own_form(d: Draft, held: list[Json], value: Any) -> Json | None:
    """The component that the writer made of what the carried one says too, None where it made none."""
    from adapter.formats.fhir.reader.restored import says  # the readers are many modules, and few cases carry a form

    said = says(value, d.terms) if isinstance(value, dict) else ()
    return next((one for one in held if said and says(one, d.terms) == said), None)


def _joined(resource: Json, member: str, rest: Any) -> bool:
    """Add to an element what is left of the source's: further codings and members; False where they contradict."""
    held = resource.get(member)
    if not (isinstance(held, dict) and isinstance(rest, dict)):
        return False
    lists = {key for key, value in rest.items() if isinstance(value, list) and isinstance(held.get(key, []), list)}
    if any(key in held and key not in lists for key in rest):
        return False
    added = {key: [*held.get(key, ()), *value] if key in lists else value for key, value in rest.items()}
    held.update(added)
    return True


def _worked_out(d: Draft, one: Any, value: Any) -> bool:
    """Whether a component was worked out and the source has one of its own of the same code."""
    if not (isinstance(one, dict) and isinstance(value, dict) and "code" in one and "code" in value):
        return False
    extensions = one.get("extension")
    marks = [one for one in extensions if isinstance(one, dict)] if isinstance(extensions, list) else []
    derived = any(mark.get("url") == d.derivation for mark in marks)
    return derived and bool(_codes(one["code"]) & _codes(value["code"]))


def _codes(node: Any) -> set[Any]:
    codings = node.get("coding") if isinstance(node, dict) else None
    found = [one.get("code") for one in codings if isinstance(one, dict)] if isinstance(codings, list) else []
    return {code for code in found if isinstance(code, str)}


def _stands(resource: Json, member: str) -> bool:
    """Whether the resource has the element already, or another type of it."""
    choice = next((one for one in _CHOICES if member.startswith(one)), "")
    return member in resource or bool(choice and any(key.startswith(choice) for key in resource))
