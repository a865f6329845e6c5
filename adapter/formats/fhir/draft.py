"""A bundle in the making: what every resource writer needs, and the list of entries it adds to.

Writers place values with :meth:`Draft.part` (a component) or by hand followed by ``ledger.put``; nothing that was put
is copied afterwards, since the ledger knows a place by identity.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from adapter.formats.base import Options
from adapter.formats.fhir.codebook import codebook
from adapter.formats.fhir.datatypes import ARTIFACT, ARTIFACT_STU2, Value, bounded, span_of_time, spelt, time_is_spelt
from adapter.formats.fhir.ids import Ids, condition
from adapter.formats.fhir.narrative import narrative
from adapter.nomenclature.quantities import Age, Bounds, Duration
from adapter.report import Json, Ledger
from adapter.terms import Terms

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.case.common import Source
    from adapter.case.facts import Facts


class Draft:
    """The entries of one case's bundle and what they have in common."""

    def __init__(self, case: Case, terms: Terms, options: Options) -> None:
        self.case, self.terms, self.options = case, terms, options
        self.ledger = Ledger()
        self.codes = codebook(terms, options.profile_set)
        self.names = self.codes.names
        self.ids = Ids(case.id, terms.base)
        self.claims = self.codes.claims
        self.mcode = options.profile_set == "mcode4"
        self.stu2 = options.profile_set == "gr2"
        self.subject: Json = {"reference": self.ids["patient"]}
        self.entries: list[Json] = []
        self.as_stated = f"{terms.base}/StructureDefinition/as-stated"
        self.derivation = f"{terms.base}/StructureDefinition/derivation"
        self.cites = False  # whether any resource carries the citation of the case
        self._own_sources = {n: f.source for n, f in enumerate(case.findings) if f.source is not None}
        self._cited: dict[int, list[Json]] = {}
        self.basis = ""  # the rule by which the facts in hand were worked out, where they were

    def head(self, kind: str, role: str, words: str, claim: str = "") -> Json:
        """Type, id, profiles claimed and narrative of a resource; ``claim`` is its role in the profile table."""
        own, text = self.ids[role][9:], narrative(words)
        if claim in self.claims:
            return {"resourceType": kind, "id": own, "meta": {"profile": [*self.claims[claim]]}, "text": text}
        return {"resourceType": kind, "id": own, "text": text}

    def add(self, resource: Json) -> None:
        """Add a resource as an entry; in a transaction it is created unless its identifier is already there."""
        entry: Json = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
        if self.options.bundle == "transaction":
            entry["request"] = self._request(resource)
        self.entries.append(entry)

    def _request(self, resource: Json) -> Json:
        kind = resource["resourceType"]
        if kind == "Provenance":  # it has no identifier in R4, but a tag can be searched in the same way
            tag = resource["meta"]["tag"][0]
            return {"method": "POST", "url": kind, "ifNoneExist": condition("_tag", tag["system"], tag["code"])}
        known = resource["identifier"][0]
        return {"method": "POST", "url": kind, "ifNoneExist": condition("identifier", known["system"], known["value"])}

    def reference(self, role: str) -> Json:
        """Reference to the resource of this case in that role."""
        return {"reference": self.ids[role]}

    # values

    def part(self, parts: list[Json], name: str, kind: str, value: Any, source: str, rule: str = "") -> Json:
        """Add the component ``name`` with ``value[x]`` of ``kind``, which the input states at ``source``.

        A ``source`` of "" is a value that was worked out (:mod:`adapter.case.facts`), and the component says so.
        """
        named = self.names[name]
        node: Json = {"code": {"coding": [named.coding.copy()]}, f"value{kind}": value}
        parts.append(node)
        if source:
            self.ledger.put(node, source, rule or named.rule)
        else:
            self.derived(node, "B", self.basis)
        return node

    def words(self, table: str, text: str) -> tuple[Json, str]:
        """CodeableConcept of ``text`` with the codes a table has for it, and the row they stand in."""
        return self.codes.words(table, text)

    def number(self, bounds: Bounds, unit: str, code: str, sign: str = "") -> Value:
        """Quantity or Range of ``bounds``, the words beside it where it does not spell them; words if uncounted."""
        value = bounded(bounds, unit, code)
        if value is None:
            return "String", bounds.text
        if not spelt(bounds, sign):
            value[1]["extension"] = [{"url": self.as_stated, "valueString": bounds.text}]
        return value

    def time(self, stated: Age | Duration) -> Value:
        """Quantity or Range of a span of time, the words beside it where it does not spell them; else the words."""
        kind, value = span_of_time(stated)
        if kind != "String" and not time_is_spelt(stated, value):
            value["extension"] = [{"url": self.as_stated, "valueString": stated.text}]
        return kind, value

    def since(self, event: str) -> Json:
        """The event an interval counts from."""
        return self.names[f"since-{event}"].concept | {"text": event}

    def derived(self, node: Json, grade: str, rule: str) -> Json:
        """Mark a component as worked out by the adapter: how sure it is and by which rule."""
        node["extension"] = [
            {
                "url": self.derivation,
                "extension": [{"url": "grade", "valueCode": grade}, {"url": "rule", "valueString": rule}],
            }
        ]
        return self.ledger.put(node, "", rule)

    # the source

    @cached_property
    def cited(self) -> list[Json]:
        """Citation of the case, built when the first resource that can carry it asks."""
        self.cites = True
        return self.citation(self.case.source, "/source")

    def cited_by(self, facts: Facts) -> list[Json]:
        """Citation of a finding: its own source where it states one, else the case's."""
        if not self._own_sources:
            return self.cited
        n = int(facts.path.rpartition("/")[2])
        own = self._own_sources.get(n)
        if own is None:
            return self.cited
        if n not in self._cited:
            self._cited[n] = self.citation(own, f"{facts.path}/source")
        return self._cited[n]

    def citation(self, source: Source | None, path: str) -> list[Json]:
        """The publication as extensions, one per address it has; [] without a source.

        workflow-relatedArtifact, or in Genomics Reporting 2.0.0 its own genomics-artifact.

        Licence and day of access have no element of their own and stand in the citation's words.
        """
        if source is None:
            return []
        addresses = addresses_of(source)
        made: list[Json] = []
        for field, url in addresses or [("", "")]:
            artifact: Json = {"type": "citation"}
            if url:
                artifact["url"] = url
                self.ledger.put(artifact, f"{path}/{field}", member="url")
            made.append({"url": ARTIFACT_STU2 if self.stu2 else ARTIFACT, "valueRelatedArtifact": artifact})
        first = made[0]["valueRelatedArtifact"]
        if source.title:
            self.ledger.put(first, f"{path}/title", member="display")
            first["display"] = source.title
        self._terms_of_use(first, source, path)
        return made if len(first) > 1 else []

    def _terms_of_use(self, artifact: Json, source: Source, path: str) -> None:
        terms = terms_of_use(source)
        for field in terms:
            self.ledger.moved(f"{path}/{field}", "stands in the words of the citation", artifact, "citation")
        if terms:
            artifact["citation"] = ". ".join(terms.values())


def terms_of_use(source: Source) -> dict[str, str]:
    """Licence and day of access by field, in words: neither has an element of its own."""
    stated = (
        ("licence", source.licence and f"Licence: {source.licence}"),
        ("accessed", source.accessed and f"Accessed: {source.accessed.text}"),
    )
    return {field: words for field, words in stated if words}


def addresses_of(source: Source) -> list[tuple[str, str]]:
    """Fields of a source that name an address, with the address as a URL."""
    stated = (
        ("doi", source.doi and f"https://doi.org/{source.doi}"),
        ("pmid", source.pmid and f"https://pubmed.ncbi.nlm.nih.gov/{source.pmid}"),
        ("url", source.url),
    )
    return [(field, url) for field, url in stated if url]
