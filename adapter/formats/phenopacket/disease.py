"""Disease: each diagnosis as a MONDO term; what version 2 has no field for as comments (design.md section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json
from adapter.terms import Code

if TYPE_CHECKING:
    from adapter.case import Case, Diagnosis, StatedCode

VOCABULARIES = ("MONDO", "NCIT")
# Phases of a disease already listed: version 2 has no second episode of one disease.
LATER = {"relapse", "refractory", "remission", "progression"}


@dataclass(frozen=True, slots=True)
class Term:
    """The term chosen for a diagnosis and the field (entity, subtype, code) it was chosen by."""

    code: Code
    field: str


def diseases(w: Writing, case: Case) -> tuple[list[Json], Code | None]:
    """The diseases, and the term of the primary one (None where no diagnosis is stated)."""
    found: list[Json] = []
    listed: list[tuple[int, str, str]] = []  # position, CURIE of the term, name of the entity
    primary: Code | None = None
    for n, diagnosis in enumerate(case.diagnoses):
        path, term, entity = f"/diagnoses/{n}", term_of(w, diagnosis), _entity(w, diagnosis)
        of = _episode_of(diagnosis, term, entity, listed) if term else None
        if term is None or of is not None:
            _later(w, diagnosis, path, f"/diseases/{of or 0}" if found else "/subject")
            continue
        listed.append((len(found), term.code.curie, entity))
        found.append(_disease(w, diagnosis, term, path, f"/diseases/{len(found)}"))
        if primary is None and diagnosis.role in (None, "primary"):
            primary = term.code
    return found, primary or (term_curie(w, found) if found else None)


def _episode_of(diagnosis: Diagnosis, term: Term, entity: str, listed: list[tuple[int, str, str]]) -> int | None:
    """Position of the listed disease that a later phase is one of.

    It is the one of the same term, else the only one of the same entity: "AML, relapse" after AML with mutated NPM1 is
    no second disease.
    """
    if diagnosis.phase not in LATER:
        return None
    same = next((n for n, curie, _ in listed if curie == term.code.curie), None)
    if same is not None or term.field != "entity":
        return same
    of_entity = [n for n, _, name in listed if name == entity]
    return of_entity[0] if len(of_entity) == 1 else None


def _entity(w: Writing, diagnosis: Diagnosis) -> str:
    """The entity by its key where the table has one, else in the words of the source; "" where none is named."""
    words = diagnosis.entity or ""
    return (w.key("diagnoses", words) if words else None) or words


def term_curie(w: Writing, found: list[Json]) -> Code:
    """Term of the first disease, where no diagnosis is called the primary one."""
    term = found[0]["term"]
    return w.terms.coded(term["id"], term["label"])


def term_of(w: Writing, diagnosis: Diagnosis) -> Term | None:
    """The coded subtype, else the coded entity, else the stated code, else the words as a term of our own."""
    for field, words in (("subtype", diagnosis.subtype), ("entity", diagnosis.entity)):
        key = w.key("diagnoses", words) if words else None
        code = next((c for p in VOCABULARIES if key and (c := w.terms.get("diagnoses", key, p))), None)
        if code:
            return Term(code, field)
    if diagnosis.code and (code := stated_code(w, diagnosis.code, diagnosis.entity or diagnosis.subtype or "")):
        return Term(code, "code")
    for field, words in (("entity", diagnosis.entity), ("subtype", diagnosis.subtype)):
        if words:
            return Term(w.coded("diagnoses", words), field)
    return None


def stated_code(w: Writing, code: StatedCode, words: str) -> Code | None:
    """A code that the case states, as a class; None where its system is no known vocabulary or its form no CURIE."""
    local = code.code.rpartition(":")[2]
    for prefix in w.terms.prefixes():
        vocabulary = w.terms.resource(prefix)
        if code.system in (vocabulary.fhir_system, vocabulary.url, prefix) and not set(local) & set("_: "):
            label = code.display or words
            return w.terms.coded(f"{prefix}:{local}", label) if label else None
    return None


def _disease(w: Writing, diagnosis: Diagnosis, term: Term, path: str, where: str) -> Json:
    node: Json = {}
    w.term(node, "term", term.code, f"{path}/{term.field}")
    node["excluded"] = False
    w.time(node, "onset", path, where, diagnosis.age, diagnosis.date)
    _words(w, diagnosis, term, path, where)
    _rest(w, diagnosis, path, where, term.field)
    return node


def _words(w: Writing, diagnosis: Diagnosis, term: Term, path: str, where: str) -> None:
    """The words of entity and subtype that the term's label does not say."""
    for field, words in (("entity", diagnosis.entity), ("subtype", diagnosis.subtype)):
        if not words:
            continue
        chosen = field == term.field
        if is_told(diagnosis, term, field, words):
            w.comment(where, field, words, f"{path}/{field}", moved=False)
        if not chosen:
            w.ledger.narrowed(
                f"{path}/{field}",
                f"the disease term is that of the {term.field}; kept as a comment",
                w.updates[-1],
                "comment",
            )


def is_told(diagnosis: Diagnosis, term: Term, field: str, words: str) -> bool:
    """Whether words need a comment: those that the label does not say, and those that it would say of the entity."""
    alone = field == "subtype" and not diagnosis.entity
    return field != term.field or words != term.code.label or alone


def _later(w: Writing, diagnosis: Diagnosis, path: str, where: str) -> None:
    """A later phase of a disease that is already listed, or a diagnosis without a name: comments only."""
    for field in ("entity", "subtype"):
        w.said(where, getattr(diagnosis, field), f"{path}/{field}", field)
    for field in ("age", "date"):
        quantity = getattr(diagnosis, field)
        w.said(where, quantity.text if quantity else None, f"{path}/{field}", field)
    _rest(w, diagnosis, path, where, "")


def _rest(w: Writing, diagnosis: Diagnosis, path: str, where: str, chosen: str) -> None:
    """Comments for what a Disease has no field for."""
    for field in ("classification", "role", "ontogeny", "phase", "said"):
        if stated := getattr(diagnosis, field):
            w.comment(where, field, stated, f"{path}/{field}")
    if diagnosis.risk:
        w.said(where, diagnosis.risk.class_, f"{path}/risk/class", "risk.class")
        w.said(where, diagnosis.risk.scheme, f"{path}/risk/scheme", "risk.scheme")
    for n, site in enumerate(diagnosis.sites):
        w.comment(where, "site", site, f"{path}/sites/{n}")
    if diagnosis.code and chosen == "code":
        _chosen_code(w, diagnosis.code, f"{path}/code", where)
    elif diagnosis.code:
        w.comment(where, "code", written_code(diagnosis.code), f"{path}/code")


def _chosen_code(w: Writing, code: StatedCode, path: str, where: str) -> None:
    """The system as stated, where the term's prefix says it in other words."""
    w.comment(where, "code", written_code(code), path, moved=False)


def written_code(code: StatedCode) -> str:
    """A stated code in one line: ``system|code display``."""
    return f"{code.system}|{code.code} {code.display or ''}".strip()
