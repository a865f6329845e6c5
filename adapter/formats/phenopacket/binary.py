"""Phenopackets as binary protobuf: one message, or messages with their length before each, as documents.

The bytes do not say what they are. A message is read as the one of Phenopacket, Family and Cohort under which every
field is known and MetaData is there; where that is not exactly one, the caller has to say it. Protobuf's own reader
does not say where it failed, so the place of a fault is found by walking the fields.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args

from adapter.errors import ReadError
from adapter.formats.document import dump, read_json
from adapter.formats.phenopacket.printing import printed
from adapter.formats.phenopacket.schema import Kind
from adapter.report import Json

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

KINDS: tuple[Kind, ...] = get_args(Kind)
_MAX_DEPTH = 64
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_FIXED = {_FIXED64: 8, _FIXED32: 4}


def documents(data: bytes, kind: Kind | None = None) -> Iterator[tuple[int, Json]]:
    """The documents in ``data``: of one message, numbered 0, else of a stream of messages, numbered from 1.

    ``kind`` is the message they are, recognised when absent. Raises ReadError with the offset in bytes, from 0, for
    what is cut off or no phenopacket.
    """
    if not data:
        raise ReadError("no phenopacket: there are no bytes")
    alone = _readings(data, kind)
    if len(alone) == 1:
        yield 0, _document(alone[0])
        return
    if len(alone) > 1:
        names = " or ".join(one.DESCRIPTOR.name for one in alone)
        raise ReadError(f"the bytes can be a {names}: say which message they are")
    parts = list(_parts(data))
    if parts[0][1] is not None and _readings(parts[0][1], kind):
        yield from _stream(parts, kind)
        return
    offset, path = _fault(data, kind)
    raise ReadError(f"no phenopacket in protobuf: a field breaks off or is unknown at byte {offset}", pointer=path)


def _stream(parts: list[tuple[int, bytes | None]], kind: Kind | None) -> Iterator[tuple[int, Json]]:
    for n, (offset, part) in enumerate(parts, start=1):
        if part is None:
            raise ReadError(f"message {n} is cut off: its length at byte {offset} leads beyond the end of the data")
        found = _readings(part, kind)
        if len(found) != 1:
            within, path = _fault(part, kind)
            raise ReadError(f"message {n} is no phenopacket: a fault at byte {offset + within}", pointer=path)
        yield n, _document(found[0])


def _readings(data: bytes, kind: Kind | None) -> list[Message]:
    """The messages that ``data`` can be."""
    return [found for name in ([kind] if kind else KINDS) if (found := _message(data, name)) is not None]


def _message(data: bytes, kind: Kind) -> Message | None:
    import phenopackets
    from google.protobuf.message import DecodeError

    found: Message = getattr(phenopackets, kind)()
    try:
        found.ParseFromString(data)
    except DecodeError:
        return None
    size = found.ByteSize()
    found.DiscardUnknownFields()
    return found if found.ByteSize() == size and found.HasField("meta_data") else None


def _document(message: Message) -> Json:
    """The message as JSON values with the limits that every document has."""
    try:
        found = printed(message)
    except ValueError:
        raise ReadError("a timestamp is outside of the years 1 to 9999") from None
    _refuse_not_finite(found, "")
    document: Json = read_json(dump(found))
    return document


def _refuse_not_finite(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ReadError("NaN and infinities are no numbers of a phenopacket", pointer=path)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        _refuse_not_finite(one, f"{path}/{key}")


def _parts(data: bytes) -> Iterator[tuple[int, bytes | None]]:
    """Offset and bytes of every message of a stream; None, at its length, for one that is cut off, the last."""
    at = 0
    while at < len(data):
        length, start = _varint(data, at)
        if length is None or start + length > len(data):
            yield at, None
            return
        yield start, data[start : start + length]
        at = start + length


def _varint(data: bytes, at: int) -> tuple[int | None, int]:
    """The number at ``at`` and where it ends; None for one that does not end within ten bytes."""
    number = 0
    for n, byte in enumerate(data[at : at + 10]):
        number |= (byte & 0x7F) << (7 * n)
        if byte < 0x80:
            return number, at + n + 1
    return None, at


def _fault(data: bytes, kind: Kind | None) -> tuple[int, str]:
    """Offset and pointer of the first field that breaks off or that the message does not know, else the end.

    Where the message is not known, the one that reaches furthest is meant.
    """
    import phenopackets

    found = [
        _walk(data, 0, len(data), getattr(phenopackets, name).DESCRIPTOR, "") or (len(data), "")
        for name in ([kind] if kind else KINDS)
    ]
    return max(found, key=lambda place: place[0])


def _walk(data: bytes, at: int, end: int, message: Descriptor, path: str) -> tuple[int, str] | None:
    seen: dict[str, int] = {}
    while at < end:
        start = at
        tag, at = _varint(data, at)
        field = message.fields_by_number.get(tag >> 3) if tag is not None else None
        if tag is None or field is None or path.count("/") > _MAX_DEPTH:
            return start, path
        n = seen[field.json_name] = seen.get(field.json_name, -1) + 1
        here = f"{path}/{field.json_name}" + (f"/{n}" if field.is_repeated else "")
        length, at = _payload(data, at, tag & 7)
        if length is None or at + length > end:
            return start, here
        if tag & 7 == _LENGTH and field.message_type is not None:
            if found := _walk(data, at, at + length, field.message_type, here):
                return found
        elif tag & 7 == _LENGTH and field.type == field.TYPE_STRING and not _is_text(data[at : at + length]):
            return at, here
        at += length
    return None


def _payload(data: bytes, at: int, wire: int) -> tuple[int | None, int]:
    """Length of the value of a field and where it begins; None for a wire type that protobuf has no more."""
    if wire == _LENGTH:
        return _varint(data, at)
    if wire == _VARINT:
        number, after = _varint(data, at)
        return (None if number is None else 0), after
    return _FIXED.get(wire), at


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
