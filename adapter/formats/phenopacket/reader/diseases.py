"""Diagnoses and features of a case, from Disease and PhenotypicFeature."""

from __future__ import annotations

import re

from adapter.case import Diagnosis, StatedCode
from adapter.formats.phenopacket.disease import is_told, stated_code, term_of
from adapter.formats.phenopacket.features import UNNAMED
from adapter.formats.phenopacket.reader.comments import Comment, grouped
from adapter.formats.phenopacket.reader.measurements import is_feature, result_of
from adapter.formats.phenopacket.reader.person import DIAGNOSIS
from adapter.formats.phenopacket.reader.reading import Reading, objects, stated, when
from adapter.formats.phenopacket.view import child, text
from adapter.report import Json

_REST = ("classification", "role", "ontogeny", "phase", "said", "risk.class", "risk.scheme", "site", "code")
OWN = ("date", "entity", "subtype", *_REST)
LATER = ("entity", "subtype", "age", "date", *_REST)
VOCABULARIES = ("HP", "NCIT", "SNOMED")
_DONE = ("COMPLETED", "SOLVED")  # states of an interpretation whose disease is inferred to be there
_CODE = re.compile(r"(?P<system>[^|]*)\|(?P<code>\S+)(?: (?P<display>.*))?", re.DOTALL)


def diagnoses(r: Reading) -> list[Json]:
    """The diagnoses: one per disease, then the later phases that only comments tell of."""
    found: list[Json] = []
    later: list[Json] = []
    for n, node in objects(r.document, "diseases"):
        if node.get("excluded") is True:
            r.odd(f"/diseases/{n}", "excluded", "a disease that was ruled out has no place in a case; it is carried")
            continue
        if _is_unclear(node):
            r.odd(f"/diseases/{n}", "excluded", "whether a disease was ruled out cannot be told; it is carried")
            continue
        own, rest = _parted(r, [c for c in r.comments.at(f"/diseases/{n}") if c.name != "onset"], child(node, "term"))
        found.append(_diagnosis(r, node, own, f"/diseases/{n}"))
        later += [_fields(group) for group in rest]
    return (found or _interpreted(r)) + later + _unnamed(r)


def _interpreted(r: Reading) -> list[Json]:
    """The diagnoses that only interpretations name: of another's packet without diseases, where the work is done."""
    if r.ours or any(objects(r.document, "diseases")):
        return []
    found: dict[str, Json] = {}
    for n, node in objects(r.document, "interpretations"):
        term = child(node, "diagnosis", "disease")
        if text(term, "id") and text(node, "progressStatus") in _DONE and text(term, "id") not in found:
            r.odd(f"/interpretations/{n}/diagnosis/disease", "diagnosis", "read as a diagnosis: no disease is stated")
            found[text(term, "id")] = _diagnosis(r, {"term": term}, [], f"/interpretations/{n}/diagnosis")
    return list(found.values())


def _parted(r: Reading, comments: list[Comment], term: Json) -> tuple[list[Comment], list[list[Comment]]]:
    """Comments on the disease itself, and those on each later phase of it.

    The first group is the disease's own unless it says what only a later one does: an age in words, an entity that is
    the very label of the term.
    """
    age = next((n for n, c in enumerate(comments) if c.name == "age"), None)
    groups = grouped(comments[:age], OWN)
    own = groups[0] if groups else []
    if len(groups) < 2 and age is not None:
        own = [c for c in own[:1] if c.name == "date"]
    coded_so = any(c.name == "code" and _gives(r, c.text, text(term, "id")) for c in own)
    if any(c.name == "entity" and c.text == text(term, "label") for c in own) and not coded_so:
        own = []
    return own, grouped(comments[len(own) :], LATER)


def _gives(r: Reading, written: str, curie: str) -> bool:
    """Whether a stated code is the very term of a disease, whose label then repeats the entity's words."""
    code = code_of(written)
    found = stated_code(r.writing(), _unchecked(code), "words") if code else None
    return found is not None and found.curie == curie


def _unchecked(code: Json) -> StatedCode:
    """A code to ask the writer about; whether a case accepts it is asked later."""
    return StatedCode.model_construct(system=code.get("system", ""), code=code["code"], display=code.get("display"))


def _unnamed(r: Reading) -> list[Json]:
    """Diagnoses without a name, which the writer tells of on the subject when no disease is written."""
    comments = r.comments.at("/subject")
    if not any(c.name in DIAGNOSIS for c in comments):
        return []
    start = next(n for n, c in enumerate(comments) if c.name in DIAGNOSIS)
    while start and comments[start - 1].name in ("age", "date"):
        start -= 1
    return [_fields(group) for group in grouped(comments[start:], LATER)]


def _fields(comments: list[Comment]) -> Json:
    """The fields that comments state."""
    said = {c.name: c.text for c in comments}
    plain = {n: said[n] for n in LATER if n in said and n not in ("risk.class", "risk.scheme", "site", "code")}
    risk = stated(**{"class": said.get("risk.class"), "scheme": said.get("risk.scheme")})
    code = code_of(said["code"]) if "code" in said else None
    return plain | stated(code=code, risk=risk, sites=[c.text for c in comments if c.name == "site"])


def code_of(written: str) -> Json | None:
    """A stated code written ``system|code display``; None for other text."""
    found = _CODE.fullmatch(written)
    return stated(**found.groupdict()) if found else None


def _diagnosis(r: Reading, node: Json, own: list[Comment], where: str) -> Json:
    said = _fields(own)
    names = _named(r, child(node, "term"), said)
    onset = when(r, node, "onset", where)
    return stated(**(names | {n: v for n, v in (onset | said).items() if n not in ("entity", "subtype")}))


def _named(r: Reading, term: Json, said: Json) -> Json:
    """Entity and subtype, one of which the label may say; what gives the term again when written is right."""
    label, curie = text(term, "label"), text(term, "id")
    entity, subtype, code = said.get("entity"), said.get("subtype"), said.get("code")
    candidates = [(entity, subtype), (entity or label, subtype), (entity, subtype or label)]
    stated_one = _unchecked(code) if code else None
    for one in candidates:
        if _writes(
            r, Diagnosis.model_construct(entity=one[0], subtype=one[1], code=stated_one), curie, (entity, subtype)
        ):
            return stated(entity=one[0], subtype=one[1])
    found = stated(entity=entity or label or None, subtype=subtype)
    return found | (stated(code=coded(r, curie, label)) if code is None else {})


def _writes(r: Reading, diagnosis: Diagnosis, curie: str, said: tuple[str | None, str | None]) -> bool:
    """Whether the writer makes this term of ``diagnosis``, and these comments on its words."""
    term = term_of(r.writing(), diagnosis)
    if term is None or term.code.curie != curie:
        return False
    named = (("entity", diagnosis.entity), ("subtype", diagnosis.subtype))
    return said == tuple(words if words and is_told(diagnosis, term, field, words) else None for field, words in named)


def coded(r: Reading, curie: str, label: str) -> Json | None:
    """A class as a stated code; the system is that of its vocabulary: ours, the packet's own, else the prefix."""
    prefix, colon, local = curie.partition(":")
    if not colon or not local:
        return None
    if prefix not in r.terms.prefixes():
        return stated(system=_address_of(r, prefix) or prefix, code=curie, display=label)
    vocabulary = r.terms.resource(prefix)
    code = curie if vocabulary.fhir_code == "curie" else local
    return stated(system=vocabulary.fhir_system or vocabulary.url, code=code, display=label)


def _address_of(r: Reading, prefix: str) -> str:
    """Address that the packet gives for the vocabulary of ``prefix``, "" where it gives none."""
    given = (one for _, one in objects(child(r.document, "metaData"), "resources"))
    found = next((text(one, "url") for one in given if text(one, "namespacePrefix") == prefix), "")
    return found if re.fullmatch(r"https?://[^\s|]+", found) else ""


def features(r: Reading) -> list[Json]:
    """The features, ``absent`` where excluded, then those that could not be told, which a writer of ours measures.

    One of which it cannot be read whether it was excluded is carried, with a warning.
    """
    found = []
    for n, node in objects(r.document, "phenotypicFeatures"):
        where = f"/phenotypicFeatures/{n}"
        if _is_unclear(node):
            r.odd(where, "excluded", "whether a feature was excluded cannot be told; it is carried")
            continue
        result = "absent" if node.get("excluded") is True else None
        found.append(_feature(r, node, child(node, "type"), where, "onset") | stated(result=result))
    doubtful = [
        _feature(r, node, child(node, "assay"), f"/measurements/{n}", "timeObserved")
        | stated(result=result_of(r, node))
        for n, node in objects(r.document, "measurements")
        if is_feature(r, node)
    ]
    return found + doubtful


def _is_unclear(node: Json) -> bool:
    """Whether ``excluded`` is neither true nor false, or says otherwise than the ``negated`` of schema 1 beside it."""
    excluded = node.get("excluded", False)
    return not isinstance(excluded, bool) or node.get("negated", excluded) is not excluded


def _feature(r: Reading, node: Json, kind: Json, where: str, member: str) -> Json:
    comments = r.comments
    written = comments.first(where, "code")
    code = code_of(written) if written else None
    words = comments.first(where, "term") or text(kind, "label") or text(kind, "id")
    if code and comments.first(where, "term") is None and words == (code.get("display") or code.get("code")):
        words = ""
    said, bare = comments.first(where, "said"), r.ours and comments.first(where, "term") is None
    if bare and code is None and words in (said, UNNAMED):
        words = ""  # a label without a term: a class has to have one
    result = comments.first(where, "result")
    if (
        code is None
        and words
        and r.writing().coded("features", words, "HP", "NCIT", "SNOMED").curie != text(kind, "id")
    ):
        code = coded(r, text(kind, "id"), text(kind, "label"))
    found = stated(term=words, code=code, result=result, age=when(r, node, member, where).get("age"))
    return found | stated(site=comments.first(where, "site"), said=said)
