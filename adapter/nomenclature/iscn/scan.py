"""Text to lexemes: cleaning of typography, division into techniques, terminals with their places.

Nothing is moved: cleaning replaces characters one by one, so that offsets in the cleaned text are offsets in the input.
Every lexeme ends with a role (a token), with "" (a diagnostic tells about it) or with None (unclassified), which is how
no character can get lost.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from adapter.nomenclature.iscn.model import Arm, Breakpoint, Diagnostic, SegmentKind, Severity
from adapter.nomenclature.iscn.operations import ORIGINS

_SPLIT = re.compile(
    r"""
    w\s?/(?!\d) | // | :: | -{1,2}> | ~> | \s+ | \d+
  | [XYxy](?=[pq](?:[^A-Za-z']|ter|cen|[hs]|\Z)|[PQ]\d|cen(?![A-Za-gi-z])|(?:"""
    + "|".join(sorted(ORIGINS))
    + r""")(?![A-Za-z])) | [xX](?=\s?\d)
  | [pqPQ](?:ter|cen(?![A-Za-z]) | [\d?]+(?:\.[\d?]+)? | (?![A-Za-z'\d]) | (?=[pq](?:[\d?]|[);])))
  | or(?=[a-z]{1,4}\(|[pq]\d) | (?:XX?Y?|Y)(?=(?:add|del|der|dic|dup|i|idic|ins|inv|r|t)\()
  | [A-Za-z]+?(?=[xX]\d|(?<![XYxy])x\s\d|[^A-Za-z]|\Z)
  | .""",
    re.VERBOSE | re.DOTALL,
)
_PROBES = re.compile(
    r"""
    [35]\s?'\s* | \s+ | \d++(?![A-Za-z@]) | x(?=\s?[\d<>\u2264\u2265]) | X(?=\d+[~-]\d) | \++
  | (?:con|sep|amp|dim|enh|mv|st)(?=[\s,;)x]|\Z)
  | [A-Za-z0-9][A-Za-z0-9@_]*?(?:(?:-(?!x\d)|/(?![35]\s?'))[A-Za-z0-9@_]+?)*
    (?=x\s?(?:\d+(?![A-Za-z0-9])|[<>\u2264\u2265]) | X\d+[~-]\d
      | [^A-Za-z0-9@_/-] | [-/](?![A-Za-z0-9]) | -x\d | /[35]\s?' | \Z)
  | .""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = re.compile(r"\(([^()]*)")
_OF_CHROMOSOMES = re.compile(
    r"(?:ter|cen|or|neo|stk|[a-z]{1,4}(?=[:;]\d)|[xX](?!\s?\d)|[Yypqs]|-(?=[->\dpqXY?])|[^A-Za-z'+-])*+"
)
"""Chromosomes, bands or a long form; parentheses with any other letter name probes."""
_TECHNIQUE = re.compile(
    r"(?:(?<=[\s.,;/\])\d])|\A)(?:rev\s+|fib\s+|nuc\s*)?(?:ish|arr|s?seq|ogm|rsa)(?=\s*[\[(\d?]|\s+[A-Za-z+-])",
    re.IGNORECASE,
)
_BAND = re.compile(r"[pqPQ](?:[\d?.]|ter|cen|\Z)")
_BLANK = re.compile(r"\s|[^\x00-\x7f]|[\"\\&]|_x000")
_JOINED = re.compile(r"\.\s*\Z")

Part = tuple[SegmentKind, int, int, int]
"""A part of a text: technique, start, end of the symbol of the technique, end."""

_TYPOGRAPHY = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63"), "-"),
    **dict.fromkeys(map(ord, "\u223c\u02dc\u301c"), "~"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u2032\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u00ab\u00bb\u200b\u200c\u200d\u2060\ufeff\u00ad"), " "),
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    0xD7: "x",
    0x2044: "/",
    0x2215: "/",
}
_REPLACED = re.compile("[" + "".join(f"\\u{code:04x}" for code in _TYPOGRAPHY) + "]+")
_MIDDLE_DOT = re.compile(r"(?<=\d)[\u00b7\u2219\u2022](?=\d)")
_FOREIGN_DIGITS = re.compile(r"(?:(?![0-9])\d)+")
_ENTITY = re.compile(r"""_x000[dDaA]_|&(?:lt|gt|amp|quot|nbsp|\#\d{1,5});|["\\]+""")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def clean(text: str, found: list[Diagnostic]) -> str:
    """The text with typography made plain, of the same length; each change is a ``repair`` in ``found``."""
    if not text.isascii():
        for match in _REPLACED.finditer(text):
            plain = match[0].translate(_TYPOGRAPHY).strip()
            found.append(_repair(match.start(), match.end(), plain))
        text = _MIDDLE_DOT.sub(lambda match: _point(match, found), text)
        text = _FOREIGN_DIGITS.sub(lambda match: _digits(match, found), text.translate(_TYPOGRAPHY))
    if "&" in text or '"' in text or "\\" in text or "_x000" in text:
        text = _ENTITY.sub(lambda match: _plain(match, found), text)
    return text


def _point(match: re.Match[str], found: list[Diagnostic]) -> str:
    """The raised point that some journals write between the digits of a number: ``q11·2``."""
    found.append(_repair(match.start(), match.end(), "."))
    return "."


def _digits(match: re.Match[str], found: list[Diagnostic]) -> str:
    plain = "".join(str(int(digit)) for digit in match[0])
    found.append(_repair(match.start(), match.end(), plain))
    return plain


def plain_hyphens(text: str) -> str:
    """A part of a text with the dashes of typesetting as hyphens."""
    return text if text.isascii() else text.translate(_TYPOGRAPHY)


def printed(text: str) -> str:
    """A part of a text for the canonical form: characters as `clean` makes them, one blank for white space."""
    plain = "".join(c if c.isprintable() else " " for c in clean(text, []))
    return " ".join(plain.split())


def _plain(match: re.Match[str], found: list[Diagnostic]) -> str:
    plain = _ENTITIES.get(match[0], "")
    found.append(_repair(match.start(), match.end(), plain))
    return plain.ljust(len(match[0]))


def _repair(start: int, end: int, plain: str) -> Diagnostic:
    return Diagnostic("SEP", "repair", start, end, "character from typesetting, read as the plain one", plain)


def divide(text: str) -> list[Part]:
    """Parts by technique as (kind, start, body, end): the symbol stands in start..body.

    text = karyotype? ("."? technique body)*
    """
    lower = text.lower()
    if not ("ish" in lower or "arr" in lower or "seq" in lower or "ogm" in lower or "rsa" in lower):
        return [("karyotype", 0, 0, len(text))]
    matches = list(_TECHNIQUE.finditer(text))
    if not matches:
        return [("karyotype", 0, 0, len(text))]
    starts = [_joint(text, match.start()) for match in matches]
    parts: list[Part] = []
    if text[: starts[0]].strip(" .,/;"):
        parts.append(("karyotype", 0, 0, starts[0]))
    else:
        starts[0] = 0
    for match, start, end in zip(matches, starts, [*starts[1:], len(text)], strict=True):
        parts.append((_technique(match[0]), start, match.end(), end))
    return parts


def _joint(text: str, start: int) -> int:
    """Where a technique begins: at the full stop that joins it to what stands before."""
    joined = _JOINED.search(text, max(0, start - 3), start)
    return joined.start() if joined else start


def _technique(symbol: str) -> SegmentKind:
    words = "".join(symbol.lower().split())
    if words.startswith("nuc"):
        return "nuc ish"
    if words.endswith("ish"):
        return "rev ish" if words.startswith("rev") else "fib ish" if words.startswith("fib") else "ish"
    if words.endswith("seq"):
        return "sseq"
    return {"arr": "arr", "revarr": "arr", "ogm": "ogm", "rsa": "rsa"}.get(words, "arr")  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def kind_of(text: str) -> str:
    """What a lexeme is by its form: ``number``, ``band``, ``word``, ``end``, or the sign itself."""
    if not text:
        return "end"
    if text.isdecimal():
        return "number"
    if _BAND.match(text):
        return "band"
    return "word" if text[0].isalpha() and not text.endswith("/") else text


class Reader:
    """A cursor over the lexemes of one segment, which also records their roles and the diagnostics.

    ``texts``, ``kinds``, ``starts``, ``ends``, ``roles`` run in parallel and end with an empty lexeme of kind "end";
    ``gaps`` are the numbers of lexemes with white space before them.
    """

    __slots__ = ("ends", "fish", "found", "gaps", "i", "kinds", "n", "raw", "roles", "starts", "texts")

    def __init__(self, raw: str, pieces: list[str], start: int, found: list[Diagnostic]) -> None:
        self.raw, self.found, self.i = raw, found, 0
        self.fish = False
        ends = list(accumulate(map(len, pieces), initial=start))
        self.gaps: set[int] = set()
        self.texts: list[str] = pieces
        self.starts, self.ends = ends[:-1], ends[1:]
        if _BLANK.search(raw, start, ends[-1]):
            self._without_blanks()
        self.n = len(self.texts)
        self.kinds = list(map(kind_of, self.texts))
        self.roles: list[str | None] = [None] * self.n
        for many, last in ((self.texts, ""), (self.kinds, "end")):
            many.extend((last, last, last, last))
        self.starts.extend((ends[-1],) * 4)
        self.ends.extend((ends[-1],) * 4)

    def _without_blanks(self) -> None:
        keep = [k for k, piece in enumerate(self.texts) if not piece.isspace()]
        self.gaps = {new for new, old in enumerate(keep) if new and self.texts[old - 1].isspace()}
        self.texts = [self.texts[k] for k in keep]
        self.starts = [self.starts[k] for k in keep]
        self.ends = [self.ends[k] for k in keep]

    def take(self, role: str) -> str:
        """The lexeme at the cursor, which gets this role; the cursor moves on."""
        i = self.i
        self.roles[i] = role
        self.i = i + 1
        return self.texts[i]

    def take_if(self, text: str, role: str) -> bool:
        """Take the lexeme if it reads so."""
        if self.texts[self.i] != text:
            return False
        self.roles[self.i] = role
        self.i += 1
        return True

    def say(
        self, code: str, severity: Severity, start: int, end: int, message: str, suggestion: str | None = None
    ) -> None:
        """Record a diagnostic over input offsets."""
        self.found.append(Diagnostic(code, severity, start, end, message, suggestion))

    def drop(self, code: str, message: str, suggestion: str = "") -> None:
        """Leave the lexeme at the cursor out, or read it as ``suggestion``, as a repair."""
        i = self.i
        self.say(code, "repair", self.starts[i], self.ends[i], message, suggestion)
        self.roles[i] = ""
        self.i = i + 1

    def missing(self, code: str, text: str, message: str) -> None:
        """Record as a repair that ``text`` was missing between the last lexeme and the one at the cursor."""
        before = self.ends[self.i - 1] if self.i else self.starts[0]
        self.say(code, "repair", before, max(before, self.starts[self.i]), message, text)

    def spaced(self) -> bool:
        """Whether white space stands before the lexeme at the cursor."""
        return self.i in self.gaps

    def at_end(self) -> bool:
        """Whether all lexemes were read."""
        return self.i >= self.n

    def unclassified(self) -> list[tuple[int, int]]:
        """Spans of the lexemes without role; neighbours are joined."""
        spans: list[tuple[int, int]] = []
        if None not in self.roles:
            return spans
        last = -2
        for i, role in enumerate(self.roles):
            if role is None:
                if last == i - 1:
                    spans[-1] = (spans[-1][0], self.ends[i])
                else:
                    spans.append((self.starts[i], self.ends[i]))
                last = i
        return spans


def lexemes(raw: str, text: str, start: int, end: int, found: list[Diagnostic]) -> Reader:
    """The terminals of a karyotype, array or sequencing part."""
    return Reader(raw, _SPLIT.findall(text[start:end] if start or end < len(text) else text), start, found)


def probe_lexemes(raw: str, text: str, start: int, end: int, found: list[Diagnostic], *, nuclear: bool) -> Reader:
    """The terminals of a FISH part: parentheses with probes hold probe names, all else is as in a karyotype."""
    pieces: list[str] = []
    at = start
    for match in _GROUP.finditer(text, start, end):
        if nuclear or not _OF_CHROMOSOMES.fullmatch(match[1]):
            pieces += _SPLIT.findall(text[at : match.start() + 1])
            pieces += _PROBES.findall(match[1])
            at = match.end(1)
    pieces += _SPLIT.findall(text[at:end])
    r = Reader(raw, pieces, start, found)
    r.fish = True
    return r


def breakpoint_of(text: str, chromosome: str | None, start: int, end: int) -> Breakpoint:
    """The value of one band terminal such as ``q34``, ``q2?4``, ``pter``, ``q?``."""
    return Breakpoint(chromosome, *_band_parts(text), start=start, end=end)


@lru_cache(maxsize=4096)
def _band_parts(text: str) -> tuple[Arm, str, str, bool, bool]:
    """Arm, band, its certain part, certainty of the arm, doubt about the band."""
    arm: Arm = "p" if text[0] in "pP" else "q"
    rest = text[1:].lower()
    return arm, rest.replace("?", "").rstrip("."), rest.partition("?")[0].rstrip("."), True, "?" in rest
