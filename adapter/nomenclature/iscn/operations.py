"""The symbols of structural items: how many chromosomes and breakpoints each one takes.

Rules in our own words, from public summaries of the nomenclature (docs/iscn.md names them).
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Operation(NamedTuple):
    """What an item symbol takes.

    ``chromosomes`` is the least and the largest number of them. ``breakpoints`` is the set of allowed totals, "each"
    (one group per chromosome) or "any".
    """

    chromosomes: tuple[int, int]
    breakpoints: frozenset[int] | Literal["each", "any"]


_ONE = (1, 1)
_MANY = 99
_ANY = Operation((0, _MANY), "any")

OPERATIONS: dict[str, Operation] = {
    "add": Operation(_ONE, frozenset({1})),
    "del": Operation(_ONE, frozenset({1, 2})),
    "inv": Operation(_ONE, frozenset({2})),
    "dup": Operation(_ONE, frozenset({1, 2})),
    "inv dup": Operation(_ONE, frozenset({1, 2})),
    "dir dup": Operation(_ONE, frozenset({1, 2})),
    "trp": Operation(_ONE, frozenset({1, 2})),
    "qdp": Operation(_ONE, frozenset({1, 2})),
    "ins": Operation((1, 3), frozenset({3})),
    "inv ins": Operation((1, 3), frozenset({3})),
    "dir ins": Operation((1, 3), frozenset({3})),
    "t": Operation((2, _MANY), "each"),
    "dic": Operation((1, 3), "each"),
    "psu dic": Operation((1, 3), "each"),
    "rob": Operation((2, 2), "each"),
    "tas": Operation((2, _MANY), "each"),
    "trc": Operation((3, 3), "each"),
    "psu trc": Operation((3, 3), "each"),
    "i": Operation(_ONE, frozenset({1})),
    "idic": Operation(_ONE, frozenset({1})),
    "psu idic": Operation(_ONE, frozenset({1})),
    "fis": Operation(_ONE, frozenset({1})),
    "fra": Operation(_ONE, frozenset({1})),
    "hsr": Operation((0, 1), frozenset({1, 2})),
    "r": Operation((0, _MANY), "any"),
    "neo": Operation((0, _MANY), "any"),
    "upd": Operation(_ONE, "any"),
    "mar": _ANY,
    "dmin": _ANY,
    "ace": _ANY,
    "cha": _ANY,
    "chtb": _ANY,
    "chte": _ANY,
    "chrb": _ANY,
    "chre": _ANY,
    "cht": _ANY,
    "chr": _ANY,
    "cpx": _ANY,
    "csb": _ANY,
    "csg": _ANY,
    "cth": _ANY,
    "ctb": _ANY,
    "cte": _ANY,
    "ctg": _ANY,
    "cx": _ANY,
    "der": _ANY,
    "fus": _ANY,
    "gap": _ANY,
    "brk": _ANY,
    "ider": _ANY,
    "min": _ANY,
    "pcc": _ANY,
    "prx": _ANY,
    "pvz": _ANY,
    "qr": _ANY,
    "rea": _ANY,
    "rec": _ANY,
    "sce": _ANY,
    "sct": _ANY,
    "tr": _ANY,
    "var": _ANY,
    "xma": _ANY,
    "enh": _ANY,
    "dim": _ANY,
    "amp": _ANY,
}
COMPARED = frozenset({"enh", "dim", "amp"})
"""Symbols of comparative hybridisation (``rev ish enh(8)(q24)``), not of a karyotype."""

DERIVED = frozenset({"der", "rec", "ider", "dic", "psu dic", "idic", "psu idic", "i", "r", "trc", "psu trc", "neo"})
"""Symbols after which further events of the same chromosome may follow without a comma."""

PREFIXES = {"psu": {"dic", "idic", "trc"}, "inv": {"dup", "ins"}, "dir": {"dup", "ins"}, "der": {"dic", "psu", "idic"}}
"""First words of symbols of two words, with the second words they take."""

COUNTED = frozenset({"mar", "r", "dmin", "ace", "min"})
"""Symbols that take a number before (``3~12dmin``) and behind (``mar2``), and stand without parentheses."""

BARE = COUNTED | {"hsr", "neo", "gap", "brk"}
"""Symbols that may stand without parentheses."""

ALIASES = {
    "iso": "i",
    "isodic": "idic",
    "marker": "mar",
    "markers": "mar",
    "mars": "mar",
    "dm": "dmin",
    "dmins": "dmin",
    "ring": "r",
    "trip": "trp",
    "dicen": "dic",
    "pseudic": "psu dic",
    "psudic": "psu dic",
}
"""Spellings seen in reports, and the symbol that is meant."""

ORIGINS = frozenset({"c", "mat", "pat", "dn", "inh", "dmat", "dpat", "dinh", "minh", "pinh"})
"""Suffixes that say where an item comes from."""

CHROMOSOMES = frozenset({*map(str, range(1, 23)), "X", "Y"})
"""The human chromosomes."""

ACROCENTRIC = frozenset({"13", "14", "15", "21", "22", "Y"})
"""Chromosomes whose short arm may be lost in a Robertsonian translocation."""


def place(chromosome: str) -> int:
    """The rank of a chromosome in the order of writing: X, Y, 1 to 22, unknown last.

    >>> sorted(["22", "9", "X", "?"], key=place)
    ['X', '9', '22', '?']
    """
    return -2 if chromosome == "X" else -1 if chromosome == "Y" else int(chromosome) if chromosome.isdecimal() else 99
