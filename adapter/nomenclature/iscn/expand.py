"""Clones in full: ``idem``, ``sl`` and ``sdl`` written out, taken-away items removed, stem lines multiplied.

A clone becomes a `Line`: its normal chromosomes as numbers, and one `Step` for each item it carries, inherited or own.
A sideline's ``-del(1)(q21)`` removes that physical chromosome, so that what remains of the step is the normal
chromosome 1 it had taken.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature.iscn.instances import UNKNOWN, Change
from adapter.nomenclature.iscn.meaning import Meaning, meaning
from adapter.nomenclature.iscn.model import ONE, Diagnostic, Range
from adapter.nomenclature.iscn.profiles import SEX_CHROMOSOMES, Effect, effect
from adapter.nomenclature.value import value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapter.nomenclature.iscn.model import Abnormality, Clone, Document

_BARE = frozenset({"mar", "r", "neo", "dmin", "ace", "min"})
"""Symbols that may stand without a chromosome."""


class Step(NamedTuple):
    """One item as a clone carries it: ``times`` copies of each, stated in clone ``stated_in``.

    ``readings`` are what it does here, one per reading of an uncertain text, ``effect`` what follows: those of its
    ``meaning`` unless a part of it was taken away again. ``composite`` tells that not every cell need have it.
    """

    item: Abnormality
    readings: tuple[Change, ...]
    effect: Effect
    times: Range
    stated_in: int
    composite: bool
    meaning: Meaning


@value
class Line:
    """A clone with everything it carries.

    ``normal_sex`` is the number of normal X and Y left; ``constitution`` what the text shows of the person's sex
    chromosomes ("XX", "XY", "XXY" where stated as constitutional; None where it shows nothing). ``sex_unknown`` tells
    that further sex chromosomes may be there. ``ploidy`` counts haploid sets of the normal chromosomes; ``counted`` is
    the chromosome number that letters and items make. ``stated`` is what is known of each item of the clone itself.
    """

    clone: Clone
    steps: tuple[Step, ...]
    ploidy: int
    normal_sex: tuple[int, int]
    constitution: str | None
    sex_unknown: bool
    counted: Range
    stated: tuple[Meaning, ...]
    faults: tuple[Diagnostic, ...]


def _difference(step: Step) -> tuple[int, int]:
    """By how much the step changes the chromosome number; sex chromosomes taken are counted with the sex letters."""
    low, high, least, most = step.times.low, step.times.high, step.effect.least, step.effect.most
    if high is None:
        high = low
    if step.composite:
        return min(0, least * high), max(0, most * high)
    return (least * low, most * low) if low == high else (min(least * low, least * high), max(most * low, most * high))


def _count(steps: tuple[Step, ...], ploidy: int, normal_sex: tuple[int, int], *, sex_unknown: bool) -> Range:
    """The chromosome number that sex letters and items make."""
    low = high = 22 * ploidy + sum(normal_sex)
    if sex_unknown:
        high += max(0, ploidy - sum(normal_sex))
    for step in steps:
        least, most = _difference(step)
        low, high = low + least, high + most
    return Range(max(low, 0), max(high, 0))


# ---------------------------------------------------------------------------------------------- earlier mentions


def _key(item: Abnormality) -> tuple[str, tuple[str, ...], int | None]:
    return item.kind, item.chromosomes, item.number


def _refers(item: Abnormality) -> bool:
    """Whether the breakpoints may have been left out because an earlier mention gives them."""
    return bool(item.chromosomes) and not (item.breakpoints or item.path or item.parts or item.kind == "chromosome")


class Mentions:
    """The items met so far, so that ``der(22)t(9;22)`` finds the breakpoints of an earlier ``t(9;22)(q34;q11.2)``."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, tuple[str, ...], int | None], Abnormality] = {}
        self._derivatives: dict[str, Abnormality] = {}

    def complete(self, item: Abnormality) -> Abnormality:
        """The item with what an earlier mention says."""
        if _refers(item):
            return self._recalled(item)
        if any(_refers(part) for part in item.parts):
            return replace(item, parts=tuple(self._recalled(part) if _refers(part) else part for part in item.parts))
        return item

    def _recalled(self, item: Abnormality) -> Abnormality:
        earlier = self._items.get(_key(item))
        if earlier is None and item.kind == "der" and len(item.chromosomes) == 1:
            earlier = self._derivatives.get(item.chromosomes[0])
        if earlier is None:
            return item
        return replace(item, breakpoints=earlier.breakpoints, parts=earlier.parts, path=earlier.path)

    def add(self, item: Abnormality) -> None:
        """Remember an item that is stated in full."""
        for one in (item, *item.parts):
            if one.breakpoints or one.path or one.parts:
                self._items.setdefault(_key(one), one)
        if item.kind == "der" and len(item.chromosomes) == 1 and item.sign != "-":
            self._derivatives[item.chromosomes[0]] = item


# ---------------------------------------------------------------------------------------------- taking away


def _same(wanted: Abnormality, carried: Abnormality) -> bool:
    """Whether ``-wanted`` names the carried item: what it leaves out may be anything."""
    if (wanted.kind, wanted.number) != (carried.kind, carried.number) or wanted.chromosomes != carried.chromosomes:
        return False
    if wanted.breakpoints and carried.breakpoints and wanted.breakpoints != carried.breakpoints:
        return False
    return not wanted.parts or not carried.parts or _alike(wanted.parts, carried.parts)


def _alike(wanted: tuple[Abnormality, ...], carried: tuple[Abnormality, ...]) -> bool:
    return len(wanted) <= len(carried) and all(_same(w, c) for w, c in zip(wanted, carried, strict=False))


def _given(step: Step, wanted: Abnormality) -> int | None:
    """Which of the chromosomes that a step gives is meant by ``-wanted``: -1 for all of them, None for none."""
    gives = step.readings[0].gives
    if not gives:
        return None
    if _same(wanted, step.item):
        return -1
    if wanted.kind != "der" or len(gives) < 2 or len(wanted.chromosomes) != 1:
        return None
    return next((n for n, instance in enumerate(gives) if instance.label == wanted.chromosomes[0]), None)


def _without(step: Step, number: int) -> Step:
    """The step with one copy of a given chromosome (or of all, -1) gone; what it had taken stays taken."""
    left = tuple(
        Change(
            change.takes,
            () if number == -1 else tuple(g for n, g in enumerate(change.gives) if n != number),
            change.resolved,
        )
        for change in step.readings
    )
    changes = tuple(dict.fromkeys(left))
    return step._replace(readings=changes, effect=effect(changes), times=ONE)


def _less(times: Range) -> Range | None:
    """One copy less; None where none is left."""
    high = None if times.high is None else times.high - 1
    return None if high == 0 else Range(max(times.low - 1, 0), high)


def _take_away(steps: list[Step], wanted: Abnormality) -> bool:
    """Remove from ``steps`` the chromosome that ``-wanted`` names; False where no step has it."""
    exact = [s for s in steps if s.item.breakpoints == wanted.breakpoints and s.item.parts == wanted.parts]
    for step in (*reversed(exact), *reversed(steps)):
        number = _given(step, wanted)
        if number is None:
            continue
        place = steps.index(step)
        fewer = _less(step.times)
        rest = [step._replace(times=fewer)] if fewer is not None else []
        gone = _without(step, number)
        steps[place : place + 1] = rest + ([gone] if any(c.takes or c.gives for c in gone.readings) else [])
        return True
    return False


# ---------------------------------------------------------------------------------------------- sex chromosomes


_NONE_TAKEN: Counter[str] = Counter()


def _sex_taken(steps: Sequence[Step]) -> Counter[str]:
    """Normal sex chromosomes that the steps take."""
    if not any(step.effect.sex for step in steps):
        return _NONE_TAKEN
    return Counter(letter for step in steps for letter in step.effect.sex * step.times.low)


def _stated_sex(letters: str, taken: Counter[str], ploidy: int) -> tuple[tuple[int, int], str]:
    """Normal X and Y left, and the letters as they were before what the text itself takes away.

    The letters name the normal sex chromosomes that are left (``45,X,-Y``, ``46,Y,t(X;11)``), so a taken one is missing
    from them already, as long as they are fewer than the ploidy.
    """
    if not taken:  # nearly always; counters cost more than all else here
        return (letters.count("X"), letters.count("Y")), letters
    missing = max(0, ploidy - len(letters))
    left, before = Counter(letters), Counter(letters)
    for chromosome in sorted(taken.elements()):
        if missing > 0:
            missing -= 1
            before[chromosome] += 1
        else:
            left[chromosome] -= 1
    return (left["X"], left["Y"]), "X" * before["X"] + "Y" * before["Y"]


def _person(letters: str, ploidy: int) -> str | None:
    """XX or XY where the letters, complete for the ploidy, show it."""
    if "Y" in letters:
        return "XY"
    return "XX" if ploidy > 1 and len(letters) >= ploidy else None


def level_of(count: int) -> int:
    """The ploidy level to which a chromosome number belongs: up to 34 haploid, 35-57, 58-80, 81-103, ..."""
    return max(1, (count + 11) // 23)


# ---------------------------------------------------------------------------------------------- clones


class _Own(NamedTuple):
    """The items of one clone: inherited steps after removals, own steps, items as stated, what was not removed."""

    carried: list[Step]
    steps: list[Step]
    stated: list[Meaning]
    faults: list[Diagnostic]


def _own_steps(clone: Clone, mentions: Mentions, inherited: tuple[Step, ...]) -> _Own:
    own = _Own(list(inherited), [], [], [])
    composite = clone.cells is not None and clone.cells.composite
    for stated in clone.abnormalities:
        item = mentions.complete(stated)
        known = meaning(item)
        own.stated.append(known if item is stated else meaning(stated))
        done = known.readings, known.effect
        if item.sign == "-" and item.kind != "chromosome":
            if _take_away(own.carried, item):
                continue
            own.faults.append(_not_there(item))
            done = _NOT_THERE, effect(_NOT_THERE)
        else:
            mentions.add(item)
        own.steps.append(Step(item, *done, item.multiplier, clone.index, composite, known))
    return own


_NOT_THERE: tuple[Change, ...] = (Change((UNKNOWN,), (), resolved=False),)
"""What the removal of something unknown does: one chromosome less."""


def _not_there(item: Abnormality) -> Diagnostic:
    message = "this is taken away, but the clone it is taken from does not have it"
    return Diagnostic("STEM-REF", "warning", item.start, item.end, message)


def _multiplied(times: Range, by: int) -> Range:
    return Range(times.low * by, None if times.high is None else times.high * by)


def _sideline(clone: Clone, stem: Line, mentions: Mentions) -> Line:
    """A clone that inherits: everything of the stem as often as it is multiplied, then its own items."""
    by = clone.relation.multiplier if clone.relation else 1
    steps = stem.steps if by == 1 else tuple(s._replace(times=_multiplied(s.times, by)) for s in stem.steps)
    own = _own_steps(clone, mentions, steps)
    taken = _sex_taken(own.steps)
    x, y = (number * by - taken[letter] for number, letter in zip(stem.normal_sex, SEX_CHROMOSOMES, strict=True))
    steps, unknown, ploidy = (*own.carried, *own.steps), stem.sex_unknown, stem.ploidy * by
    counted = _count(steps, ploidy, (x, y), sex_unknown=unknown)
    stated, faults = tuple(own.stated), tuple(own.faults)
    return Line(clone, steps, ploidy, (x, y), stem.constitution, unknown, counted, stated, faults)


def _at_level(clone: Clone, own: _Own, ploidy: int) -> Line:
    steps = tuple(own.steps)
    letters = clone.sex.letters if clone.sex else ""
    unknown = clone.sex is None or clone.sex.unknown
    left, before = _stated_sex(letters, _sex_taken(steps) if letters or not unknown else _NONE_TAKEN, ploidy)
    constitution = letters if clone.sex and clone.sex.constitutional else _person(before, ploidy)
    counted = _count(steps, ploidy, left, sex_unknown=unknown)
    return Line(clone, steps, ploidy, left, constitution, unknown, counted, tuple(own.stated), tuple(own.faults))


def _first(clone: Clone, mentions: Mentions) -> Line:
    """A clone that stands for itself; ploidy not stated is 2, unless only another one fits the count or the sex."""
    own = _own_steps(clone, mentions, ())
    if clone.ploidy is not None:
        return _at_level(clone, own, clone.ploidy)
    diploid = _at_level(clone, own, 2)
    if agrees(clone.count, diploid.counted):
        return diploid
    other = level_of(clone.count.low)
    line = _at_level(clone, own, other) if other != 2 else diploid
    letters = len(clone.sex.letters) if clone.sex else 2
    by_sex = (letters - 2) * (other - 2) > 0  # one letter speaks for fewer sets, three for more
    return line if by_sex or agrees(clone.count, line.counted) else diploid


def agrees(stated: Range, counted: Range) -> bool:
    """Whether two ranges have a number in common."""
    return (counted.high is None or stated.low <= counted.high) and (stated.high is None or counted.low <= stated.high)


_MOST_WORK = 30_000
"""Steps that sidelines may inherit and search in one text; thirty clones of sixty items stay far below."""


def _work(clone: Clone, stem: Line) -> int:
    """What a sideline costs: its inherited steps, once for itself and once for every item that it takes away."""
    return len(stem.steps) * (1 + sum(item.sign == "-" for item in clone.abnormalities))


def _too_long(clone: Clone, mentions: Mentions) -> Line:
    """A sideline that is not expanded, and says so."""
    message = "too many inherited items: this clone is described by its own items only"
    start, end = (clone.relation.start, clone.relation.end) if clone.relation else (clone.start, clone.end)
    remark = Diagnostic("STEM-REF", "warning", start, end, message)
    line = _first(clone, mentions)
    return replace(line, faults=(*line.faults, remark))


def expand(document: Document) -> tuple[Line, ...]:
    """Every clone of the text in full, in the order of the text."""
    mentions, lines, left = Mentions(), list[Line](), _MOST_WORK
    for clone in document.clones:
        number = clone.relation.clone if clone.relation else None
        stem = lines[number - 1] if number is not None and 0 < number <= len(lines) else None
        left -= 0 if stem is None else _work(clone, stem)
        if stem is None:
            lines.append(_first(clone, mentions))
        else:
            lines.append(_sideline(clone, stem, mentions) if left >= 0 else _too_long(clone, mentions))
    return tuple(lines)
