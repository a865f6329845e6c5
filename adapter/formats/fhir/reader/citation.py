"""The publication a case or finding comes from, read from citations and from the Provenance of a conversion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapter.formats.fhir.reader.node import obj, objects, text
from adapter.report import Json

if TYPE_CHECKING:
    from collections.abc import Iterable

_ADDRESSES = (
    ("doi", re.compile(r"https?://(?:dx\.)?doi\.org/(10\..+)")),
    ("pmid", re.compile(r"https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|www\.ncbi\.nlm\.nih\.gov/pubmed)/([0-9]+)/?")),
    ("url", re.compile(r"(.+)", re.DOTALL)),
)
_TERMS_OF_USE = re.compile(r"(?:Licence: (?P<licence>.+?))?(?:(?:^|\. )Accessed: (?P<accessed>[0-9-]+))?", re.DOTALL)


def source_of(artifacts: Iterable[Json]) -> Json:
    """Source of the citations of one resource: an address each, the title and the terms of use with the first."""
    made: Json = {}
    for artifact in artifacts:
        if url := text(artifact, "url"):
            field, value = address(url)
            made.setdefault(field, value)
        if title := text(artifact, "display"):
            made.setdefault("title", title)
        if words := text(artifact, "citation"):
            made |= terms_of_use(words)
            if not terms_of_use(words):
                made.setdefault("title", words)
    return made


def terms_of_use(words: str) -> Json:
    """Licence and day of access, where the words are no others."""
    found = _TERMS_OF_USE.fullmatch(words)
    return {k: v for k, v in found.groupdict().items() if v} if found else {}


def address(url: str) -> tuple[str, str]:
    """Field of a source that an address belongs to, and what stands there."""
    for field, form in _ADDRESSES:
        if found := form.fullmatch(url):
            return field, found[1]
    return "url", url


def of_provenance(resource: Json) -> Json:
    """The publication that a Provenance names as source: addresses, title, and in an entity of their own its terms."""
    made: Json = {}
    for _, entity in objects(resource, "entity"):
        what = obj(entity, "what")
        if url := text(obj(what, "identifier"), "value"):
            field, value = address(url)
            made.setdefault(field, value)
        if words := text(what, "display"):
            terms = {} if "identifier" in what else terms_of_use(words)
            made |= terms or {"title": made.get("title", words)}
    return made
