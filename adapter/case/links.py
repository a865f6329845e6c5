"""Ids of a case and the references to them, over a case or over the document it is read from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from adapter.errors import Fault

Fields = dict[str, Any]
_LISTS = ("specimens", "treatments", "findings", "responses")
_PHASE = re.compile(r"\s*(?:cis|trans)\s+(?:with\s+|to\s+)?(?P<id>\S.*?)\s*")


def finding_ids(findings: Iterable[Any]) -> tuple[str, ...]:
    """Ids of findings: as stated, else ``<kind>-<n>``, where n counts the kind and skips ids that are taken."""
    return _ids([_fields(finding) for finding in findings])


def _ids(findings: list[Fields]) -> tuple[str, ...]:
    stated = [_text(finding, "id") for finding in findings]
    if all(stated):
        return tuple(stated)
    counts: Counter[str] = Counter()
    taken = set(stated)
    return tuple(
        [name or _free(_text(finding, "kind"), counts, taken) for name, finding in zip(stated, findings, strict=True)]
    )


def _free(kind: str, counts: Counter[str], taken: set[str]) -> str:
    counts[kind] += 1
    while f"{kind}-{counts[kind]}" in taken:
        counts[kind] += 1
    return f"{kind}-{counts[kind]}"


def broken(case: Any) -> Iterator[Fault]:
    """Ids that are not unique, and references to what the case does not have, in the order of the format.

    ``case`` is a case or a document of any shape; what is not shaped like a case is passed over.
    """
    specimens, treatments, findings, responses = (_list(case, name) for name in _LISTS)
    for name, items in (("specimens", specimens), ("findings", findings), ("treatments", treatments)):
        yield from _twice(name, items)
    yield from _missing("findings", "specimen", findings, {_text(one, "id") for one in specimens}, "specimen")
    phased = [n for n, finding in enumerate(findings) if _text(finding, "phase")]
    ids = _ids(findings) if phased or responses else ()
    for n in phased:
        found = _PHASE.fullmatch(_text(findings[n], "phase"))
        if found and (found["id"] not in ids or found["id"] == ids[n]):
            yield Fault(f"/findings/{n}/phase", "reference", "no other finding has this id")
    if responses:
        yield from _missing("responses", "to", responses, {_text(one, "id") for one in treatments}, "treatment")
        mrd = {name for name, finding in zip(ids, findings, strict=True) if finding.get("kind") == "mrd"}
        yield from _missing("responses", "mrd", responses, mrd, "mrd finding")


def _twice(name: str, items: list[Fields]) -> Iterator[Fault]:
    stated = [own for item in items if (own := _text(item, "id"))]
    if len(set(stated)) == len(stated):
        return
    seen: set[str] = set()
    for n, item in enumerate(items):
        own = _text(item, "id")
        if own and own in seen:
            yield Fault(f"/{name}/{n}/id", "unique", "this id is already taken")
        seen.add(own)


def _missing(name: str, field: str, items: list[Fields], known: set[str], what: str) -> Iterator[Fault]:
    for n, item in enumerate(items):
        reference = _text(item, field)
        if reference and reference not in known:
            yield Fault(f"/{name}/{n}/{field}", "reference", f"no {what} has this id")


def _fields(item: Any) -> Fields:
    """The fields of a part of a case, or of an object of the document it is read from; {} of anything else."""
    fields = item if type(item) is dict else getattr(item, "__dict__", None)
    return fields if isinstance(fields, dict) else {}


def _text(item: Fields, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def _list(case: Any, name: str) -> list[Fields]:
    value = _fields(case).get(name)
    return [_fields(item) for item in value] if isinstance(value, list | tuple) else []
