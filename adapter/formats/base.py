"""What a format is: a name, how to recognise it, how to read, write and check it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from adapter.report import Issue, Json, Ledger, Loss

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.terms import Terms

ProfileSet = Literal["gr3", "mcode4", "gr2"]  # Genomics Reporting 3.0.0, mCODE 4.0.0, Genomics Reporting 2.0.0
PROFILE_SETS: tuple[str, ...] = get_args(ProfileSet)
BundleKind = Literal["collection", "transaction"]


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
    """A case read from another format, with what could not be kept even in ``carried`` and what was odd about it."""

    case: Case
    losses: tuple[Loss, ...] = ()
    issues: tuple[Issue, ...] = ()


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
