"""One document in, one document out: read, normalise, write, and account for every leaf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from adapter.case import Case
from adapter.formats import form, recognise
from adapter.formats.base import BundleKind, Options, ProfileSet, ReadCase
from adapter.normalise import normalise
from adapter.report import Issue, Json, Ledger, Loss, leaves
from adapter.terms import Terms, load


@dataclass(frozen=True, slots=True)
class Converted:
    """A written document, the case it was written from, and what can be said about both.

    ``issues`` are what the reader found odd about the source.
    """

    document: Json
    case: Case
    ledger: Ledger
    read_losses: tuple[Loss, ...] = ()
    issues: tuple[Issue, ...] = ()
    source: ReadCase | None = None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the source held that the document does not hold as stated; () means lossless.

        What a reader carried and the target cannot hold either is told by its place in the source document.
        """
        written = self.ledger.losses(self.document, self.case.leaves())
        if self.source is None or not self.source.places:
            return self.read_losses + written
        return self.read_losses + tuple(_in_source(written, self.source))

    def explain(self) -> list[Json]:
        """Where every placed value came from: output pointer, input pointer, rule (contracts.md section 4).

        A value that stands for a field left out (``status`` of a finding) has no input, and the case format's default
        as its rule.
        """
        stated = _pointers(self.case.to_json())
        return [
            row if row["input"] in stated else row | {"input": "", "rule": row["rule"] or "case-format:default"}
            for row in self.ledger.explain(self.document)
        ]


def _in_source(losses: tuple[Loss, ...], source: ReadCase) -> Iterator[Loss]:
    """``losses``, those of carried values as losses of reading: by the pointer of the value in the source document.

    The place of a carried value, its format and base are words of the reader, and no statement of the source.
    """
    for loss in losses:
        steps = loss.path.split("/", 4)
        pointer = source.pointer(int(steps[2])) if steps[1] == "carried" else None
        if pointer is None:
            yield loss
        elif steps[3] == "value":
            yield replace(loss, stage="read", path="/".join([pointer, *steps[4:]]))


def _pointers(document: Json) -> set[str]:
    """JSON pointers of all leaves of ``document`` and of what holds them; "" is the document itself."""
    found = {""}
    for leaf in leaves(document):
        while leaf not in found:
            found.add(leaf)
            leaf = leaf.rpartition("/")[0]
    return found


def read(document: Any, *, source: str | None = None, terms: Terms | None = None) -> Iterator[ReadCase]:
    """The cases of a parsed ``document``.

    ``source`` names its format and is recognised when absent. Raises ReadError for a document of no known format and
    CaseError for a case that cannot be accepted.
    """
    found = form(source) if source else recognise(document)
    yield from found.read(document, terms or load())


def write(
    case: Case | ReadCase,
    to: str,
    *,
    at: str,
    profile_set: str = "gr3",
    bundle: str = "collection",
    terms: Terms | None = None,
) -> Converted:
    """``case`` in the format ``to``.

    ``at`` is the conversion time (RFC 3339, UTC, capital Z): the clock is an input, so that equal inputs give equal
    bytes. ``profile_set`` and ``bundle`` concern FHIR only.
    """
    terms = terms or load()
    source = case if isinstance(case, ReadCase) else ReadCase(case)
    understood = normalise(source.case, terms)
    written = form(to).write(understood, terms, _options(at, profile_set, bundle))
    return Converted(written.document, understood, written.ledger, source.losses, source.issues, source)


@lru_cache(maxsize=64)
def _options(at: str, profile_set: str, bundle: str) -> Options:
    return Options(at=at, profile_set=cast(ProfileSet, profile_set), bundle=cast(BundleKind, bundle))


def convert(
    document: Any,
    to: str,
    *,
    at: str,
    source: str | None = None,
    profile_set: str = "gr3",
    bundle: str = "collection",
    terms: Terms | None = None,
) -> list[Converted]:
    """Every case of a parsed ``document``, converted; a document may hold several (a bundle of two patients)."""
    terms = terms or load()
    return [
        write(found, to, at=at, profile_set=profile_set, bundle=bundle, terms=terms)
        for found in read(document, source=source, terms=terms)
    ]
