"""Reading FHIR: our own output of both profile sets, and what others write.

A document may be a Bundle, one resource or a list of resources, about one person or several; each person gives a
case. What is understood is taken out of the resources, and what is left is carried with its place, so that reading
drops nothing silently. The homes of every fact are those of ``docs/fhir-mapping.md``, read from right to left; what is
read of documents of other writers is in ``docs/reading-fhir.md``.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from adapter.errors import ReadError
from adapter.formats.base import ReadCase
from adapter.formats.fhir import recognises
from adapter.formats.fhir.reader import disease, findings, person, results, therapy
from adapter.formats.fhir.reader.citation import of_provenance
from adapter.formats.fhir.reader.entries import Entry, Index, by_person, entries
from adapter.formats.fhir.reader.negatives import gathered
from adapter.formats.fhir.reader.node import left, obj, objects, text
from adapter.formats.fhir.reader.observed import take_code
from adapter.formats.fhir.reader.rest import accepted, carry
from adapter.formats.fhir.reader.restored import place, restated, unrestored
from adapter.formats.fhir.reader.scene import Scene
from adapter.formats.fhir.reader.values import value_of
from adapter.formats.fhir.reader.versions import current
from adapter.report import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.report import Json
    from adapter.terms import Terms

_WITHDRAWN = ("entered-in-error", "cancelled")  # states in which an Observation states nothing
# Resources that state a fact of a person
_FACTS = frozenset(
    {"Observation", "Condition", "Specimen", "Procedure", "MedicationAdministration", "MedicationStatement",
     "MedicationRequest"}
)  # fmt: skip
# Resources of our own writer that state nothing a case does not say elsewhere.
_REDUNDANT = frozenset({"DiagnosticReport", "Provenance"})
_DIGITS = 10


def read(document: Any, terms: Terms) -> Iterator[ReadCase]:
    """The cases of a document, one for each person in it.

    Raises ReadError for a document that is no FHIR resource or is nested too deep, CaseError for one of which no case
    can be made.
    """
    if not recognises(document):
        raise ReadError("expected a FHIR resource (with resourceType) or a list of them")
    found, gone = current(entries(document, f"{terms.base}/identifier/case"), document)
    index = Index(found)
    for n, group in enumerate(by_person(found, index)):
        yield _case(Scene(group, index, terms), gone if n == 0 else [])


def _case(s: Scene, gone: list[Loss]) -> ReadCase:
    _apart(s, gone)
    s.case["source"] = _source(s)
    person.patient(s)
    disease.specimens(s)
    disease.conditions(s)
    therapy.treatments(s)
    for entry in list(s.of("Observation")):
        _finding(s, entry)
    for entry in list(s.of("Observation")):
        if _about(s, entry):
            s.done.add(entry)
    therapy.settled(s)
    gathered(s)
    _ids(s)
    carried = list(s.case.pop("carried", []))
    for entry in s.entries:
        _carry(s, entry, carried)
    s.case["carried"] = carried
    case, issues = accepted({k: v for k, v in s.case.items() if v not in ({}, [])})
    if missing := tuple(unrestored(s, case)):
        case = restated(missing, case, s.terms)
    return ReadCase(case, tuple(gone), (*s.issues, *issues), _places(s))


def _places(s: Scene) -> dict[tuple[str, str], str]:
    """Where the resources stand whose elements may be carried; not those that share a type and id."""
    found: dict[tuple[str, str], str] = {}
    shared: set[tuple[str, str]] = set()
    for entry in s.entries:
        key = ("fhir", place(entry) if entry in s.done else entry.path)
        if found.setdefault(key, entry.pointer) != entry.pointer:
            shared.add(key)
    return {key: pointer for key, pointer in found.items() if key not in shared}


def _apart(s: Scene, gone: list[Loss]) -> None:
    """Set apart what states no fact of the person: of nobody known, of a donor, a parent, a fetus, or we know not what.

    What names nobody, in a document of several people, is a loss: beside one person alone it would be theirs.
    """
    astray = {entry: None for entry in s.entries if entry.astray and entry.kind in _FACTS and not entry.own}
    for entry in astray:
        s.warn(entry, "person", "whose it is cannot be told: not read, and not carried with anybody")
        gone.append(Loss("read", entry.pointer, "no-place", "about nobody whom the document tells apart"))
    if astray:
        s.entries = [entry for entry in s.entries if entry not in astray]
    for entry in s.of(*_FACTS):
        if entry.own:
            continue
        if _is_modified(entry.resource):
            s.warn(entry, "modifier", "an unknown modifier extension may turn its meaning round: carried, not read")
            s.apart.add(entry)
        elif entry.kind == "Observation" and _is_of_another(s, entry):
            s.warn(entry, "person", "about another individual (its focus): carried, not read as the person's")
            s.apart.add(entry)


def _is_modified(resource: Json) -> bool:
    """Whether a resource or a component has a modifier extension, of which FHIR says that it must not be ignored."""
    return any(
        one.get("modifierExtension") for one in (resource, *(part for _, part in objects(resource, "component")))
    )


def _is_of_another(s: Scene, entry: Entry) -> bool:
    """Whether the focus of an Observation is somebody else than its subject."""
    for _, focus in objects(entry.resource, "focus"):
        found = s.index.find(focus, entry)
        address = text(focus, "reference")
        kind = found.kind if found is not None else address.split("/")[-2:][0]
        person = (
            found in s.members if found is not None else address == text(obj(entry.resource, "subject"), "reference")
        )
        if kind == "RelatedPerson" or (kind == "Patient" and not person):
            return True
    return False


def _source(s: Scene) -> Json:
    """The publication of the case: what its own resources cite, else what the Provenance names."""
    named: Json = {}
    for entry in s.of("Provenance"):
        if entry.resource.get("meta") and any(e.own for e in s.entries):
            named = of_provenance(entry.resource)
            entry.own = "provenance"
    cited = [s.cited(e.resource) for e in s.entries if e.own and not e.role.startswith("finding/")]
    return next((one for one in cited if one), named)


def _finding(s: Scene, entry: Entry) -> None:
    """Read an Observation that is a finding; those that tell more of other resources come after."""
    names = s.words.names(obj(entry.resource, "code"))
    if entry.own and not entry.role.startswith("finding/"):
        return
    if entry.resource.get("status") in _WITHDRAWN:
        return
    if names & {"molecular-consequence", "diagnostic-implication"}:
        return
    if _worked_out(s, entry):
        s.done.add(entry)
        entry.resource.clear()
    elif "variant" in names:
        findings.variant(s, entry)
    elif names & {"karyotype-result", "karyotype", "complex-karyotype"}:
        findings.karyotype(s, entry)
    elif not entry.own and disease.is_feature(s, entry):
        disease.seen(s, entry)
    elif not (names & set(_ABOUT)) and results.is_result(s, entry):
        results.result(s, entry)


def _worked_out(s: Scene, entry: Entry) -> bool:
    """Whether our own writer worked an Observation out of an ISCN string: it is worked out anew from the string."""
    of = next(s.index.linked(entry, "derivedFrom"), None)
    return bool(entry.own and of is not None and entry.role.startswith(f"{of.role}-"))


_ABOUT = {
    "diagnosis-details": disease.details,
    "risk": disease.risk,
    "all-risk": disease.risk,  # the risk assessment of mCODE
    "specimen-details": disease.of_specimen,
    "treatment-details": therapy.details,
    "disease-status": therapy.response,
    "survival-interval": lambda s, e: person.interval(s, e, measured=True),
    "outcome": lambda s, e: person.interval(s, e, measured=False),
    "cause-of-death": person.cause,
    "ancestry": lambda s, e: person.described(s, e, "ancestry"),
    "constitutional-karyotype": lambda s, e: person.described(s, e, "constitutional_karyotype"),
    "note": person.noted,
}


def _about(s: Scene, entry: Entry) -> bool:
    """Read an Observation that tells more of another resource, of the person or the outcome; False for any other."""
    if entry.resource.get("status") in _WITHDRAWN or not (entry.own or _says_anything(entry)):
        return False
    names = s.words.names(obj(entry.resource, "code"))
    if entry.role.startswith("feature/"):
        disease.feature(s, entry)
        return True
    if names & {"molecular-consequence", "diagnostic-implication"}:
        return _implied(s, entry)
    name = next((name for name in _ABOUT if name in names), "")
    if name:
        _ABOUT[name](s, entry)
        take_code(s, entry)
    return bool(name)


def _says_anything(entry: Entry) -> bool:
    """Whether another's Observation says more than why it has no value."""
    resource = entry.resource
    return bool(value_of(resource)[0] or resource.get("component") or resource.get("note"))


def _implied(s: Scene, entry: Entry) -> bool:
    """Read an implication; the consequences our own writer adds follow from change and fusion."""
    if entry.own and entry.role.endswith("/consequence"):
        entry.resource.clear()
        return True
    if entry.own:
        s.cited(entry.resource)
    found = findings.implication(s, entry)
    if found:
        take_code(s, entry)
    return found


def _ids(s: Scene) -> None:
    """Leave out the ids that a case gives findings that state none, and the sources that are the case's own."""
    made = s.case.get("findings", [])
    for finding in made:
        source = s.citations.get(id(finding), {})
        if source and source != {k: v for k, v in s.case.get("source", {}).items() if k != "label"}:
            finding["source"] = source
    _unnumbered(made)


def _unnumbered(findings: list[Json]) -> None:
    """Leave out the ids that the case format gives again: ``<kind>-<n>``, rising, with no free number before them."""
    taken = {finding["id"] for finding in findings}
    last: dict[str, int] = {}
    free: dict[str, int] = {}
    for finding in findings:
        kind, digits = finding["kind"], finding["id"].removeprefix(f"{finding['kind']}-")
        if kind not in free:
            free[kind] = next(n for n in count(1) if f"{kind}-{n}" not in taken)
        number = int(digits) if digits.isdecimal() and len(digits) < _DIGITS else 0
        if last.get(kind, 0) < number < free[kind] and finding["id"] == f"{kind}-{number}":
            last[kind] = number
            del finding["id"]


def _carry(s: Scene, entry: Entry, carried: list[Json]) -> None:
    if entry.own and entry.kind in _REDUNDANT:
        return
    whole = entry not in s.done
    if entry in s.variants:
        entry.resource.pop("component", None)  # those that writing would not bring back are carried whole
    if left(entry.resource) is not None:
        _readdress(s, entry, entry.resource)
        carry(entry, carried, whole=whole)


def _readdress(s: Scene, entry: Entry, node: Any) -> None:
    """Let the references of what is carried name the parts of the case that they lead to, as the writer knows them.

    An address of the source document (a URN, a place on a server) would lead nowhere in another one, and a subject
    that leads nowhere would be a person of its own.
    """
    if isinstance(node, dict):
        found = s.index.find(node, entry) if isinstance(node.get("reference"), str) else None
        if found is not None and found in s.members and found.inside is None:
            if found.kind == "Patient":
                node["reference"] = f"Patient/{s.case['id']}"
            elif found.name or found not in s.done:
                node["reference"] = place(found) if found in s.done else found.path
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        if isinstance(below, dict | list):
            _readdress(s, entry, below)
