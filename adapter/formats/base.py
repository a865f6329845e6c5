"""What a format is: a name, how to recognise it, how to read, write and check it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from adapter.report import Issue, Json, Ledger, Loss

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.terms import Terms

ProfileSet = Literal["gr3", "mcode4", "gr2"]  # Genomics Reporting 3.0.0, mCODE 4.0.0, Genomics Reporting 2.0.0
PROFILE_SETS: tuple[str, ...] = get_args(ProfileSet)
BundleKind = Literal["collection", "transaction"]
FORM = "#form"  # ends the path of a carried FHIR component that is the source's form of a fact of the case


@dataclass(frozen=True, slots=True)
class Options:
    """How to write. ``at`` is the conversion time, RFC 3339 in UTC with a capital Z; the caller always gives it."""

    at: str
    profile_set: ProfileSet = "gr3"
    bundle: BundleKind = "collection"


@dataclass(frozen=True, slots=True)
class Written:
    """A document and the ledger of how it came about."""

    document: Json
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class ReadCase:
    """A case read from another format, with what could not be kept even in ``carried`` and what was odd about it.

    ``places`` are JSON pointers into the source document, by format and owner of what is carried (:func:`owner_of`).
    """

    case: Case
    losses: tuple[Loss, ...] = ()
    issues: tuple[Issue, ...] = ()
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def pointer(self, n: int) -> str | None:
        """JSON pointer into the source document of the n-th thing carried; None where its place is not known."""
        one = self.case.carried[n]
        owner, inside = owner_of(one.path)
        at = self.places.get((one.format, owner))
        return None if at is None else f"{at}{inside}"


def owner_of(path: str) -> tuple[str, str]:
    """What of a source document the path of a carried value starts from, and the JSON pointer within it.

    A FHIR resource is named by its type and id; a pointer starts from the document.

    >>> owner_of("Observation/kmt2a/component/3#form"), owner_of("/metaData/created")
    (('Observation/kmt2a', '/component/3'), ('', '/metaData/created'))
    """
    if path.startswith("/"):
        return "", path
    steps = path.removesuffix(FORM).split("/")
    return "/".join(steps[:2]), "".join(f"/{step}" for step in steps[2:])


Tier = Literal["basic", "profile", "all"]


@dataclass(frozen=True, slots=True)
class Check:
    """One validator of a format: what it is, the tier that first runs it, and the issues it finds in a document.

    ``basic`` is tiers 0 to 2 of design.md section 8, ``profile`` adds tier 4 in-process, ``all`` adds tier 3. ``run``
    never raises for what a document holds.
    """

    validator: str
    version: str
    what: str
    tier: Tier
    run: Callable[[Any, Terms], Iterator[Issue]]


@dataclass(frozen=True, slots=True)
class Format:
    """A target and source of conversion.

    ``recognises`` tells from a parsed JSON document whether it is this format's. ``read`` gives the cases of one
    document. ``checks`` are its validators, cheapest first.
    """

    name: str
    title: str
    media_type: str
    recognises: Callable[[Any], bool]
    write: Callable[[Case, Terms, Options], Written]
    read: Callable[[Any, Terms], Iterator[ReadCase]]
    checks: tuple[Check, ...]
    carries: frozenset[str] = frozenset()
