"""Tier 2 of a phenopacket: what neither the schema nor the official validator checks (ga4gh.md section 4).

Every rule is a generator of issues over a :class:`Packet`, a tolerant view of a document that may be broken anywhere;
its name is the issue's category. :data:`RULES` is the roll.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adapter.formats.phenopacket import agreement, plausibility, references, vocabulary
from adapter.formats.phenopacket.schema import kind_of
from adapter.formats.phenopacket.view import Packet
from adapter.report import Issue
from adapter.terms import Terms

Rule = Callable[[Packet], Iterator[Issue]]
RULES: tuple[Rule, ...] = (
    references.subject_missing,
    references.individual_reference,
    references.call_reference,
    references.derived_from_reference,
    references.file_reference,
    references.duplicate_id,
    vocabulary.schema_version,
    vocabulary.curie_form,
    vocabulary.class_label,
    vocabulary.resource_missing,
    vocabulary.resource_unused,
    vocabulary.resource_entry,
    vocabulary.label_conflict,
    vocabulary.label_of_code,
    vocabulary.extension_name,
    vocabulary.gene_differs,
    vocabulary.refused_member,
    plausibility.vital_status,
    plausibility.order,
    plausibility.comparator,
    plausibility.real_date,
    plausibility.feature_twice,
    plausibility.disease_twice,
    plausibility.diagnosis_listed,
    plausibility.zero_dropped,
    plausibility.copies_fit_type,
    plausibility.acmg_of_copy_number,
    agreement.vcf_record,
    agreement.expression_form,
    agreement.vrs_id,
    agreement.same_variant,
)


def issues(document: Any, terms: Terms) -> Iterator[Issue]:
    """The issues of every rule over a Phenopacket, and over each packet of a Family or Cohort."""
    if not isinstance(document, dict):
        return
    for packet in _packets(document, terms):
        for rule in RULES:
            yield from rule(packet)
    if kind_of(document) == "Family":
        yield from references.pedigree(document)


def _packets(document: dict[str, Any], terms: Terms) -> Iterator[Packet]:
    """The packets of a document; MetaData of a Family or Cohort is the top-level one for all of them."""
    meta = document.get("metaData")
    kind = kind_of(document)
    if kind == "Phenopacket":
        yield Packet(document, "", meta, terms)
        return
    members = "members" if kind == "Cohort" else "relatives"
    if isinstance(document.get("proband"), dict):
        yield Packet(document["proband"], "/proband", meta, terms, outer=True)
    listed = document.get(members)
    for n, member in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(member, dict):
            yield Packet(member, f"/{members}/{n}", meta, terms, outer=True)
