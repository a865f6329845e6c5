"""What a reader of phenopackets met and the case has no place for, written back where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.formats.phenopacket import schema
from adapter.formats.phenopacket.printing import ordered
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case import Case


def write_back(w: Writing, case: Case, packet: Json) -> None:
    """Set every carried value of this format at its pointer, where the packet has its parent and nothing there yet.

    What finds no place, or would not be valid there, stays a loss. Prefixes of carried classes are noted, so that they
    get their resources.
    """
    restored = False
    for n, one in enumerate(case.carried):
        known = _prefixes(one.value) <= set(w.terms.prefixes())
        mine = one.format == "phenopacket" and one.path.startswith("/") and known
        if mine and _set(packet, one.path, one.value):
            parent, member = _parent(packet, one.path)
            w.put(parent, f"/carried/{n}", "", member)
            w.prefixes.update(_prefixes(one.value))
            restored = True
    if restored:
        ordered(packet)


def _parent(packet: Json, pointer: str) -> tuple[Any, str]:
    """The object or list that holds the place of a pointer, and the member; None where there is none."""
    steps = [s.replace("~1", "/").replace("~0", "~") for s in pointer.split("/")[1:]]
    node: Any = packet
    for step in steps[:-1]:
        if isinstance(node, list):
            node = node[int(step)] if step.isdecimal() and int(step) < len(node) else None
        else:
            node = node.get(step) if isinstance(node, dict) else None
    return node, steps[-1] if steps else ""


def _set(packet: Json, pointer: str, value: Any) -> bool:
    parent, member = _parent(packet, pointer)
    if isinstance(parent, dict) and member and member not in parent:
        parent[member] = value
        if _is_valid(packet, pointer):
            return True
        del parent[member]
    if isinstance(parent, list) and member == str(len(parent)):
        parent.append(value)
        if _is_valid(packet, pointer):
            return True
        parent.pop()
    return False


def _is_valid(packet: Json, pointer: str) -> bool:
    """Whether the schema accepts what stands at ``pointer`` and the member itself."""
    return not any(i.path == pointer or i.path.startswith(f"{pointer}/") for i in schema.issues(packet))


def _prefixes(value: Any) -> set[str]:
    """Prefixes of the classes within a value."""
    if isinstance(value, dict):
        own = {value["id"].partition(":")[0]} if isinstance(value.get("id"), str) and "label" in value else set()
        return own.union(*(_prefixes(v) for v in value.values()))
    return set().union(*(_prefixes(v) for v in value)) if isinstance(value, list) else set()
