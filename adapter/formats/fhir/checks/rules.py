"""Tier 2: what neither the schema nor fhir.resources sees: references, invariants, vocabulary, profile must-haves.

Every rule is one small function; the ids of FHIR's own invariants are FHIR's (``obs-6``, ``rng-2``, ``bdl-7``).
Sources: FHIR R4 invariants; Genomics Reporting 3.0.0 and mCODE 4.0.0 (the must-haves and their required answer lists);
the vocabulary traps of official examples, which are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from adapter.formats.fhir.checks.datatype_rules import part_issues
from adapter.formats.fhir.checks.finding import Context, Found, codings, error, is_number, listed, warning
from adapter.formats.fhir.checks.vocabulary import Vocabulary, vocabulary
from adapter.report import Issue, Json
from adapter.terms import Terms

_XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
_ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|form|base|link|meta)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
_TRANSACTION = ("transaction", "batch")


Rule = Callable[[Found, "Context"], Iterator[Issue]]


def issues(document: Any, terms: Terms) -> Iterator[Issue]:
    """What the rules find in a resource or bundle. Yields nothing for what is no resource: the schema says so."""
    if not isinstance(document, dict):
        return
    found = list(_resources(document))
    bundled = document.get("resourceType") == "Bundle"
    targets = {f.full_url for f in found} | {f"{f.resource.get('resourceType')}/{f.resource.get('id')}" for f in found}
    context = Context(vocabulary(terms), frozenset(targets), bundled)
    if bundled:
        yield from _bundle(document)
    for one in found:
        yield from _resource(one, context)
        yield from part_issues(one, context)


def _resources(document: Json) -> Iterator[Found]:
    if document.get("resourceType") != "Bundle":
        yield Found("", document, "")
        return
    for n, entry in enumerate(listed(document, "entry")):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield Found(f"/entry/{n}/resource", entry["resource"], str(entry.get("fullUrl", "")))


def _bundle(bundle: Json) -> Iterator[Issue]:
    """bdl-3, bdl-5, bdl-7, fullurl: what holds a bundle together."""
    kind = bundle.get("type")
    seen: set[str] = set()
    for n, entry in enumerate(listed(bundle, "entry")):
        if not isinstance(entry, dict):
            continue
        at = f"/entry/{n}"
        if (kind in _TRANSACTION) != ("request" in entry) and kind != "history":
            needed = (
                "every entry of a transaction needs a request" if kind in _TRANSACTION else f"a {kind} has no requests"
            )
            yield error("bdl-3", at, needed)
        if not ("resource" in entry or "request" in entry or "response" in entry):
            yield error("bdl-5", at, "expected a resource, a request or a response")
        url = entry.get("fullUrl")
        if isinstance(url, str):
            if url in seen:
                yield error("bdl-7", f"{at}/fullUrl", "another entry has this fullUrl")
            seen.add(url)
        elif isinstance(entry.get("resource"), dict):
            yield error("fullurl", at, "expected a fullUrl, so that references to this entry can be followed")


def _resource(one: Found, context: Context) -> Iterator[Issue]:
    for rule in _BY_TYPE.get(str(one.resource.get("resourceType")), ()):
        yield from rule(one, context)
    for rule in _EVERY:
        yield from rule(one, context)


# Rules for every resource.


def _narrative(one: Found, _: Context) -> Iterator[Issue]:
    """txt-1, txt-2: the narrative is XHTML with content, and nothing in it acts."""
    text = one.resource.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    if not isinstance(div, str):
        return
    at = f"{one.pointer}/text/div"
    if not (div.startswith("<div") and _XHTML in div[:200] and div.rstrip().endswith("</div>")):
        yield error("txt-1", at, "expected an XHTML div in its namespace")
    if _ACTIVE.search(div):
        yield error("txt-1", at, "active content is not allowed in a narrative")
    if not re.sub(r"<[^>]*>|\s", "", div) and "<img" not in div:
        yield error("txt-2", at, "expected a narrative with content")


def _contained(one: Found, _: Context) -> Iterator[Issue]:
    """dom-2 to dom-5: what is contained holds nothing contained, is referred to, has no version and no labels."""
    contained = listed(one.resource, "contained")
    named = set(_local_references(one.resource)) if contained else set()
    for n, inner in enumerate(contained):
        if not isinstance(inner, dict):
            continue
        at = f"{one.pointer}/contained/{n}"
        if "contained" in inner:
            yield error("dom-2", at, "a contained resource may not contain another")
        if f"#{inner.get('id')}" not in named and "#" not in _local_references(inner):
            yield error("dom-3", at, "nothing refers to this contained resource")
        meta = inner.get("meta")
        if isinstance(meta, dict) and ("versionId" in meta or "lastUpdated" in meta):
            yield error("dom-4", f"{at}/meta", "a contained resource has no version of its own")
        if isinstance(meta, dict) and "security" in meta:
            yield error("dom-5", f"{at}/meta", "a contained resource has no security labels of its own")


def _local_references(node: Any) -> Iterator[str]:
    """References (and canonical or plain URLs) to what is contained: every string that starts with a hash."""
    if isinstance(node, dict):
        for value in node.values():
            yield from _local_references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _local_references(value)
    elif isinstance(node, str) and node.startswith("#"):
        yield node


def _claims(one: Found, context: Context) -> Iterator[Issue]:
    """profile-claim: a profile that is claimed is one for this type of resource."""
    meta = one.resource.get("meta")
    for n, url in enumerate(listed(meta, "profile") if isinstance(meta, dict) else []):
        kind = context.words.profile_types.get(url) if isinstance(url, str) else None
        if kind and kind != one.resource.get("resourceType"):
            yield error("profile-claim", f"{one.pointer}/meta/profile/{n}", f"this profile is for {kind}")


# Rules by resource type.


def _observation(one: Found, _: Context) -> Iterator[Issue]:
    """obs-6, obs-7: a value or the reason for its absence, and no component that repeats the question.

    component-absence asks of a component what obs-6 asks of the whole; obs-7 is asked of codes, whatever their display.
    """
    resource, at = one.resource, one.pointer
    valued = any(k.startswith("value") for k in resource)
    if valued and "dataAbsentReason" in resource:
        yield error("obs-6", at, "a value and a dataAbsentReason exclude each other")
    asked = set(codings(resource.get("code")))
    for n, component in enumerate(listed(resource, "component")):
        if not isinstance(component, dict):
            continue
        if valued and asked & set(codings(component.get("code"))):
            yield error(
                "obs-7", f"{at}/component/{n}/code", "a component asks the same as the whole, which has a value"
            )
        if any(k.startswith("value") for k in component) and "dataAbsentReason" in component:
            yield error("component-absence", f"{at}/component/{n}", "a value and a dataAbsentReason exclude each other")
    if not (valued or "dataAbsentReason" in resource or "component" in resource or "hasMember" in resource):
        yield warning("observation-content", at, "expected a value, components, members or a reason for their absence")


def _variant(one: Found, context: Context) -> Iterator[Issue]:
    """gr-variant: categories, assessment and components of Genomics Reporting's variant."""
    words = context.words
    if not set(codings(one.resource.get("code"))) & words.variant:
        return
    at = one.pointer
    categories = {c for category in listed(one.resource, "category") for c in codings(category)}
    if words.claims(one.resource, "gr") or words.claims(one.resource, "mcode"):
        for needed, label in ((words.laboratory, "laboratory"), (words.genetics, "GE")):
            if needed not in categories and not (label == "GE" and not words.claims(one.resource, "gr")):
                yield error("gr-category", f"{at}/category", f"expected the category {label}")
    if "valueCodeableConcept" in one.resource:
        if not set(codings(one.resource["valueCodeableConcept"])) & words.assessments:
            yield error("gr-assessment", f"{at}/valueCodeableConcept", "expected an answer of LOINC LL1971-2")
    elif any(k.startswith("value") for k in one.resource):
        yield error("gr-assessment", at, "expected the assessment as valueCodeableConcept")
    yield from _components(one, words)


def _components(one: Found, words: Vocabulary) -> Iterator[Issue]:
    """The components that the variant profiles slice: once each, with the value type and answers they require."""
    seen: set[str] = set()
    for n, component in enumerate(listed(one.resource, "component")):
        if not isinstance(component, dict):
            continue
        at = f"{one.pointer}/component/{n}"
        name = next((words.components[c] for c in codings(component.get("code")) if c in words.components), "")
        if not name:
            continue
        if name in seen and name in words.single:
            yield error("gr-component-once", at, f"a second component {name}")
        seen.add(name)
        yield from _component(name, component, at, one, words)


def _component(name: str, component: Json, at: str, one: Found, words: Vocabulary) -> Iterator[Issue]:
    value = component.get("valueCodeableConcept")
    if name == "chromosome" and not set(codings(value)) & words.chromosomes:
        yield error("gr-chromosome", f"{at}/valueCodeableConcept", "expected an answer of LOINC LL2938-0")
    if name in words.hgvs:
        codes = [c for s, c in codings(value) if s == words.hgvs_system]
        if not codes:
            yield error("gr-hgvs", f"{at}/valueCodeableConcept", "expected a coding of http://varnomen.hgvs.org")
        elif not all(":" in c for c in codes):
            yield error("hgvs-reference", f"{at}/valueCodeableConcept", "an HGVS code names its reference sequence")
    if name == "gene-studied" and isinstance(value, dict):
        yield from _gene(value, at, words)
    if name == "copy-number":
        yield from _copies(component, at, one, words)
    if name == "vaf":
        yield from _fraction(component, at)


def _gene(value: Json, at: str, words: Vocabulary) -> Iterator[Issue]:
    for n, (system, code) in enumerate(codings(value)):
        if system == words.hgnc_system and not code.startswith("HGNC:"):
            yield warning(
                "hgnc-prefix", f"{at}/valueCodeableConcept/coding/{n}/code", "expected HGNC: before the number"
            )


def _copies(component: Json, at: str, one: Found, words: Vocabulary) -> Iterator[Issue]:
    """cnt-3 where mCODE is claimed; Genomics Reporting 3 takes Quantity or Range."""
    quantity = component.get("valueQuantity")
    if quantity is None and "valueRange" not in component and "dataAbsentReason" not in component:
        yield error("gr-copy-number", at, "expected a Quantity or a Range")
    if not words.claims(one.resource, "mcode"):
        return
    if "valueRange" in component:
        yield error("mcode-copy-number", at, "mCODE 4 takes a Quantity, not a Range")
    if isinstance(quantity, dict) and (quantity.get("code") != "1" or "." in str(quantity.get("value", ""))):
        yield error("cnt-3", f"{at}/valueQuantity", "expected a whole number with the UCUM code 1")


def _fraction(component: Json, at: str) -> Iterator[Issue]:
    quantity = component.get("valueQuantity")
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if isinstance(quantity, dict) and quantity.get("code") == "1" and is_number(value) and not 0 <= value <= 1:
        yield error("vaf-range", f"{at}/valueQuantity/value", "expected a fraction between 0 and 1")


def _report(one: Found, context: Context) -> Iterator[Issue]:
    """gr-report: category GE and code of a genomic report, results that are there."""
    words = context.words
    if not words.claims(one.resource, "gr"):
        return
    categories = {c for category in listed(one.resource, "category") for c in codings(category)}
    if words.genetics not in categories:
        yield error("gr-report-category", f"{one.pointer}/category", "expected the category GE")
    if not set(codings(one.resource.get("code"))) & words.report:
        yield error("gr-report-code", f"{one.pointer}/code", "expected the code of a genetic analysis report")
    if not one.resource.get("result"):
        yield warning("report-empty", one.pointer, "a report without results")


def _condition(one: Found, _: Context) -> Iterator[Issue]:
    """con-4, con-5: abatement and entered-in-error against clinicalStatus."""
    status = {code for _, code in codings(one.resource.get("clinicalStatus"))}
    verification = {code for _, code in codings(one.resource.get("verificationStatus"))}
    abated = any(k.startswith("abatement") for k in one.resource)
    if abated and status and not status & {"inactive", "resolved", "remission"}:
        yield error(
            "con-4", f"{one.pointer}/clinicalStatus", "an abated condition is inactive, resolved or in remission"
        )
    if "entered-in-error" in verification and status:
        yield error("con-5", f"{one.pointer}/clinicalStatus", "no clinicalStatus when entered in error")


def _patient(one: Found, context: Context) -> Iterator[Issue]:
    """mcode-patient: identifier, name, gender of mCODE's patient; us-core-6."""
    if not context.words.claims(one.resource, "mcode"):
        return
    for element in ("identifier", "name", "gender"):
        if element not in one.resource and f"_{element}" not in one.resource:
            yield error("mcode-patient", one.pointer, f"mCODE's patient needs {element}")
    for n, name in enumerate(listed(one.resource, "name")):
        if isinstance(name, dict) and not {"family", "given", "_family", "extension"} & name.keys():
            yield error(
                "us-core-6", f"{one.pointer}/name/{n}", "expected family or given name, or the reason for absence"
            )


def _specimen(one: Found, context: Context) -> Iterator[Issue]:
    if context.words.claims(one.resource, "mcode") and "type" not in one.resource:
        yield error("mcode-specimen", one.pointer, "mCODE's specimen needs a type")


_EVERY: tuple[Rule, ...] = (_narrative, _contained, _claims)
_BY_TYPE: dict[str, tuple[Rule, ...]] = {
    "Observation": (_observation, _variant),
    "DiagnosticReport": (_report,),
    "Condition": (_condition,),
    "Patient": (_patient,),
    "Specimen": (_specimen,),
}
