"""The mapping tables as FHIR wants them: what a component is called, what a word is coded as.

Everything is looked up once per set of tables. What goes into a document is a copy of its own, so that a caller may
change a document without changing the next one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.report import Json
from adapter.terms import Code, Resource, Terms

if TYPE_CHECKING:
    from collections.abc import Callable

# Tables that name observations and components, in the order they are asked; what none of them names is our own code.
NAMES = ("kmt2a-amplification", "hgvs-variants", "iscn-karyotypes", "outcomes", "observations")
# Vocabularies whose codes FHIR receivers expect, in the order they are written; ours comes last. The others of the
# tables (EFO, GENO, UBERON, NCBITaxon) belong to the GA4GH target.
_VOCABULARIES = (
    "LOINC",
    "GRTBD",
    "V2-0487",
    "V2-0074",
    "OBSCAT",
    "SNOMED",
    "ICD10CM",
    "NCIT",
    "MONDO",
    "HP",
    "RXNORM",
    "SO",
    "GRMETHOD",
    "HAEM",
)


class Name(NamedTuple):
    """What an observation or component is called: its coding, the mapping row it stands in, its CURIE."""

    coding: dict[str, str]
    rule: str
    curie: str

    @property
    def concept(self) -> Json:
        """A CodeableConcept of the coding."""
        return {"coding": [self.coding.copy()]}


class Names(dict[str, Name]):
    """Names by key, looked up in the tables when first asked for."""

    def __init__(self, find: Callable[[str], Name]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, key: str) -> Name:
        found = self[key] = self._find(key)
        return found


class Codebook:
    """Names and codings of one set of tables, as the guide of a profile set has them."""

    def __init__(self, terms: Terms, profile_set: str) -> None:
        self.terms, self.profile_set = terms, profile_set
        self._systems = terms.systems(profile_set)
        self.names = Names(self._name)  # the hot path's way to :meth:`name`
        self._tables = frozenset(terms.tables())
        self._keys: dict[tuple[str, str], str] = {}
        self._known: dict[tuple[str, str], tuple[Code, ...]] = {}
        self._worded: dict[tuple[str, str], tuple[tuple[dict[str, str], ...], str]] = {}

    def name(self, key: str) -> Name:
        """Code of an observation or component; our own code ``HAEM:<key>`` where no vocabulary has one."""
        return self.names[key]

    def codes(self, table: str, text: str) -> tuple[Code, ...]:
        """Codes of the row that ``text`` names; () where the table does not know it or several rows claim it.

        In the order of the table within a vocabulary; the vocabularies of GA4GH are left out.
        """
        found = self._known.get((table, text))
        if found is None:
            found = self._codes(table, text)
            if not found:  # only words of a table are kept: those of a case have no end
                stated = self.terms.stated(table, text) if table in self._tables else None
                return self._for_fhir((stated,)) if stated else ()
            self._known[table, text] = found
        return found

    def key(self, table: str, text: str) -> str:
        """Key of the row that ``text`` names, "" where the table does not know it or several rows claim it."""
        found = self._keys.get((table, text))
        if found is None:
            try:
                found = self.terms.key(table, text) or ""
            except AmbiguousTerm:
                return ""
            if found:
                self._keys[table, text] = found
        return found

    def words(self, table: str, text: str) -> tuple[Json, str]:
        """CodeableConcept of ``text`` with the codes a table has for it, and the row they stand in."""
        known = self._worded.get((table, text))
        if known is None:
            codes = self.codes(table, text)
            if not codes:
                return {"text": text}, ""
            known = tuple(code.coding for code in codes if code.coding["system"]), codes[0].rule
            if (table, text) in self._known:
                self._worded[table, text] = known
        codings, rule = known
        return {"coding": [coding.copy() for coding in codings], "text": text} if codings else {"text": text}, rule

    @cached_property
    def claims(self) -> dict[str, tuple[str, ...]]:
        """Profiles that a resource claims, by its role; a role that claims none is absent."""
        roles = {role for one, role in self.terms.roles() if one == self.profile_set}
        return {role: self.terms.profiles(self.profile_set, role) for role in roles}

    def of(self, code: Code) -> Code:
        """``code`` under the system URI that the guide of the profile set has."""
        system = self._systems.get(code.prefix)
        return replace(code, coding={**code.coding, "system": system}) if system else code

    def known(self, key: str) -> Name | None:
        """Code of an observation or component that a table names, None where none does."""
        for table in NAMES:
            codes = self._for_fhir(self.terms.codes(table, key)) if table in self._tables else ()
            if codes:
                return Name(codes[0].coding, codes[0].rule, codes[0].curie)
        return None

    def _name(self, key: str) -> Name:
        known = self.known(key)
        if known is None:
            own = self.terms.own(key)
            known = Name(own.coding, own.rule, own.curie)
        return known

    def _codes(self, table: str, text: str) -> tuple[Code, ...]:
        if table not in self._tables:
            return ()
        key = self.key(table, text)
        return self._for_fhir(self.terms.codes(table, key)) if key else ()

    def _for_fhir(self, codes: tuple[Code, ...]) -> tuple[Code, ...]:
        """The codes of vocabularies that FHIR receivers expect and the guide has, in the order they are written."""
        ranked = [
            (_VOCABULARIES.index(code.prefix), self.of(code))
            for code in codes
            if code.prefix in _VOCABULARIES and self._systems.get(code.prefix) != ""
        ]
        return tuple(code for _, code in sorted(ranked, key=lambda r: r[0]))

    def coding(self, system: str, code: str, display: str | None) -> Json | None:
        """Coding of a code the source states; None where its system is no vocabulary that FHIR has a URI for.

        A system is a URI, or a prefix of ``resources.tsv`` in any case; some vocabularies write the whole CURIE as
        code. A FHIR code has no blanks at its ends and no two in a row; one that has is no code.
        """
        uri = system
        if ":" not in system:
            vocabulary = self._vocabulary(system)
            if vocabulary is None:
                return None
            uri = vocabulary.fhir_system
            if vocabulary.fhir_code == "curie" and ":" not in code:
                code = f"{vocabulary.prefix}:{code}"
        if not uri or " " in uri or code != " ".join(code.split()):
            return None
        return {"system": uri, "code": code} | ({"display": display} if display else {})

    def _vocabulary(self, prefix: str) -> Resource | None:
        for known in (prefix, prefix.upper(), prefix.lower()):
            try:
                return self.terms.resource(known)
            except UnknownTerm:
                continue
        return None


@cache
def codebook(terms: Terms, profile_set: str = "gr3") -> Codebook:
    """The codebook of ``terms`` for a profile set, made once."""
    return Codebook(terms, profile_set)
