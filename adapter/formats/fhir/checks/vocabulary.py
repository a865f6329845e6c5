"""The codes that the rules ask for, taken from the mapping tables once per set of tables."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import lru_cache

from adapter.check_digits import is_loinc, is_snomed
from adapter.formats.fhir.datatypes import HGVS
from adapter.report import Json
from adapter.terms import Terms

Coding = tuple[str, str]
_KINDS = {
    "patient": "Patient",
    "bundle": "Bundle",
    "specimen": "Specimen",
    "report": "DiagnosticReport",
    "study": "Procedure",
    "study-analysis": "Procedure",
    "primary-condition": "Condition",
    "secondary-condition": "Condition",
    "medication-administration": "MedicationAdministration",
}
# Roles of profiles.tsv that are Observations are all the others; the table does not say types, the profiles do.
# Components of Genomics Reporting's variant that stand once at most (gene-studied, chromosome, assembly may repeat).
_SINGLE = frozenset(
    {
        "allelic-state", "alt-allele", "change-type", "coordinate-system", "copy-number", "exact-start-end",
        "inner-start-end", "outer-start-end", "ref-allele", "reference-sequence", "source-class", "transcript", "vaf",
    }
)  # fmt: skip
_OLD = ("1.", "2.")  # Genomics Reporting STU1 and STU2
_MISSPELT = {"http://www.sequenceontology.org/": "http://www.sequenceontology.org"}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Codings (system, code) by the part they play in the rules."""

    loinc: str
    snomed: str
    hgvs_system: str
    hgnc_systems: frozenset[str]
    laboratory: Coding
    genetics: Coding
    variant: frozenset[Coding]
    report: frozenset[Coding]
    assessments: frozenset[Coding]
    chromosomes: frozenset[Coding]
    components: dict[Coding, str]
    single: frozenset[str]
    hgvs: frozenset[str]
    labels: dict[Coding, frozenset[str]]
    misspelt: dict[str, str]
    profiles: dict[str, frozenset[str]]
    profile_types: dict[str, str]

    def claims(self, resource: Json, family: str) -> bool:
        """Whether a resource claims a profile of a family: gr, mcode, or a role of profiles.tsv."""
        published = self.profiles.get(family, ())
        return any(url.partition("|")[0] in published for url in _claimed(resource))

    def older(self, resource: Json) -> bool:
        """Whether it claims a profile of Genomics Reporting in a version before 3.0.0, which demands less."""
        return any("/uv/genomics-reporting/" in url and url.partition("|")[2][:2] in _OLD for url in _claimed(resource))

    def check_digit_fails(self, system: str, code: str) -> bool:
        """LOINC term codes end in a mod 10 digit, SNOMED CT ids in a Verhoeff digit; answer codes in neither."""
        return system in (self.loinc, self.snomed) and _fails(code, loinc=system == self.loinc)


def _claimed(resource: Json) -> list[str]:
    meta = resource.get("meta")
    claimed = meta.get("profile") if isinstance(meta, dict) else None
    return [url for url in claimed if isinstance(url, str)] if isinstance(claimed, list) else []


@lru_cache(maxsize=4096)
def _fails(code: str, *, loinc: bool) -> bool:
    if loinc:
        return code[:1].isdigit() and not is_loinc(code)
    return code.isdecimal() and not is_snomed(code)


_MADE: weakref.WeakKeyDictionary[Terms, Vocabulary] = weakref.WeakKeyDictionary()


def vocabulary(terms: Terms) -> Vocabulary:
    """The vocabulary of a set of tables, made once."""
    found = _MADE.get(terms)
    if found is None:
        found = _MADE[terms] = _make(terms)
    return found


def _make(terms: Terms) -> Vocabulary:
    def one(table: str, key: str, prefix: str) -> Coding:
        return _pair(terms.code(table, key, prefix).coding)

    def every(table: str, prefix: str, *keys: str) -> frozenset[Coding]:
        codes = (terms.get(table, key, prefix) for key in keys or terms.keys(table))
        return frozenset(_pair(code.coding) for code in codes if code)

    components = {
        _pair(code.coding): key
        for table in ("hgvs-variants", "kmt2a-amplification", "iscn-karyotypes")
        for key in terms.keys(table)
        if (code := terms.get(table, key, "LOINC"))
    }
    hgvs = frozenset({"hgvs-c", "hgvs-p", "genomic-hgvs"})
    return Vocabulary(
        loinc=terms.resource("LOINC").fhir_system,
        snomed=terms.resource("SNOMED").fhir_system,
        hgvs_system=HGVS,
        hgnc_systems=frozenset(
            {terms.resource("HGNC").fhir_system, *(uri for uri, p in terms.other_systems().items() if p == "HGNC")}
        ),
        laboratory=one("observations", "laboratory", "OBSCAT"),
        genetics=one("observations", "genetics", "V2-0074"),
        variant=every("observations", "LOINC", "variant"),
        report=every("observations", "LOINC", "report"),
        assessments=every("results", "LOINC", "present", "absent", "indeterminate", "no-call"),
        chromosomes=every("chromosomes", "LOINC"),
        components=components,
        single=hgvs | _SINGLE,
        hgvs=hgvs,
        labels=_labels(terms),
        misspelt=_MISSPELT,
        profiles=_families(terms),
        profile_types=_profile_types(terms),
    )


def _labels(terms: Terms) -> dict[Coding, frozenset[str]]:
    """Labels that the tables give the codes of the vocabularies whose displays are fixed words."""
    found: dict[Coding, set[str]] = {}
    for table in terms.tables():
        for key in terms.keys(table):
            for code in terms.codes(table, key):
                if code.label and code.curie.startswith(("LOINC:LA", "SO:", "SNOMED:")):
                    found.setdefault(_pair(code.coding), set()).add(code.label)
    return {coding: frozenset(labels) for coding, labels in found.items()}


def _families(terms: Terms) -> dict[str, frozenset[str]]:
    """Profile URLs by who published them (gr, mcode) and by role; those of an older version are tier 4's alone."""
    families: dict[str, set[str]] = {"gr": set(), "mcode": set()}
    for profile_set, role in terms.roles():
        for url in (url for url in terms.profiles(profile_set, role) if "|" not in url):
            families["gr" if "/uv/genomics-reporting/" in url else "mcode"].add(url)
            families.setdefault(role, set()).add(url)
    return {name: frozenset(urls) for name, urls in families.items()}


def _profile_types(terms: Terms) -> dict[str, str]:
    """The resource type each claimed profile is for."""
    return {
        url: _KINDS.get(role, "Observation")
        for profile_set, role in terms.roles()
        for url in terms.profiles(profile_set, role)
    }


def _pair(coding: dict[str, str]) -> Coding:
    return coding["system"], coding["code"]
