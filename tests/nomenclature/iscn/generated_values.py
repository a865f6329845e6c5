"""Random values of the model, such as a text can hold: the same for the same source of chance."""

from dataclasses import replace

from adapter.nomenclature import bands
from adapter.nomenclature.iscn.model import (
    ONE,
    Abnormality,
    ArrayEvent,
    Breakpoint,
    Cells,
    Clone,
    Document,
    FishPattern,
    Linkage,
    Range,
    Sex,
    Signal,
)
from adapter.nomenclature.iscn.operations import COMPARED, COUNTED, OPERATIONS, ORIGINS, place

CHROMOSOMES = (*map(str, range(1, 23)), "X", "Y")
SYMBOLS = tuple(sorted(set(OPERATIONS) - COMPARED))
EVENTS = ("t", "del", "dup", "inv", "ins", "add", "hsr", "dic", "i", "idic", "trp")
VARIANTS = ("qh+", "qh-", "ps+", "pss", "pstk+", "cenh+")
SEXES = (
    Sex("XX"),
    Sex("XXYY"),
    Sex("X", unknown=True),
    Sex("", unknown=True),
    Sex("", unknown=True, undisclosed=True),
    Sex("X", constitutional=True),
    Sex("XXX", constitutional=True, constitutional_certain=False),
)
PROBES = ("KMT2A", "bcr", "abc", "D13S319", "D5S721/D5S23", "wcp8", "cep 8", "HLA-A", "IGH@", "RP11-12A3", "8Q24")
STATES = ("present", "absent", "enhanced", "diminished", "amplified", "moved", "stayed")


def some(chance, share):
    return chance.random() < share


def band(chance, chromosome):
    name = chance.choice([b.name for b in bands.ideogram(chromosome)])
    return Breakpoint(chromosome, name[0], name[1:], name[1:])


def breakpoint_of(chance, chromosome):
    """A place as stated, doubt and alternatives included."""
    known = band(chance, chromosome)
    doubtful = replace(known, certain=known.band[: chance.randint(0, len(known.band))].rstrip("."), doubt=True)
    forms = (
        doubtful,
        replace(known, band="10", certain="10"),
        replace(known, band="ter", certain="ter"),
        replace(known, band="", certain="", doubt=True),
        replace(known, arm_certain=False),
        Breakpoint(chromosome, None, "", ""),
        replace(known, to=band(chance, chromosome)),
        replace(known, alternatives=(band(chance, chromosome), band(chance, chromosome))),
    )
    return known if some(chance, 0.6) else chance.choice(forms)


def group(chance, chromosome, number):
    """Bands of one chromosome in the order of writing; where there are several, only the first is in doubt."""
    if number == 1:
        return (breakpoint_of(chance, chromosome),)
    names = [b.name for b in bands.ideogram(chromosome)]
    found = [band(chance, chromosome) for _ in range(number)]
    return tuple(sorted(found, key=lambda b: names.index(b.name)))


def structural(chance, kind, *, inner=False):
    takes = OPERATIONS[kind]
    if kind.endswith("ins"):
        names = tuple(chance.sample(CHROMOSOMES, chance.randint(1, 2)))
        groups = (group(chance, names[0], 3),)
        if len(names) == 2:
            groups = (group(chance, names[0], 1), group(chance, names[1], 2))
    elif kind in ("der", "rec"):
        names, groups = (chance.choice(CHROMOSOMES),), ()
    else:
        least, most = takes.chromosomes
        names = tuple(sorted(chance.sample(CHROMOSOMES, chance.randint(max(least, 1), min(most, 3))), key=place))
        number = 1 if isinstance(takes.breakpoints, str) else chance.choice(sorted(takes.breakpoints))
        groups = tuple(group(chance, name, number) for name in names) if some(chance, 0.9) or inner else ()
    parts = ()
    if kind in ("der", "rec", "ider") and not inner:
        parts = tuple(structural(chance, chance.choice(EVENTS), inner=True) for _ in range(chance.randint(1, 2)))
    return Abnormality(kind, None, names, tuple(some(chance, 0.9) for _ in names), groups, parts)


def item(chance):
    """One item of a clone with sign, doubt, suffixes; a number of its cells only where no alternative follows."""
    form = chance.randrange(4)
    if form == 0:
        made = Abnormality("chromosome", chance.choice("+-"), (chance.choice(CHROMOSOMES),), (some(chance, 0.8),))
    elif form == 1 and some(chance, 0.3):
        made = Abnormality(
            "heteromorphism", None, (chance.choice(CHROMOSOMES),), (True,), feature=chance.choice(VARIANTS)
        )
    elif form == 1:
        times = Range(chance.randint(1, 5), chance.randint(5, 9))
        kind = chance.choice(sorted(COUNTED))
        made = Abnormality(
            kind,
            chance.choice(("+", "-", None)),
            multiplier=chance.choice((ONE, times)),
            number=chance.choice((None, 2)),
        )
    else:
        made = replace(structural(chance, chance.choice(SYMBOLS)), sign=chance.choice(("+", "-", None)))
        if some(chance, 0.2):
            made = replace(made, multiplier=Range(2, chance.randint(2, 4)))
    if some(chance, 0.1) and made.kind != "chromosome":
        made = replace(made, certain=False)
    if some(chance, 0.3):
        origin = tuple(chance.sample(sorted(ORIGINS), chance.randint(1, 2)))
        made = replace(made, origin=origin, origin_certain=some(chance, 0.7))
    return made


def alternatives(chance):
    first = item(chance)
    if some(chance, 0.9):
        return replace(first, cells=Cells(3) if some(chance, 0.1) else None)
    return replace(first, alternatives=(item(chance),))


def karyotype(chance):
    clones = []
    for index in range(1, chance.randint(1, 2) + 1):
        low = chance.randint(23, 99)
        cells = Cells(chance.randint(1, 30), composite=some(chance, 0.2))
        items = tuple(alternatives(chance) for _ in range(chance.randint(1, 3)))
        count = Range(low, low + chance.choice((0, 3)))
        level = chance.choice((None, 3))
        clones.append(
            Clone(index, count, chance.choice(SEXES), level, None, items, cells, incomplete=some(chance, 0.1))
        )
    return Document("", "ok", tuple(clones))


def signal(chance, number, chromosome, *, nuclear):
    state = chance.choice(STATES[3:] if nuclear else STATES) if some(chance, 0.3) else ""
    copies = chance.choice((None, ONE, Range(2, 5)))
    return Signal(chance.choice(PROBES), chance.choice(("", "", "3'", "5'")), copies, state, number, chromosome)


def fish(chance):
    technique = chance.choice(("nuc ish", "ish", "rev ish", "fib ish"))
    nuclear = technique == "nuc ish"
    places = 1 if nuclear else 2
    signals = [
        signal(chance, number, chromosome, nuclear=nuclear)
        for number in range(chance.randint(1, 2))
        for chromosome in range(chance.randint(1, places))
        for _ in range(chance.randint(1, 2))
    ]
    loose = [Signal(probe) for probe in chance.sample(PROBES, 2)]
    links = (Linkage(chance.choice(("con", "sep")), *loose, Range(1, 1)),) if some(chance, 0.3) else ()
    name = chance.choice(CHROMOSOMES)
    locus = chance.choice(((), (band(chance, name),), (Breakpoint(name, None, "cen", "cen"),)))
    on = None if locus or nuclear else structural(chance, chance.choice(EVENTS))
    positive, scored = chance.choice(((None, None), (None, 20), (5, 20)))
    return Document("", "ok", fish=(FishPattern(technique, tuple(signals), links, locus, on, positive, scored),))


def region(chance, technique, build):
    name = chance.choice(CHROMOSOMES)
    amount = (
        chance.choice((None, ONE, Range(1, 3))),
        chance.choice(("", "amp", "hmz", "cth")),
        chance.choice(("", "0.45", "0.2~0.3")),
        chance.choice(((), ("dn",), ("mat",))),
    )
    mos = some(chance, 0.2)
    if some(chance, 0.3):
        on = structural(chance, chance.choice(EVENTS))
        junction = tuple(chance.randint(1, 900) for _ in on.chromosomes) if len(on.chromosomes) > 1 else (5, 900)
        return ArrayEvent(technique, build, on.chromosomes, (), None, None, *amount, on, junction, mos=mos)
    if some(chance, 0.3):
        names = tuple(chance.sample(CHROMOSOMES, 3))
        return ArrayEvent(technique, build, names, (), None, None, *amount, mos=mos)
    first, last = chance.choice(((10, 90), (None, 90), (10, None)))
    outer = chance.choice((None, (first and first - 5, last and last + 5)))
    outer = None if outer == (first, last) else outer
    return ArrayEvent(technique, build, (name,), (band(chance, name),), first, last, *amount, outer=outer, mos=mos)


def array(chance):
    technique, build = chance.choice(("arr", "sseq", "ogm", "rsa")), chance.choice((None, "GRCh37", "GRCh38"))
    return Document("", "ok", arrays=tuple(region(chance, technique, build) for _ in range(chance.randint(1, 3))))


def document(chance):
    """A karyotype, a FISH or an array result."""
    return chance.choice((karyotype, karyotype, fish, array))(chance)
