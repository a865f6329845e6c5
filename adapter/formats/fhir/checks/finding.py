"""What the rules of tier 2 share: where they are, their surroundings, how an issue is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeGuard

from adapter.formats.fhir.checks.nodes import CHOICES
from adapter.formats.fhir.checks.vocabulary import Coding, Vocabulary
from adapter.report import Issue, Json

VALIDATOR = "fhir-rules"
VALUES = frozenset(f"value{kind}" for kind in CHOICES)

Place = str | tuple["Place", str | int]
"""A place in a document: a pointer, or a place and one step below it; spelt only when there is something to say."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may look at besides its resource or element."""

    words: Vocabulary
    targets: set[str]
    bundled: bool


Rule = Callable[[Json, Place, Context], Iterable[Issue]]
"""A rule looks at one object; most have nothing to say and give the empty tuple."""


def codings(concept: Any) -> list[Coding]:
    """System and code of every coding of a CodeableConcept."""
    found = concept.get("coding") if isinstance(concept, dict) else None
    if not isinstance(found, list):
        return []
    return [(str(one.get("system", "")), str(one.get("code", ""))) for one in found if isinstance(one, dict)]


def listed(node: Any, name: str) -> list[Any]:
    """The list that an element holds; empty for anything else."""
    found = node.get(name) if isinstance(node, dict) else None
    return found if isinstance(found, list) else []


def is_valued(node: Json) -> bool:
    """Whether an object has a value[x]."""
    return not VALUES.isdisjoint(node)


def is_number(value: Any) -> TypeGuard[Decimal]:
    """Whether a JSON value is a number."""
    return not isinstance(value, bool | str | dict | list) and value is not None


def pointer(at: Place) -> str:
    """JSON pointer of a place."""
    steps: list[str] = []
    while not isinstance(at, str):
        at, step = at
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "/".join([at, *reversed(steps)])


def error(rule: str, at: Place, message: str) -> Issue:
    """An error of a rule at a place."""
    return Issue(validator=VALIDATOR, level="error", category=rule, path=pointer(at), message=message)


def warning(rule: str, at: Place, message: str) -> Issue:
    """A warning of a rule at a place."""
    return Issue(validator=VALIDATOR, level="warning", category=rule, path=pointer(at), message=message)
