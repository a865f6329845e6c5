"""The types of resources that are written, and a resource reduced to some elements (parameter _elements)."""

from __future__ import annotations

from functools import cache

from adapter.report import Json

# What the writers of this package make. A resource that a case carries from a FHIR document may be of another type.
TYPES = (
    "Condition",
    "DiagnosticReport",
    "MedicationAdministration",
    "Observation",
    "Patient",
    "Procedure",
    "Provenance",
    "Specimen",
)
# Marks a resource that is not whole (http://hl7.org/fhir/R4/search.html#elements).
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta", "implicitRules", "modifierExtension"})


def subset(resource: Json, elements: tuple[str, ...]) -> Json:
    """``resource`` with its mandatory root elements and those named (``name`` or ``Type.name``), tagged SUBSETTED.

    It claims no profile any more: what the profile demands may be among what was left out.
    """
    kind = resource["resourceType"]
    kept = _ALWAYS | mandatory(kind) | {_of(one, kind) for one in elements} - {""}
    made = {key: value for key, value in resource.items() if _root(key, kept)}
    meta = {key: value for key, value in made.get("meta", {}).items() if key != "profile"}
    return made | {"meta": meta | {"tag": [*meta.get("tag", []), SUBSETTED]}}


def _of(element: str, kind: str) -> str:
    """The root element that ``element`` names in resources of ``kind``, "" for none."""
    left, _, right = element.partition(".")
    name = left if not right else right if left == kind else ""
    return name.removesuffix("[x]")


def _root(key: str, kept: frozenset[str]) -> bool:
    """Whether a member belongs to one of the elements; ``value`` is ``valueQuantity``, ``_status`` is ``status``."""
    name = key.removeprefix("_")
    return name in kept or any(name.startswith(one) and name[len(one)].isupper() for one in kept if one != name)


@cache
def mandatory(kind: str) -> frozenset[str]:
    """The root elements without which no resource of ``kind`` is valid, all types of a choice.

    As fhir.resources has it; empty for a type that it does not know.
    """
    from fhir.resources.R4B import get_fhir_model_class

    try:
        fields = get_fhir_model_class(kind).model_fields
    except (KeyError, ValueError):
        return frozenset()
    found = set()
    for name, field in fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if field.is_required() or extra.get("element_required") or extra.get("one_of_many_required"):
            found.add(field.alias or name)
    return frozenset(found)
