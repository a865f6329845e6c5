"""What a case read from a packet does not state: found by writing it again and looking for what is different.

The writer is the judge, so nothing is dropped silently: a member of the packet is in the case's own words, or in
``carried`` with the pointer it stood at (case-format section 2). What the writer would say beyond the packet (a derived
expression, an id of its own) is carried as a null: the packet has nothing there. So the packet can be given back as it
was read; how, and when not, is said in ``phenopacket/carried.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from adapter.case import Carried, Case
from adapter.formats.base import Options
from adapter.formats.phenopacket.carried import fingerprint
from adapter.formats.phenopacket.packet import write
from adapter.formats.phenopacket.reader.reading import Packet, objects
from adapter.formats.phenopacket.schema import escape, schema
from adapter.formats.phenopacket.view import child, text
from adapter.formats.phenopacket.writing import BY
from adapter.normalise import normalise
from adapter.report import Json
from adapter.terms import Terms

FORMAT = "phenopacket"
Found = Iterator[tuple[str, Any]]
# The clock of the conversion that wrote a packet of ours: no statement about a person, nor about the packet.
# What schema 2 demands and schema 1 has not.
_NEW = re.compile(r"/metaData/resources(/.*)?|/interpretations/[0-9]+/(?:id|diagnosis/disease)")
_CLOCK = re.compile(r"/metaData/created|/metaData/updates/\d+/timestamp")


def carried(case: Case, packet: Packet, terms: Terms) -> Case:
    """``case`` with what of ``packet`` it does not state.

    Of a packet of schema 1 the form of schema 2 is written: what only schema 2 demands is the writer's, and the
    vocabularies are those of the new packet.
    """
    document = packet.document
    written = rewritten(case, terms)
    ours = text(child(document, "metaData"), "createdBy") == BY
    base = fingerprint(written)
    found = [
        Carried(format=FORMAT, path=path, value=value, base=base)
        for path, value in steps(document, written)
        if not (ours and _CLOCK.fullmatch(path)) and not (packet.old and _NEW.fullmatch(path))
    ]
    if packet.old:
        kept = objects(child(document, "metaData"), "resources")
        found += [Carried(format=FORMAT, path=f"/metaData/resources/{n}", value=one) for n, one in kept]
        found += [Carried(format=f"{FORMAT}-1", path=path, value=value) for path, value in packet.residue]
    return case.model_copy(update={"carried": tuple(found)}) if found else case


def rewritten(case: Case, terms: Terms) -> Json:
    """The packet that the writer makes of ``case``."""
    return write(normalise(case, terms), terms, Options(at="")).document


def steps(source: Json, written: Json) -> Found:
    """Pointer and value of every step from the packet ``written`` to the packet ``source``; null takes away."""
    yield from _steps(source, written, "", {"$ref": "#/$defs/Phenopacket"})


def _steps(source: Any, written: Any, path: str, shape: Json) -> Found:
    shape = schema()["$defs"].get(shape.get("$ref", "").rpartition("/")[2], shape)
    if isinstance(source, dict) and isinstance(written, dict):
        yield from _members(source, written, path, shape.get("properties", {}))
    elif isinstance(source, list) and isinstance(written, list):
        yield from _items(source, written, path, shape.get("items", {}))
    elif not _same(source, written):
        yield path, source


def _members(source: Json, written: Json, path: str, shapes: Json) -> Found:
    for key, value in written.items():
        if key not in source and not _is_default(value, shapes.get(key, {})):
            yield f"{path}/{escape(key)}", None
    for key, value in source.items():
        at = f"{path}/{escape(str(key))}"
        if key in written:
            yield from _steps(value, written[key], at, shapes.get(key, {}))
        elif value is not None:
            yield at, value


def _items(source: list[Any], written: list[Any], path: str, shape: Json) -> Found:
    whole = path == "/metaData/resources"  # a vocabulary is one statement, of use beside another packet too
    for n, value in enumerate(source):
        if n < len(written) and whole:
            if value != written[n]:
                yield f"{path}/{n}", value
        elif n < len(written):
            yield from _steps(value, written[n], f"{path}/{n}", shape)
        elif value is not None:
            yield f"{path}/{n}", value
    for n in reversed(range(len(source), len(written))):
        yield f"{path}/{n}", None


def _is_default(value: Any, shape: Json) -> bool:
    """Whether a member says what its absence says: the zero of an enum, of a number, false (no presence in proto3)."""
    if "enum" in shape:
        return bool(value == shape["enum"][0])
    return value is False or (not isinstance(value, bool) and value in (0, "0"))


def _same(source: Any, written: Any) -> bool:
    """Whether two values are the same JSON; 6.50 and 6.5 are."""
    if isinstance(source, int | float | Decimal) and isinstance(written, int | float | Decimal):
        plain = not (isinstance(source, bool) or isinstance(written, bool))
        return Decimal(str(source)) == Decimal(str(written)) if plain else source is written
    return type(source) is type(written) and not isinstance(source, dict | list) and bool(source == written)
