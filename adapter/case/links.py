"""Ids of a case and the references to them, over a case or over the document it is read from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.errors import Fault

_PHASE = re.compile(r"\s*(?:cis|trans)\s+(?:with\s+|to\s+)?(?P<id>\S.*?)\s*")


def finding_ids(findings: Iterable[Any]) -> tuple[str, ...]:
    """Ids of findings: as stated, else ``<kind>-<n>``, where n counts the kind and skips ids that are taken."""
    stated = [(_text(f, "id"), _text(f, "kind")) for f in findings]
    if all(name for name, _ in stated):
        return tuple(name for name, _ in stated)
    taken = {name for name, _ in stated}
    counts: Counter[str] = Counter()
    return tuple(name or _free(kind, counts, taken) for name, kind in stated)


def _free(kind: str, counts: Counter[str], taken: set[str]) -> str:
    counts[kind] += 1
    while f"{kind}-{counts[kind]}" in taken:
        counts[kind] += 1
    return f"{kind}-{counts[kind]}"


def broken(case: Any) -> Iterator[Fault]:
    """Ids that are not unique, and references to what the case does not have, in the order of the format.

    ``case`` is a case or a document of any shape; what is not shaped like a case is passed over.
    """
    specimens, treatments, findings = (_list(case, name) for name in ("specimens", "treatments", "findings"))
    for name, items in (("specimens", specimens), ("findings", findings), ("treatments", treatments)):
        yield from _twice(name, items)
    ids = finding_ids(findings)
    yield from _missing("findings", "specimen", findings, _ids(specimens), "specimen")
    for n, finding in enumerate(findings):
        found = _PHASE.fullmatch(_text(finding, "phase"))
        if found and (found["id"] not in ids or found["id"] == ids[n]):
            yield Fault(f"/findings/{n}/phase", "reference", "no other finding has this id")
    responses = _list(case, "responses")
    yield from _missing("responses", "to", responses, _ids(treatments), "treatment")
    mrd = {name for name, finding in zip(ids, findings, strict=True) if _get(finding, "kind") == "mrd"}
    yield from _missing("responses", "mrd", responses, mrd, "mrd finding")


def _twice(name: str, items: list[Any]) -> Iterator[Fault]:
    seen: set[str] = set()
    for n, item in enumerate(items):
        own = _text(item, "id")
        if own and own in seen:
            yield Fault(f"/{name}/{n}/id", "unique", "this id is already taken")
        seen.add(own)


def _missing(name: str, field: str, items: list[Any], known: set[str], what: str) -> Iterator[Fault]:
    for n, item in enumerate(items):
        reference = _text(item, field)
        if reference and reference not in known:
            yield Fault(f"/{name}/{n}/{field}", "reference", f"no {what} has this id")


def _ids(items: list[Any]) -> set[str]:
    return {_text(item, "id") for item in items}


def _get(item: Any, name: str) -> Any:
    return item.get(name) if type(item) is dict else getattr(item, name, None)


def _text(item: Any, name: str) -> str:
    value = _get(item, name)
    return value if isinstance(value, str) else ""


def _list(item: Any, name: str) -> list[Any]:
    value = _get(item, name)
    return list(value) if isinstance(value, list | tuple) else []
