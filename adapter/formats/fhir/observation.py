"""Observations: what all of them share, and the results that are no genomic variants.

Measurements, immunophenotypes, residual disease and expression come as facts (a test, a value, parts) and are written
the same way, whatever kind of finding stated them. Sources: FHIR R4 Observation; mCODE 4.0.0 names no profile for
them, and US Core is not claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.fhir.datatypes import no_value, quantity, reference_ends
from adapter.formats.fhir.words import of_result
from adapter.nomenclature.quantities import Bounds
from adapter.report import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.case.facts import Detail, Facts, GeneFact, Part
    from adapter.case.facts import Value as Stated
    from adapter.formats.fhir.datatypes import Value
    from adapter.formats.fhir.draft import Draft

Parts = list[Json]

_COUNTED = {"cells-counted": "cells", "control-copies": "copies"}  # what a number without a unit is a number of
_IN_TEXT = ("%", "% IS", "%{IS}", "{IS}")  # units that a number's own text may end in
_ANSWERS = {"assembly": "assemblies"}  # detail -> table of its answers, where it has one


def opened(d: Draft, role: str, words: str, claim: str = "", cited: Sequence[Json] = ()) -> Json:
    """The first elements of an Observation: type, id, profiles, narrative, citation, identifier."""
    made = d.head("Observation", role, words, claim)
    if cited:
        made["extension"] = cited
    made["identifier"] = [d.ids.identifier(role)]
    return made


def plain(d: Draft, role: str, code: str, words: str, *, claim: str = "", cited: Sequence[Json] = ()) -> Json:
    """A final Observation ``code`` of the patient without category, up to and with its subject."""
    made = opened(d, role, words, claim, cited)
    made["status"] = "final"
    made["code"] = d.names[code].concept
    made["subject"] = d.subject
    return made


def of_finding(d: Draft, facts: Facts, code: Json, words: str, categories: tuple[str, ...], claim: str = "") -> Json:
    """An Observation of a finding, up to and with its time; status, category and code as given."""
    made = opened(d, f"finding/{facts.id}", words, claim, d.cited_by(facts))
    if facts.sort == "variant" and not facts.derived_from:
        _kind_of(d, facts, made)
    d.basis = next(iter(facts.derived.values()), "facts")
    made["status"] = facts.status
    d.ledger.put(made, facts.at("status"), member="status")
    made["category"] = [d.names[category].concept for category in categories]
    made["code"] = code
    made["subject"] = d.subject
    if facts.date is not None:
        made["effectiveDateTime"] = facts.date.text
        d.ledger.put(made, facts.at("date"), member="effectiveDateTime")
    return made


def _kind_of(d: Draft, facts: Facts, made: Json) -> None:
    """Say beside an id of the source's own which kind of finding it is of; an id we made up says it itself."""
    stated = d.case.findings[int(facts.path.rpartition("/")[2])]
    if stated.id is not None:
        kind = d.ledger.put({"text": stated.kind}, f"{facts.path}/kind", member="text")
        made["identifier"][0]["type"] = kind


def closed(d: Draft, facts: Facts, made: Json, parts: Parts) -> Json:
    """The last elements of a finding's Observation: method, specimen, parent, components."""
    if facts.methods:
        node, rule = d.words("methods", facts.methods[0])
        if "methods" in facts.derived:
            d.derived(node, "B", facts.derived["methods"])
        made["method"] = d.ledger.put(node, facts.at("methods"), rule)
        for further in facts.methods[1:]:  # R4 has one method; a second is no synonym of the first
            node, rule = d.words("methods", further)
            d.part(parts, "further-method", "CodeableConcept", node, facts.at("methods"), rule)
    if facts.specimen:
        made["specimen"] = d.reference(f"specimen/{facts.specimen}")
    if facts.derived_from:
        made["derivedFrom"] = [d.reference(f"finding/{facts.derived_from}")]
    if facts.age is not None:
        d.part(parts, "age-at-event", *d.time(facts.age), facts.at("age"))
    for detail in facts.details:
        if detail.name == "reference":
            made["referenceRange"] = [reference(d, made, detail)]
        else:
            d.part(parts, detail.name, *of_detail(d, detail), detail.path)
    if parts:
        made["component"] = parts
    return made


def reference(d: Draft, made: Json, detail: Detail) -> Json:
    """The reference range in the laboratory's words, and its ends where they are numbers, in the unit of the value."""
    node: Json = {"text": detail.value}
    value = made.get("valueQuantity") or made.get("valueRange", {}).get("low")
    if value is not None:
        unit = {key: value[key] for key in ("unit", "system", "code") if key in value}
        for end, number in reference_ends(str(detail.value)).items():
            node[end] = d.ledger.put({"value": number, **unit}, detail.path, member="value")
    return d.ledger.put(node, detail.path, member="text")


def of_detail(d: Draft, detail: Detail) -> Value:
    """Value of a named fact: truth, count, number with unit, range or words.

    Under an official code a count is a Quantity and words are a CodeableConcept, which is what the profiles' slices
    take; under our own they are an integer and a string.
    """
    value, code = detail.value, detail.unit or "1"
    unit = detail.unit or _COUNTED.get(detail.name, "1")
    official = not d.names[detail.name].curie.startswith("HAEM:")
    if isinstance(value, bool):
        return "Boolean", value
    if isinstance(value, str):
        return ("CodeableConcept", d.words(_ANSWERS.get(detail.name, ""), value)[0]) if official else ("String", value)
    if isinstance(value, Bounds):
        kind, node = d.number(value, unit, code, f" {unit}" if detail.unit else "")
        if detail.unit and kind != "String":
            for end in ends_of(kind, node):
                _in_units(d, end, unit)
        return kind, node
    if isinstance(value, int) and not (detail.unit or official):
        return "Integer", value
    return "Quantity", quantity(value, unit, code)


def measured(d: Draft, value: Stated, source: str) -> tuple[str, Any]:
    """Value of a result as stated: a number with its unit, a bound, a range, or words.

    The unit's UCUM code is written where the table of units has one; a unit it does not have stays words.
    """
    if value.bounds is None or value.bounds.low is value.bounds.high is None:
        node, rule = d.words("results", value.text)
        return "CodeableConcept", d.ledger.put(node, source, rule)
    # A unit stated beside the number is not in its text; that of a percentage is, unless the text says so itself.
    sign = f" {value.unit}" if value.unit and (not value.unit_path or value.unit in _IN_TEXT) else ""
    kind, node = d.number(value.bounds, value.unit, value.unit or "1", sign)
    if kind != "String":
        for end in ends_of(kind, node):
            rule = _in_units(d, end, value.unit)
            if value.unit_path:
                d.ledger.put(end, value.unit_path, rule, "unit")
    return kind, node


def ends_of(kind: str, node: Json) -> tuple[Json, ...]:
    """The Quantities that a Range or a Quantity consists of."""
    return (node["low"], node["high"]) if kind == "Range" else (node,)


def _in_units(d: Draft, end: Json, unit: str) -> str:
    key = d.codes.key("units", unit) if unit else ""
    codes = d.terms.codes("units", key) if key else ()
    if codes:
        end["code"] = codes[0].coding["code"]
        return codes[0].rule
    for member in ("unit", "system", "code") if not unit else ("system", "code"):
        del end[member]
    return ""


def result(d: Draft, facts: Facts) -> None:
    """The Observation of a finding that is no variant: a test with a value, or with one line per part."""
    code, rule = test_of(d, facts)
    made = of_finding(d, facts, code, of_result(facts), ("laboratory",), "observation")
    if facts.test:
        d.ledger.put(code, facts.at("test"), rule)
    if facts.value is not None and (reason := no_value(facts.value.text)):
        made["dataAbsentReason"] = d.ledger.put(reason, facts.value.path, member="text")
    elif facts.value is not None:
        kind, value = measured(d, facts.value, facts.value.path)
        made[f"value{kind}"] = value
        d.ledger.put(made, facts.value.path, member=f"value{kind}")
    elif facts.result != "present" or not (facts.parts or facts.details):
        made["valueCodeableConcept"] = answer(d, facts)
    if facts.said:
        made["note"] = [d.ledger.put({"text": facts.said}, facts.at("said"), member="text")]
    parts: Parts = []
    for gene in facts.genes:
        studied(d, parts, gene)
    for part in facts.parts:
        line(d, parts, part)
    d.add(closed(d, facts, made, parts))


def test_of(d: Draft, facts: Facts) -> tuple[Json, str]:
    """What a result is called: the test's code and words, or our own code for the kind of result."""
    if not facts.test:
        return d.names["genetic-test"].concept, d.names["genetic-test"].rule
    codes = d.codes.codes("measurements", facts.test)
    if codes:
        return {"coding": [c.coding.copy() for c in codes], "text": facts.test}, codes[0].rule
    named = d.codes.known(facts.test)
    return ({**named.concept, "text": facts.test}, named.rule) if named else ({"text": facts.test}, "")


def answer(d: Draft, facts: Facts) -> Json:
    """Present, absent, indeterminate or no call (answer list LL1971-2), as the finding says of itself."""
    codes = d.codes.codes("results", facts.result)
    node: Json = {"coding": [code.coding.copy() for code in codes]}
    if rule := facts.derived.get("result"):
        d.derived(node, "A", rule)
    return d.ledger.put(node, facts.at("result"), codes[0].rule)


def studied(d: Draft, parts: Parts, gene: GeneFact) -> Json:
    """A gene as HGNC coding with the name it was given; the name alone where the table does not know it."""
    known = gene.gene
    value: Json = {"text": gene.text}
    if known is not None:
        value = {"coding": [d.codes.of(known.code).coding.copy()], "text": gene.text}
    return d.part(parts, "gene-studied", "CodeableConcept", value, gene.path, known.rule if known else "")


def line(d: Draft, parts: Parts, part: Part) -> None:
    """One marker of an immunophenotype: its name as the code's words, what was seen as the value."""
    kind, value = measured(d, part.value, part.value.path)
    node: Json = {"code": {"text": part.name}, f"value{kind}": value}
    parts.append(d.ledger.put(node, part.path))
