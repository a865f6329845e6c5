"""Tier 2: what neither the schema nor fhir.resources sees: references, invariants, vocabulary, profile must-haves.

Every rule is one small function; the ids of FHIR's own invariants are FHIR's (``obs-6``, ``rng-2``, ``bdl-7``).
Sources: FHIR R4 invariants; Genomics Reporting 3.0.0 and mCODE 4.0.0 (the must-haves and their required answer lists);
the vocabulary traps of official examples, which are warnings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.formats.fhir.checks.datatype_rules import part_issues
from adapter.formats.fhir.checks.finding import (
    Context,
    Place,
    Rule,
    codings,
    error,
    is_number,
    is_valued,
    listed,
    warning,
)
from adapter.formats.fhir.checks.vocabulary import Coding, Vocabulary, vocabulary
from adapter.report import Issue, Json
from adapter.terms import Terms

_XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
_OPENED, _CLOSED = f"<div {_XHTML}>", "</div>"
_ACTIVE = re.compile(r"<\s*(script|iframe|object|embed|form|base|link|meta)\b|\son\w+\s*=|javascript:", re.IGNORECASE)
_TRANSACTION = ("transaction", "batch")


def issues(document: Any, terms: Terms) -> Iterator[Issue]:
    """What the rules find in a resource or bundle. Yields nothing for what is no resource: the schema says so."""
    if not isinstance(document, dict):
        return
    bundled = document.get("resourceType") == "Bundle"
    targets: set[str] = set()
    context = Context(vocabulary(terms), targets, bundled)
    found: list[tuple[Place, Json]] = [("", document)]
    if bundled:
        yield from _bundle(document)
        found = _entries(document, targets)
    for at, resource in found:
        for rule in _BY_TYPE.get(str(resource.get("resourceType")), _EVERY):
            yield from rule(resource, at, context)
        yield from part_issues(resource, at, context)


def _entries(bundle: Json, targets: set[str]) -> list[tuple[Place, Json]]:
    """The resources of a bundle with their pointers; what they can be referred to by is added to ``targets``."""
    found: list[tuple[Place, Json]] = []
    for n, entry in enumerate(listed(bundle, "entry")):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            found.append((f"/entry/{n}/resource", resource))
            targets.add(str(entry.get("fullUrl", "")))
            targets.add(f"{resource.get('resourceType')}/{resource.get('id')}")
    return found


def _bundle(bundle: Json) -> Iterator[Issue]:
    """bdl-3, bdl-5, bdl-7, fullurl: what holds a bundle together."""
    kind = bundle.get("type")
    seen: set[str] = set()
    for n, entry in enumerate(listed(bundle, "entry")):
        if not isinstance(entry, dict):
            continue
        at = ("/entry", n)
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
                yield error("bdl-7", (at, "fullUrl"), "another entry has this fullUrl")
            seen.add(url)
        elif isinstance(entry.get("resource"), dict):
            yield error("fullurl", at, "expected a fullUrl, so that references to this entry can be followed")


# Rules for every resource.


def _narrative(resource: Json, at: Place, _: Context) -> Iterable[Issue]:
    text = resource.get("text")
    div = text.get("div") if isinstance(text, dict) else None
    return () if not isinstance(div, str) or _is_words(div) else _xhtml(div, ((at, "text"), "div"))


def _is_words(div: str) -> bool:
    """Whether a narrative is words without markup, which nearly every generated one is, and can break no rule."""
    words = div[len(_OPENED) : -len(_CLOSED)]
    framed = div.startswith(_OPENED) and div.endswith(_CLOSED) and not (words.isspace() or not words)
    return framed and "<" not in words and "=" not in words and "javascript:" not in words.lower()


def _xhtml(div: str, at: Place) -> Iterator[Issue]:
    """txt-1, txt-2: the narrative is XHTML with content, and nothing in it acts."""
    if not (div.startswith("<div") and _XHTML in div[:200] and div.rstrip().endswith(_CLOSED)):
        yield error("txt-1", at, "expected an XHTML div in its namespace")
    if _ACTIVE.search(div):
        yield error("txt-1", at, "active content is not allowed in a narrative")
    if not re.sub(r"<[^>]*>|\s", "", div) and "<img" not in div:
        yield error("txt-2", at, "expected a narrative with content")


def _contained(resource: Json, at: Place, _: Context) -> Iterable[Issue]:
    contained = resource.get("contained")
    return _held(resource, contained, (at, "contained")) if isinstance(contained, list) else ()


def _held(resource: Json, contained: list[Any], place: Place) -> Iterator[Issue]:
    """dom-2 to dom-5: what is contained holds nothing contained, is referred to, has no version and no labels."""
    named = set(_local_references(resource))
    for n, inner in enumerate(contained):
        if not isinstance(inner, dict):
            continue
        at = (place, n)
        if "contained" in inner:
            yield error("dom-2", at, "a contained resource may not contain another")
        if f"#{inner.get('id')}" not in named and "#" not in _local_references(inner):
            yield error("dom-3", at, "nothing refers to this contained resource")
        meta = inner.get("meta")
        if isinstance(meta, dict) and ("versionId" in meta or "lastUpdated" in meta):
            yield error("dom-4", (at, "meta"), "a contained resource has no version of its own")
        if isinstance(meta, dict) and "security" in meta:
            yield error("dom-5", (at, "meta"), "a contained resource has no security labels of its own")


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


def _claims(resource: Json, at: Place, context: Context) -> Iterable[Issue]:
    """profile-claim: a profile that is claimed is one for this type of resource."""
    meta = resource.get("meta")
    found = []
    for n, url in enumerate(listed(meta, "profile")) if meta else ():
        kind = context.words.profile_types.get(url) if isinstance(url, str) else None
        if kind and kind != resource.get("resourceType"):
            found.append(error("profile-claim", (((at, "meta"), "profile"), n), f"this profile is for {kind}"))
    return found


# Rules by resource type.


def _observation(resource: Json, at: Place, _: Context) -> Iterable[Issue]:
    """obs-6, obs-7: a value or the reason for its absence, and no component that repeats the question.

    component-absence asks of a component what obs-6 asks of the whole; obs-7 is asked of codes, whatever their display.
    """
    found = []
    valued, reasoned = is_valued(resource), "dataAbsentReason" in resource
    if valued and reasoned:
        found.append(error("obs-6", at, "a value and a dataAbsentReason exclude each other"))
    asked = set(codings(resource.get("code"))) if valued else ()
    for n, component in enumerate(listed(resource, "component")):
        if not isinstance(component, dict):
            continue
        if asked and not asked.isdisjoint(codings(component.get("code"))):
            again = "a component asks the same as the whole, which has a value"
            found.append(error("obs-7", (((at, "component"), n), "code"), again))
        if "dataAbsentReason" in component and is_valued(component):
            both = "a value and a dataAbsentReason exclude each other"
            found.append(error("component-absence", ((at, "component"), n), both))
    if not (valued or reasoned or "component" in resource or "hasMember" in resource):
        needed = "expected a value, components, members or a reason for their absence"
        found.append(warning("observation-content", at, needed))
    return found


def _variant(resource: Json, at: Place, context: Context) -> Iterable[Issue]:
    """gr-variant: categories, assessment and components of Genomics Reporting's variant."""
    words = context.words
    return () if words.variant.isdisjoint(codings(resource.get("code"))) else _of_variant(resource, at, words)


def _of_variant(resource: Json, at: Place, words: Vocabulary) -> Iterator[Issue]:
    reporting, mcode = words.claims(resource, "gr"), words.claims(resource, "mcode")
    categories = {c for category in listed(resource, "category") for c in codings(category)}
    if (reporting or mcode) and words.laboratory not in categories:
        yield error("gr-category", (at, "category"), "expected the category laboratory")
    older = words.older(resource)
    if reporting and not older and words.genetics not in categories:
        yield error("gr-category", (at, "category"), "expected the category GE")
    if "valueCodeableConcept" in resource:
        if words.assessments.isdisjoint(codings(resource["valueCodeableConcept"])):
            yield error("gr-assessment", (at, "valueCodeableConcept"), "expected an answer of LOINC LL1971-2")
    elif is_valued(resource):
        yield error("gr-assessment", at, "expected the assessment as valueCodeableConcept")
    yield from _components(resource, (at, "component"), words, whole=mcode or older)


def _components(resource: Json, place: Place, words: Vocabulary, *, whole: bool) -> Iterator[Issue]:
    """The components that the variant profiles slice: once each, with the value type and answers they require."""
    seen: set[str] = set()
    for n, component in enumerate(listed(resource, "component")):
        asked = codings(component.get("code")) if isinstance(component, dict) else ()
        name = next((words.components[c] for c in asked if c in words.components), "")
        if not name:
            continue
        if name in seen and name in words.single:
            yield error("gr-component-once", (place, n), f"a second component {name}")
        seen.add(name)
        if name == "copy-number":
            yield from _copies(component, (place, n), whole=whole)
        elif name == "vaf":
            yield from _fraction(component, (place, n))
        elif name in _CODED:
            yield from _coded(name, component.get("valueCodeableConcept"), ((place, n), "valueCodeableConcept"), words)


_CODED = frozenset({"chromosome", "gene-studied", "hgvs-c", "hgvs-p", "genomic-hgvs"})


def _coded(name: str, value: Any, at: Place, words: Vocabulary) -> Iterator[Issue]:
    codes = codings(value)
    if name == "chromosome":
        if words.chromosomes.isdisjoint(codes):
            yield error("gr-chromosome", at, "expected an answer of LOINC LL2938-0")
    elif name == "gene-studied":
        yield from _gene(codes, at, words)
    else:
        expressions = [code for system, code in codes if system == words.hgvs_system]
        if not expressions:
            yield error("gr-hgvs", at, "expected a coding of http://varnomen.hgvs.org")
        elif not all(":" in one for one in expressions):
            yield error("hgvs-reference", at, "an HGVS code names its reference sequence")


def _gene(codes: list[Coding], at: Place, words: Vocabulary) -> Iterator[Issue]:
    for n, (system, code) in enumerate(codes):
        if system in words.hgnc_systems and not code.startswith("HGNC:"):
            yield warning("hgnc-prefix", (((at, "coding"), n), "code"), "expected HGNC: before the number")


def _copies(component: Json, at: Place, *, whole: bool) -> Iterator[Issue]:
    """cnt-3 where mCODE or Genomics Reporting 2 is claimed; Genomics Reporting 3 takes Quantity or Range."""
    quantity = component.get("valueQuantity")
    if quantity is None and "valueRange" not in component and "dataAbsentReason" not in component:
        yield error("gr-copy-number", at, "expected a Quantity or a Range")
    if not whole:
        return
    if "valueRange" in component:
        yield error("mcode-copy-number", at, "mCODE 4 and Genomics Reporting 2 take a Quantity, not a Range")
    if isinstance(quantity, dict) and (quantity.get("code") != "1" or "." in str(quantity.get("value", ""))):
        yield error("cnt-3", (at, "valueQuantity"), "expected a whole number with the UCUM code 1")


def _fraction(component: Json, at: Place) -> Iterator[Issue]:
    quantity = component.get("valueQuantity")
    value = quantity.get("value") if isinstance(quantity, dict) else None
    if isinstance(quantity, dict) and quantity.get("code") == "1" and is_number(value) and not 0 <= value <= 1:
        yield error("vaf-range", ((at, "valueQuantity"), "value"), "expected a fraction between 0 and 1")


def _report(resource: Json, at: Place, context: Context) -> Iterator[Issue]:
    """gr-report: category GE and code of a genomic report, results that are there."""
    words = context.words
    if not words.claims(resource, "gr"):
        return
    categories = {c for category in listed(resource, "category") for c in codings(category)}
    if words.genetics not in categories:
        yield error("gr-report-category", (at, "category"), "expected the category GE")
    if words.report.isdisjoint(codings(resource.get("code"))):
        yield error("gr-report-code", (at, "code"), "expected the code of a genetic analysis report")
    if not resource.get("result"):
        yield warning("report-empty", at, "a report without results")


def _condition(resource: Json, at: Place, _: Context) -> Iterator[Issue]:
    """con-4, con-5: abatement and entered-in-error against clinicalStatus."""
    status = {code for _, code in codings(resource.get("clinicalStatus"))}
    verification = {code for _, code in codings(resource.get("verificationStatus"))}
    abated = any(key.startswith("abatement") for key in resource)
    if abated and status and not status & {"inactive", "resolved", "remission"}:
        yield error("con-4", (at, "clinicalStatus"), "an abated condition is inactive, resolved or in remission")
    if "entered-in-error" in verification and status:
        yield error("con-5", (at, "clinicalStatus"), "no clinicalStatus when entered in error")


def _patient(resource: Json, at: Place, context: Context) -> Iterator[Issue]:
    """mcode-patient: identifier, name, gender of mCODE's patient; us-core-6."""
    if not context.words.claims(resource, "mcode"):
        return
    for element in ("identifier", "name", "gender"):
        if element not in resource and f"_{element}" not in resource:
            yield error("mcode-patient", at, f"mCODE's patient needs {element}")
    for n, name in enumerate(listed(resource, "name")):
        if isinstance(name, dict) and not {"family", "given", "_family", "extension"} & name.keys():
            place = ((at, "name"), n)
            yield error("us-core-6", place, "expected family or given name, or the reason for absence")


def _specimen(resource: Json, at: Place, context: Context) -> Iterable[Issue]:
    if context.words.claims(resource, "mcode") and "type" not in resource:
        return (error("mcode-specimen", at, "mCODE's specimen needs a type"),)
    return ()


_EVERY: tuple[Rule, ...] = (_narrative, _contained, _claims)
_BY_TYPE: dict[str, tuple[Rule, ...]] = {
    "Observation": (_observation, _variant, *_EVERY),
    "DiagnosticReport": (_report, *_EVERY),
    "Condition": (_condition, *_EVERY),
    "Patient": (_patient, *_EVERY),
    "Specimen": (_specimen, *_EVERY),
}
