"""Ids of a case and the references to them, over a case or over the document it is read from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.errors import Fault

Fields = dict[str, Any]
_NOTHING: Fields = {}
_LISTS = ("specimens", "treatments", "findings", "responses")
_PHASE = re.compile(r"\s*(?:cis|trans)\s+(?:with\s+|to\s+)?(?P<id>\S.*?)\s*")


def finding_ids(findings: Iterable[Any]) -> tuple[str, ...]:
    """Ids of findings: as stated, else ``<kind>-<n>``, where n counts the kind and skips ids that are taken."""
    return _ids(_fields(findings))


def _ids(findings: list[Fields]) -> tuple[str, ...]:
    stated = _texts(findings, "id")
    if all(stated):
        return tuple(stated)
    counts: Counter[str] = Counter()
    taken, kinds = set(stated), _texts(findings, "kind")
    return tuple([name or _free(kind, counts, taken) for name, kind in zip(stated, kinds, strict=True)])


def _free(kind: str, counts: Counter[str], taken: set[str]) -> str:
    counts[kind] += 1
    while f"{kind}-{counts[kind]}" in taken:
        counts[kind] += 1
    return f"{kind}-{counts[kind]}"


def broken(case: Any) -> Iterator[Fault]:
    """Ids that are not unique, and references to what the case does not have, in the order of the format.

    ``case`` is a case or a document of any shape; what is not shaped like a case is passed over.
    """
    (fields,) = _fields([case])
    specimens, treatments, findings, responses = [_list(fields, name) for name in _LISTS]
    for name, items in (("specimens", specimens), ("findings", findings), ("treatments", treatments)):
        if len(items) > 1:
            yield from _twice(name, _texts(items, "id"))
    yield from _missing("findings", "specimen", findings, specimens, "specimen")
    phases = _texts(findings, "phase")
    ids = _ids(findings) if responses or any(phases) else ()
    for n, phase in enumerate(phases):
        found = _PHASE.fullmatch(phase) if phase else None
        if found and (found["id"] not in ids or found["id"] == ids[n]):
            yield Fault(f"/findings/{n}/phase", "reference", "no other finding has this id")
    if responses:
        yield from _missing("responses", "to", responses, treatments, "treatment")
        mrd = [{"id": name} for name, finding in zip(ids, findings, strict=True) if finding.get("kind") == "mrd"]
        yield from _missing("responses", "mrd", responses, mrd, "mrd finding")


def _twice(name: str, stated: list[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, own in enumerate(stated):
        if own and own in seen:
            yield Fault(f"/{name}/{n}/id", "unique", "this id is already taken")
        seen.add(own)


def _missing(name: str, field: str, items: list[Fields], named: list[Fields], what: str) -> Iterator[Fault]:
    known = set(_texts(named, "id"))
    for n, reference in enumerate(_texts(items, field)):
        if reference and reference not in known:
            yield Fault(f"/{name}/{n}/{field}", "reference", f"no {what} has this id")


def _fields(items: Iterable[Any]) -> list[Fields]:
    """The fields of parts of a case, or the objects of the document it is read from; {} for anything else."""
    return [item if type(item) is dict else getattr(item, "__dict__", _NOTHING) for item in items]


def _texts(items: list[Fields], name: str) -> list[str]:
    """The text of each item at ``name``, "" where it has none."""
    return [value if isinstance(value := item.get(name), str) else "" for item in items]


def _list(case: Fields, name: str) -> list[Fields]:
    value = case.get(name)
    return _fields(value) if value and isinstance(value, list | tuple) else []
