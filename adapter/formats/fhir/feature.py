"""Presenting features: Observations that say whether a sign or disease was there.

A feature that was looked for and not found is an answer "absent", not a refuted Condition, so that both read alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.fhir.observation import Parts, plain

if TYPE_CHECKING:
    from adapter.case.model import Feature
    from adapter.formats.fhir.draft import Draft
    from adapter.report import Json


def features(d: Draft) -> None:
    """Add every feature."""
    for n, stated in enumerate(d.case.features):
        feature(d, stated, n)


def feature(d: Draft, stated: Feature, n: int) -> None:
    """Add the n-th feature."""
    path, role = f"/features/{n}", f"feature/{n + 1}"
    named = stated.term or stated.said or "feature"
    made = plain(d, role, "feature", f"{named}: {stated.result}", cited=d.cited)
    made["code"] = coded(d, stated, path)
    codes = d.codes.codes("results", stated.result)
    made["valueCodeableConcept"] = d.ledger.put({"coding": [codes[0].coding.copy()]}, f"{path}/result", codes[0].rule)
    if stated.said:
        made["note"] = [d.ledger.put({"text": stated.said}, f"{path}/said", member="text")]
    if stated.site:
        node, rule = d.words("sites", stated.site)
        made["bodySite"] = d.ledger.put(node, f"{path}/site", rule)
    parts: Parts = []
    if stated.age is not None:
        d.part(parts, "age-at-event", *d.time(stated.age), f"{path}/age")
    if parts:
        made["component"] = parts
    d.add(made)


def coded(d: Draft, stated: Feature, path: str) -> Json:
    """The feature's term: looked-up codes, the stated one, the words."""
    if stated.term:
        node, rule = d.words("features", stated.term)
        d.ledger.put(node, f"{path}/term", rule)
    else:
        node = d.names["feature"].concept
    if stated.code is not None:
        coding = d.codes.coding(stated.code.system, stated.code.code, stated.code.display)
        if coding:
            node["coding"] = [*node.get("coding", ()), d.ledger.put(coding, f"{path}/code")]
        else:
            words = (node.get("text"), stated.code.system, stated.code.code, stated.code.display)
            node["text"] = " ".join(filter(None, words))
            d.ledger.moved(f"{path}/code", "its system is no URI: system and code stand in the words", node, "text")
    return node
