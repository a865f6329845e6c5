"""Tier 3 of a phenopacket: protobuf's own strict reader as a second opinion, imported only when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import orjson

from adapter.formats.phenopacket.printing import printed
from adapter.formats.phenopacket.schema import Kind, kind_of
from adapter.report import Issue, Json

if TYPE_CHECKING:
    from google.protobuf.message import Message

VALIDATOR = "phenopackets-protobuf"


def message(document: Json, kind: Kind | None = None) -> Message:
    """``document`` as a protobuf message; raises ``google.protobuf.json_format.ParseError``."""
    import phenopackets
    from google.protobuf.json_format import ParseDict

    found: Message = ParseDict(_plain(document), getattr(phenopackets, kind or kind_of(document))())
    return found


def round_trip(document: Json) -> Json:
    """``document`` read by protobuf and printed again in this package's canonical form."""
    return printed(message(document))


def issues(document: Json) -> Iterator[Issue]:
    """One error when protobuf cannot read ``document``; its message is the reader's class of fault, not its text."""
    from google.protobuf.json_format import ParseError

    try:
        message(document)
    except (ParseError, TypeError, AttributeError, ValueError) as error:  # the reader's own faults on odd shapes
        where = str(error.args[0]).partition(":")[0] if error.args else ""
        yield Issue(
            validator=VALIDATOR,
            level="error",
            category="protobuf",
            path=_pointer(where),
            message="protobuf's JSON reader refuses the element",
        )


def _pointer(text: str) -> str:
    """JSON pointer of the place ParseError names as ``Failed to parse biosamples[0].id field``."""
    words = text.removeprefix("Failed to parse ").removesuffix(" field")
    simple = words and " " not in words
    return "/" + words.replace("[", ".").replace("]", "").replace(".", "/") if simple else ""


def _plain(document: Any) -> Any:
    """``document`` with decimals as the doubles protobuf holds: what a reader of the bytes would get."""
    from adapter.formats.document import dump

    return orjson.loads(dump(document))
