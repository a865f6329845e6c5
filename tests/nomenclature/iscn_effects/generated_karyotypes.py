"""Generated karyotypes: physical chromosomes first, their text second.

A `Made` item knows the bands that its chromosomes have, worked out here by plain lists of bands, and the text that a
cytogeneticist would write for it. Nothing of the code under test is used but the names of the bands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

from adapter.nomenclature import bands

AUTOSOMES = [str(n) for n in range(1, 23)]
ROBERTSONIAN = ["13", "14", "15", "21", "22"]


@dataclass(frozen=True)
class Made:
    """An item: its text, the normal chromosomes it replaces, the stretches of bands it has, bands with breaks."""

    text: str
    replaced: tuple[str, ...]
    derivatives: tuple[tuple[tuple[str, int, int], ...], ...]
    broken: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    @property
    def count(self) -> int:
        return len(self.derivatives) - len(self.replaced)

    @property
    def chromosomes(self) -> set[str]:
        return {*self.replaced, *(c for d in self.derivatives for c, _, _ in d)}

    def bands(self) -> Counter:
        """Copies more or less of every band."""
        found = Counter()
        for chromosome in self.replaced:
            found.subtract((chromosome, n) for n in range(bands.size(chromosome)))
        for derivative in self.derivatives:
            for chromosome, first, last in derivative:
                found.update((chromosome, n) for n in range(first, last + 1))
        return found


@dataclass(frozen=True)
class Break:
    chromosome: str
    name: str
    first: int
    last: int

    @property
    def broken(self):
        return frozenset((self.chromosome, n) for n in range(self.first, self.last + 1))

    @property
    def proximal(self):
        """The part with the centromere."""
        size = bands.size(self.chromosome)
        return (
            (self.chromosome, self.last + 1, size - 1) if self.name[0] == "p" else (self.chromosome, 0, self.first - 1)
        )

    @property
    def distal(self):
        size = bands.size(self.chromosome)
        return (
            (self.chromosome, 0, self.first - 1) if self.name[0] == "p" else (self.chromosome, self.last + 1, size - 1)
        )


def _whole(c):
    return (c, 0, bands.size(c) - 1)


def _arm(c, arm):
    middle = bands.centromere(c)
    return (c, 0, middle - 1) if arm == "p" else (c, middle, bands.size(c) - 1)


@st.composite
def breaks(draw, chromosome, arm=None):
    """A break in a band of the 850 level, or in the coarser band it belongs to."""
    names = [b for b in bands.ideogram(chromosome) if arm is None or b.name[0] == arm]
    band = draw(st.sampled_from(names))
    name = draw(st.sampled_from([band.name, band.at_550, band.at_400, band.name.partition(".")[0]]))
    numbers = [n for n, b in enumerate(bands.ideogram(chromosome)) if b.name == name or _part(b.name, name)]
    return Break(chromosome, name, numbers[0], numbers[-1])


def _part(finer, coarser):
    return finer.startswith(coarser) and (len(coarser) > 3 or finer[3:4] == ".")


@st.composite
def two_breaks(draw, chromosome):
    one = draw(breaks(chromosome))
    other = draw(breaks(chromosome).filter(lambda b: b.last < one.first or b.first > one.last))
    return sorted((one, other), key=lambda b: b.first)


def _numerical(sign):
    def make(c):
        return st.just(Made(f"{sign}{c[0]}", () if sign == "+" else (c[0],), ((_whole(c[0]),),) if sign == "+" else ()))

    return make


@st.composite
def terminal(draw, c):
    at = draw(breaks(c[0]))
    symbol = draw(st.sampled_from(["del", "add"]))
    return Made(f"{symbol}({c[0]})({at.name})", (c[0],), ((at.proximal,),), at.broken)


@st.composite
def interstitial(draw, c):
    left, right = draw(two_breaks(c[0]))
    size = bands.size(c[0])
    before, between = (c[0], 0, left.first - 1), (c[0], left.last + 1, right.first - 1)
    after = (c[0], right.last + 1, size - 1)
    symbol, parts = draw(
        st.sampled_from(
            [
                ("del", (before, after)),
                ("inv", (before, between, after)),
                ("dup", (before, between, between, after)),
                ("trp", (before, between, between, between, after)),
            ]
        )
    )
    return Made(f"{symbol}({c[0]})({left.name}{right.name})", (c[0],), (parts,), left.broken | right.broken)


@st.composite
def ring(draw, c):
    left, right = draw(breaks(c[0], "p")), draw(breaks(c[0], "q"))
    between = (c[0], left.last + 1, right.first - 1)
    return Made(f"r({c[0]})({left.name}{right.name})", (c[0],), ((between,),), left.broken | right.broken)


@st.composite
def isochromosome(draw, c):
    arm = draw(st.sampled_from("pq"))
    return Made(f"i({c[0]})({arm}10)", (c[0],), ((_arm(c[0], arm), _arm(c[0], arm)),))


@st.composite
def isodicentric(draw, c):
    at = draw(breaks(c[0]))
    return Made(f"idic({c[0]})({at.name})", (c[0],), ((at.proximal, at.proximal),), at.broken)


@st.composite
def translocation(draw, c):
    one, other = draw(breaks(c[0])), draw(breaks(c[1]))
    stated = f"({c[0]};{c[1]})({one.name};{other.name})"
    broken = one.broken | other.broken
    balanced = ((one.proximal, other.distal), (other.proximal, one.distal))
    return draw(
        st.sampled_from(
            [
                Made(f"t{stated}", (c[0], c[1]), balanced, broken),
                Made(f"der({c[0]})t{stated}", (c[0],), (balanced[0],), broken),
                Made(f"der({c[1]})t{stated}", (c[1],), (balanced[1],), broken),
                Made(f"+der({c[1]})t{stated}", (), (balanced[1],), broken),
                Made(f"dic{stated}", (c[0], c[1]), ((one.proximal, other.proximal),), broken),
            ]
        )
    )


@st.composite
def derivative_of_two(draw, c):
    """A derivative with both arms replaced: der(1)t(1;3)(p32;q21)t(1;11)(q25;q13)."""
    short, long = draw(breaks(c[0], "p")), draw(breaks(c[0], "q"))
    one, other = draw(breaks(c[1])), draw(breaks(c[2]))
    middle = (c[0], short.last + 1, long.first - 1)
    text = f"der({c[0]})t({c[0]};{c[1]})({short.name};{one.name})t({c[0]};{c[2]})({long.name};{other.name})"
    broken = short.broken | long.broken | one.broken | other.broken
    return Made(text, (c[0],), ((one.distal, middle, other.distal),), broken)


@st.composite
def insertion(draw, c):
    """A segment of the second chromosome in the first: nothing is gained or lost."""
    at = draw(breaks(c[0]))
    left, right = draw(two_breaks(c[1]))
    text = f"ins({c[0]};{c[1]})({at.name};{left.name}{right.name})"
    segment = (c[1], left.last + 1, right.first - 1)
    donor = ((c[1], 0, left.first - 1), (c[1], right.last + 1, bands.size(c[1]) - 1))
    return Made(text, (c[0], c[1]), ((at.proximal, segment, at.distal), donor), at.broken | left.broken | right.broken)


@st.composite
def whole_arms(draw, c):
    one, other = draw(st.sampled_from("pq")), draw(st.sampled_from("pq"))
    text = f"der({c[0]};{c[1]})({one}10;{other}10)"
    return Made(text, (c[0], c[1]), ((_arm(c[0], one), _arm(c[1], other)),))


@st.composite
def isoderivative(draw, c):
    """Two long arms of a translocation's derivative: ider(22)(q10)t(9;22)(q34;q11.2)."""
    own, partner = draw(breaks(c[1], "q")), draw(breaks(c[0]))
    arm = ((c[1], bands.centromere(c[1]), own.first - 1), partner.distal)
    text = f"ider({c[1]})(q10)t({c[0]};{c[1]})({partner.name};{own.name})"
    return Made(text, (c[1],), (arm + arm,), own.broken | partner.broken)


KINDS = (
    _numerical("+"), _numerical("-"), terminal, interstitial, ring, isochromosome, isodicentric, translocation,
    derivative_of_two, insertion, whole_arms, isoderivative,
)  # fmt: skip


@st.composite
def items(draw, most=5):
    """Items on different chromosomes, in the order of writing."""
    pool = draw(st.permutations(AUTOSOMES))
    found = []
    for _ in range(draw(st.integers(1, most))):
        chromosomes = sorted((pool.pop() for _ in range(3)), key=int)
        found.append(draw(draw(st.sampled_from(KINDS))(chromosomes)))
    return sorted(found, key=_place)


def _place(made):
    first = min(made.chromosomes, key=int)
    return int(first), made.text[0] not in "+-"
