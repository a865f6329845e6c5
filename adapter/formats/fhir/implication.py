"""What a variant means: its consequence for a gene and its significance.

Profiles: Genomics Reporting 3.0.0 ``molecular-consequence`` and ``diagnostic-implication``; both derive from the
variant and have no value of their own. An amplification as such (SO:0001880) is no DNA change type, so it stands here.
2.0.0 has the same ``diagnostic-implication`` and no ``molecular-consequence``: there it is a component of the variant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.observation import Parts, opened
from adapter.formats.fhir.words import called

if TYPE_CHECKING:
    from adapter.case.facts import Facts
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json
    from adapter.terms import Code

_AS_SUCH = frozenset({"amplification"})  # changes whose sequence feature is no member of the DNA change types


def implications(d: Draft, facts: Facts) -> list[str]:
    """Add the implications of a variant; their roles, for the report."""
    roles = []
    meant = None if d.stu2 else consequence_of(d, facts)
    if meant is not None:
        roles.append(consequence(d, facts, *meant))
    if facts.significance:
        roles.append(significance(d, facts))
    return roles


def consequence_of(d: Draft, facts: Facts) -> tuple[Code, str] | None:
    """Structural type that a variant's change or fusion means, and where the case states it; None without one."""
    key = d.codes.key("changes", facts.change) if facts.change else ""
    if facts.result != "present" or not (key in _AS_SUCH or (facts.fusion and len(facts.genes) > 1)):
        return None
    key, source = (key, "change") if key in _AS_SUCH else ("fusion", "fusion")
    return d.codes.codes("structural-types", key)[0], facts.at(source)


def consequence(d: Draft, facts: Facts, code: Code, source: str) -> str:
    """Add the molecular consequence of a structural type; its role."""
    role = f"finding/{facts.id}/consequence"
    made = _implication(d, facts, role, "molecular-consequence", _of(code.label.replace("_", " "), facts))
    parts: Parts = []
    d.part(parts, "feature-consequence", "CodeableConcept", {"coding": [code.coding.copy()]}, source, code.rule)
    made["component"] = parts
    d.add(made)
    return role


def significance(d: Draft, facts: Facts) -> str:
    """Add the clinical significance as a diagnostic implication; its role."""
    role = f"finding/{facts.id}/significance"
    made = _implication(
        d, facts, role, "diagnostic-implication", f"{_of('Clinical significance', facts)}: {facts.significance}"
    )
    parts: Parts = []
    node, rule = d.words("significances", facts.significance)
    d.part(parts, "clinical-significance", "CodeableConcept", node, facts.at("significance"), rule)
    if facts.significance_by:
        d.part(parts, "significance-by", "String", facts.significance_by, facts.at("significance_by"))
    made["component"] = parts
    d.add(made)
    return role


def _of(what: str, facts: Facts) -> str:
    """What is implied, and of which variant, for the narrative."""
    told = " ".join(filter(None, (called(facts), *(e.text for e in facts.expressions))))
    return f"{what} of {told}" if told else what


def _implication(d: Draft, facts: Facts, role: str, kind: str, words: str) -> Json:
    cited = d.cited_by(facts)
    made = opened(d, role, words, kind, cited[:1] if d.stu2 else cited)  # 2.0.0 takes one artifact, its variant all
    made["status"] = facts.status
    d.ledger.put(made, facts.at("status"), member="status")
    made["category"] = [d.names[category].concept for category in ("laboratory", "genetics")]
    made["code"] = d.names[kind].concept
    made["subject"] = d.subject
    if facts.specimen:
        made["specimen"] = d.reference(f"specimen/{facts.specimen}")
    made["derivedFrom"] = [d.reference(f"finding/{facts.id}")]
    return made
