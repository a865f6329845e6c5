"""One item of a clone: numerical, structural, marker, variant; with its suffixes and alternatives."""

from __future__ import annotations

import re
from dataclasses import replace

from adapter.nomenclature.iscn.breakpoints import (
    RANGE_SIGN,
    Bands,
    band,
    breakpoint_groups,
    chromosome,
    chromosome_group,
    is_path,
    path,
)
from adapter.nomenclature.iscn.model import Abnormality, Breakpoint, PathPart, Range, Sign
from adapter.nomenclature.iscn.operations import BARE, CHROMOSOMES, COUNTED, DERIVED, OPERATIONS, PREFIXES
from adapter.nomenclature.iscn.order import existing, ordered
from adapter.nomenclature.iscn.scan import Reader, plain_hyphens
from adapter.nomenclature.iscn.suffixes import number, range_sign, suffixes
from adapter.nomenclature.iscn.symbols import VARIANT, Symbol, symbol_at, take_symbol

_LONGEST_GROUP = 20
_OLD_ARM = {"-": "del", "+": "add"}
_ENDS_BARE = frozenset({",", "/", "//", ""})
_ENDS = frozenset({",", "/", "//", "[", "", "."})


def item(r: Reader) -> Abnormality | None:
    """Item = reading ("or" reading)*  ; None, with the cursor unmoved, where no item begins."""
    found = _reading(r)
    others: list[Abnormality] = []
    while found is not None and r.texts[r.i].lower() == "or":
        at, said = r.i, len(r.found)
        if not r.spaced():
            r.missing("SEP", " or ", "alternatives are written with spaces around 'or'")
        r.take("or")
        other = _reading(r)
        if other is None:
            del r.found[said:]
            r.roles[at], r.i = None, at
            break
        others.append(other)
    if found is None or not others:
        return found
    single = (one for other in others for one in (replace(other, alternatives=()), *other.alternatives))
    return replace(found, alternatives=(*found.alternatives, *single), end=others[-1].end)


def _reading(r: Reader) -> Abnormality | None:
    """Reading = "?"? sign? "?"? core suffix*"""
    first = r.i
    certain, sign, doubtful_core = _signs(r)
    kind = r.kinds[r.i]
    found: Abnormality | None = None
    if kind == "number":
        found = _counted(r) or _chromosome(r, sign)
    elif kind == "word":
        found = _worded(r, sign)
    if found is None and doubtful_core and sign is not None:
        found = Abnormality("chromosome", None, ("?",), (True,))
        doubtful_core = False
    if found is None:
        for i in range(first, r.i):
            r.roles[i] = None
        r.i = first
        return None
    return _finished(r, found, first, sign=sign, certain=certain, doubtful=doubtful_core)


def _finished(
    r: Reader, found: Abnormality, first: int, *, sign: Sign | None, certain: bool, doubtful: bool
) -> Abnormality:
    """The item with its sign, its certainty and its suffixes; a doubt after the sign is about the chromosome."""
    if sign is None and certain and found.end and r.texts[r.i] in _ENDS_BARE:
        return found
    sure = found.chromosome_certain
    if doubtful and found.kind == "chromosome":
        sure = (False,)
    elif doubtful:
        certain = False
    multiplier, origin, origin_certain, cells = suffixes(r, found.multiplier)
    return Abnormality(
        found.kind,
        sign or found.sign,
        found.chromosomes,
        sure,
        found.breakpoints,
        found.parts,
        found.path,
        found.path_end,
        multiplier,
        found.number,
        certain,
        origin,
        origin_certain,
        tuple(
            replace(a, sign=sign, certain=certain, multiplier=multiplier, origin=origin, origin_certain=origin_certain)
            for a in found.alternatives
        ),
        cells,
        found.feature,
        found.short,
        r.starts[first],
        r.ends[r.i - 1],
    )


def _signs(r: Reader) -> tuple[bool, Sign | None, bool]:
    """Signs = "?"? ("+" | "-")? "?"?  ; returns certain, sign, doubt after the sign."""
    certain, doubt = True, False
    sign: Sign | None = None
    while True:
        text = r.texts[r.i]
        if text == "?" and not doubt:
            if sign is None:
                certain = False
            else:
                doubt = True
            r.take("uncertain")
        elif sign is None and (text == "+" or text == "-"):
            sign = "+" if text == "+" else "-"
            r.take("sign")
        else:
            return certain, sign, doubt


def _counted(r: Reader) -> Abnormality | None:
    """Counted = NUMBER (("~" | "-") NUMBER)? ("mar" | "r" | "dmin" | "ace" | "min") chromosomes?"""
    i = r.i
    ranged = r.texts[i + 1] in ("~", "-") and r.kinds[i + 2] == "number"
    symbol = symbol_at(r, i + 3 if ranged else i + 1)
    if symbol is None or symbol.kind not in COUNTED:
        return None
    low = high = number(r, "multiplier")
    if ranged:
        range_sign(r)
        high = number(r, "multiplier")
    times = Range(min(low, high), max(low, high))
    if r.texts[r.i + symbol.length] == "(":
        return replace(structural(r, symbol), multiplier=times)
    kind = take_symbol(r, symbol)
    return Abnormality(kind, multiplier=times, number=_own_number(r))


def _own_number(r: Reader) -> int | None:
    return number(r, "number") if r.kinds[r.i] == "number" else None


def _chromosome(r: Reader, sign: Sign | None) -> Abnormality | None:
    """Numerical = sign chromosome ; variant = chromosome VARIANT ("+" | "-")* ; old = chromosome arm ("+" | "-")"""
    i = r.i
    after, next_kind = r.texts[i + 1], r.kinds[i + 1]
    if next_kind == "word" and VARIANT.fullmatch(after):
        return _variant(r)
    if next_kind == "band" and len(after) == 1 and r.texts[i + 2] in _OLD_ARM and r.texts[i + 3] in _ENDS:
        return _old_style(r)
    if sign is not None:
        name, certain = chromosome(r)
        return Abnormality("chromosome", None, (name,), (certain,))
    if after in ("+", "-") and r.texts[i + 2] in _ENDS:
        return _sign_behind(r)
    if after in _ENDS:
        return _without_sign(r)
    return None


def _variant(r: Reader) -> Abnormality:
    name, certain = chromosome(r)
    feature = r.texts[r.i].lower()
    if feature != r.texts[r.i]:
        r.say("CASE", "repair", r.starts[r.i], r.ends[r.i], "variants are written in lower case", feature)
    r.take("variant")
    while r.texts[r.i] in ("+", "-"):
        feature += r.take("variant")
    return Abnormality("heteromorphism", None, (name,), (certain,), feature=feature)


def _old_style(r: Reader) -> Abnormality:
    """``5q-`` and ``14q+``: an arm that became shorter or longer, in the notation before breakpoints were required."""
    start = r.starts[r.i]
    name, certain = chromosome(r)
    arm = Breakpoint(name, "q" if r.texts[r.i] in "qQ" else "p", "", "", start=r.starts[r.i], end=r.ends[r.i])
    r.take("breakpoint")
    kind = _OLD_ARM[r.take("sign")]
    r.say("BP-N", "repair", start, r.ends[r.i - 1], "arm sign of the older style", f"{kind}({name}{arm.arm})")
    return Abnormality(kind, None, (name,), (certain,), ((arm,),), short=True)


def _sign_behind(r: Reader) -> Abnormality:
    start = r.starts[r.i]
    name, certain = chromosome(r)
    sign: Sign = "+" if r.texts[r.i] == "+" else "-"
    r.take("sign")
    r.say("SEP", "repair", start, r.ends[r.i - 1], "the sign stands before the chromosome", f"{sign}{name}")
    return Abnormality("chromosome", sign, (name,), (certain,))


def _without_sign(r: Reader) -> Abnormality:
    """``46,XY,21``: neither gain nor loss is stated, so nothing can be understood."""
    start, end = r.starts[r.i], r.ends[r.i]
    name, certain = chromosome(r)
    r.say("SEP", "error", start, end, "a chromosome without + or - says neither gain nor loss")
    return Abnormality("chromosome", None, (name,), (certain,))


def _worded(r: Reader, sign: Sign | None) -> Abnormality | None:
    """Worded = "X" | "Y" | symbol ..."""
    text = r.texts[r.i]
    if text in ("X", "Y", "x", "y"):
        if VARIANT.fullmatch(r.texts[r.i + 1]):
            return _variant(r)
        if sign is None:
            return _without_sign(r)
        name, certain = chromosome(r)
        return Abnormality("chromosome", None, (name,), (certain,))
    symbol = symbol_at(r, r.i)
    if symbol is None:
        return None
    after = r.texts[r.i + symbol.length]
    if symbol.kind in COUNTED and after != "(":
        kind = take_symbol(r, symbol)
        return Abnormality(kind, number=_own_number(r))
    of = symbol.kind == "der" and after.lower() in PREFIXES["der"] and symbol_at(r, r.i + 1) is not None
    if after != "(" and symbol.kind not in BARE and not of:
        return None
    return structural(r, symbol)


def structural(r: Reader, symbol: Symbol, *, outer: bool = True, turned: bool = False) -> Abnormality:
    """Structural = symbol chromosomes? breakpoints? event*  ; ``turned``: its parenthesis stands before the symbol."""
    first = r.i
    kind = _take_turned(r, symbol) if turned else take_symbol(r, symbol)
    parts: list[Abnormality] = []
    if kind == "der" and r.kinds[r.i] == "word" and r.texts[r.i].lower() in PREFIXES["der"]:
        return _der_of(r, first)
    names, certain, groups, short = _chromosomes(r, opened=turned)
    arms = groups
    long: tuple[PathPart, ...] = ()
    long_end = ""
    if _opens(r):
        if is_path(r):
            long, long_end = path(r, names)
            groups, short = (), False
            if segment := _segment(r, kind, long, long_end):
                long, groups = (), (segment,)
        else:
            groups, short = breakpoint_groups(r, names, apart=_APART.get(kind, 0)), False
    elif r.kinds[r.i] == "band" and names and kind != "rec":
        groups, short = _unbracketed(r, names), False
    if arms and groups is not arms:
        _twice(r, first, arms, groups)
    if outer and kind in DERIVED and names:
        parts = _events(r, set(names))
    if long and not names:
        r.say("BP-N", "error", r.starts[first], r.ends[r.i - 1], f"{kind} without chromosomes")
    if not long:
        _checked_numbers(r, kind, names, groups, first, bare=outer and kind in BARE)
    groups = existing(r, groups)
    names, certain, groups = ordered(r, kind, names, certain, groups, (r.starts[first], r.ends[r.i - 1]))
    found = Abnormality(
        kind,
        None,
        names,
        certain,
        groups,
        tuple(parts),
        long,
        long_end,
        short=short,
        start=r.starts[first],
        end=r.ends[r.i - 1],
    )
    return _either(r, found) if outer and kind in _ONE_OR_TWO and not parts else found


_APART = {"inv": 1, "r": 1, "ins": 2, "inv ins": 2, "dir ins": 2}
"""Symbols whose bands a hyphen sets apart, from this group on: they take two breaks of a chromosome."""

_ONE_OR_TWO = frozenset({"del", "dup", "trp", "qdp", "inv dup", "dir dup"})
"""Symbols that take one break or two, so that ``(q13-q33)`` is a segment or one break in doubt."""

_HYPHENATED = re.compile(r"-\s*[pq]", re.IGNORECASE)


def _segment(r: Reader, kind: str, long: tuple[PathPart, ...], end: str) -> Bands:
    """``del(7)(q22->qter)``: an arrow that shows the segment concerned, not what is left; () where it is a long form.

    What is left holds the centromere and marks its breaks by colons.
    """
    if kind not in _ONE_OR_TWO | {"inv"} or len(long) != 1 or long[0].joint or end:
        return ()
    first, last = long[0].first, long[0].last
    if first is None or last is None or not (first.arm and last.arm) or (kind == "del" and first.arm != last.arm):
        return ()
    breaks = tuple(b for b in (first, last) if b.band != "ter" or kind != "del")
    shown = "".join(f"{b.arm}{b.band}" for b in breaks)
    message = "an arrow inside one arm shows the segment, not what is left" if kind == "del" else "no arrow is written"
    r.say("SEP", "repair", first.start, last.end, message, shown)
    return breaks


def _either(r: Reader, item: Abnormality) -> Abnormality:
    """``del(5)(q13-q33)``: in older texts a hyphen stands between the ends of a segment, or within one doubtful break.

    Neither is guessed: the item has both readings.
    """
    points = item.breakpoints[0] if len(item.breakpoints) == 1 else ()
    low = points[0] if len(points) == 1 else None
    if low is None or low.to is None or not _HYPHENATED.search(plain_hyphens(r.raw[low.start : low.end])):
        return item
    for n, told in enumerate(r.found):
        if told.message == RANGE_SIGN and low.start <= told.start < low.end:
            del r.found[n]
            break
    if "ter" in (low.band, low.to.band) and item.kind == "del":
        single = low.to if low.band == "ter" else replace(low, to=None)
        r.say("SEP", "repair", low.start, low.end, "to the end of the arm, which is not written", single.name)
        return replace(item, breakpoints=((single,),))
    both = ordered(r, item.kind, item.chromosomes, item.chromosome_certain, ((replace(low, to=None), low.to),), (0, 0))
    message = "a hyphen between two bands: the ends of a segment, or one break in doubt; both are kept"
    r.say("BP-N", "repair", low.start, low.end, message, f"{low.name}{low.to.name}")
    return replace(item, breakpoints=both[2], alternatives=(item,))


def _twice(r: Reader, first: int, arms: tuple[Bands, ...], groups: tuple[Bands, ...]) -> None:
    """``del(5q)(q13)`` repeats the arm; ``t(1p2;14)(q14;q23)`` states two different breakpoints."""
    start, end = r.starts[first], r.ends[r.i - 1]
    same = all(
        all(b.arm == arm.arm and not arm.band for arm in own for b in group)
        for own, group in zip(arms, groups, strict=False)
    )
    if same:
        r.say("BP-N", "repair", start, end, "the arm stands with the bands only")
    else:
        r.say("BP-N", "error", start, end, "breakpoints are stated twice, and differ")


def _der_of(r: Reader, first: int) -> Abnormality:
    """``der dic(14;17)(p11.2;p11.2)del(14)(q22q24)``: the dicentric is the first event of the derivative."""
    symbol = symbol_at(r, r.i)
    events: list[Abnormality] = []
    if symbol is not None:
        core = structural(r, symbol)
        events = [replace(core, parts=()), *core.parts]
    names = events[0].chromosomes if events else ()
    certain = events[0].chromosome_certain if events else ()
    return Abnormality(
        "der", None, names, certain, parts=tuple(events), feature="der of", start=r.starts[first], end=r.ends[r.i - 1]
    )


def _opens(r: Reader) -> bool:
    """Whether a group of bands or a long form begins here (not a probe list, not base positions)."""
    if r.texts[r.i] != "(":
        return False
    text, kind = r.texts[r.i + 1], r.kinds[r.i + 1]
    if kind == "word":
        return (not r.fish and r.texts[r.i + 2] != "(" and not _turned_at(r, r.i)) or is_path(r)
    return kind == "band" or text in ("?", ":", "::", "(", ")", ";") or (kind == "number" and is_path(r))


def _turned_at(r: Reader, i: int) -> bool:
    """Whether ``(t:7;12)`` stands here: a symbol behind its parenthesis, with a needless sign."""
    return (
        r.texts[i] == "("
        and r.kinds[i + 1] == "word"
        and symbol_at(r, i + 1) == (r.texts[i + 1], 1)
        and r.texts[i + 2] in (":", ";")
        and r.texts[i + 3] in CHROMOSOMES
    )


def _take_turned(r: Reader, symbol: Symbol) -> str:
    """Read ``(t:`` as ``t(``."""
    start = r.i
    r.say("PAREN", "repair", r.starts[start], r.ends[start + 2], "the symbol stands before it", f"{symbol.kind}(")
    r.take("bracket")
    r.take("symbol")
    r.roles[r.i] = ""
    r.i += 1
    return symbol.kind


def _chromosomes(r: Reader, *, opened: bool) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[Bands, ...], bool]:
    """The first group, if there is one; ``short`` where arms stand in it."""
    if opened:
        names, certain, arms = chromosome_group(r, opened=True)
        return names, certain, arms, bool(arms)
    if r.texts[r.i] == "(" and r.texts[r.i + 1] == ")":
        r.drop("PAREN", "empty parentheses")
        r.drop("PAREN", "empty parentheses")
        return (), (), (), False
    if r.texts[r.i] != "(" or (r.kinds[r.i + 1] == "band" and not is_path(r)):
        return (), (), (), False
    if r.kinds[r.i + 1] == "word" and r.texts[r.i + 1] not in ("X", "Y", "x", "y"):
        return (), (), (), False
    names, certain, arms = chromosome_group(r)
    return names, certain, arms, bool(arms)


def _unbracketed(r: Reader, names: tuple[str, ...]) -> tuple[Bands, ...]:
    """``del(5)q13``: bands without their parentheses."""
    start = r.i
    found = [_band_of(r, names)]
    while r.kinds[r.i] == "band":
        found.append(_band_of(r, names))
    text = "".join(r.texts[start : r.i])
    r.say("PAREN", "repair", r.starts[start], r.ends[r.i - 1], "bands stand in parentheses", f"({text})")
    return (tuple(found),)


def _band_of(r: Reader, names: tuple[str, ...]) -> Breakpoint:
    return band(r, None if names[0] == "?" else names[0])


def _events(r: Reader, chromosomes: set[str]) -> list[Abnormality]:
    """Event = "?"? symbol ...  ; further events of a derivative of ``chromosomes``, directly after one another."""
    events: list[Abnormality] = []
    while True:
        at = r.i
        if r.texts[at] == "(" and r.kinds[at + 1] == "word" and symbol_at(r, at + 1) and r.texts[at + 2] == "(":
            r.drop("PAREN", "parenthesis without partner")
        if _turned_at(r, at):
            events.append(structural(r, Symbol(r.texts[at + 1], 1), outer=False, turned=True))
            continue
        certain = not r.take_if("?", "uncertain")
        symbol = symbol_at(r, r.i)
        if symbol is None or symbol.kind == "der" or r.texts[r.i + symbol.length] != "(":
            if not certain:
                r.roles[r.i - 1] = None
                r.i -= 1
            return events
        if at in r.gaps and _elsewhere(r, at + symbol.length, chromosomes):
            return events
        if at in r.gaps:
            message = "blank in a derivative left out; an item of its own stands behind a comma"
            r.say("SEP", "repair", r.ends[at - 1], r.starts[at], message, "")
        event = structural(r, symbol, outer=False)
        chromosomes = chromosomes.union(event.chromosomes)
        events.append(event if certain else replace(event, certain=False, start=r.starts[at]))


def _elsewhere(r: Reader, i: int, chromosomes: set[str]) -> bool:
    """Whether the group at lexeme ``i`` has no chromosome of the derivative: behind a blank an item of its own."""
    group = r.texts[i : i + _LONGEST_GROUP]
    stop = group.index(")") if ")" in group else 0
    return chromosomes.isdisjoint(group[:stop])


def _checked_numbers(
    r: Reader, kind: str, names: tuple[str, ...], groups: tuple[Bands, ...], first: int, *, bare: bool
) -> None:
    """BP-N: the numbers of chromosomes and of breakpoints that a symbol takes; ``bare``: it may stand without any."""
    takes = OPERATIONS[kind]
    start, end = r.starts[first], r.ends[r.i - 1]
    low, high = takes.chromosomes
    if not names and (groups or not bare):
        r.say("BP-N", "error", start, end, f"{kind} without chromosomes")
        return
    if names and not low <= len(names) <= high:
        r.say("BP-N", "error", start, end, f"{kind} does not take {len(names)} chromosome(s)")
        return
    if takes.breakpoints == "any" and len(names) > 1 and groups and len(groups) != len(names):
        r.say("BP-N", "error", start, end, f"{len(names)} chromosomes and bands of {len(groups)} in {kind}")
        return
    stated = sum(map(len, groups))
    arm_only = stated < 3 and any(b.arm and not b.band for g in groups for b in g)
    if not stated or takes.breakpoints == "any" or "?" in names or (arm_only and takes.breakpoints != "each"):
        return
    if takes.breakpoints == "each":
        wrong = len(groups) != len(names) or not all(groups)
    else:
        wrong = stated not in takes.breakpoints and not any(b.arm is None for g in groups for b in g)
    if wrong:
        r.say("BP-N", "error", start, end, f"{len(names)} chromosome(s) and {stated} breakpoint(s) in {kind}")
