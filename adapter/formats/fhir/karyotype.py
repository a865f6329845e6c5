"""The karyotype result: one Observation with the ISCN string, from which the abnormalities' Observations derive.

Code LOINC 62356-1 (chromosome analysis result in ISCN expression) with 81291-7 as component; no variant profile and
no 69548-6, or every abnormality would count twice. A karyotype of which only words are known has no ISCN expression
and gets our own code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.datatypes import INTERPRETATION, no_value
from adapter.formats.fhir.observation import Parts, closed, of_finding
from adapter.formats.fhir.variant import shares, written

if TYPE_CHECKING:
    from adapter.case.facts import Facts, Flag
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json

_NORMAL = {"system": INTERPRETATION, "code": "N", "display": "Normal"}
_CODED = {
    "present": _NORMAL,  # of a string without an abnormality
    "absent": _NORMAL,
    "indeterminate": {"system": INTERPRETATION, "code": "IND", "display": "Indeterminate"},
}


def karyotype(d: Draft, facts: Facts) -> None:
    """Add the Observation of a karyotype."""
    stated = bool(facts.expressions)
    flag = facts.complex is not None and not stated
    code = "karyotype-result" if stated else "complex-karyotype" if flag else "karyotype"
    made = of_finding(
        d, facts, d.names[code].concept, words_of(facts), ("laboratory", "genetics", "cytogenetics"), "karyotype"
    )
    if flag:
        made["valueBoolean"] = facts.complex
        d.ledger.put(made, facts.at("complex"), d.names[code].rule, "valueBoolean")
    in_words = bool(facts.said) and not (flag or stated)
    if in_words and (reason := no_value(facts.said)):
        made["dataAbsentReason"] = d.ledger.put(reason, facts.at("said"), member="text")
    elif in_words:
        made["valueString"] = facts.said
        d.ledger.put(made, facts.at("said"), member="valueString")
    if facts.result != "present" or "normal" in facts.derived:
        made["interpretation"] = [interpreted(facts)]
    if facts.result != "present":
        d.ledger.put(made, facts.at("result"), member="interpretation")
    if facts.said and not in_words:
        made["note"] = [d.ledger.put({"text": facts.said}, facts.at("said"), member="text")]
    parts: Parts = []
    for expression in facts.expressions:
        written(d, parts, expression)
    if stated and facts.complex is not None:
        node = d.part(parts, "complex-karyotype", "Boolean", facts.complex, facts.at("complex"))
        if "complex" in facts.derived:
            d.derived(node, "B", facts.derived["complex"])
    for verdict in facts.flags:
        judged(d, parts, verdict)
    shares(d, parts, facts)
    d.add(closed(d, facts, made, parts))


def interpreted(facts: Facts) -> Json:
    """Normal, or in words what else the result is; beside a string, which may itself be normal, always in words."""
    coding = _CODED.get(facts.result)
    said = coding is not _NORMAL or (facts.result == "absent" and facts.expressions)
    words: Json = {"text": facts.result} if said else {}
    return {"coding": [coding.copy()]} | words if coding else words


def judged(d: Draft, parts: Parts, flag: Flag) -> None:
    """What a rule set says of the karyotype, marked as worked out under the name of the rule set."""
    kind = "Boolean" if isinstance(flag.value, bool) else "CodeableConcept"
    value = flag.value if isinstance(flag.value, bool) else {"text": d.terms.label("iscn-karyotypes", flag.value)}
    d.derived(d.part(parts, flag.name, kind, value, ""), "B", flag.rule)


def words_of(facts: Facts) -> str:
    """One line about a karyotype for its narrative."""
    told = " ".join(expression.text for expression in facts.expressions) or facts.said
    if not told and facts.complex is not None:
        told = "complex" if facts.complex else "not complex"
    result = "normal" if facts.result == "absent" else facts.result if facts.result != "present" else ""
    return f"Karyotype: {', '.join(filter(None, (told, result))) or 'result without string'}"
