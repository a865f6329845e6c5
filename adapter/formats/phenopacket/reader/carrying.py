"""What a case read from a packet does not state: found by writing it again and looking for what is missing.

The writer is the judge, so nothing is dropped silently: a member of the packet is in the case's own words, or in
``carried`` with the pointer it stood at (case-format section 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapter.case import Carried, Case
from adapter.formats.base import Options
from adapter.formats.phenopacket.packet import write
from adapter.formats.phenopacket.reader.comments import parsed
from adapter.formats.phenopacket.schema import escape
from adapter.formats.phenopacket.view import text
from adapter.normalise import normalise
from adapter.report import Json
from adapter.terms import Terms

FORMAT = "phenopacket"
REFERENCES = "/metaData/externalReferences"
# The clock of the conversion and the vocabularies of what is written: no statement of the packet about a person.
_CLOCK = re.compile(r"/metaData/created|/metaData/updates/\d+/timestamp")


def carried(case: Case, document: Json, terms: Terms) -> Case:
    """``case`` with what of ``document`` it does not state."""
    found = tuple(Carried(format=FORMAT, path=p, value=v) for p, v in missing(document, rewritten(case, terms)))
    return case.model_copy(update={"carried": found}) if found else case


def rewritten(case: Case, terms: Terms) -> Json:
    """The packet that the writer makes of ``case``."""
    return write(normalise(case, terms), terms, Options(at="")).document


def missing(source: Json, written: Json) -> Iterator[tuple[str, Any]]:
    """Pointer and value of everything of ``source`` that ``written`` does not hold, whole where nothing of it is."""
    yield from _missing(source, written, "")


def _missing(source: Any, written: Any, path: str) -> Iterator[tuple[str, Any]]:
    if _CLOCK.fullmatch(path) or _same(source, written):
        return
    if isinstance(source, dict) and isinstance(written, dict):
        for key, value in source.items():
            at = f"{path}/{escape(str(key))}"
            if key in written:
                yield from _missing(value, written[key], at)
            elif value is not None:
                yield at, value
    elif isinstance(source, list) and isinstance(written, list):
        yield from _items(source, written, path)
    else:
        yield path, source


def _items(source: list[Any], written: list[Any], path: str) -> Iterator[tuple[str, Any]]:
    """Items of a list: resources by prefix, comments by words, references as a whole, all others by position."""
    key = {"/metaData/resources": _prefix, "/metaData/updates": _comment, REFERENCES: repr}.get(path)
    if path.endswith("/extensions"):
        key = repr
    if key is None:
        for n, value in enumerate(source):
            if n < len(written):
                yield from _missing(value, written[n], f"{path}/{n}")
            else:
                yield f"{path}/{n}", value
        return
    known = {key(one): one for one in written}
    for n, value in enumerate(source):
        if key(value) not in known:
            yield f"{path}/{n}", value
        else:
            yield from _missing(value, known[key(value)], f"{path}/{n}")


def _prefix(resource: Any) -> str:
    return text(resource, "namespacePrefix")


def _comment(update: Any) -> str:
    """The words of a comment; the position of a reference it speaks of depends on the order of findings."""
    found = parsed(update)
    if found is None:
        return repr(update)
    where = "" if found.where.startswith(REFERENCES) else found.where
    return f"{where} {found.name}: {found.text}"


def _same(source: Any, written: Any) -> bool:
    """Whether two values are the same JSON; 6.50 and 6.5 are."""
    if isinstance(source, int | float | Decimal) and isinstance(written, int | float | Decimal):
        plain = not (isinstance(source, bool) or isinstance(written, bool))
        return Decimal(str(source)) == Decimal(str(written)) if plain else source is written
    return type(source) is type(written) and not isinstance(source, dict | list) and bool(source == written)
