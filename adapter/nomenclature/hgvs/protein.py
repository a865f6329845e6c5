"""Protein statements: reading them, writing them in three letters, comparing them, and what codes for them.

Residues count from 1. Source: HGVS nomenclature 21, recommendations for proteins; one-letter codes of IUPAC-IUB.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from adapter.nomenclature.value import value

THREE = {
    "A": "Ala", "C": "Cys", "D": "Asp", "E": "Glu", "F": "Phe", "G": "Gly", "H": "His", "I": "Ile", "K": "Lys",
    "L": "Leu", "M": "Met", "N": "Asn", "P": "Pro", "Q": "Gln", "R": "Arg", "S": "Ser", "T": "Thr", "V": "Val",
    "W": "Trp", "Y": "Tyr", "U": "Sec", "O": "Pyl", "*": "Ter",
}  # fmt: skip
RESIDUES = "".join(THREE)
ONE = {**{three.lower(): one for one, three in THREE.items()}, **{one.lower(): one for one in THREE}, "x": "*"}
_AMINO = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
CODONS = {"".join(codon): _AMINO[n] for n, codon in enumerate(product("TCAG", repeat=3))}

_ANY = "|".join([*THREE.values(), "[ACDEFGHIKLMNPQRSTVWYUOX*]"])
_CHANGE = re.compile(
    rf"(?P<first>{_ANY})(?P<start>[1-9]\d{{0,5}})(?:_(?P<last>{_ANY})(?P<end>[1-9]\d{{0,5}}))?"
    rf"(?:(?P<new>{_ANY})?(?P<fs>fs)(?:(?:Ter|[*X])(?P<count>\d+|\?)?)?"
    rf"|(?P<gone>delins|del|dup|ins|>)(?P<seq>(?:{_ANY})*)|(?P<same>=)|(?P<sub>(?:{_ANY})))"
)
_RESIDUE = re.compile(_ANY)


@value
class Change:
    """A change of residues ``start`` to ``end``: ``first`` and ``last`` are what was there, ``alt`` what is there now.

    Of a frameshift ``alt`` is the first new residue ("" if not stated) and ``stop`` the count to the new stop codon.
    """

    kind: str
    start: int
    end: int
    first: str
    last: str
    alt: str = ""
    stop: str = ""

    def __str__(self) -> str:
        """In three letters, without ``p.`` and parentheses."""
        place = f"{THREE[self.first]}{self.start}"
        if self.end != self.start:
            place += f"_{THREE[self.last]}{self.end}"
        if self.kind == "frameshift":
            return f"{place}{THREE.get(self.alt, '')}fs{'Ter' + self.stop if self.stop else ''}"
        if self.kind == "identity":
            return f"{place}="
        operator = {"substitution": "", "deletion": "del", "duplication": "dup", "insertion": "ins"}
        return place + operator.get(self.kind, self.kind) + "".join(THREE[residue] for residue in self.alt)


def change(text: str) -> Change | None:
    """The change of a statement without ``p.`` and parentheses, None when it is not a plain one.

    >>> str(change("W288fs*12")), str(change("Arg175His")), str(change("E309>GRQ"))
    ('Trp288fsTer12', 'Arg175His', 'Glu309delinsGlyArgGln')
    """
    found = _CHANGE.fullmatch(text)
    if found is None:
        return None
    group = found.groupdict()
    first = _one(group["first"])
    read = Change("", int(group["start"]), int(group["end"] or group["start"]), first, _one(group["last"] or first))
    if group["fs"]:
        return _frameshift(read, _one(group["new"] or ""), group["count"] or "")
    if group["same"]:
        return replace(read, kind="identity")
    return _substitution(read, _one(group["sub"])) if group["sub"] else _segment(read, group["gone"], group["seq"])


def _frameshift(read: Change, new: str, stop: str) -> Change | None:
    if read.start != read.end:
        return None
    # A frameshift whose first new codon is a stop is a substitution by Ter (old notation p.S319fs*1).
    if stop == "1" or new == "*":
        return replace(read, kind="substitution", alt="*")
    return replace(read, kind="frameshift", alt=new, stop=stop)


def _one(residue: str) -> str:
    return ONE.get(residue.lower(), "")


def _substitution(read: Change, alt: str) -> Change | None:
    if read.start != read.end:
        return None
    return replace(read, kind="identity") if alt == read.first else replace(read, kind="substitution", alt=alt)


_KINDS = {"del": "deletion", "dup": "duplication", "ins": "insertion", "delins": "delins", ">": "delins"}


def _segment(read: Change, operator: str, sequence: str) -> Change | None:
    alt = "".join(_one(residue) for residue in _RESIDUE.findall(sequence))
    kind = _KINDS[operator]
    if kind in {"deletion", "duplication"}:
        return replace(read, kind=kind) if not alt else None
    if not alt or (kind == "insertion" and read.end != read.start + 1):
        return None
    if kind == "delins" and len(alt) == 1 and read.start == read.end:
        return _substitution(read, alt)
    return replace(read, kind=kind, alt=alt)


def translate(bases: str) -> str:
    """Residues of a coding sequence, up to and with its first stop codon.

    >>> translate("ATGGAATAA")
    'ME*'
    """
    residues: list[str] = []
    for n in range(0, len(bases) - 2, 3):
        residues.append(CODONS.get(bases[n : n + 3], "?"))
        if residues[-1] == "*":
            break
    return "".join(residues)


def agrees_with(stated: Change, protein: str) -> bool:
    """Whether the residues that the statement names are the protein's (which ends with ``*``)."""
    return protein[stated.start - 1 : stated.start] == stated.first and (
        protein[stated.end - 1 : stated.end] == stated.last
    )


def _applied(stated: Change, protein: str) -> str | None:
    """The protein after the change, None for a frameshift."""
    before, here, after = protein[: stated.start - 1], protein[stated.start - 1 : stated.end], protein[stated.end :]
    made = {
        "substitution": before + stated.alt + after,
        "identity": protein,
        "deletion": before + after,
        "duplication": before + here + here + after,
        "insertion": here[:1] and before + here[:1] + stated.alt + here[1:] + after,
        "delins": before + stated.alt + after,
    }.get(stated.kind)
    return made if made is None or "*" not in made else made[: made.index("*") + 1]


def compare(stated: Change, predicted: Change, protein: str) -> str:
    """How a stated change relates to the predicted one: ``same``, ``count`` or ``differs``.

    ``count`` is a frameshift from the same residue whose way to the stop codon is counted or begun otherwise, as older
    reports do. Insertions and duplications are compared by the protein they make.
    """
    if stated == predicted:
        return "same"
    if "frameshift" in (stated.kind, predicted.kind):
        return _compare_frameshifts(stated, predicted)
    return "same" if _applied(stated, protein) == _applied(predicted, protein) else "differs"


def _compare_frameshifts(stated: Change, predicted: Change) -> str:
    if (stated.kind, stated.start, stated.first) != (predicted.kind, predicted.start, predicted.first):
        return "differs"
    if stated.alt and stated.alt != predicted.alt:
        return "differs"
    return "count" if stated.stop and stated.stop != predicted.stop else "same"


def codings(stated: Change, coding: str) -> Iterator[tuple[int, str, str]]:
    """Every change within one codon that makes a substitution: offset in the coding sequence, bases there, bases now.

    Fewest changed bases first.

    >>> list(codings(change("M1W"), "ATG"))
    [(0, 'AT', 'TG')]
    """
    at = 3 * (stated.start - 1)
    codon = coding[at : at + 3]
    wanted = [c for c, residue in CODONS.items() if residue == stated.alt and c != codon]
    for other in sorted(wanted, key=lambda c: (sum(a != b for a, b in zip(c, codon, strict=True)), c)):
        places = [n for n in range(3) if other[n] != codon[n]]
        low, high = places[0], places[-1] + 1
        yield at + low, codon[low:high], other[low:high]
