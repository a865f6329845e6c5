"""The canonical ISCN text of a document, in the style of the 2024 edition: one spelling for one meaning.

``parse(render(d)) == d`` for every document without error and without unclassified text.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from adapter.nomenclature.iscn.model import ONE
from adapter.nomenclature.iscn.operations import COUNTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapter.nomenclature.iscn.model import (
        Abnormality,
        ArrayEvent,
        Breakpoint,
        Cells,
        Clone,
        Document,
        FishPattern,
        Linkage,
        Note,
        PathPart,
        Relation,
        Sex,
        Signal,
    )

_STATES = {"present": "+", "absent": "-", "enhanced": "++"}
_WORDS = {"amplified": " amp", "diminished": " dim", "moved": " mv", "stayed": " st", "enh": " enh"}


def render(document: Document, items: Sequence[Sequence[str]] | None = None) -> str:
    """The text of all that was understood; prose is left out.

    ``items`` are the texts of the items of each clone where the caller has them already.
    """
    parts = [_karyotype(document, items)] if document.clones or document.notes else []
    parts += [_technique(technique, run) for technique, run in _runs(document.fish)]
    parts += [_arrays(technique, build, events) for (technique, build), events in _builds(document.arrays)]
    return ".".join(parts)


def _technique(technique: str, patterns: list[FishPattern]) -> str:
    usual = "/" if technique == "nuc ish" else ","
    donor = next((n for n, p in enumerate(patterns) if p.population == "donor"), len(patterns))
    sides = [_joined(run, usual) for run in (patterns[:donor], patterns[donor:])]
    text = "//".join(sides) if patterns[0].population else sides[0]
    return technique + ("" if text.startswith("(") else " ") + text


def _runs(patterns: tuple[FishPattern, ...]) -> list[tuple[str, list[FishPattern]]]:
    return [(technique, list(run)) for technique, run in groupby(patterns, key=lambda p: p.technique)]


def _builds(events: tuple[ArrayEvent, ...]) -> list[tuple[tuple[str, str | None], list[ArrayEvent]]]:
    return [(key, list(run)) for key, run in groupby(events, key=lambda e: (e.technique, e.build))]


def _karyotype(document: Document, items: Sequence[Sequence[str]] | None) -> str:
    """Clones and notes in their order, joined by ``/``, recipient and donor by ``//``."""
    entries: list[tuple[str, bool]] = [(_note(note), False) for note in document.notes if note.after == 0]
    for number, clone in enumerate(document.clones):
        own = items[number] if items is not None else tuple(map(abnormality_text, clone.abnormalities))
        entries.append((_clone(clone, own), clone.population == "donor"))
        entries += [(_note(n), clone.population == "donor") for n in document.notes if n.after == clone.index]
    sides = ["/".join(text for text, donor in entries if donor is side) for side in (False, True)]
    first = document.clones[0].population if document.clones else None
    if first in ("recipient", "donor"):
        return "//".join(sides)
    return (f"{first} " if first else "") + sides[0]


def _note(note: Note) -> str:
    return note.text + _cells(note.cells)


def _clone(clone: Clone, own: Sequence[str]) -> str:
    """One cell line: ``45~48,XX,+8,inc[cp6]``."""
    items = [f"{clone.count}{f'<{clone.ploidy}n>' if clone.ploidy else ''}"]
    if clone.sex is not None:
        items.append(_sex(clone.sex))
    if clone.relation is not None:
        items.append(_relation(clone.relation))
    items += own
    if clone.incomplete:
        items.append("inc")
    return ",".join(items) + _cells(clone.cells)


def _sex(sex: Sex) -> str:
    letters = "U" if sex.undisclosed else sex.letters + ("?" if sex.unknown else "")
    if not sex.constitutional:
        return letters
    return letters + ("c" if sex.constitutional_certain else "?c")


def _relation(relation: Relation) -> str:
    number = "" if relation.number is None else str(relation.number)
    return relation.kind + number + (f"x{relation.multiplier}" if relation.multiplier != 1 else "")


def _cells(cells: Cells | None) -> str:
    if cells is None:
        return ""
    note = cells.note if not cells.note or cells.note[0] == "/" else f",{cells.note}"
    return f"[{'cp' if cells.composite else ''}{cells.n}{note}]"


def abnormality_text(item: Abnormality) -> str:
    """One item with sign, doubt, suffixes and alternatives: ``?del(5)(q13q33)x2``."""
    sure = "" if item.certain else "?"
    core = _core(item)
    apart = " " if item.origin and item.origin_certain and core[-1].islower() else ""
    text = f"{sure}{item.sign or ''}{core}{apart}{_suffixes(item)}"
    return " or ".join([text, *map(abnormality_text, item.alternatives)]) if item.alternatives else text


def _core(item: Abnormality) -> str:
    if item.kind == "chromosome":
        return _chromosome(item, 0)
    if item.kind == "heteromorphism":
        return _chromosome(item, 0) + item.feature
    if item.feature == "der of":
        return "der " + "".join(map(_event, item.parts))
    if not _counted(item):
        return _structural(item)
    many = "" if item.multiplier == ONE else str(item.multiplier)
    if item.chromosomes:
        return many + _structural(item)
    return f"{many}{item.kind}{'' if item.number is None else item.number}"


def _counted(item: Abnormality) -> bool:
    """Whether a number stands before the symbol: markers, rings and double minutes without breakpoints."""
    return item.kind in COUNTED and not (item.breakpoints or item.path or item.parts)


def _event(item: Abnormality) -> str:
    return ("" if item.certain else "?") + _structural(item)


def _structural(item: Abnormality) -> str:
    groups = item.breakpoints
    if item.short:
        pairs = (
            _chromosome(item, k) + "".join(map(breakpoint_text, groups[k] if k < len(groups) else ()))
            for k in range(len(item.chromosomes))
        )
        text = f"{item.kind}({';'.join(pairs)})"
    else:
        names = ";".join([_chromosome(item, k) for k in range(len(item.chromosomes))])
        text = item.kind + (f"({names})" if names else "")
        if item.path:
            text += f"({_path(item)})"
        elif groups:
            text += f"({';'.join([''.join(map(breakpoint_text, group)) for group in groups])})"
    return text + "".join(map(_event, item.parts)) if item.parts else text


def _chromosome(item: Abnormality, k: int) -> str:
    doubt = "" if item.chromosome_certain[k] else "?"
    return doubt + item.chromosomes[k]


def breakpoint_text(b: Breakpoint) -> str:
    """One breakpoint: ``q34``, ``q2?4``, ``q21~24``, ``p13.3 or q13.3``."""
    if b.arm is not None and b.arm_certain and b.to is None and not (b.doubt or b.alternatives):  # nearly always
        return b.arm + b.band
    text = ("" if b.arm_certain else "?") + _band(b)
    if b.to is not None:
        same_arm = b.to.arm == b.arm and b.to.band.replace(".", "").isdecimal() and not b.to.doubt
        text += "~" + (b.to.band if same_arm else _band(b.to))
    return " or ".join([text, *map(breakpoint_text, b.alternatives)])


def _band(b: Breakpoint) -> str:
    if b.arm is None:
        return b.band or "?"
    if not b.doubt:
        return f"{b.arm}{b.band}"
    rest = b.band[len(b.certain) :]
    dot = "." if rest.startswith(".") else ""
    return f"{b.arm}{b.certain}{dot}?{rest[len(dot) :]}"


def _path(item: Abnormality) -> str:
    """The long form; chromosomes are named in it when it runs over more than one."""
    own = item.chromosomes[0] if len(item.chromosomes) == 1 else None
    named = {p.chromosome for part in item.path for p in (part.first, part.last) if p is not None}
    bare = own is not None and named <= {own}
    return "".join(_stretch(part, bare=bare) for part in item.path) + item.path_end


def _stretch(part: PathPart, *, bare: bool) -> str:
    ends = [_point(p, bare=bare) for p in (part.first, part.last) if p is not None]
    if part.joint == "->":
        return "->" + ends[-1]
    return part.joint + "->".join(ends)


def _point(b: Breakpoint, *, bare: bool) -> str:
    bare = bare or b.arm is None or b.chromosome is None
    return breakpoint_text(b) if bare else f"{b.chromosome}{breakpoint_text(b)}"


def _suffixes(item: Abnormality) -> str:
    times = "" if _counted(item) or item.multiplier == ONE else f"x{item.multiplier}"
    doubt = "" if item.origin_certain else "?"
    return f"{doubt}{' '.join(item.origin)}{times}{_cells(item.cells)}"


def _pattern(p: FishPattern) -> str:
    """One pattern: ``(ABL1,BCR)x3(ABL1 con BCRx2)[180/200]``."""
    return f"{_place(p)}{_groups(p)}{_scored(p)}"


def _joined(patterns: list[FishPattern], usual: str) -> str:
    """Results joined by the sign they were written with; ``usual`` where that is not known."""
    return "".join(("" if n == 0 else p.joint or usual) + _pattern(p) for n, p in enumerate(patterns))


def _place(p: FishPattern) -> str:
    return _locus(p) if p.abnormality is None else abnormality_text(p.abnormality)


def _locus(p: FishPattern) -> str:
    first = p.locus[0].chromosome if p.locus else None
    return (first or "") + "".join(map(breakpoint_text, p.locus))


def _scored(p: FishPattern) -> str:
    if p.scored is None:
        return ""
    return f"[{p.scored}]" if p.positive is None else f"[{p.positive}/{p.scored}]"


def _groups(p: FishPattern) -> str:
    texts = [_signals(list(run)) for _, run in groupby(p.signals, key=lambda s: s.group)]
    if p.linkages:
        texts.append(f"({','.join(map(_linkage, p.linkages))})")
    return "".join(texts)


def _signals(signals: list[Signal]) -> str:
    """One parenthesis; ``;`` between the chromosomes of a metaphase result, a shared number of copies behind it."""
    shared = {s.copies for s in signals}
    if len(signals) > 1 and len(shared) == 1 and not any(s.state for s in signals) and (copies := shared.pop()):
        return f"{_signals([replace(s, copies=None) for s in signals])}x{copies}"
    places = [",".join(map(signal_text, run)) for _, run in groupby(signals, key=lambda s: s.place)]
    return f"({';'.join(places)})"


def _linkage(link: Linkage) -> str:
    copies = "" if link.copies is None else f"x{link.copies}"
    return f"{signal_text(link.first)} {link.kind} {signal_text(link.second)}{copies}"


def signal_text(s: Signal) -> str:
    """One probe: ``KMT2Ax6~18``, ``KMT2A amp``, ``ABL1-``, ``ETV6 dimx1``."""
    state = _STATES.get(s.state) or _WORDS.get(s.state, "")
    copies = "" if s.copies is None else f"x{s.copies}"
    return f"{s.side}{s.probe}{state}{copies}"


def _arrays(technique: str, build: str | None, events: Iterable[ArrayEvent]) -> str:
    texts = list(map(_event_text, events))
    head = technique + (f"[{build}]" if build else "")
    blank = "" if not build and texts and texts[0].startswith("(") else " "
    return head + blank + ",".join(texts)


def _event_text(e: ArrayEvent) -> str:
    """One region: ``13q14.2(48800000_49100000)x1[0.45]``."""
    described = f" {e.hgvs}" if e.hgvs else ""
    if e.abnormality is not None:
        places = ["?" if n is None else str(n) for n in e.junction]
        signs = ["", *position_signs(e.abnormality, len(places))]
        positions = f"({''.join(map(''.join, zip(signs, places, strict=False)))})" if places else ""
        return abnormality_text(e.abnormality) + positions + _amount(e) + described
    bands = "".join(map(breakpoint_text, e.bands))
    span = _span(e)
    place = f"{e.chromosomes[0]}{bands}" if bands or span else f"({','.join(_folded(e.chromosomes))})"
    return place + span + _amount(e) + described


def breaks_of(item: Abnormality) -> list[int]:
    """How many breaks an item, or the one event of a derivative, states on each chromosome."""
    of = item.parts[0] if not item.breakpoints and len(item.parts) == 1 else item
    return [len(group) for group in of.breakpoints]


def position_signs(item: Abnormality, n: int) -> list[str]:
    """What stands between ``n`` positions of an item: ``_`` on one chromosome, ``;`` between two."""
    breaks = breaks_of(item)
    if sum(breaks) != n:
        return [";" if len(item.chromosomes) > 1 else "_"] * (n - 1)
    return [sign for count in breaks for sign in (*("_" * (count - 1)), ";")][:-1]


def _span(e: ArrayEvent) -> str:
    """The positions of a region: ``(10_90)``, ``((10_20)_(80_90))``, ``(?_90)``."""
    if e.first is None and e.last is None and e.outer is None:
        return ""
    inner, outer = (e.first, e.last), e.outer or (e.first, e.last)
    first, last = ("?" if n is None else str(n) for n in inner)
    if inner[0] != outer[0]:
        first = f"({'?' if outer[0] is None else outer[0]}_{first})"
    if inner[1] != outer[1]:
        last = f"({last}_{'?' if outer[1] is None else outer[1]})"
    return f"({first}_{last})"


def _folded(names: tuple[str, ...]) -> list[str]:
    """Chromosomes with runs of autosomes as ``1-22``."""
    folded: list[str] = []
    first = last = -1
    for name in names:
        number = int(name) if name.isdecimal() else -1
        if number > 0 and number == last + 1 and first > 0:
            folded[-1] = f"{first}-{number}"
        else:
            folded.append(name)
            first = number
        last = number
    return folded


def _amount(e: ArrayEvent) -> str:
    copies = "" if e.copies is None else f"x{e.copies}"
    joined = e.state in ("amp", "cth", "cx") and not e.mos
    state = e.state if joined or not e.state else f" {e.state}"
    mosaic = f"[{e.mosaic}]" if e.mosaic else ""
    return copies + (" mos" if e.mos else "") + state + mosaic + "".join(f" {origin}" for origin in e.origin)
