"""FISH results: signals per probe in nuclei (``nuc ish``) and on chromosomes (``ish``)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from adapter.nomenclature.iscn.abnormality import item
from adapter.nomenclature.iscn.breakpoints import band, chromosome
from adapter.nomenclature.iscn.model import Breakpoint, FishPattern, Linkage, Range, Signal
from adapter.nomenclature.iscn.order import existing

if TYPE_CHECKING:
    from adapter.nomenclature.iscn.scan import Reader

_STATES = {
    "+": "present",
    "-": "absent",
    "amp": "amplified",
    "dim": "diminished",
    "enh": "enhanced",
    "mv": "moved",
    "st": "stayed",
}
_BAND = re.compile(r"[pq]\d[\d.]*")
_UNITS = frozenset({"cell", "cells", "nucleus", "nuclei", "metaphase", "metaphases"})
_PROBE_ENDS = frozenset({",", ";", ")", "(", "", "con", "sep", "x", "[", "/"})
_BOUNDS = {"<": "<", ">": ">", "\u2264": "<=", "\u2265": ">="}
_FOREIGN = frozenset("~<>=")


class _Group(NamedTuple):
    signals: list[Signal]
    linkages: list[Linkage]


def patterns(r: Reader, technique: str) -> list[FishPattern]:
    """Patterns = "//"? pattern (("/" | "," | "//") pattern)* "//"?  ; ``//`` parts the recipient's from the donor's."""
    found: list[FishPattern] = []
    donor_from: int | None = None
    joint = ""
    while not r.at_end():
        if r.texts[r.i] == "//" and donor_from is None:
            r.take("chimerism")
            donor_from, joint = len(found), ""
            continue
        pattern = _pattern(r, technique)
        if pattern is not None:
            found.append(replace(pattern, joint=joint if found else ""))
        joint = _between(r, stuck=pattern is None)
    if donor_from is None:
        return found
    return [replace(p, population="recipient" if n < donor_from else "donor") for n, p in enumerate(found)]


def _between(r: Reader, *, stuck: bool) -> str:
    """The sign between patterns; superfluous punctuation is left out, anything else stays unclassified."""
    text, after = r.texts[r.i], r.texts[r.i + 1]
    if text in ("/", ",", ";") and after and not stuck:
        r.take("pattern separator")
        return "/" if text == "/" else ","
    if text == "//" and not stuck:
        return ""
    if text in ("/", ",", ";", ".", ")", ":"):
        r.drop("SEP" if text != ")" else "PAREN", "sign without anything to separate")
    elif text and stuck:
        _unread(r)
    elif text:
        r.missing("SEP", ",", "sign between results missing")
        return ","
    return ""


def _unread(r: Reader) -> None:
    first = r.i
    while r.texts[r.i] and (r.i == first or r.texts[r.i] not in ("/", ",")):
        r.i += 1
    r.say("PROSE", "warning", r.starts[first], r.ends[r.i - 1], "not understood as a FISH result")


def _pattern(r: Reader, technique: str) -> FishPattern | None:
    """Pattern = (locus | item)? group* cells?  ; None, with the cursor unmoved, where none begins.

    An item without signals is a metaphase result; nuclei show probes only.
    """
    first, said = r.i, len(r.found)
    locus = _locus(r)
    abnormality = None if locus or r.texts[r.i] == "(" else item(r)
    signals, linkages = _groups(r)
    if not (signals or linkages or (abnormality and technique != "nuc ish")):
        del r.found[said:]
        for i in range(first, r.i):
            r.roles[i] = None
        r.i = first
        return None
    positive, scored = _scored(r)
    _checked(r, signals, linkages, first)
    return FishPattern(
        technique,
        tuple(signals),
        tuple(linkages),
        locus,
        abnormality,
        positive,
        scored,
        r.starts[first],
        r.ends[r.i - 1],
    )


def _locus(r: Reader) -> tuple[Breakpoint, ...]:
    """Locus = chromosome (band+ | "cen")  ; ``22q11.2``, ``8cen``, ``Xp22.3``"""
    i = r.i
    if r.kinds[i] not in ("number", "word") or not (r.kinds[i + 1] == "band" or r.texts[i + 1] == "cen"):
        return ()
    name, _ = chromosome(r)
    if r.texts[r.i] == "cen":
        start = r.starts[r.i]
        r.take("breakpoint")
        return (Breakpoint(name, None, "cen", "cen", start=start, end=r.ends[r.i - 1]),)
    found = [band(r, name)]
    while r.kinds[r.i] == "band":
        found.append(band(r, name))
    return existing(r, (tuple(found),))[0]


def _groups(r: Reader) -> tuple[list[Signal], list[Linkage]]:
    """Group = "(" member (("," | ";") member)* ")" ("x" copies)?"""
    signals: list[Signal] = []
    linkages: list[Linkage] = []
    number = 0
    while r.texts[r.i] == "(":
        group = _group(r, number)
        number += bool(group.signals)
        if r.texts[r.i] in ("x", "X"):
            shared = _copies(r)
            group = _Group([replace(s, copies=s.copies or shared) for s in group.signals], group.linkages)
        signals += group.signals
        linkages += group.linkages
    return signals, linkages


def _group(r: Reader, number: int) -> _Group:
    r.take("bracket")
    group = _Group([], [])
    place = 0
    while r.texts[r.i] not in (")", "", "[", "("):
        text = r.texts[r.i]
        if text == ",":
            r.take("separator")
        elif text in (";", ":"):
            place = _next_place(r, group, place)
        elif text.isspace() or not (text[0].isalnum()):
            r.i += 1
        else:
            at = r.i
            _member(r, number, place, group)
            if r.i == at:
                r.i += 1
    if not r.take_if(")", "bracket"):
        r.missing("PAREN", ")", "closing parenthesis missing")
    return group


def _next_place(r: Reader, group: _Group, place: int) -> int:
    """The chromosome after a semicolon; one behind which no probe stands is left out."""
    if not group.linkages and (not group.signals or group.signals[-1].place < place):
        r.drop("SEP", "sign without anything to separate")
        return place
    r.take("separator")
    return place + 1


def _member(r: Reader, number: int, place: int, group: _Group) -> None:
    """Member = signal (("con" | "sep") signal)*  ; a chain of three is two pairs."""
    signal = _signal(r, number, place)
    chain = [signal]
    kinds: list[Literal["con", "sep"]] = []
    while r.texts[r.i] in ("con", "sep"):
        kinds.append("con" if r.take("linkage") == "con" else "sep")
        chain.append(_signal(r, number, place))
    if not kinds:
        group.signals.extend([signal] if any(map(str.isalpha, signal.probe)) else [])
        return
    if not all(any(map(str.isalpha, s.probe)) for s in chain):
        r.say("FISH-N", "error", chain[0].start, r.ends[r.i - 1], "con and sep stand between two probes")
        return
    copies = chain[-1].copies
    loose = [replace(s, copies=None, group=0, place=0) for s in chain]
    for kind, first, second in zip(kinds, loose, loose[1:], strict=False):
        group.linkages.append(Linkage(kind, first, second, copies))


def _signal(r: Reader, number: int, place: int) -> Signal:
    """Signal = side? PROBE (state | "x" copies)*"""
    start = r.starts[r.i]
    side = ""
    first = r.i
    if r.texts[r.i][:2] in ("3'", "5'", "3 ", "5 "):
        side = r.take("probe side")[0] + "'"
    probe = ""
    while not (_ends_name(r, probe) or r.texts[r.i] in _STATES or r.texts[r.i].startswith("+")):
        probe += (" " if probe and r.spaced() else "") + r.take("probe")
    copies: Range | None = None
    state = ""
    while True:
        text = r.texts[r.i]
        if text in ("x", "X") and _number_follows(r) and copies is None:
            copies = _copies(r)
        elif (text in _STATES or text.startswith("+")) and not state:
            state = _STATES.get(text, "enhanced")
            if len(text) > 2 and state == "enhanced" and text[0] == "+":
                r.say("FISH-N", "repair", r.starts[r.i], r.ends[r.i], "more than one signal is written ++", "++")
            r.take("probe state")
        else:
            if r.i > first and not _is_name(probe, shown=bool(copies or state)):
                r.say("FISH-N", "error", start, r.ends[r.i - 1], "no probe is named")
            return Signal(probe, side, copies, state, number, place, start, r.ends[r.i - 1])


def _ends_name(r: Reader, probe: str) -> bool:
    """Whether the name of a probe ends at the cursor; an ``X`` behind a name counts where a number follows it."""
    return r.texts[r.i] in _PROBE_ENDS or (r.texts[r.i] == "X" and probe != "" and _number_follows(r))


def _is_name(probe: str, *, shown: bool) -> bool:
    """Whether this can name a probe: letters, none of them foreign; a band such as ``q34`` only with its signals."""
    named = probe.isascii() and any(map(str.isalpha, probe)) and "'" not in probe and not _FOREIGN & set(probe)
    return named and (shown or not _BAND.fullmatch(probe))


def _number_follows(r: Reader) -> bool:
    """Whether a number of signals stands behind the ``x`` at the cursor, with a bound or without."""
    i = r.i + 1
    if r.texts[i] in _BOUNDS:
        i += 1 + (r.texts[i + 1] == "=")
    return r.kinds[i] == "number"


def _copies(r: Reader) -> Range | None:
    """Copies = "x" BOUND? NUMBER (("~" | "-") (NUMBER | "?" | ">" NUMBER))?  ; ``x>10`` is 11 or more, ``x11~?``."""
    start = r.starts[r.i]
    if r.texts[r.i] == "X":
        r.say("CASE", "repair", start, r.ends[r.i], "the sign before a number of signals is x", "x")
    r.take("times")
    bound = _bound(r)
    if r.kinds[r.i] != "number":
        return None
    low = _small(r)
    high: int | None = low
    if bound:
        found = Range(low + (bound == ">"), None) if bound[0] == ">" else Range(0, max(low - (bound == "<"), 0))
        r.say("FISH-N", "repair", start, r.ends[r.i - 1], "a bound is written as a range", f"x{found}")
        return found
    if r.texts[r.i] in ("~", "-") and (r.kinds[r.i + 1] == "number" or r.texts[r.i + 1] in ("?", *_BOUNDS)):
        if r.texts[r.i] == "-":
            r.drop("SEP", "a range is written with ~", "~")
        else:
            r.take("range")
        high = _upper(r)
    if high is not None and high < low:
        r.say("FISH-N", "error", r.starts[r.i - 3], r.ends[r.i - 1], "range of signals runs downwards")
        return Range(high, low)
    return Range(low, high)


def _bound(r: Reader) -> str:
    """The bound before a number: ``>``, ``>=``, ``<``, ``<=``, "" where there is none."""
    if r.texts[r.i] not in _BOUNDS:
        return ""
    bound = _BOUNDS[r.take("bound")]
    return bound + "=" if len(bound) == 1 and r.take_if("=", "bound") else bound


def _upper(r: Reader) -> int | None:
    """The upper end of a range: a number, or ``?`` and ``>20`` where it is open."""
    if r.take_if("?", "uncertain"):
        return None
    start = r.starts[r.i]
    if _bound(r):
        if r.kinds[r.i] == "number":
            _small(r)
        r.say("FISH-N", "repair", start, r.ends[r.i - 1], "an open end is written ?", "?")
        return None
    return _small(r)


def _small(r: Reader) -> int:
    text = r.texts[r.i]
    if len(text) > 4:
        r.say("FISH-N", "error", r.starts[r.i], r.ends[r.i], "no number of signals or nuclei is so large")
    r.take("copies")
    return int(text[:5])


def _scored(r: Reader) -> tuple[int | None, int | None]:
    """Cells = "[" NUMBER ("/" NUMBER)? "]"  ; returns positive and scored nuclei."""
    if r.texts[r.i] != "[":
        return None, None
    first = r.i
    fraction = r.texts[first + 2] in ("/", "of") and r.kinds[first + 3] == "number"
    behind = first + (4 if fraction else 2)
    unit = r.texts[behind].lower() in _UNITS
    if r.kinds[first + 1] != "number" or r.texts[behind + unit] != "]":
        _no_cells(r, first)
        return None, None
    r.take("bracket")
    numbers = [_small(r)]
    if fraction:
        if r.texts[r.i] == "of":
            r.drop("CELLS", "nuclei are written [positive/scored]", "/")
        else:
            r.take("of")
        numbers.append(_small(r))
    if unit:
        r.drop("CELLS", "only the numbers of nuclei are written")
    r.take("bracket")
    start, end = r.starts[first], r.ends[r.i - 1]
    if not fraction:
        return None, numbers[0]
    if numbers[0] > numbers[1] or numbers[1] == 0:
        r.say("FISH-N", "error", start, end, f"{numbers[0]} of {numbers[1]} nuclei cannot be")
    return numbers[0], numbers[1]


def _no_cells(r: Reader, first: int) -> None:
    while r.texts[r.i] and r.texts[r.i] != "]":
        r.i += 1
    r.i = min(r.i + 1, r.n)
    r.say("CELLS", "warning", r.starts[first], r.ends[r.i - 1], "nuclei are written [positive/scored]")


def _checked(r: Reader, signals: list[Signal], linkages: list[Linkage], first: int) -> None:
    """FISH-N: no more fusions than there are signals of either probe."""
    copies = {(s.side, s.probe): s.copies.high for s in signals if s.copies is not None}
    for link in linkages:
        for probe in (link.first, link.second):
            most = copies.get((probe.side, probe.probe))
            if link.kind == "con" and link.copies is not None and most is not None and link.copies.low > most:
                r.say(
                    "FISH-N", "error", r.starts[first], r.ends[r.i - 1], f"more fusions than signals of {probe.probe}"
                )
                return
