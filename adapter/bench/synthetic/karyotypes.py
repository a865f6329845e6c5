"""Drawn karyotypes: valid ISCN of normal, recurrent, random and complex kinds, with sidelines, in the written order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

from adapter.nomenclature.bands import ACROCENTRIC, AUTOSOMES, centromere, ideogram

CELLS = 20
_RECURRENT = (
    "t(9;22)(q34;q11.2)",
    "t(4;11)(q21;q23)",
    "t(9;11)(p21;q23)",
    "t(8;21)(q22;q22)",
    "t(15;17)(q24;q21)",
    "t(1;19)(q23;p13.3)",
    "t(8;14)(q24;q32)",
    "t(6;9)(p23;q34)",
    "inv(16)(p13.1q22)",
    "inv(3)(q21q26.2)",
    "del(5)(q13q33)",
    "del(7)(q22q36)",
    "del(20)(q11.2q13.3)",
    "del(6)(q15q23)",
    "i(17)(q10)",
)
_MONOSOMIES = ("5", "7", "13", "17", "18", "20")
_TRISOMIES = ("4", "6", "8", "10", "13", "17", "18", "21", "22")


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One abnormality: the number of its first chromosome, numerical before structural, its text, what it adds."""

    place: int
    structural: bool
    text: str
    adds: int = 0


def karyotype(chance: random.Random, *, male: bool) -> str:
    """One karyotype of twenty cells: every fourth normal, every fourth complex, some with a sideline."""
    sex = "XY" if male else "XX"
    size = chance.choices((0, 1, 2, 3, 5, 7), (5, 6, 4, 2, 2, 1))[0]
    lost_y = male and size > 0 and chance.random() < 0.1
    items = _items(chance, size)
    letters, count = ("X,-Y", 45) if lost_y else (sex, 46)
    if not items and not lost_y:
        return f"46,{sex}[{CELLS}]"
    normal = chance.choice((0, chance.randint(1, 8)))
    written = sorted(items)
    stem = ",".join((str(count + sum(i.adds for i in items)), letters, *(i.text for i in written)))
    return stem + _rest(chance, items, count, CELLS - normal) + (f"/46,{sex}[{normal}]" if normal else "")


def _rest(chance: random.Random, items: list[Item], count: int, cells: int) -> str:
    """The cells of the stemline, and a sideline of it where one is drawn."""
    if chance.random() >= 0.2 or cells < 6:
        return f"[{cells}]"
    used = {i.place for i in items}
    gained = next(Item(int(c), False, f"+{c}", 1) for c in chance.sample(_TRISOMIES, 9) if int(c) not in used)
    side = chance.randint(2, cells - 3)
    total = count + gained.adds + sum(i.adds for i in items)
    return f"[{cells - side}]/{total},sl,{gained.text}[{side}]"


def _items(chance: random.Random, size: int) -> list[Item]:
    """``size`` abnormalities of different chromosomes; the first is a recurrent one more often than not."""
    free = list(AUTOSOMES)
    chance.shuffle(free)
    items: list[Item] = []
    if size and chance.random() < 0.6:
        text = chance.choice(_RECURRENT)
        touched = text[text.index("(") + 1 : text.index(")")].split(";")
        items.append(Item(int(touched[0]), True, text))
        free = [c for c in free if c not in touched]
    while len(items) < size:
        items.append(_drawn(chance, free))
    return items


def _drawn(chance: random.Random, free: list[str]) -> Item:
    """A random abnormality of chromosomes in ``free``, which are then used up."""
    kind = chance.choice(("gain", "loss", "del", "del", "add", "t", "t", "inv", "dup", "der", "i"))
    if kind in ("gain", "loss"):
        # The clinically seen ones where they are still free, any other autosome else.
        usual = [c for c in (_TRISOMIES if kind == "gain" else _MONOSOMIES) if c in free]
        one = chance.choice(usual or free)
        free.remove(one)
        return Item(int(one), False, f"{'+' if kind == 'gain' else '-'}{one}", 1 if kind == "gain" else -1)
    one = free.pop()
    if kind in ("t", "der"):
        two = free.pop()
        # The chromosome whose centromere a derivative keeps comes first in its own bracket, the lower one in the t.
        low, high = sorted((one, two), key=int)
        exchange = f"t({low};{high})({_band(chance, low)};{_band(chance, high)})"
        return Item(int(low if kind == "t" else one), True, exchange if kind == "t" else f"der({one}){exchange}")
    if kind == "i":
        return Item(int(one), True, f"i({one})(q10)")
    if kind == "add":
        return Item(int(one), True, f"add({one})({_band(chance, one)})")
    if kind == "inv" and one not in ACROCENTRIC:
        return Item(int(one), True, f"inv({one})({_band(chance, one, 'p')}{_band(chance, one, 'q')})")
    return Item(int(one), True, f"{'dup' if kind == 'dup' else 'del'}({one})({_span(chance, one)})")


def _span(chance: random.Random, one: str) -> str:
    """Two bands of the long arm, from the centromere outwards."""
    bands = _bands(one, "q")
    first = chance.randrange(len(bands) - 1)
    return bands[first] + bands[chance.randrange(first + 1, len(bands))]


def _band(chance: random.Random, one: str, arm: str = "") -> str:
    arm = arm or ("q" if one in ACROCENTRIC else chance.choice("pq"))
    return chance.choice(_bands(one, arm))


@cache
def _bands(one: str, arm: str) -> tuple[str, ...]:
    """The 400-level bands of an arm in the order of the chromosome, without heterochromatin of the centromere."""
    cut = centromere(one)
    bands = ideogram(one)[:cut] if arm == "p" else ideogram(one)[cut:]
    return tuple(dict.fromkeys(b.at_400 for b in bands if b.at_400 and b.stain not in ("acen", "stalk", "gvar")))
