"""What writing would not bring back of the components of a variant.

A component that became a fact of the case comes back in the writer's form. Where the source's form says more than that
(a second coding, a unit in words, an expression coded although nobody vouches for it), the component is carried beside
the fact, and the FHIR writer puts it in the place of its own while both say the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from adapter.case import facts_of
from adapter.case.model import Carried
from adapter.formats.base import FORM, Options
from adapter.formats.fhir.datatypes import ISCN
from adapter.formats.fhir.draft import Draft
from adapter.formats.fhir.karyotype import karyotype
from adapter.formats.fhir.reader.components import Found
from adapter.formats.fhir.reader.entries import Entry, Index
from adapter.formats.fhir.reader.node import copied, number, obj, objects, text
from adapter.formats.fhir.reader.scene import Scene
from adapter.formats.fhir.reader.values import is_percent
from adapter.formats.fhir.variant import variant
from adapter.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapter.case import Case
    from adapter.formats.fhir.reader.lexicon import Lexicon
    from adapter.report import Json
    from adapter.terms import Terms

_ANY_TIME = Options(at="")  # no component holds the time of a conversion


def unrestored(s: Scene, case: Case) -> Iterator[Carried]:
    """The components of the variants in ``s.variants`` that the writer would not make of ``case``.

    Where the writer makes a component that says the same, the place ends in ``FORM``.
    """
    if not s.variants:
        return
    written = _written(case, s)
    for entry in s.variants:
        made, read = written.get(entry.name, []), None
        for n, node in objects(entry.source, "component"):
            usual = _usual(node, s.words)
            if any(_restates(one, usual, s.words) for one in made):
                continue
            read = [says(one, s.terms) for one in made] if read is None else read
            form = FORM if says(node, s.terms) in filter(None, read) else ""
            yield Carried(format="fhir", path=f"{place(entry)}/component/{n}{form}", value=copied(node))


def place(entry: Entry) -> str:
    """Where an entry's elements are carried: its type, and the id of the part of the case that it became."""
    return f"{entry.kind}/{entry.name}" if entry.name else entry.path


def restated(missing: tuple[Carried, ...], case: Case, terms: Terms) -> Case:
    """``case`` with the components that are ``missing``, without the refused values that stand in them."""
    said = [made for one in missing for made in says(one.value, terms)[-1:] if isinstance(made, dict)]
    carried = [
        one
        for one in case.carried
        if one.format != "case" or not any(made.get(one.path.rpartition("/")[2]) == one.value for made in said)
    ]
    return case.model_copy(update={"carried": (*missing, *carried)})


def _written(case: Case, s: Scene) -> dict[str, list[Json]]:
    """Components that the writer makes of each genomic finding, by the finding's id."""
    wanted = {entry.name for entry in s.variants}
    d = Draft(normalise(case, s.terms), s.terms, _ANY_TIME)
    found: dict[str, list[Json]] = {}
    for facts in facts_of(d.case, s.terms):
        name = facts.id if facts.id in wanted else facts.id.rpartition("-")[0]  # one gene of several negatives
        if name in wanted and facts.sort != "observation" and (name == facts.id or not facts.derived_from):
            d.entries.clear()
            (karyotype if facts.sort == "karyotype" else variant)(d, facts)
            found.setdefault(name, []).extend(d.entries[0]["resource"].get("component", []))
    return found


def _usual(node: Json, words: Lexicon) -> Json:
    """A component without the bad habits that are read and never written (``docs/reading-fhir.md``)."""
    made: Json = copied(node)
    concept = obj(made, "valueCodeableConcept")
    for _, coding in [*objects(obj(made, "code"), "coding"), *objects(concept, "coding")]:
        if words.vocabulary(coding):
            coding["system"] = words.system(coding).rstrip("/")
        if words.vocabulary(coding) == "HGNC" and text(coding, "code").isdecimal():
            coding["code"] = f"HGNC:{coding['code']}"
    names = words.names(obj(made, "code"))
    if "iscn" in names:
        _as_words(made)
    share = obj(made, "valueQuantity")
    if "vaf" in names and is_percent(share) and (value := number(share.get("value"))) is not None:
        made["valueQuantity"] = {**share, "value": value / 100, "unit": "1", "code": "1"}
    return made


def _as_words(made: Json) -> None:
    """An ISCN string as words, where it is a string or nothing but a code."""
    codings = [coding for _, coding in objects(obj(made, "valueCodeableConcept"), "coding")]
    if said := text(made, "valueString"):
        del made["valueString"]
        made["valueCodeableConcept"] = {"text": said}
    elif len(codings) == 1 and not codings[0].keys() - {"system", "code"} and codings[0].get("system") == ISCN:
        concept = made["valueCodeableConcept"]
        del concept["coding"]
        concept.setdefault("text", codings[0].get("code"))


def _restates(made: Any, source: Any, words: Lexicon) -> bool:
    """Whether all that ``source`` says stands in ``made``, a label of a known code and the order of lists aside."""
    if isinstance(source, dict):
        if not isinstance(made, dict):
            return False
        return all(
            _labelled(made, value, words) if key == "coding" else key in made and _restates(made[key], value, words)
            for key, value in source.items()
        )
    if isinstance(source, list):
        return isinstance(made, list) and all(any(_restates(m, one, words) for m in made) for one in source)
    stated, written = number(source), number(made)
    return made == source if stated is None or written is None else Decimal(stated) == Decimal(written)


def _labelled(made: Json, codings: Any, words: Lexicon) -> bool:
    """Whether ``made`` has these codings, their labels as its text or as labels that the tables know anyway."""
    bare = []
    for coding in codings if isinstance(codings, list) else [None]:
        if not isinstance(coding, dict) or not coding.keys() >= {"system", "code"}:  # half a code is not the code
            return False
        implied = coding.get("display") in (coding["code"], made.get("text")) or words.knows(coding)
        bare.append({key: value for key, value in coding.items() if key != "display" or not implied})
    return _restates(made.get("coding"), bare, words)


def says(component: Json, terms: Terms) -> tuple[object, ...]:
    """What the reader understands of one component alone, () where it understands nothing."""
    entry = Entry({"component": [copied(component)]}, "", "Observation")
    found = Found(Scene([], Index([]), terms), entry, {})
    for part in found.s.parts(entry.resource):
        found.read(part)
    return found.said() if any(found.said()) else ()
