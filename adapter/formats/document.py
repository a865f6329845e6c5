"""Bytes to documents and back: strict JSON, YAML read as text, newline-delimited JSON.

Numbers keep their digits (int where whole and within 64 bits, else Decimal). Refused: NaN and infinities, duplicate
keys, nesting deeper than 64, lone surrogates, a byte order mark, any encoding but UTF-8. A ReadError says where and
what was expected, never what the document holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO, NoReturn

import orjson

from adapter.errors import ReadError

MAX_DEPTH = 64
_MAX_DIGITS = 64
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)
_NESTING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')
_ONE_KIND = bytes.maketrans(b"[]", b"{}")
_NO_MARKS = bytes(set(range(256)) - set(b'{}[]"'))
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BOM = b"\xef\xbb\xbf"
_FIRST = frozenset(mark[0] for mark in (*(mark for mark, _ in _MARKS), _BOM))


class _RefusedError(Exception):
    """Raised inside the JSON decoder's hooks, which do not know the place."""


def read_json(data: bytes, *, limit: int | None = None) -> Any:
    """The one JSON document in ``data``, which has at most ``limit`` bytes.

    Raises ReadError with line and column (from 1), and the pointer of a duplicate key or lone surrogate.
    """
    text = decode(data, limit=limit)
    _refuse_depth(text)
    try:
        document = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise ReadError(f"not JSON: {error.msg}", line=error.lineno, column=error.colno) from None
    except _RefusedError as refused:
        _located(text, str(refused))
    # Only an escape can bring a surrogate into valid UTF-8.
    if "\\" in text and ("\\ud" in text or "\\uD" in text):
        _refuse_surrogates(text, document)
    return document


def read_yaml(data: bytes, *, limit: int | None = None) -> Any:
    """The one YAML document in ``data`` (case-format section 5); raises ReadError with line and column."""
    from adapter.formats.yaml_events import read

    return read(decode(data, limit=limit), max_depth=MAX_DEPTH)


def lines(stream: BinaryIO, *, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The lines of newline-delimited JSON with their numbers from 1, without blank ones; memory holds one line.

    Raises ReadError for a line longer than ``limit`` bytes.
    """
    number = 0
    while line := stream.readline(-1 if limit is None else limit + 2):
        number += 1
        body = line.rstrip(b"\r\n")
        if limit is not None and len(body) > limit:
            raise ReadError(f"the line is longer than {limit} bytes", line=number, column=limit + 1)
        if body.strip():
            yield number, body


def dump(document: Any, *, pretty: bool = False) -> bytes:
    """Compact UTF-8 JSON and one newline, numbers with their digits; ``pretty`` indents by two blanks."""
    options = orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if pretty else 0)
    return orjson.dumps(document, default=_number, option=options)


def decode(data: bytes, *, limit: int | None = None) -> str:
    """``data`` as UTF-8 text; raises ReadError for another encoding, a byte order mark, more than ``limit`` bytes."""
    if limit is not None and len(data) > limit:
        raise ReadError(f"the document is larger than {limit} bytes")
    if data and data[0] in _FIRST:
        _refuse_marks(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before.rpartition(b"\n")[2].decode("utf-8")) + 1
        raise ReadError("not UTF-8", line=before.count(b"\n") + 1, column=column) from None


def _refuse_marks(data: bytes) -> None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            raise ReadError(f"the document is {name}; expected UTF-8", line=1, column=1)
    if data.startswith(_BOM):
        raise ReadError("the document starts with a byte order mark; expected UTF-8 without one", line=1, column=1)


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RefusedError("duplicate key")
    return found


def _constant(_: str) -> NoReturn:
    raise _RefusedError("NaN and infinities are no JSON numbers")


def _whole(text: str) -> int | Decimal:
    """A JSON integer; Decimal where an int would lose the sign of zero or exceed 64 bits."""
    if len(text) > _MAX_DIGITS:
        raise _RefusedError(f"a number has more than {_MAX_DIGITS} digits")
    number = int(text)
    return Decimal(text) if text == "-0" or not -(2**63) <= number < 2**63 else number


def _fractional(text: str) -> Decimal:
    """A JSON number with a fraction or exponent, digits kept."""
    if len(text) > _MAX_DIGITS:
        raise _RefusedError(f"a number has more than {_MAX_DIGITS} digits")
    exponent = re.split("[eE]", text)[1:]
    if exponent and abs(int(exponent[0])) > 999:
        raise _RefusedError("an exponent is larger than 999")
    return Decimal(text)


def number(text: str) -> int | Decimal:
    """The JSON number ``text``, digits kept; raises ReadError for one of a size that no document needs."""
    try:
        return _whole(text) if text.lstrip("-").isdigit() else _fractional(text)
    except _RefusedError as refused:
        raise ReadError(str(refused)) from None


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_fractional
)


def _refuse_depth(text: str) -> None:
    # Fewer openers than the limit cannot nest deeper: nearly every document ends here.
    if text.count("{") + text.count("[") <= MAX_DEPTH or _is_shallow(text):
        return
    depth = 0
    for part in _NESTING.finditer(text):
        if part[0] in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise _error(f"nested deeper than {MAX_DEPTH}", text, part.start())
        elif part[0] in "]}":
            depth -= 1


def _is_shallow(text: str) -> bool:
    """Whether nothing is left of the brackets once the innermost level was taken away as often as is allowed.

    It does in C what the scan does in Python, at a tenth of its cost. False for a text that is no JSON too.
    """
    data = text.encode().replace(b"\\\\", b"").replace(b'\\"', b"")
    bare = _STRING.sub(b"", data.translate(_ONE_KIND, _NO_MARKS).replace(b'""', b""))
    for _ in range(MAX_DEPTH):
        if not bare:
            return True
        bare = bare.replace(b"{}", b"")
    return not bare


def _refuse_surrogates(text: str, document: Any) -> None:
    try:
        json.dumps(document, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        _located(text, "lone surrogate")


def _located(text: str, reason: str) -> NoReturn:
    """Raise for the first place that is refused for ``reason``, in text that is JSON otherwise."""
    for pointer, part, start, repeated in _values(text):
        if _is_refused(part, reason, repeated=repeated):
            raise _error(reason, text, start, pointer)
    raise ReadError(reason)


def _is_refused(part: str, reason: str, *, repeated: bool) -> bool:
    if reason == "duplicate key":
        return repeated
    if reason == "lone surrogate":
        return part.startswith('"') and _has_surrogate(json.loads(part))
    if part[0] not in "-0123456789NI":
        return False
    try:
        _DECODER.decode(part)
    except _RefusedError:
        return True
    return False


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _values(text: str) -> Iterator[tuple[str, str, int, bool]]:
    """Pointer, part, offset and whether the key is repeated, of every key and scalar of a JSON text."""
    path: list[str | int] = []
    keys: list[set[str] | None] = []
    parts = list(_PART.finditer(text))
    for n, found in enumerate(parts):
        part = found[0]
        if part in "{[":
            keys.append(set() if part == "{" else None)
            path.append("" if part == "{" else 0)
        elif part in "}]":
            keys.pop()
            path.pop()
        elif part == ",":
            if keys[-1] is None:
                path[-1] = int(path[-1]) + 1
        elif part != ":":
            is_key = n + 1 < len(parts) and parts[n + 1][0] == ":"
            repeated = False
            if is_key and (seen := keys[-1]) is not None:
                key = json.loads(part)
                repeated = key in seen
                seen.add(key)
                path[-1] = key.replace("~", "~0").replace("/", "~1")
            yield "".join(f"/{step}" for step in path), part, found.start(), repeated


def _error(message: str, text: str, offset: int, pointer: str = "") -> ReadError:
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    return ReadError(message, line=line, column=column, pointer=pointer)
