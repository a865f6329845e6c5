"""What a reader of phenopackets met and the case has no place for, written back where it came from.

A carried value with a ``base`` is one step from the packet that the writer makes of the case to the packet that was
read: a member set, or, with the value null, a member taken away. All steps together give the packet again, so they are
taken only while the case is written as it was when they were noted (:func:`fingerprint`); positions would name other
things otherwise, and wrong is worse than unknown. After a change of the case only what stands in no list, and where
nothing stands yet, is written back; the rest stays a loss.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from adapter.formats.document import dump
from adapter.formats.phenopacket import schema
from adapter.formats.phenopacket.metadata import resources
from adapter.formats.phenopacket.printing import ordered
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json, steps_of

if TYPE_CHECKING:
    from adapter.case import Carried, Case

Step = tuple[int, "Carried"]
_ROUNDS = 4
_POSITION = re.compile(r"[0-9]{1,9}", re.ASCII)
RESOURCES = "/metaData/resources"


def fingerprint(packet: Json) -> str:
    """What identifies a packet as the one written of a case: its digest without clock and vocabularies."""
    meta = {k: v for k, v in packet["metaData"].items() if k not in ("created", "resources")}
    updates = [{**one, "timestamp": ""} for one in meta.get("updates", ())]
    return hashlib.sha256(dump({**packet, "metaData": {**meta, "updates": updates}})).hexdigest()[:16]


def write_back(w: Writing, case: Case, packet: Json) -> None:
    """Write what is carried from this format into the whole ``packet``, as far as it stays valid."""
    mine = [(n, one) for n, one in enumerate(case.carried) if one.format == "phenopacket" and one.path.startswith("/")]
    base = fingerprint(packet) if any(one.base for _, one in mine) else None
    exact = [step for step in mine if step[1].base and step[1].base == base]
    kept = _resources(mine)
    known = set(w.terms.prefixes()) | kept.keys()
    steps = exact or [step for step in mine if _may_be_added(step[1], packet, known)]
    taken = _acceptable(packet, steps, replaces=bool(exact))
    for n, one in taken:
        if parent := _take(packet, one, replaces=bool(exact)):
            w.note((parent[0], f"/carried/{n}", "", parent[1]))
    if taken:
        if not any(one.path.startswith(RESOURCES) for _, one in exact):
            _complete(w, packet, kept)
        ordered(packet)


def _resources(mine: list[Step]) -> dict[str, tuple[int, Json]]:
    """Carried vocabularies by their prefix, each with the position of what carries it."""
    found = {}
    for n, one in mine:
        if one.path.startswith(f"{RESOURCES}/") and isinstance(one.value, dict):
            found[str(one.value.get("namespacePrefix", ""))] = (n, one.value)
    return found


def _complete(w: Writing, packet: Json, kept: dict[str, tuple[int, Json]]) -> None:
    """Give every prefix in the packet its vocabulary: the one of the tables, else the one that was carried with it."""
    text = dump({**packet, "metaData": {**packet["metaData"], "resources": []}}).decode()
    w.prefixes.update(_prefixes(packet) & set(w.terms.prefixes()))
    w.prefixes.intersection_update({one for one in w.prefixes if f'"{one}:' in text})
    found = resources(w)
    for prefix in sorted(_prefixes(packet) & kept.keys() - w.prefixes):
        n, resource = kept[prefix]
        found.append(copy.deepcopy(resource))
        w.put(found[-1], f"/carried/{n}")
    if found:
        packet["metaData"]["resources"] = found


def _may_be_added(one: Carried, packet: Json, known: set[str]) -> bool:
    """Whether a value may be set in a packet of another case: of known vocabularies, and never by position alone."""
    if not _prefixes(one.value) <= known or one.path.startswith(RESOURCES):
        return False
    if one.base:
        return one.value is not None and not any(step.isdecimal() for step in one.path.split("/"))
    return _parent(packet, one.path)[0] is not None


def _acceptable(packet: Json, steps: list[Step], *, replaces: bool) -> list[Step]:
    """The steps after which the schema accepts the packet: those at a place it refuses are left out."""
    for _ in range(_ROUNDS if steps else 0):
        trial = copy.deepcopy(packet)
        steps = [step for step in steps if _take(trial, step[1], replaces=replaces)]
        refused = {issue.path for issue in schema.issues(trial)}
        if not refused:
            return steps
        above = {holder for path in refused for holder in _holders(path)}
        left = [s for s in steps if s[1].path not in above and refused.isdisjoint(_holders(s[1].path))]
        if len(left) == len(steps):
            return []
        steps = left
    return []


def _holders(pointer: str) -> Iterable[str]:
    """The pointer and those of all that holds it, but the whole document."""
    while pointer:
        yield pointer
        pointer = pointer.rpartition("/")[0]


def _take(packet: Json, one: Carried, *, replaces: bool) -> tuple[Any, str] | None:
    """Set or take away what a carried value says; the place it was done at, None where there is none."""
    parent, member = _parent(packet, one.path)
    if isinstance(parent, dict) and member and (replaces or member not in parent):
        if replaces and one.value is None:
            return (parent, "") if parent.pop(member, None) is not None else None
        parent[member] = copy.deepcopy(one.value)
        return parent, member
    if isinstance(parent, list) and _POSITION.fullmatch(member):
        return _take_in_list(parent, int(member), one, replaces=replaces)
    return None


def _take_in_list(parent: list[Any], n: int, one: Carried, *, replaces: bool) -> tuple[Any, str] | None:
    if n == len(parent) and (not replaces or one.value is not None):
        parent.append(copy.deepcopy(one.value))
    elif replaces and n < len(parent) and one.value is not None:
        parent[n] = copy.deepcopy(one.value)
    elif replaces and n == len(parent) - 1:
        parent.pop()
        return parent, ""
    else:
        return None
    return parent, str(n)


def _parent(packet: Json, pointer: str) -> tuple[Any, str]:
    """The object or list that holds the place of a pointer, and the member; None where there is none."""
    steps = steps_of(pointer)
    node: Any = packet
    for step in steps[:-1]:
        key: Any = int(step) if isinstance(node, list) and _POSITION.fullmatch(step) else step
        inside = key in node if isinstance(node, dict) else isinstance(key, int) and key < len(node)
        if not isinstance(node, dict | list) or not inside:
            return None, ""
        node = node[key]
    return node, steps[-1]


def _prefixes(value: Any) -> set[str]:
    """Prefixes of the classes within a value."""
    if isinstance(value, dict):
        own = {value["id"].partition(":")[0]} if isinstance(value.get("id"), str) and "label" in value else set()
        return own.union(*(_prefixes(v) for v in value.values()))
    return set().union(*(_prefixes(v) for v in value)) if isinstance(value, list) else set()
