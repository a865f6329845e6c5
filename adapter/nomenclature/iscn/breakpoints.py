"""Chromosome and breakpoint groups in parentheses, short form and long form."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from adapter.nomenclature.iscn.model import Breakpoint, PathPart
from adapter.nomenclature.iscn.operations import CHROMOSOMES
from adapter.nomenclature.iscn.scan import Reader, breakpoint_of

Bands = tuple[Breakpoint, ...]

_OUTSIDE = frozenset({"[", "]", "/", "//", "", ")"})
_PATH_SIGNS = frozenset({"->", "-->", "~>", "::", "\u2192"})


def chromosome(r: Reader) -> tuple[str, bool]:
    """Chromosome = "?"? (NUMBER | "X" | "Y") | "?"  ; returns the name and whether it is certain."""
    certain = True
    if r.texts[r.i] == "?":
        r.take("uncertain")
        if r.kinds[r.i] not in ("number", "word"):
            return "?", True
        certain = False
    name = r.texts[r.i]
    if name not in CHROMOSOMES:
        name = _unusual_chromosome(r, name)
    r.take("chromosome")
    return name, certain


def _unusual_chromosome(r: Reader, name: str) -> str:
    """A chromosome in lower case or with leading zeros is repaired; one that does not exist is an error."""
    plain = name.upper() if name in ("x", "y") else name.lstrip("0") if name.isascii() else name
    start, end = r.starts[r.i], r.ends[r.i]
    if plain in CHROMOSOMES:
        r.say("CASE", "repair", start, end, f"chromosome written {name}", plain)
        return plain
    r.say("CHR", "error", start, end, f"there is no human chromosome {name}")
    return name


def chromosome_group(r: Reader, *, opened: bool = False) -> tuple[tuple[str, ...], tuple[bool, ...], tuple[Bands, ...]]:
    """Group = "(" chromosome arm? (";" chromosome arm?)* ")"  ; an arm stands in short forms such as ``del(5q)``.

    ``opened``: the parenthesis before it was read already.
    """
    if not opened:
        r.take("bracket")
    names: list[str] = []
    certain: list[bool] = []
    arms: list[Bands] = []
    while True:
        if r.kinds[r.i] in ("number", "word") or r.texts[r.i] == "?":
            name, sure = chromosome(r)
            names.append(name)
            certain.append(sure)
            arms.append(_bands_after(r, name))
            if arms[-1] and r.texts[r.i] in ("+", "-") and r.texts[r.i + 1] in (";", ")"):
                r.drop("SEP", "the arms of a translocation have no signs")
        elif not _unread_in_group(r):
            break
        if not _separator(r, missing_allowed=False):
            break
    _close(r)
    return tuple(names), tuple(certain), tuple(arms) if any(arms) else ()


def _bands_after(r: Reader, name: str) -> Bands:
    found: list[Breakpoint] = []
    while r.kinds[r.i] == "band":
        found.append(band(r, name))
    return tuple(found)


def _separator(r: Reader, *, missing_allowed: bool) -> bool:
    """Separator = ";" between the members of a group; a colon or comma there is repaired."""
    text = r.texts[r.i]
    if text == ";":
        r.take("separator")
        return True
    if text in (":", ",", ".") and (r.kinds[r.i + 1] in ("number", "band", "word") or r.texts[r.i + 1] == "?"):
        if text == "," and not missing_allowed and r.texts[r.i + 2] not in (")", ";", ","):
            return False
        r.drop("SEP", "members of a group are separated by a semicolon", ";")
        return True
    return False


def _unread_in_group(r: Reader) -> bool:
    """Skip what is no chromosome and no band, up to the end of its member; an error tells where it is."""
    first = r.i
    while r.texts[r.i] not in _OUTSIDE and r.texts[r.i] not in (";", ","):
        r.i += 1
    if r.i == first:
        return False
    r.say("BAND", "error", r.starts[first], r.ends[r.i - 1], "neither a chromosome nor a band")
    return True


def _close(r: Reader) -> None:
    if not r.take_if(")", "bracket"):
        r.missing("PAREN", ")", "closing parenthesis missing")


RANGE_SIGN = "a range is written with ~"


def band(r: Reader, name: str | None, *, apart: bool = False) -> Breakpoint:
    """Band = ARM DIGITS ("~" (ARM? DIGITS))?  ; the cursor stands on it. ``apart``: a hyphen parts two breaks."""
    i = r.i
    start, end = r.starts[i], r.ends[i]
    text = r.take("breakpoint")
    if text[0] in "PQ":
        r.say("CASE", "repair", start, end, "arms are written in lower case", text.lower())
    if _decimal_comma(r):
        r.drop("SEP", "a band and its sub-band are parted by a point", ".")
        text, end = f"{text}.{r.take('breakpoint')}", r.ends[r.i - 1]
    found = breakpoint_of(text, name, start, end)
    if apart and r.texts[r.i] == "-" and r.kinds[r.i + 1] == "band":
        r.drop("SEP", "bands of one chromosome are written without separator")
        return found
    if r.texts[r.i] in ("~", "-") and r.kinds[r.i + 1] in ("band", "number"):
        return _range(r, found, name)
    return found


def _decimal_comma(r: Reader) -> bool:
    """Whether ``q11,2`` stands here: a comma directly before digits that end the bands of a chromosome."""
    i = r.i
    joined = r.texts[i] == "," and r.kinds[i + 1] == "number" and r.texts[i + 2] in (")", ";")
    return joined and i not in r.gaps and i + 1 not in r.gaps and r.kinds[i - 1] == "band" and "." not in r.texts[i - 1]


def _range(r: Reader, low: Breakpoint, name: str | None) -> Breakpoint:
    """Range = band ("~" | "-") (band | DIGITS ("." DIGITS)?)  ; a hyphen is the older style and repaired."""
    if r.texts[r.i] == "-":
        r.drop("SEP", RANGE_SIGN, "~")
    else:
        r.take("range")
    start = r.starts[r.i]
    text = r.take("breakpoint")
    if text[0].isdecimal():
        if r.texts[r.i] == "." and r.kinds[r.i + 1] == "number":
            r.take("breakpoint")
            text += "." + r.take("breakpoint")
        text = (low.arm or "q") + text
    high = breakpoint_of(text, name, start, r.ends[r.i - 1])
    return replace(low, to=high, end=high.end)


def _one(r: Reader, name: str | None, *, apart: bool = False) -> Breakpoint | None:
    """Breakpoint = "?"? band | "?"  ; None where neither stands at the cursor."""
    if r.texts[r.i] == "?":
        start, end = r.starts[r.i], r.ends[r.i]
        r.take("uncertain")
        if r.kinds[r.i] == "band":
            return replace(band(r, name, apart=apart), arm_certain=False, start=start)
        return Breakpoint(name, None, "", "", start=start, end=end)
    return band(r, name, apart=apart) if r.kinds[r.i] == "band" else None


def breakpoint_groups(r: Reader, names: tuple[str, ...], *, apart: int = 0) -> tuple[Bands, ...]:
    """Groups = "(" breakpoint+ (";" breakpoint+)* ")"  ; the n-th group belongs to the n-th chromosome.

    From group ``apart`` on (counted from 1, 0 for none) a hyphen parts two breaks; with one chromosome always.
    """
    r.take("bracket")
    groups: list[list[Breakpoint]] = [[]]
    while True:
        name = names[len(groups) - 1] if len(groups) <= len(names) else None
        text = r.texts[r.i]
        parts = apart > 0 and (len(groups) >= apart or len(names) == 1)
        found = _one(r, None if name == "?" else name, apart=parts)
        if found is not None:
            if groups[-1] and not (found.arm and found.arm_certain):
                r.say("BP-N", "error", found.start, found.end, "only the first band of a chromosome can be unknown")
            groups[-1].append(found)
        elif text == "or" and groups[-1]:
            _alternative(r, groups[-1], name)
        elif text == ";" and len(names) == 1:
            r.drop("SEP", "bands of one chromosome are written without separator")
        elif text in (";", ",", ":") and _between_bands(r, single=len(names) == 1):
            if len(names) != 1:
                groups.append([])
        elif text in _OUTSIDE or text == "," or not _unread_in_group(r):
            break
    _close(r)
    return _per_chromosome(r, groups, names)


def _alternative(r: Reader, group: list[Breakpoint], name: str | None) -> None:
    """Alternative = breakpoint ("or" breakpoint)+."""
    others: list[Breakpoint] = []
    while r.texts[r.i] == "or":
        at = r.i
        if not r.spaced():
            r.missing("SEP", " or ", "alternatives are written with spaces around 'or'")
        r.take("or")
        other = _one(r, None if name == "?" else name)
        if other is None:
            r.i = at
            r.drop("SEP", "or without another band")
        else:
            others.append(other)
    group[-1] = replace(group[-1], alternatives=(*group[-1].alternatives, *others), end=r.ends[r.i - 1])


def _between_bands(r: Reader, *, single: bool) -> bool:
    """A separator between bands, repaired where it is no semicolon; False where the group ends here."""
    if r.texts[r.i] == ";":
        r.take("separator")
        return True
    follows = r.kinds[r.i + 1] == "band" or (r.texts[r.i + 1] == "?" and r.kinds[r.i + 2] in (")", "band"))
    if follows:
        r.drop("SEP", "bands of several chromosomes are separated by a semicolon", "" if single else ";")
    return follows


def _per_chromosome(r: Reader, groups: list[list[Breakpoint]], names: tuple[str, ...]) -> tuple[Bands, ...]:
    """One group per chromosome; ``t(3;16)(p21q24)`` has lost its semicolon."""
    if len(groups) == 1 and len(names) == 2 and len(groups[0]) == 2:
        first, second = groups[0]
        r.say("SEP", "repair", first.end, second.start, "semicolon between two chromosomes missing", ";")
        return (first,), (replace(second, chromosome=None if names[1] == "?" else names[1]),)
    return tuple(map(tuple, groups)) if any(groups) else ()


def is_path(r: Reader) -> bool:
    """Whether the group at the cursor is a long form: it holds an arrow or a junction."""
    i = r.i + 1
    while r.texts[i] not in _OUTSIDE and r.texts[i] != "(":
        if r.texts[i] in _PATH_SIGNS:
            return True
        i += 1
    return False


def path(r: Reader, names: tuple[str, ...]) -> tuple[tuple[PathPart, ...], str]:
    """Path = "(" ":"? stretch (("::" | ":") stretch)* ":"? ")" ; stretch = point ("->" point)?"""
    r.take("bracket")
    parts: list[PathPart] = []
    joint, points = "", list[Breakpoint]()
    at = names[0] if names else None
    while r.texts[r.i] not in _OUTSIDE:
        text = r.texts[r.i]
        if text in ("::", ":", ";"):
            parts += _stretch(joint, points)
            joint, points = "::" if text == ";" else text, []
            _junction(r)
        elif text in _PATH_SIGNS:
            _arrow(r, leads=bool(points))
        else:
            at = _point(r, at, points)
    parts += _stretch(joint, points)
    _close(r)
    return tuple(parts), "" if points else joint


def _arrow(r: Reader, *, leads: bool) -> None:
    """An arrow between two places; one that leads from or to nothing is an error."""
    after = r.texts[r.i + 1]
    if not leads or after in _OUTSIDE or after in _PATH_SIGNS or after in (":", ";"):
        r.say("BAND", "error", r.starts[r.i], r.ends[r.i], "an arrow leads from one band to another")
    if r.texts[r.i] == "->":
        r.take("arrow")
    else:
        r.drop("SEP", "an arrow is written ->", "->")


def _junction(r: Reader) -> None:
    if r.texts[r.i] == ";":
        r.drop("SEP", "the stretches of one chromosome are joined by ::", "::")
    else:
        r.take("junction")


def _stretch(joint: str, points: list[Breakpoint]) -> list[PathPart]:
    """The stretches of a run of points: two make one, further ones are joined to it as they stand."""
    if len(points) < 2:
        return [PathPart(joint, point, None) for point in points]
    return [PathPart(joint if k == 0 else "->", a, b) for k, (a, b) in enumerate(pairwise(points))]


def _point(r: Reader, at: str | None, points: list[Breakpoint]) -> str | None:
    """Point = chromosome? band | "?" | "s" | "stk" | "neo"  ; returns the chromosome that the next point is on."""
    i = r.i
    if r.kinds[i] == "band" or r.texts[i] == "?":
        points.extend(filter(None, [_one(r, None if at == "?" else at)]))
    elif r.kinds[i + 1] == "band" or (r.texts[i + 1] == "?" and r.kinds[i + 2] == "band"):
        at = chromosome(r)[0]
    elif r.texts[i] in ("s", "stk", "cen", "neo"):
        text = r.take("breakpoint")
        points.append(Breakpoint(at, None, text, text, start=r.starts[i], end=r.ends[i]))
    else:
        r.say("BAND", "error", r.starts[i], r.ends[i], "neither a chromosome nor a band")
        r.i += 1
    return at
