"""Abnormality counts, complex and monosomal karyotype, and ploidy classes, each under a named rule.

Definitions differ between diseases and between editions, so that every answer names its rule set and lists the items it
counted (``data/karyotype-rules.tsv``). Counted are acquired items of tumour clones, each once however many clones carry
it, if they are clonal: a gain or structural change in at least two cells, a loss in at least three.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.effects import joined, net, persons
from adapter.nomenclature.iscn.expand import Line, agrees, expand
from adapter.nomenclature.loci import at_junction, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapter.nomenclature.iscn.expand import Step
    from adapter.nomenclature.iscn.model import Abnormality, Document

UNKNOWN_STRUCTURE = frozenset({"mar", "dmin", "ace", "min"})
"""Abnormal material that is no structural change of a known chromosome."""


class Counted(NamedTuple):
    """An abnormality as rules count it: the item, its most copies in one clone, and the indices of its carriers.

    ``key`` and ``text`` are those of its `meaning.Meaning`.
    """

    item: Abnormality
    times: int
    clones: tuple[int, ...]
    key: str
    text: str

    @property
    def numerical(self) -> bool:
        """Whether it is a whole chromosome more or less."""
        return self.item.kind == "chromosome"

    @property
    def structural(self) -> bool:
        """Whether it is a structural change of a known chromosome."""
        return not self.numerical and not self.unknown

    @property
    def unknown(self) -> bool:
        """Whether it is material of unknown origin: a marker, a ring without chromosome, double minutes."""
        return self.item.kind in UNKNOWN_STRUCTURE or not self.item.chromosomes


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A definition of complex karyotype: at least ``threshold`` abnormalities, none of the ``exempt`` classes.

    Classes are recurrent rearrangements and ploidy classes. ``second`` is the threshold of the next class ("very
    poor", "highly complex"). ``unbalanced_twice`` counts an unbalanced translocation as two, ``repeats`` a chromosome
    gained twice as two; ``hyperdiploid_exempt`` leaves out karyotypes of three or more gains without structural change.
    ``diagnoses`` are keys of the diagnosis table.
    """

    name: str
    threshold: int
    second: int | None
    unbalanced_twice: bool
    repeats: bool
    hyperdiploid_exempt: bool
    diagnoses: tuple[str, ...]
    exempt: frozenset[str]
    source: str


class Verdict(NamedTuple):
    """What a rule set says: ``number`` and the items ``counted``; ``exempt_by`` is what keeps it from being complex."""

    rule: str
    complex: bool
    high: bool
    number: int
    counted: tuple[Counted, ...]
    exempt_by: str | None


class Monosomal(NamedTuple):
    """Monosomal karyotype: the autosomal monosomies and structural items of the clone that fulfils it.

    ``disputed`` is True where it rests on a marker, or on a monosomy whose chromosome an unbalanced derivative of the
    same clone partly keeps.
    """

    present: bool
    disputed: bool
    items: tuple[Abnormality, ...]


@cache
def rule_sets() -> Mapping[str, RuleSet]:
    """The rule sets by name."""
    return MappingProxyType({row[0]: _rule_set(row) for row in rows("karyotype-rules.tsv")})


def _rule_set(row: list[str]) -> RuleSet:
    name, threshold, second, twice, repeats, hyperdiploid, diagnoses, exempt, source = row
    flags = (twice == "yes", repeats == "yes", hyperdiploid == "yes")
    keys = tuple(diagnoses.split("|"))
    return RuleSet(
        name, int(threshold), int(second) if second else None, *flags, keys, frozenset(exempt.split("|")), source
    )


MONOSOMAL_IN = ("aml",)
"""Diagnoses for which monosomal karyotype is defined (Breems 2008)."""

PLOIDY_IN = ("all", "b-all")
"""Diagnoses whose ploidy classes `ploidy_class` gives."""


def fits(diagnosis: str, keys: Iterable[str]) -> bool:
    """Whether a diagnosis, a key of the diagnosis table ("b-all-bcr-abl1-like"), is one of ``keys`` or a kind of it."""
    return any(diagnosis == key or diagnosis.startswith(f"{key}-") for key in keys)


def rules_for(diagnosis: str) -> tuple[RuleSet, ...]:
    """The rule sets that fit a diagnosis, given as a key of the diagnosis table."""
    return tuple(rule for rule in rule_sets().values() if fits(diagnosis, rule.diagnoses))


# ---------------------------------------------------------------------------------------------- counting


def tumour(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The lines of the tumour: not the donor's, and those with an acquired item or another number of whole sets."""
    own = (line for line in lines if line.clone.population != "donor")
    return tuple(line for line in own if any(step.meaning.counts for step in line.steps) or _other_level(line))


def _other_level(line: Line) -> bool:
    """Whether number and sex chromosomes alone state a polyploid clone of at least two cells: ``69,XXX[10]``.

    Not of a mosaic or a constitutional complement, where the number is that of the person.
    """
    clone = line.clone
    if line.ploidy < 3 or clone.population in ("mos", "chi") or (clone.sex is not None and clone.sex.constitutional):
        return False
    single = clone.cells is not None and not clone.cells.composite and clone.cells.n < 2
    return not single and agrees(clone.count, line.counted)


def present(step: Step) -> bool:
    """Whether the clone still has the abnormality: a derivative taken away leaves only the loss of its chromosome."""
    return step.meaning.counts and (bool(step.readings[0].gives) or step.item.kind in _WITHOUT_CHROMOSOME)


_WITHOUT_CHROMOSOME = frozenset({"chromosome", "dmin", "ace", "min", "hsr"})
"""Items that are there although they give no derivative chromosome."""


def abnormalities(lines: tuple[Line, ...]) -> tuple[Counted, ...]:
    """The clonal, acquired abnormalities of the tumour's lines, each once, in the order of the text."""
    found: dict[str, list[tuple[Step, int, Line]]] = {}
    for line in lines:
        here: dict[str, list[Step]] = {}
        for step in line.steps:
            if present(step):
                here.setdefault(step.meaning.key, []).append(step)
        doubling = max(1, line.ploidy // 2) if line.clone.relation is not None else 1
        for key, steps in here.items():
            times = sum(step.times.low for step in steps)
            found.setdefault(key, []).append((steps[0], max(1, times // doubling), line))
    every = [_counted(carriers) for carriers in found.values() if _clonal(carriers)]
    products: set[object] = {(one.item.chromosomes, one.item.breakpoints) for one in every if one.item.kind == "t"}
    return tuple(one for one in every if not _product(one.item, products)) if products else tuple(every)


def _counted(carriers: list[tuple[Step, int, Line]]) -> Counted:
    first = carriers[0][0]
    clones = tuple(line.clone.index for _, _, line in carriers)
    return Counted(first.item, max(c[1] for c in carriers), clones, first.meaning.key, first.meaning.text)


def _clonal(carriers: list[tuple[Step, int, Line]]) -> bool:
    """A gain or structural change in two cells, a loss in three; cells that are not stated are not doubted."""
    cells = [line.clone.cells for _, _, line in carriers]
    if any(one is None or one.composite for one in cells):
        return True
    item = carriers[0][0].item
    return sum(one.n for one in cells if one) >= (3 if item.kind == "chromosome" and item.sign == "-" else 2)


def _product(item: Abnormality, translocations: set[object]) -> bool:
    """Whether a derivative only shows the product of a translocation that is counted already."""
    parts = item.parts
    return item.kind == "der" and len(parts) == 1 and (parts[0].chromosomes, parts[0].breakpoints) in translocations


def unbalanced_translocation(item: Abnormality) -> bool:
    """``der(1)t(1;3)(p32;q21)``, ``der(1;7)(q10;p10)``, dicentrics: parts of two chromosomes, some of them lost."""
    several = item.kind in ("dic", "psu dic", "der") and len(set(item.chromosomes)) > 1
    return several or (item.kind in ("der", "ider") and any(p.kind in ("t", "dic", "psu dic") for p in item.parts))


def _weight(one: Counted, rule: RuleSet) -> int:
    if one.numerical:
        return one.times if rule.repeats else 1
    return 2 if rule.unbalanced_twice and unbalanced_translocation(one.item) else 1


# ---------------------------------------------------------------------------------------------- verdicts


def class_defining(lines: tuple[Line, ...]) -> tuple[str, ...]:
    """Keys of the recurrent rearrangements of the tumour's lines."""
    pairs = dict.fromkeys(pair for line in lines for pair in joined(line))
    return tuple(dict.fromkeys(entry.key for pair in pairs for entry in at_junction(*pair)))


def _only_gains(counted: tuple[Counted, ...]) -> bool:
    return len(counted) >= 3 and all(one.numerical and one.item.sign == "+" for one in counted)


def verdict(rule: RuleSet, counted: tuple[Counted, ...], classes: tuple[str, ...]) -> Verdict:
    """What one rule set says of the counted abnormalities; ``classes``: recurrent rearrangements and ploidy class."""
    plain = not (rule.unbalanced_twice or rule.repeats)
    count = len(counted) if plain else sum(_weight(one, rule) for one in counted)
    exempt = next((key for key in classes if key in rule.exempt), None)
    if exempt is None and rule.hyperdiploid_exempt and _only_gains(counted):
        exempt = "hyperdiploid"
    reached = exempt is None and count >= rule.threshold
    high = reached and rule.second is not None and count >= rule.second
    return Verdict(rule.name, reached, high, count, counted, exempt)


def _lost(line: Line) -> tuple[Step, ...]:
    """Losses of autosomes of which the clone has one copy less."""
    numerical = [s for s in line.steps if s.item.kind == "chromosome" and s.meaning.counts and s.item.certain]
    gained = {s.item.chromosomes for s in numerical if s.item.sign == "+"}
    lost = {s.item.chromosomes: s for s in numerical if s.item.sign == "-" and s.item.chromosomes not in gained}
    return tuple(step for (name, *_), step in lost.items() if name in bands.AUTOSOMES)


def _keeps(line: Line, chromosome: str) -> bool:
    """Whether an abnormal chromosome of the clone carries material of a chromosome that is written as lost."""
    return any(
        stretch.chromosome == chromosome
        for step in line.steps
        if not step.item.constitutional and step.item.kind not in ("chromosome", "t", "inv")
        for instance in step.readings[0].gives
        for stretch in instance.stretches
    )


_NO = Monosomal(present=False, disputed=False, items=())


def _monosomal(line: Line, counted: tuple[Counted, ...]) -> Monosomal:
    losses = _lost(line) if line.ploidy == 2 else ()
    if not losses:
        return _NO
    here = [one for one in counted if line.clone.index in one.clones]
    clonal = {one.key for one in here}
    lost = tuple(step.item for step in losses if step.meaning.key in clonal)
    if not lost:
        return _NO
    structural = tuple(one.item for one in here if one.structural)
    markers = tuple(one.item for one in here if one.unknown)
    sure = [item for item in lost if not _keeps(line, item.chromosomes[0])]
    if len(sure) > 1 or (sure and structural):
        return Monosomal(present=True, disputed=False, items=(*lost, *structural))
    present = len(lost) > 1 or bool(structural)
    return Monosomal(present, disputed=True, items=(*lost, *structural, *markers)) if present or markers else _NO


def monosomal(lines: tuple[Line, ...], counted: tuple[Counted, ...], recurrent: tuple[str, ...]) -> Monosomal:
    """Two autosomal monosomies, or one and a structural abnormality, in one clone (Breems 2008); not in CBF-AML."""
    if {"RUNX1::RUNX1T1", "CBFB::MYH11"} & set(recurrent):
        return _NO
    found = [_monosomal(line, counted) for line in lines]
    return max(found, key=lambda one: (one.present, not one.disputed), default=_NO)


# ---------------------------------------------------------------------------------------------- ploidy

_PLOIDY = (
    (24, 31, "near-haploid"),
    (32, 39, "low-hypodiploid"),
    (40, 43, "high-hypodiploid"),
    (51, 65, "high-hyperdiploid"),
    (66, 79, "near-triploid"),
    (84, 100, "near-tetraploid"),
)
"""Chromosome numbers of the ploidy classes of B-ALL (WHO 2022, ICC 2022; the last two: doi 10.2147/CMAR.S189025)."""

_MASKED = ((50, 63, "masked-near-haploid"), (64, 78, "masked-low-hypodiploid"))
"""Doubled hypodiploidy: chromosome numbers of a clone that has two or four copies of every chromosome."""


def _class(count: int, table: tuple[tuple[int, int, str], ...]) -> str | None:
    return next((name for low, high, name in table if low <= count <= high), None)


def _doubled(line: Line, person: str | None) -> bool:
    """Whether every autosome is there two or four times, at least three of them four times."""
    runs = [run for run in net(line, person) if run.chromosome in bands.AUTOSOMES]
    if any((run.low, run.high) not in ((0, 0), (2, 2)) for run in runs):
        return False
    gained = {c: sum(run.end - run.first for run in runs if run.chromosome == c) for c in bands.AUTOSOMES}
    return sum(2 * bands_gained > bands.size(c) for c, bands_gained in gained.items()) >= 3


def ploidy_class(lines: tuple[Line, ...]) -> str | None:
    """The ploidy class of the tumour, by chromosome number; a doubled hypodiploid clone is called masked.

    A hypodiploid clone decides before the doubled clone beside it. None for numbers from 44 to 50.
    """
    classes = [_line_class(line, person) for line, person in zip(lines, persons(lines), strict=True)]
    order = ("near-haploid", "low-hypodiploid", "masked-near-haploid", "masked-low-hypodiploid")
    named = [name for name in classes if name]
    return min(named, key=lambda name: (order.index(name) if name in order else 9, named.index(name)), default=None)


def _line_class(line: Line, person: str | None) -> str | None:
    count = line.clone.count
    low, high = (_class(n, _PLOIDY) for n in (count.low, count.high if count.high is not None else count.low))
    if low != high:
        return None
    masked = _class(count.low, _MASKED)
    return masked if masked and _doubled(line, person) else low


# ---------------------------------------------------------------------------------------------- all together


class Summary(NamedTuple):
    """What the rules say of a text: counted abnormalities, one verdict per rule set, monosomal, ploidy, recurrent."""

    counted: tuple[Counted, ...]
    verdicts: tuple[Verdict, ...]
    monosomal: Monosomal
    ploidy: str | None
    recurrent: tuple[str, ...]


@cache
def _nothing() -> Summary:
    """The summary of a text without an acquired abnormality, under all rule sets."""
    return Summary((), tuple(verdict(rule, (), ()) for rule in rule_sets().values()), _NO, None, ())


def assess(document: Document, diagnosis: str | None = None, lines: tuple[Line, ...] | None = None) -> Summary:
    """Count and judge a karyotype under the rule sets that fit ``diagnosis``, under all where it is None."""
    lines = tumour(expand(document) if lines is None else lines)
    if not lines and diagnosis is None:
        return _nothing()
    counted = abnormalities(lines)
    recurrent = class_defining(lines)
    rules = tuple(rule_sets().values()) if diagnosis is None else rules_for(diagnosis)
    ploidy = ploidy_class(lines)
    classes = (*recurrent, ploidy) if ploidy else recurrent
    verdicts = tuple(verdict(rule, counted, classes) for rule in rules)
    return Summary(counted, verdicts, monosomal(lines, counted, recurrent), ploidy, recurrent)
