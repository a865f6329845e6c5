"""Events that reports name by gene and abbreviation: FLT3-ITD, KMT2A-PTD, UBTF-TD. Never a c. for what has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from adapter.nomenclature.hgvs.model import Event
from adapter.nomenclature.hgvs.pack import DIRECTORY

_WORDS = {"internal tandem duplication": "ITD", "partial tandem duplication": "PTD", "tandem duplication": "TD"}
_EVENT = re.compile(
    r"(?P<gene>[A-Za-z][A-Za-z0-9]{1,9}?)[\s\-_/:(]*(?P<name>ITD|PTD|TKD|TD)\b\)?(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PERHAPS = re.compile(r"td|tkd|tandem duplication", re.IGNORECASE)
_LENGTH = re.compile(r"(?<![\w.])(\d{1,4})\s*-?\s*(?:bp|nt|bases?|base pairs)\b", re.IGNORECASE)
_RATIO = re.compile(r"(?:\bA\.?R\.?\b|allelic ratio|ratio)\s*[:=]?\s*(?:of\s*)?(\d+(?:[.,]\d+)?)", re.IGNORECASE)
_PLACE = re.compile(
    r"\b((?:exons?|ex\.?|e)\s*\d+(?:\s*[-–_to]+\s*(?:exons?|e)?\s*\d+)?|codon\s*\d+|TKD1|JMD|JM)\b", re.IGNORECASE
)
_SEQUENCE = re.compile(r"\b([ACGT]{9,})\b")


@lru_cache(maxsize=1)
def kinds() -> dict[str, tuple[str, frozenset[str]]]:
    """By abbreviation: the kind of event and the genes it is read for."""
    lines = (DIRECTORY / "events.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith(("#", "name\t"))]
    return {name: (kind, frozenset(genes.split(","))) for name, kind, genes, _ in rows}


def event(text: str, symbol_of: Callable[[str], str | None]) -> tuple[str, Event, str] | None:
    """Gene, event and the rest of the text that was not read; None where the text names no such event.

    ``symbol_of`` gives the approved symbol of a gene name, None where it is none.
    """
    if not _PERHAPS.search(text):
        return None
    plain = text.strip()
    for words, short in _WORDS.items():
        plain = re.sub(words, short, plain, flags=re.IGNORECASE)
    found = _EVENT.fullmatch(plain)
    if not found:
        return None
    name = found["name"].upper()
    symbol = symbol_of(found["gene"])
    kind, genes = kinds()[name]
    if symbol is None or symbol not in genes:
        return None
    return symbol, *_details(kind, f"{symbol}-{name}", found["rest"])


def _details(kind: str, name: str, rest: str) -> tuple[Event, str]:
    """What is said behind the abbreviation, and what of it was not read."""
    values: list[str | None] = []
    for pattern in (_LENGTH, _RATIO, _PLACE, _SEQUENCE):
        found = pattern.search(rest)
        values.append(found[1] if found else None)
        rest = rest[: found.start()] + " " + rest[found.end() :] if found else rest
    length, ratio, place, sequence = values
    event_length = int(length) if length else (len(sequence) if sequence else None)
    left = rest.strip(" \t,;:()[]=-")
    return Event(kind, name, event_length, ratio, place, sequence), left
