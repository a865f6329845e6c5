"""The nodes that FHIRPath walks: an item with what stands beside it, its children, its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapter.report import Json

# The data types a choice element's name may end in (R4, 2.24.0.1).
CHOICES = frozenset(
    {
        "Base64Binary", "Boolean", "Canonical", "Code", "Date", "DateTime", "Decimal", "Id", "Instant", "Integer",
        "Markdown", "Oid", "PositiveInt", "String", "Time", "UnsignedInt", "Uri", "Url", "Uuid", "Address", "Age",
        "Annotation", "Attachment", "CodeableConcept", "Coding", "ContactPoint", "Count", "Distance", "Duration",
        "HumanName", "Identifier", "Money", "Period", "Quantity", "Range", "Ratio", "Reference", "SampledData",
        "Signature", "Timing", "ContactDetail", "Contributor", "DataRequirement", "Expression", "ParameterDefinition",
        "RelatedArtifact", "TriggerDefinition", "UsageContext", "Dosage", "Meta",
    }
)  # fmt: skip


class Item(NamedTuple):
    """A node: its JSON value (None for a primitive with only extensions), the type a choice tells, its ``_``."""

    value: Any
    kind: str = ""
    beside: Json | None = None


Items = list[Item]


@dataclass(slots=True)
class Env:
    """What an expression may look at besides its focus."""

    resource: Json
    resolve: Callable[[str], Json | None] = field(default=lambda _: None)


def children(item: Item, name: str) -> Iterator[Item]:
    """Child nodes of a name; a choice answers to its name without the type (``value`` for ``valueQuantity``)."""
    node = item.value
    if not isinstance(node, dict):
        if item.beside is not None and name in {"extension", "id"}:
            yield from children(Item(item.beside), name)
        return
    if name in node or f"_{name}" in node:
        yield from _items(node, name, "")
    elif name == node.get("resourceType"):
        yield item
    else:
        for key in node:
            bare = key.lstrip("_")
            if bare.startswith(name) and bare[len(name) :] in CHOICES and (bare == key or bare not in node):
                yield from _items(node, bare, bare[len(name) :])


def _items(node: Json, key: str, kind: str) -> Iterator[Item]:
    values, beside = node.get(key), node.get(f"_{key}")
    if isinstance(values, list) or isinstance(beside, list):
        values, beside = _same_length(values, beside)
        yield from (Item(v, kind, b) for v, b in zip(values, beside, strict=True) if v is not None or b is not None)
    elif values is not None or beside is not None:
        yield Item(values, kind, beside)


def _same_length(one: Any, other: Any) -> tuple[list[Any], list[Any]]:
    """Two lists side by side; what is no list where the other is one does not belong to it."""
    one, other = (side if isinstance(side, list) else [] for side in (one, other))
    most = max(len(one), len(other))
    return one + [None] * (most - len(one)), other + [None] * (most - len(other))


def every_child(item: Item) -> Iterator[Item]:
    """Child nodes of any name."""
    if isinstance(item.value, dict):
        for key in item.value:
            name = key.removeprefix("_")
            if key != "resourceType" and (key == name or name not in item.value):
                yield from _items(item.value, name, "")


def descendants(item: Item) -> Iterator[Item]:
    """Child nodes, and theirs, to the leaves."""
    for child in every_child(item):
        yield child
        yield from descendants(child)


def is_a(item: Item, kind: str) -> bool:
    """Whether a node is of a type: a resource says so, a choice element by its name, a literal by its JSON type."""
    if isinstance(item.value, dict) and "resourceType" in item.value:
        return bool(item.value["resourceType"] == kind)
    if item.kind:
        return item.kind.lower() == kind.lower()
    return kind.lower() == {bool: "boolean", str: "string"}.get(type(item.value), "")
