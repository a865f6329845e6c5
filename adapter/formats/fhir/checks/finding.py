"""What the rules of tier 2 share: the resource at hand, its surroundings, how an issue is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard

from adapter.formats.fhir.checks.vocabulary import Vocabulary
from adapter.report import Issue, Json

VALIDATOR = "fhir-rules"


@dataclass(frozen=True, slots=True)
class Found:
    """A resource of the document with its pointer and the bundle entry that holds it."""

    pointer: str
    resource: Json
    full_url: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides its resource."""

    words: Vocabulary
    targets: frozenset[str]
    bundled: bool


def codings(concept: Any) -> Iterator[tuple[str, str]]:
    """System and code of every coding of a CodeableConcept."""
    for coding in listed(concept, "coding") if isinstance(concept, dict) else []:
        if isinstance(coding, dict):
            yield str(coding.get("system", "")), str(coding.get("code", ""))


def listed(node: Any, name: str) -> list[Any]:
    """The list that an element holds; empty for anything else."""
    found = node.get(name) if isinstance(node, dict) else None
    return found if isinstance(found, list) else []


def is_number(value: Any) -> TypeGuard[Decimal]:
    """Whether a JSON value is a number."""
    return not isinstance(value, bool | str | dict | list) and value is not None


def error(rule: str, pointer: str, message: str) -> Issue:
    """An error of a rule at a place."""
    return Issue(validator=VALIDATOR, level="error", category=rule, path=pointer, message=message)


def warning(rule: str, pointer: str, message: str) -> Issue:
    """A warning of a rule at a place."""
    return Issue(validator=VALIDATOR, level="warning", category=rule, path=pointer, message=message)
