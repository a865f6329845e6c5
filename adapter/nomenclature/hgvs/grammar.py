"""The grammar of one nucleotide change, and the check of whatever else HGVS can say.

A plain change (substitution, deletion, duplication, insertion, deletion-insertion, inversion, identity at stated
positions) becomes an :class:`Edit`. Everything beyond (alleles, uncertain ranges, repeats, RNA and protein
statements, adjoined transcripts) is only judged: ``hgvs-weaver`` or ``ferro-hgvs`` must take it. Source: HGVS
nomenclature 21, recommendations for DNA.
"""

from __future__ import annotations

import re
from dataclasses import replace

from adapter.errors import NomenclatureError
from adapter.nomenclature.hgvs.place import Position
from adapter.nomenclature.value import value

BASES = "ACGTRYSWKMBDHVN"
_POSITION = r"([-*]?)(\d{1,9})(?:([+-])([1-9]\d{0,8}))?"
PLAIN = re.compile(
    rf"(?P<predicted>\()?{_POSITION}(?:_{_POSITION})?"
    rf"(?:(?P<ref>[{BASES}]+)>(?P<alt>[{BASES}]+)|(?P<same>[{BASES}]*)="
    rf"|del(?P<gone>[{BASES}]*|\d+)(?:ins(?P<instead>[{BASES}]+))?"
    rf"|dup(?P<twice>[{BASES}]*|\d+)|ins(?P<new>[{BASES}]+)|inv(?P<turned>[{BASES}]*|\d+))(?(predicted)\))"
)


# The change behind its positions; no bases behind del, dup and inv (HGVS, general recommendations).
_SHOWN = {
    "substitution": "{0}>{1}",
    "identity": "{0}=",
    "deletion": "del",
    "duplication": "dup",
    "insertion": "ins{1}",
    "delins": "delins{1}",
    "inversion": "inv",
}


@value
class Edit:
    """One change at stated positions; ``ref`` is what was stated as being there ("" if nothing was).

    ``stated_length`` is a number written in place of the bases (``del24``).
    """

    kind: str
    start: Position
    end: Position
    ref: str = ""
    alt: str = ""
    stated_length: int | None = None

    def __str__(self) -> str:
        """The change as HGVS recommends it: no bases behind ``del``, ``dup`` and ``inv``."""
        place = str(self.start) if self.start == self.end else f"{self.start}_{self.end}"
        return place + written(self.kind, self.ref, self.alt)


def written(kind: str, ref: str, alt: str) -> str:
    """What stands behind the positions of a change.

    >>> written("delins", "AC", "T")
    'delinsT'
    """
    return _SHOWN[kind].format(ref, alt)


def _position(star: str, digits: str, sign: str | None, offset: str | None) -> Position:
    base = -int(digits) if star == "-" else int(digits)
    return Position(star == "*", base, int(f"{sign}{offset}") if sign else 0)


def plain(text: str, at: int = 0) -> Edit | None:
    """The plain change that ``text`` (behind ``c.``) describes, None when it is none.

    ``at`` is added to the offsets of errors.

    Raises:
        NomenclatureError: the positions contradict each other or the change.

    >>> str(plain("524G>A")), str(plain("284_307del24"))
    ('524G>A', '284_307del')
    """
    found = PLAIN.fullmatch(text)
    if found is None:
        return None
    start = _position(*found.group(2, 3, 4, 5))
    end = _position(*found.group(6, 7, 8, 9)) if found.group(7) else start
    edit = _edit(found, start, end)
    message = _contradiction(edit, ranged=bool(found.group(7)))
    if message:
        raise NomenclatureError(message, text=text, start=at, end=at + len(text))
    return edit


def _edit(found: re.Match[str], start: Position, end: Position) -> Edit:
    group = found.groupdict()
    if group["alt"] is not None:
        ref = group["ref"] or ""
        single = start == end and len(ref) == len(group["alt"]) == 1
        return Edit("substitution" if single else "delins", start, end, ref, group["alt"])
    if group["same"] is not None:
        return Edit("identity", start, end, group["same"])
    if group["instead"] is not None:
        return _counted("delins", start, end, group["gone"], group["instead"])
    if group["new"] is not None:
        return Edit("insertion", start, end, alt=group["new"])
    for name, kind in (("gone", "deletion"), ("twice", "duplication")):
        if group[name] is not None:
            return _counted(kind, start, end, group[name])
    return _counted("inversion", start, end, group["turned"])


def _counted(kind: str, start: Position, end: Position, stated: str, alt: str = "") -> Edit:
    if stated.isdigit():
        return Edit(kind, start, end, alt=alt, stated_length=int(stated))
    return Edit(kind, start, end, stated, alt)


def span(start: Position, end: Position) -> int | None:
    """How many bases lie between two positions, both included; None where only the transcript knows."""
    if (start.after_stop, start.base) == (end.after_stop, end.base):
        return end.offset - start.offset + 1
    if start.offset or end.offset or start.after_stop != end.after_stop:
        return None
    return end.base - start.base + (0 if start.base < 0 < end.base else 1)


def _contradiction(edit: Edit, *, ranged: bool) -> str:
    """What is wrong with a change by its own words, "" where nothing is."""
    length = span(edit.start, edit.end)
    stated = edit.stated_length if edit.stated_length is not None else len(edit.ref) or None
    if 0 in (edit.start.base, edit.end.base):
        return "a position is never 0"
    if edit.end < edit.start and not _same_intron(edit):
        return f"the range {edit.start}_{edit.end} runs backwards"
    if edit.kind == "insertion" and (not ranged or length not in (None, 2)):
        return "an insertion lies between two neighbouring positions, written with _"
    if edit.kind == "inversion" and not ranged:
        return "an inversion needs a range of at least two bases"
    if edit.kind == "delins" and not edit.ref and not edit.alt:
        return "nothing is inserted"
    return _length_contradiction(edit, length, stated)


def _same_intron(edit: Edit) -> bool:
    """``85-47_84+48``: numbered from both ends of one intron, whose length only the transcript knows."""
    start, end = edit.start, edit.end
    return start.offset < 0 < end.offset and span(replace(end, offset=0), replace(start, offset=0)) == 2


def _length_contradiction(edit: Edit, length: int | None, stated: int | None) -> str:
    if stated == 0:
        return "a change of no bases"
    if edit.kind == "substitution" and edit.ref == edit.alt:
        return f"{edit.ref}>{edit.alt} changes nothing"
    # biocommons' own grammar takes g.1_22A>T, so a substitution's range is not held against its bases here.
    checked = edit.kind in {"deletion", "duplication", "inversion"} or (edit.kind == "delins" and edit.stated_length)
    if checked and None not in (length, stated) and length != stated:
        return f"{edit.start}_{edit.end} are {length} bases, {stated} are stated"
    return ""


def canonical(edit: Edit) -> tuple[Edit, str]:
    """The change in the form HGVS asks for, and what was rewritten ("" if nothing)."""
    if edit.kind == "delins" and edit.ref and edit.ref == edit.alt:
        return replace(edit, kind="identity"), "a change into the same bases is an identity"
    if edit.kind == "delins" and len(edit.ref) == 1 and len(edit.alt) == 1 and edit.start == edit.end:
        return replace(edit, kind="substitution"), "one base for one base is a substitution"
    return edit, ""
