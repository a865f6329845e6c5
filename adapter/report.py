"""Reports, losses and explanations: what was checked, what did not fit, and where everything came from.

The shapes are contracts.md section 4. A :class:`Ledger` is kept by every writer while it writes; losses and
explanations are computed from it, never remembered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

Json = dict[str, Any]
Node = TypeVar("Node", Json, list[Any])
Level = Literal["error", "warning", "information"]
Reason = Literal["no-place", "narrowed", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One finding of a check.

    ``path`` is a JSON pointer into the document that was checked, ``input_path`` into the case it was made from (""
    where not known). Messages name what was expected and never hold the patient's values.
    """

    validator: str
    level: Level
    category: str
    path: str
    message: str
    input_path: str = ""

    def to_json(self) -> Json:
        """The issue as contracts.md section 4 spells it."""
        return {
            "validator": self.validator,
            "level": self.level,
            "category": self.category,
            "path": self.path,
            "input_path": self.input_path,
            "message": self.message,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that ran, so that a report says what it looked at and not only what it found."""

    validator: str
    version: str
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what was found; valid means no error and no check that could not run."""

    checked: tuple[Checked, ...] = ()
    issues: tuple[Issue, ...] = ()

    @property
    def valid(self) -> bool:
        """False with any error, and with any check that could not run."""
        return not any(i.level == "error" or i.category == "not-checked" for i in self.issues)

    def __add__(self, other: Report) -> Report:
        return Report(self.checked + other.checked, self.issues + other.issues)

    def to_json(self) -> Json:
        """The report as contracts.md section 4 spells it."""
        return {
            "valid": self.valid,
            "checked": [{"validator": c.validator, "version": c.version, "what": c.what} for c in self.checked],
            "issues": [i.to_json() for i in self.issues],
        }


@dataclass(frozen=True, slots=True)
class Loss:
    """An input leaf that the output does not hold as stated; ``where`` points into the output if it is there at all."""

    stage: Literal["read", "write"]
    path: str
    reason: Reason
    message: str
    where: str = ""

    def to_json(self) -> Json:
        """The loss as contracts.md section 4 spells it."""
        return {
            "stage": self.stage,
            "path": self.path,
            "reason": self.reason,
            "where": self.where,
            "message": self.message,
        }


@dataclass(slots=True)
class Ledger:
    """Which input leaf became which part of the output, under which rule.

    A writer calls :meth:`put` where it places a value. A source pointer covers itself and what lies below it, so it
    names the leaf or the quantity (``/findings/0/cells``), never a whole finding. What no entry covers is a loss.
    ``places`` are the entries as :meth:`put` adds them: (node, source, rule, member).
    """

    places: list[tuple[Any, str, str, str]] = field(default_factory=list)
    _notes: list[tuple[str, Reason, str, Any, str]] = field(default_factory=list)

    def put(self, node: Node, source: str, rule: str = "", member: str = "") -> Node:
        """Note that ``node`` (or its ``member``) holds the input at ``source``; returns ``node``.

        ``rule`` is the mapping row (:attr:`adapter.terms.Code.rule`) or profile clause it was written by. ``source``
        "" is a value that no input leaf states (fixed by a profile, or the clock).
        """
        self.places.append((node, source, rule, member))
        return node

    def narrowed(self, source: str, message: str, node: Json | list[Any] | None = None, member: str = "") -> None:
        """Note that the output says less than the input at ``source``."""
        self._notes.append((source, "narrowed", message, node, member))

    def moved(self, source: str, message: str, node: Json | list[Any] | None = None, member: str = "") -> None:
        """Note that the input at ``source`` stands in the output as prose, away from its own field."""
        self._notes.append((source, "moved", message, node, member))

    def losses(self, document: Json | list[Any], leaves: Iterable[str]) -> tuple[Loss, ...]:
        """What ``document`` does not hold of ``leaves`` (JSON pointers of the input, in input order)."""
        pointers = _pointers(document) if any(n[3] is not None for n in self._notes) else {}
        notes = [
            Loss("write", source, reason, message, _join(pointers.get(id(node), ""), member))
            for source, reason, message, node, member in self._notes
        ]
        covered = {source for _, source, _, _ in self.places} | {n.path for n in notes}
        gone = [
            Loss("write", leaf, "no-place", "the target has no place for it")
            for leaf in leaves
            if not _covers(covered, leaf)
        ]
        return tuple(sorted([*notes, *gone], key=lambda loss: loss.path))

    def explain(self, document: Json | list[Any]) -> list[Json]:
        """Output pointer, input pointer and rule of every placed value, in document order."""
        pointers = _pointers(document)
        order = {pointer: n for n, pointer in enumerate(pointers.values())}
        rows = [
            (order[pointers[id(node)]], {"output": _join(pointers[id(node)], member), "input": source, "rule": rule})
            for node, source, rule, member in self.places
            if id(node) in pointers
        ]
        return [row for _, row in sorted(rows, key=lambda r: (r[0], r[1]["output"], r[1]["input"]))]


def leaves(document: Any, pointer: str = "") -> Iterator[str]:
    """JSON pointers of the non-null leaves of ``document``, in document order; empty containers have none."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            yield from leaves(value, _join(pointer, str(key)))
    elif isinstance(document, list | tuple):
        for n, value in enumerate(document):
            yield from leaves(value, f"{pointer}/{n}")
    elif document is not None:
        yield pointer


def steps_of(pointer: str) -> tuple[str, ...]:
    """The members and positions that a JSON pointer leads through.

    >>> steps_of("/findings/0/a~1b")
    ('findings', '0', 'a/b')
    """
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def pointer_of(steps: Iterable[str]) -> str:
    """The JSON pointer that leads through ``steps``; the inverse of :func:`steps_of`."""
    return "".join(_join("", step) for step in steps)


def in_order(steps: Iterable[str]) -> list[tuple[int, str]]:
    """Key to sort pointers by, positions as numbers: ``/findings/10`` comes after ``/findings/9``."""
    return [(int(step), "") if step.isdecimal() else (-1, step) for step in steps]


def _join(pointer: str, member: str) -> str:
    return f"{pointer}/{member.replace('~', '~0').replace('/', '~1')}" if member else pointer


def _covers(covered: set[str], leaf: str) -> bool:
    while leaf:
        if leaf in covered:
            return True
        leaf = leaf.rpartition("/")[0]
    return False


def _pointers(document: Any) -> dict[int, str]:
    """JSON pointer of every container of ``document`` by identity, in document order."""
    found: dict[int, str] = {}
    stack: list[tuple[Any, str]] = [(document, "")]
    while stack:
        node, pointer = stack.pop()
        if isinstance(node, dict):
            found[id(node)] = pointer
            stack.extend((v, _join(pointer, k)) for k, v in reversed(node.items()) if isinstance(v, dict | list))
        elif isinstance(node, list):
            found[id(node)] = pointer
            stack.extend(
                (v, f"{pointer}/{n}") for n, v in reversed(list(enumerate(node))) if isinstance(v, dict | list)
            )
    return found
