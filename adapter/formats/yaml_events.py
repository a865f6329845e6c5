"""YAML read as text events: only plain true, false, null and JSON numbers are typed, all else stays the text it is.

So ``1958-03-14``, ``no``, ``12:30`` and ``2_0`` are text. Anchors, aliases, tags, duplicate keys and further documents
are refused (case-format section 5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from adapter.errors import ReadError

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None}


class _Container:
    """A mapping or sequence under construction, and the key that waits for its value."""

    def __init__(self, value: dict[str, Any] | list[Any], pointer: str) -> None:
        self.value, self.pointer = value, pointer
        self.key: str | None = None

    def next(self) -> str:
        """JSON pointer of the value that comes next."""
        step = (
            str(len(self.value))
            if isinstance(self.value, list)
            else (self.key or "").replace("~", "~0").replace("/", "~1")
        )
        return f"{self.pointer}/{step}"

    def add(self, value: Any) -> None:
        """Put the next value in its place."""
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is not None:
            self.value[self.key] = value
            self.key = None


def read(text: str, *, max_depth: int) -> Any:
    """The one document in ``text``; raises ReadError with line, column and pointer."""
    root = _Container([], "")
    stack = [root]
    for event in _events(text):
        _refuse(event, stack, root)
        top = stack[-1]
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            if len(stack) > max_depth:
                raise _error(f"nested deeper than {max_depth}", event, top.pointer)
            value: dict[str, Any] | list[Any] = {} if isinstance(event, MappingStartEvent) else []
            stack.append(_Container(value, top.next() if len(stack) > 1 else ""))
            top.add(value)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            stack.pop()
        elif isinstance(event, ScalarEvent):
            _scalar(event, top)
    if not isinstance(root.value, list) or not root.value:
        raise ReadError("the document is empty", line=1, column=1)
    return root.value[0]


def _events(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise ReadError("not YAML: the structure is broken here", line=line, column=column) from None
    except YAMLError:
        raise ReadError("not YAML: a character that YAML does not allow") from None


def _refuse(event: Any, stack: list[_Container], root: _Container) -> None:
    """Refuse what a case may not use of YAML."""
    top = stack[-1]
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise _error("anchors and aliases are not allowed", event, top.pointer)
    if getattr(event, "tag", None) or (isinstance(event, DocumentStartEvent) and event.tags):
        raise _error("tags are not allowed", event, top.pointer)
    if isinstance(event, DocumentStartEvent) and root.value:
        raise _error("expected one document", event, "")
    if isinstance(top.value, dict) and top.key is None and isinstance(event, MappingStartEvent | SequenceStartEvent):
        raise _error("a key is text", event, top.pointer)


def _scalar(event: Any, top: _Container) -> None:
    if isinstance(top.value, dict) and top.key is None:
        if event.value in top.value:
            top.key = event.value
            raise _error("duplicate key", event, top.next())
        top.key = event.value
        return
    top.add(_typed(event, top.next()))


def _typed(event: Any, pointer: str) -> Any:
    if event.style is not None or not event.implicit[0]:
        return event.value
    if event.value in _WORDS:
        return _WORDS[event.value]
    found = _NUMBER.fullmatch(event.value)
    if found is None:
        return event.value
    from adapter.formats.document import number

    try:
        return number(event.value)
    except ReadError as error:
        raise _error(error.message, event, pointer) from None


def _error(message: str, event: Any, pointer: str) -> ReadError:
    mark = event.start_mark
    return ReadError(message, line=mark.line + 1, column=mark.column + 1, pointer=pointer)
