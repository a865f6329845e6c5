"""Make adapter/formats/phenopacket/schema.json: the JSON Schema of Phenopacket, Family and Cohort 2.0.

Fields, types, enums and oneofs come from the protobuf descriptors of the `phenopackets` package. What protobuf cannot
say (required members, non-empty texts, the pattern of a duration) stands in the tables below, as facts of the official
documentation and of what the official validator asks for (no text of it is copied).

Run: python scripts/build_phenopacket_schema.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import phenopackets
from google.protobuf.descriptor import Descriptor, FieldDescriptor

TARGET = Path(__file__).parents[1] / "adapter" / "formats" / "phenopacket" / "schema.json"

REQUIRED: dict[str, str] = {
    "Phenopacket": "id metaData",
    "Family": "id proband consanguinousParents pedigree metaData",
    "Cohort": "id members metaData",
    "Individual": "id",
    "VitalStatus": "status",
    "OntologyClass": "id label",
    "Evidence": "evidenceCode",
    "Procedure": "code",
    "GestationalAge": "weeks",
    "Age": "iso8601duration",
    "AgeRange": "start end",
    "TimeInterval": "start end",
    "File": "uri",
    "PhenotypicFeature": "type",
    "Measurement": "assay",
    "ComplexValue": "typedQuantities",
    "Quantity": "unit value",
    "TypedQuantity": "type quantity",
    "ReferenceRange": "unit low high",
    "Biosample": "id",
    "Disease": "term",
    "Interpretation": "id progressStatus",
    "Diagnosis": "disease",
    "GenomicInterpretation": "subjectOrBiosampleId interpretationStatus",
    "GeneDescriptor": "valueId symbol",
    "VariantInterpretation": "acmgPathogenicityClassification therapeuticActionability variationDescriptor",
    "VariationDescriptor": "id moleculeContext",
    "Extension": "name value",
    "Expression": "syntax value",
    "VcfRecord": "genomeAssembly chrom pos ref alt",
    "Treatment": "agent",
    "DoseInterval": "quantity scheduleFrequency interval",
    "RadiationTherapy": "modality bodySite dosage fractions",
    "TherapeuticRegimen": "regimenStatus",
    "MetaData": "created createdBy phenopacketSchemaVersion",
    "Resource": "id name url version namespacePrefix iriPrefix",
    "Update": "timestamp",
    "Pedigree": "persons",
    "Person": "familyId individualId paternalId maternalId sex affectedStatus",
}
UNIQUE = {
    "Individual.alternateIds",
    "ComplexValue.typedQuantities",
    "Biosample.phenotypicFeatures",
    "Biosample.measurements",
    "Biosample.pathologicalTnmFinding",
    "Biosample.files",
    "Disease.diseaseStage",
    "Disease.clinicalTnmFinding",
    "Diagnosis.genomicInterpretations",
    "Pedigree.persons",
}
AT_LEAST_ONE = {"Cohort.members", "ComplexValue.typedQuantities", "MetaData.resources", "Pedigree.persons"}
DURATION = (
    r"^P(?=[0-9T])([0-9]+(\.[0-9]+)?Y)?([0-9]+(\.[0-9]+)?M)?([0-9]+(\.[0-9]+)?W)?([0-9]+(\.[0-9]+)?D)?"
    r"(T(?=[0-9])([0-9]+(\.[0-9]+)?H)?([0-9]+(\.[0-9]+)?M)?([0-9]+(\.[0-9]+)?S)?)?$"
)
TIMESTAMP = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
    r"(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
UINT64 = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,19})$"}
OVERRIDES: dict[str, dict[str, Any]] = {
    "Age.iso8601duration": {"type": "string", "pattern": DURATION},
    "VcfRecord.pos": {"type": "string", "pattern": "^[1-9][0-9]{0,19}$"},
    "GestationalAge.weeks": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
    "GestationalAge.days": {"type": "integer", "minimum": 0, "maximum": 2**31 - 1},
}
SCALARS: dict[int, dict[str, Any]] = {
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number"},
    FieldDescriptor.TYPE_UINT64: UINT64,
    FieldDescriptor.TYPE_INT32: {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "minimum": 0, "maximum": 2**32 - 1},
}


def value_schema(field: FieldDescriptor) -> dict[str, Any]:
    """Schema of one value of ``field``."""
    owner = field.containing_type.name
    place = f"{owner}.{field.json_name}"
    if place in OVERRIDES:
        return OVERRIDES[place]
    if field.type == FieldDescriptor.TYPE_ENUM:
        return {"enum": [v.name for v in field.enum_type.values]}
    if field.type == FieldDescriptor.TYPE_MESSAGE:
        if field.message_type.full_name == "google.protobuf.Timestamp":
            return {"type": "string", "pattern": TIMESTAMP}
        return {"$ref": f"#/$defs/{name(field.message_type)}"}
    if field.type == FieldDescriptor.TYPE_STRING and field.json_name in REQUIRED.get(owner, "").split():
        return {"type": "string", "minLength": 1}
    return SCALARS[field.type]


def field_schema(field: FieldDescriptor) -> dict[str, Any]:
    """Schema of ``field`` with its cardinality."""
    if not field.is_repeated:
        return value_schema(field)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return {"type": "object", "additionalProperties": {"type": "string"}}
    place = f"{field.containing_type.name}.{field.json_name}"
    extra = {"minItems": 1} if place in AT_LEAST_ONE else {}
    return {
        "type": "array",
        "items": value_schema(field),
        **extra,
        **({"uniqueItems": True} if place in UNIQUE else {}),
    }


def name(message: Descriptor) -> str:
    """Name of the definition of ``message``: its own, with its owner's for the nested ones."""
    return f"{message.containing_type.name}.{message.name}" if message.containing_type else message.name


def message_schema(message: Descriptor) -> dict[str, Any]:
    """Schema of a message: closed, members in field number order, exactly one member of each oneof."""
    fields = sorted(message.fields, key=lambda f: f.number)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f.json_name: field_schema(f) for f in fields},
        "additionalProperties": False,
    }
    if required := REQUIRED.get(message.name):
        schema["required"] = required.split()
    choices = [{"oneOf": [{"required": [f.json_name]} for f in one.fields]} for one in message.oneofs]
    if len(choices) == 1:
        schema |= choices[0]
    elif choices:
        schema["allOf"] = choices
    return schema


def messages(*roots: Descriptor) -> dict[str, Descriptor]:
    """Every message that ``roots`` reach, by definition name; timestamps and map entries are no definitions."""
    found: dict[str, Descriptor] = {}
    stack = list(roots)
    while stack:
        message = stack.pop()
        if message.full_name == "google.protobuf.Timestamp" or message.GetOptions().map_entry or name(message) in found:
            continue
        found[name(message)] = message
        stack.extend(f.message_type for f in message.fields if f.message_type is not None)
    return dict(sorted(found.items()))


def build() -> bytes:
    """The schema file's bytes."""
    roots = (phenopackets.Phenopacket, phenopackets.Family, phenopackets.Cohort)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "made by scripts/build_phenopacket_schema.py from the protobuf descriptors of phenopackets 2.0.2",
        "$defs": {key: message_schema(m) for key, m in messages(*(r.DESCRIPTOR for r in roots)).items()},
    }
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    TARGET.write_bytes(build())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
