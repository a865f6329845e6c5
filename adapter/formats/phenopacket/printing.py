"""The canonical JSON of a phenopacket message: field number order, zero enums, booleans and required zeros printed.

Protobuf's own printer leaves every default value out, and the official validator then refuses the packet (ga4gh.md
section 0, item 5). The writers of this package build the same form directly; :func:`printed` makes it from a message,
so that a round trip through protobuf can be compared byte for byte.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from adapter.formats.phenopacket.schema import schema
from adapter.report import Json

if TYPE_CHECKING:
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message

# Zeros that mean something although protobuf has no presence for them: 0 copies, 0 % blasts, position 0.
ZERO_PRINTED = frozenset(
    {
        "Number.value",
        "DefiniteRange.min",
        "DefiniteRange.max",
        "IndefiniteRange.value",
        "SimpleInterval.start",
        "SimpleInterval.end",
        "Quantity.value",
        "ReferenceRange.low",
        "ReferenceRange.high",
        "RadiationTherapy.dosage",
        "RadiationTherapy.fractions",
        "GestationalAge.weeks",
    }
)


def printed(message: Message) -> Json:
    """``message`` as canonical JSON values."""
    return {field.json_name: _value(message, field) for field in _fields(message) if _is_printed(message, field)}


def number(value: Decimal | float) -> int | float:
    """A JSON number as this package prints doubles: whole numbers without a fraction, else the shortest form."""
    found = float(value)
    return int(found) if found.is_integer() and abs(found) < 2**53 else found


def ordered(document: Any, definition: str = "Phenopacket") -> Any:
    """``document`` with the members of every known message in field number order; unknown ones come last.

    Objects are rebuilt only where the order differs, so that a ledger keeps its nodes.
    """
    shape = schema()["$defs"].get(definition)
    if shape is None or not isinstance(document, dict):
        return document
    for key, value in document.items():
        inner = _definition(shape["properties"].get(key, {}))
        for item in value if isinstance(value, list) else [value]:
            ordered(item, inner)
    rank = {key: n for n, key in enumerate(shape["properties"])}
    keys = sorted(document, key=lambda k: rank.get(k, len(rank)))
    if keys != list(document):
        items = [(k, document[k]) for k in keys]
        document.clear()
        document.update(items)
    return document


def _definition(shape: Json) -> str:
    reference: str = shape.get("items", shape).get("$ref", "")
    return reference.rpartition("/")[2]


def _fields(message: Message) -> list[FieldDescriptor]:
    return sorted(cast("list[FieldDescriptor]", message.DESCRIPTOR.fields), key=lambda f: f.number)


def _is_printed(message: Message, field: FieldDescriptor) -> bool:
    if field.is_repeated:
        return bool(getattr(message, field.name))
    if field.has_presence:
        return message.HasField(field.name)
    always = field.enum_type is not None or field.type == field.TYPE_BOOL
    return always or bool(getattr(message, field.name)) or f"{message.DESCRIPTOR.name}.{field.name}" in ZERO_PRINTED


def _value(message: Message, field: FieldDescriptor) -> Any:
    value = getattr(message, field.name)
    if not field.is_repeated:
        return _one(field, value)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return dict(sorted(value.items()))
    return [_one(field, item) for item in value]


def _one(field: FieldDescriptor, value: Any) -> Any:
    if field.message_type is not None:
        stamp = field.message_type.full_name == "google.protobuf.Timestamp"
        return value.ToJsonString() if stamp else printed(value)
    if field.enum_type is not None:
        known = field.enum_type.values_by_number.get(value)
        return known.name if known else value
    if field.type == field.TYPE_UINT64:
        return str(value)
    return number(value) if field.type == field.TYPE_DOUBLE else value
