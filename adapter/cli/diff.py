"""``adapter diff``: two documents of any format compared as cases: what one says and the other does not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapter.cli.inputs import complain, documents
from adapter.errors import CaseError, ReadError
from adapter.formats.document import dump
from adapter.nomenclature.quantities import Age, Bounds, Date, Duration, Marker, Reading, Share, Span

if TYPE_CHECKING:
    from adapter.case import Case
    from adapter.terms import Terms

# What only links parts of a case, or is how every case reads that says nothing else.
_LINKS = {"id", "to", "mrd", "case_format", "base"}
_DEFAULTS = {"result": "present", "status": "final"}
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing the two cases say differently; a side that does not say it has the path "" and the value None."""

    left: str
    right: str
    was: Any
    now: Any

    def to_json(self) -> dict[str, Any]:
        """The difference as ``--json`` prints it."""
        return {"left": self.left, "right": self.right, "was": self.was, "now": self.now}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "diff",
        help="compare two documents as cases",
        description="Read two documents as cases and say what differs; exit status 1 when something does.",
        epilog="examples:\n  adapter diff case.json packet.json\n  adapter diff before.yaml after.yaml --json",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("left", metavar="A")
    command.add_argument("right", metavar="B")
    command.add_argument("--json", action="store_true", help="differences as JSON, one line per pair of cases")
    command.add_argument("--mappings", metavar="DIR", help="tables that add to or override the packaged ones")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare case by case, in the order of the files; 0 when they say the same."""
    from adapter.terms import load

    terms = load(Path(args.mappings) if args.mappings else None)
    left, right = (_cases(file, terms) for file in (args.left, args.right))
    if left is None or right is None:
        return 1
    different = False
    for one, other in zip_longest(left, right):
        found = list(differences(one, other))
        different = different or bool(found)
        _show(found, as_json=args.json)
    return 1 if different else 0


def _cases(file: str, terms: Terms) -> list[Case] | None:
    """The cases of a file; None when it cannot be read, which standard error says."""
    from adapter.convert import read

    found: list[Case] = []
    for source in documents(file):
        try:
            if source.error:
                raise source.error
            found += [one.case for one in read(source.document, terms=terms)]
        except (CaseError, ReadError) as error:
            complain(source.place, error)
            return None
    return found


def _show(found: list[Difference], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.buffer.write(dump([one.to_json() for one in found]))
        return
    for one in found:
        place = one.left or one.right
        if one.left and one.right and one.left != one.right:
            place = f"{one.left} ({one.right})"
        for sign, path, value in (("-", one.left, one.was), ("+", one.right, one.now)):
            if path:
                sys.stdout.write(f"{sign} {place}: {value}\n")


def differences(left: Case | None, right: Case | None) -> Iterator[Difference]:
    """What two cases say differently, in the order of the format.

    Values are compared by what they mean (``58 y`` is ``P58Y``, ``68.5 %`` is ``68.5%``), lists of findings and the
    like by their best match, since no format keeps their order; ids that only link are passed over.
    """
    yield from _differ(said_by(left), said_by(right), "", "")


def said_by(case: Case | None) -> dict[str, Any]:
    """A case as values that are equal when they mean the same."""
    if case is None:
        return {}
    carried = tuple(one for one in case.carried if one.value is not None or not one.base)  # a null says nothing
    found: dict[str, Any] = _said(case.model_copy(update={"carried": carried}))
    order = {one.id: n for n, one in enumerate(case.treatments) if one.id}
    for said, response in zip(found.get("responses", ()), case.responses, strict=False):
        if response.to in order:
            said["treatment"] = f"treatment {order[response.to] + 1}"
    return found


def _said(value: Any) -> Any:
    if hasattr(value, "model_fields_set"):
        return _fields(value)
    if isinstance(value, tuple | list):
        return [_said(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _said(one) for key, one in value.items()}
    return _quantity(value)


def _fields(part: Any) -> dict[str, Any]:
    """The fields of a part that say something; fields that two spellings share are brought to one of them."""
    found = {n.rstrip("_"): v for n, v in part.__dict__.items() if v is not None and v != () and n not in _LINKS}
    found = {n: v for n, v in found.items() if _DEFAULTS.get(n) != v}
    if part.__class__.__name__ == "CopyNumber" and "gene" in found:
        found["genes"] = (found.pop("gene"), *found.get("genes", ()))
    if "hgvs" in found and not isinstance(found["hgvs"], str):
        found["hgvs"] = " ".join(found["hgvs"])
    if "phase" in found and "hgvs" in type(part).model_fields:
        found["phase"] = found["phase"].split()[0]
    if "variant_ids" in found:
        from adapter.case.findings.sequence_variant import identifiers

        found["variant_ids"] = [list(pair) for pair in identifiers(found["variant_ids"])]
    for name in ("method", "exons"):
        if name in found and not isinstance(found[name], tuple):
            found[name] = (found[name],)
    if "exons" in found:
        found["exons"] = ", ".join(map(str, found["exons"]))
    said = {name: _said(value) for name, value in found.items()}
    value = found.get("value")
    if isinstance(value, Reading) and value.unit and "unit" not in found:
        said["unit"] = value.unit
    return said


def _quantity(value: Any) -> Any:
    """A quantity as text that is equal for equal meanings; all else as text."""
    if isinstance(value, Age | Duration):
        return f"{value.bound} {_span(value.low)} to {_span(value.high)}"
    if isinstance(value, Reading):
        return _bounds(value.bounds) if value.bounds else value.text
    if isinstance(value, Marker):
        return _bounds(value.share) if value.share else value.text.lower()
    if isinstance(value, Bounds):
        return _bounds(value)
    if isinstance(value, Date):
        return value.text
    return value if isinstance(value, bool) else str(value)


def _span(span: Span | None) -> str:
    return span.iso if span else ""


def _bounds(value: Bounds) -> str:
    low = "" if value.low is None else f"{'' if value.low_inclusive else '>'}{_plain(value.low)}"
    high = "" if value.high is None else f"{'' if value.high_inclusive else '<'}{_plain(value.high)}"
    counts = f" of {value.positive}/{value.scored}" if isinstance(value, Share) and value.scored else ""
    if low == high == "":
        return value.text
    return f"{'~' if value.approximate else ''}{low} to {high}{counts}"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _differ(left: Any, right: Any, at: str, there: str) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in [*left, *(n for n in right if n not in left)]:
            step = name.replace("~", "~0").replace("/", "~1")
            yield from _differ(left.get(name, _MISSING), right.get(name, _MISSING), f"{at}/{step}", f"{there}/{step}")
    elif isinstance(left, list) and isinstance(right, list):
        yield from _lists(left, right, at, there)
    elif left is _MISSING or right is _MISSING or type(left) is not type(right) or left != right:
        yield from _alone(left, right, at, there)


def _alone(left: Any, right: Any, at: str, there: str) -> Iterator[Difference]:
    """What stands on one side only, leaf by leaf; two values of one place as one difference."""
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        yield from (Difference(path, "", value, None) for path, value in _leaves(left, at))
        yield from (Difference("", path, None, value) for path, value in _leaves(right, there))
    elif left is _MISSING:
        yield Difference("", there, None, right)
    elif right is _MISSING:
        yield Difference(at, "", left, None)
    else:
        yield Difference(at, there, left, right)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for n, one in enumerate(value):
            yield from _leaves(one, f"{path}/{n}")
    elif value is not _MISSING:
        yield path, value


def _lists(left: list[Any], right: list[Any], at: str, there: str) -> Iterator[Difference]:
    """Items by their best match, equal ones first."""
    pairs = _pairs(left, right)
    for n, one in enumerate(left):
        m = pairs.get(n)
        if m is None:
            yield from _alone(one, _MISSING, f"{at}/{n}", "")
        else:
            yield from _differ(one, right[m], f"{at}/{n}", f"{there}/{m}")
    taken = set(pairs.values())
    for m, other in enumerate(right):
        if m not in taken:
            yield from _alone(_MISSING, other, "", f"{there}/{m}")


def _pairs(left: list[Any], right: list[Any]) -> dict[int, int]:
    """Position in ``right`` of the match of each of ``left``: equal items in order, then those that share most."""
    places: dict[str, list[int]] = {}
    for m in reversed(range(len(right))):
        places.setdefault(repr(_sorted(right[m])), []).append(m)
    pairs = {n: found.pop() for n, one in enumerate(left) if (found := places.get(repr(_sorted(one))))}
    matched = set(pairs.values())
    ones = [n for n in range(len(left)) if n not in pairs]
    others = [m for m in range(len(right)) if m not in matched]
    if not all(isinstance(one, dict) for one in (*left, *right)):
        return pairs | dict(zip(ones, others, strict=False))
    shared = {n: {m: _alike(left[n], right[m]) for m in others} for n in ones}
    while nearest := _nearest(shared):
        pairs |= nearest
        gone = set(nearest.values())
        shared = {n: {m: row[m] for m in row if m not in gone} for n, row in shared.items() if n not in nearest}
    return pairs


def _nearest(shared: dict[int, dict[int, int]]) -> dict[int, int]:
    """The pairs in which each shares something, and with none more, of equals the first; {} when nothing is shared."""
    best: dict[int, int] = {}
    for n, row in shared.items():
        for m, many in row.items():
            if many > (shared[best[m]][m] if m in best else 0):
                best[m] = n
    return {n: m for m, n in best.items() if m == max(shared[n], key=lambda other: (shared[n][other], -other))}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return [(name, _sorted(value[name])) for name in sorted(value)]
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _alike(one: Any, other: Any) -> int:
    """How many leaves two items share; findings of two kinds share nothing."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.get("kind") != other.get("kind") and {"kind"} <= one.keys() & other.keys() and "phase" not in one:
            return 0
        return len(set(map(str, _leaves(one, ""))) & set(map(str, _leaves(other, ""))))
    return int(one == other)
