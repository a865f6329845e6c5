"""The front end: what a clinical report writes, split into the parts HGVS knows, with a note for every rewrite.

``TP53 c.524G>A p.Arg175His``, ``NPM1 W288fs*12``, ``C.524g→a``, ``NM_000546.6(TP53):c.524G>A (p.Arg175His)``,
``17-7675088-C-T``, ``rs28934578``, ``FLT3-ITD 24 bp`` and ``BCR::ABL1`` all become a :class:`Statement`. Nothing is
looked up here but whether a word is a gene, which the caller answers. Offsets are in characters of the text given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from adapter.nomenclature.hgvs import protein
from adapter.nomenclature.value import value

_CHARACTERS = {
    **dict.fromkeys("\u2192\u21d2\u2794\u279c\u27a1\uff1e\u203a\u00bb\u227b", ">"),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\uff0d", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t\n\r", " "),
    **dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad", ""),
    "\u2217": "*", "\uff0a": "*", "\uff1a": ":", "\uff1b": ";", "\uff3f": "_", "\uff08": "(", "\uff09": ")",
}  # fmt: skip
_ARROW = re.compile(r"(?<=[ACGTUacgtu])-{1,2}>(?=[ACGTUacgtu])")
_MARKUP = re.compile(r"&gt;|</?(?:i|em|b|strong|sub|sup)>", re.IGNORECASE)
_BLANKS = (
    re.compile(r"(?<=[\w).])( +)(?=: *[a-zA-Z] *\.)|(?<=:)( +)(?=[a-zA-Z] *\.)"),
    re.compile(r"(?<=[: (][cgnmropCGNMROP])( +)(?=\. *[\d\[(*?-])|(?<=^[cgnmropCGNMROP])( +)(?=\.)"),
    re.compile(r"(?<=[: (][cgnmropCGNMROP]\.)( +)(?=[\w\[(*?-])|(?<=^[cgnmropCGNMROP]\.)( +)(?=[\w\[(*?-])"),
    re.compile(r"(?<=\d)( +)(?=[+-] *\d+[ACGTacgtid_])"),
    re.compile(r"(?<=\d[+-])( +)(?=\d+[ACGTacgtid_])"),
    re.compile(r"(?<=[ACGTUacgtu])( +)(?=>)|(?<=>)( +)(?=[ACGTUacgtu])"),
    re.compile(r"(?<=\d)( +)(?=[ACGTacgt]+>|(?:del|dup|ins|inv)(?![a-z]{4}))|(?<=del|dup|ins)( +)(?=[ACGT]+\b)"),
)
_BEFORE_CHANGE = _BLANKS[-1]
_ACCESSION = re.compile(
    r"(?:[NX][CGMPRTW]|AC|AP)_\d+(?:\.\d+)?|(?:ENS[GTP]\d+)(?:\.\d+)?|LRG_\d+(?:[tp]\d+)?", re.IGNORECASE
)
_DESCRIPTION = re.compile(r"(?:(?P<ref>[^\s:;,]+):)?(?P<kind>[cgnmropCGNMROP])\.(?P<body>.+)", re.DOTALL)
_EDGE = re.compile(r"[ ;,/()\[\]]")
_BREAK = re.compile(r"[;,/](?=\(?[cgnmropCGNMROP]\.)")
_TRAILING = re.compile(r"\(([cp]\.(?:[^()]|\([^()]*\))+)\)$")
_BRACKETED = re.compile(
    r"[(\[](?:[A-Z][A-Za-z0-9-]*[ :])?(?:[cgnmrp]\.|(?:NM|NR|NP|ENS[TP])_?\d|LRG_\d|GRCh3|hg[13])", re.IGNORECASE
)
_IN_SERIES = re.compile(
    r"(?:(?P<gene>[A-Za-z][A-Za-z0-9-]*):)?(?:(?P<accession>N[MR]_\d+(?:\.\d+)?|ENST\d+(?:\.\d+)?):)?"
    r"(?:(?P<exon>(?:exon|intron|ex|e)\.?\d{1,3}):)?(?P<c>[cn]\.[^:]+)(?::(?P<p>p\.[^:]+))?",
    re.IGNORECASE,
)
_RSID = re.compile(r"rs[1-9]\d{0,11}", re.IGNORECASE)
_IDENTIFIER = re.compile(
    r"COS[MVNFT]\d+|CA\d{5,}|(?:VCV|RCV|SCV)\d{5,}(?:\.\d+)?|ga4gh:[A-Z]{2,4}\.[A-Za-z0-9_-]{32}", re.IGNORECASE
)
_ASSEMBLY = re.compile(r"(?:GRCh3[78]|hg19|hg38)(?:[./].*)?", re.IGNORECASE)
_GENE = re.compile(r"[A-Za-z](?:[A-Za-z0-9]{1,14}|(?=-))(?:-[A-Za-z0-9]{1,6}){0,2}|C\d+orf\d+")
_DOTLESS = re.compile(
    r"(?P<kind>[cg])(?P<body>[-*]?\d+(?:[+-]\d+)?(?:_[-*]?\d+(?:[+-]\d+)?)?(?:[ACGT]>|del|dup|ins).*)"
)
_INTRON = re.compile(r"IVS\d{1,3}[+-]\d.*", re.IGNORECASE)
_GLUED = re.compile(r"([A-Z][A-Z0-9]{1,9}?)[-_:]?([A-Z]\d{1,5}(?:[A-Z]|\*|fs\S*|_[A-Z]\d+\S*|(?:del|dup|ins)\S*))")
_SPDI = re.compile(r"(N[CGMRTW]_\d+\.\d+):(\d{1,10}):([ACGTNacgtn]*|\d{1,6}):([ACGTNacgtn]*)")
_VCF = re.compile(
    r"(?:(?P<build>GRCh3[78]|hg19|hg38)[-:. ])?(?:chr)?(?P<chrom>[1-9]|1\d|2[0-2]|X|Y|MT?)[-:](?:g\.)?"
    r"(?P<pos>[1-9]\d{0,9})[-: ]?(?P<ref>[ACGT]+)[-:/> ](?P<alt>[ACGT]+)",
    re.IGNORECASE,
)
_CHANGE_ONLY = re.compile(r"([ACGT])>([ACGT])")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something a reader should know about a place of the text; ``severity`` is error, warning, info or repair."""

    code: str
    severity: str
    start: int
    end: int
    message: str
    suggestion: str | None = None


@value
class Part:
    """A piece of the statement and its span in the text given."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Statement:
    """What a text says, part by part; a part not stated is None or empty.

    ``accession`` is the reference sequence, ``kind`` the letter of the description (``c``), ``body`` what follows it.
    ``protein`` is what stands behind ``p.``, ``place`` a chromosomal change (build, chromosome, 1-based position,
    reference, alternate), ``further`` are descriptions behind the first. ``owners`` has for each of them the gene named
    between it and the one before, None where the gene is still the first. ``rival`` is another gene that stands before
    the first description, ``owner`` the latest one behind it. ``late`` tells that the gene stands behind the first
    description. ``bare`` is a residue change without ``p.``; ``left`` are the words that were left aside.
    """

    text: str
    gene: Part | None = None
    accession: Part | None = None
    genomic: Part | None = None
    kind: str = ""
    body: Part | None = None
    protein: Part | None = None
    rsid: Part | None = None
    identifier: Part | None = None
    assemblies: list[Part] = field(default_factory=list)
    bare: bool = False
    late: bool = False
    rival: Part | None = None
    owner: Part | None = None
    left: list[Part] = field(default_factory=list)
    owners: list[Part | None] = field(default_factory=list)
    place: tuple[str | None, str, int, str, str] | None = None
    spdi: tuple[str, int, str, str] | None = None
    change: str | None = None
    further: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def repair(self, code: str, part: Part, now: str) -> Part:
        """The part with its rewritten text; the rewrite becomes a note and a diagnostic that keep both."""
        if part.text == now:
            return part
        message = f"{part.text!r} was read as {now!r}"
        self.notes.append(message)
        self.diagnostics.append(Diagnostic(code, "repair", part.start, part.end, message, now))
        return Part(now, part.start, part.end)

    def add(self, part: Part) -> None:
        """A description behind the first, and the gene it is said of."""
        self.further.append(part)
        self.owners.append(self.owner)

    def unread(self, part: Part) -> None:
        """A piece that stays as it was written."""
        self.left.append(part)
        message = f"{part.text!r} is not part of the description of a variant and was left aside"
        self.diagnostics.append(Diagnostic("UNREAD-TEXT", "warning", part.start, part.end, message))


class _Source:
    """The text while it is cleaned: each character with its place in the original."""

    def __init__(self, text: str) -> None:
        if text.isascii() and text.isprintable():
            self.text, self.at = text, list(range(len(text)))
            return
        pairs = [(new, at) for at, old in enumerate(text) for new in _CHARACTERS.get(old, old)]
        self.text = "".join(pair[0] for pair in pairs)
        self.at = [pair[1] for pair in pairs]

    def cut(self, start: int, end: int, now: str = "") -> None:
        """Replaces a stretch; what replaces it stands at its first character."""
        at = self.at[start : start + 1] * len(now)
        self.text = self.text[:start] + now + self.text[end:]
        self.at = self.at[:start] + at + self.at[end:]

    def part(self, start: int, end: int) -> Part:
        """A stretch with its span in the original."""
        return Part(self.text[start:end], self.at[start], self.at[end - 1] + 1)


def statement(text: str, is_gene: Callable[[str], bool]) -> Statement:
    """The parts of a text. Never raises: what is not understood is a diagnostic."""
    source, said = _Source(text), Statement(text)
    _tidy(source, said)
    if _whole(source, said):
        return said
    for part in _pieces(source):
        _read(part, said, is_gene)
    return said


def _tidy(source: _Source, said: Statement) -> None:
    plain = not any(mark in source.text for mark in (" ", "->", "&gt;", "</"))
    if plain and source.text == said.text:
        return
    if source.text.strip() != said.text.strip():
        said.notes.append("typographic characters were read as their plain forms")
        said.diagnostics.append(
            Diagnostic("CHARACTER", "repair", 0, len(said.text), said.notes[-1], source.text.strip())
        )
    for found in reversed(list(_MARKUP.finditer(source.text))):
        part, now = source.part(*found.span()), ">" if found[0] == "&gt;" else ""
        said.repair("MARKUP", part, now)
        source.cut(*found.span(), now)
    for found in reversed(list(_ARROW.finditer(source.text))):
        part = source.part(*found.span())
        said.repair("ARROW", part, ">")
        source.cut(*found.span(), ">")
    before = source.text
    for pattern in _BLANKS:
        for found in reversed(list(pattern.finditer(source.text))):
            if pattern is not _BEFORE_CHANGE or _in_description(source.text[: found.start()]):
                source.cut(*found.span())
    if source.text != before:
        said.notes.append("blanks inside the description were removed")
        said.diagnostics.append(Diagnostic("BLANK", "repair", 0, len(said.text), said.notes[-1], source.text.strip()))


def _in_description(before: str) -> bool:
    """Whether the last word has begun a description: ``c.524`` and ``chr17:7675088``, not ``codon 175``."""
    return re.search(r"(?:(?:^|[\s:(])[cgnmrop]\.\S*|:\d+)$", before, re.IGNORECASE) is not None


def _whole(source: _Source, said: Statement) -> bool:
    """Forms that take the whole text: SPDI, a chromosomal change, a bare change of base."""
    text = source.text.strip()
    if found := _SPDI.fullmatch(text):
        said.spdi = (found[1], int(found[2]), found[3].upper(), found[4].upper())
    elif found := _VCF.fullmatch(text):
        _place(found, said)
    elif _CHANGE_ONLY.fullmatch(text.upper()):
        said.change = text.upper()
    else:
        return False
    return True


def _place(found: re.Match[str], said: Statement) -> None:
    build = found["build"] and {"hg19": "GRCh37", "hg38": "GRCh38"}.get(
        found["build"].lower(), "GRCh" + found["build"][-2:]
    )
    chrom = found["chrom"].upper().removesuffix("T")
    said.place = (build, chrom, int(found["pos"]), found["ref"].upper(), found["alt"].upper())


def _pieces(source: _Source, begin: int = 0, end: int | None = None) -> Iterator[Part]:
    """The text cut at blanks, and at ``;`` ``,`` ``/`` before a new description, but not inside brackets."""
    text, depth = source.text, 0
    end = len(text) if end is None else end
    for found in _EDGE.finditer(text, begin, end):
        n, character = found.start(), found[0]
        depth += (character in "([") - (character in ")]")
        if depth <= 0 and (character == " " or _BREAK.match(text, n)):
            yield from _piece(source, begin, n)
            begin = n + 1
    yield from _piece(source, begin, end)


def _piece(source: _Source, start: int, end: int) -> Iterator[Part]:
    while start < end and source.text[start] in " ;,\"'":
        start += 1
    while start < end and source.text[end - 1] in " ;,\"'":
        end -= 1
    text = source.text[start:end]
    if text.endswith(":") and protein.change(text[:-1]):
        text, end = text[:-1], end - 1
    if not text:
        return
    if _BRACKETED.match(text) and _closes(text):
        yield from _pieces(source, start + 1, end - 1)
    elif "/" in text and all(map(protein.change, text.removeprefix("p.").split("/"))):
        cut = start + text.index("/")
        yield source.part(start, cut)
        yield from _piece(source, cut + 1, end)
    elif (found := _TRAILING.search(text)) and not _IN_BRACKETS.match(text):
        if found.start():
            yield from _piece(source, start, start + found.start())
        yield source.part(start + found.start(1), start + found.end(1))
    elif (found := _IN_SERIES.fullmatch(text)) and (found["exon"] or found["p"]):
        yield from _series(source, start, found)
    else:
        yield source.part(start, end)


_IN_BRACKETS = re.compile(r"[cgnmrop]\.\[", re.IGNORECASE)


def _closes(text: str) -> bool:
    """Whether the bracket that begins a text is closed by its last character."""
    depth = 0
    for n, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if depth == 0:
            return n == len(text) - 1
    return False


def _series(source: _Source, start: int, found: re.Match[str]) -> Iterator[Part]:
    """Descriptions joined by colons, ``TP53:NM_000546:exon5:c.G524A:p.R175H``, as annotation tools write them."""
    reference = [found.span(name) for name in ("gene", "accession") if found[name]]
    if found["exon"]:
        yield from (source.part(start + a, start + b) for a, b in [*reference, found.span("exon"), found.span("c")])
    else:
        yield source.part(start, start + found.end("c"))
    if found["p"]:
        yield source.part(start + found.start("p"), start + found.end("p"))


def _read(part: Part, said: Statement, is_gene: Callable[[str], bool]) -> None:
    found = _DESCRIPTION.fullmatch(part.text)
    if found and (said.owner or (said.protein if found["kind"] in "pP" else said.body)):
        said.add(part)
    elif found:
        _description(part, found, said, is_gene)
    else:
        _word_of(part, said, is_gene)


def _word_of(part: Part, said: Statement, is_gene: Callable[[str], bool]) -> None:
    """A word that is no description: an identifier, a gene, a residue, an accession, or nothing we know."""
    if said.place is None and said.body is None and (place := _VCF.fullmatch(part.text)):
        _place(place, said)
    elif _RSID.fullmatch(part.text):
        said.rsid = said.rsid or part
    elif _IDENTIFIER.fullmatch(part.text):
        said.identifier = said.identifier or part
    elif _ASSEMBLY.fullmatch(part.text.strip("()[]")):
        said.assemblies.append(part)
    elif _names_gene(part, is_gene):
        _gene_word(part, said)
    elif protein.change(_recased(part.text.strip("()"))):
        _residue(part, said)
    elif _ACCESSION.fullmatch(part.text) and said.accession is None:
        _reference(part, said)
    elif not (_undotted(part, said) or _glued(part, said, is_gene)):
        _leftover(part, said)


def _names_gene(part: Part, is_gene: Callable[[str], bool]) -> bool:
    """A gene: words in lower case (``for`` and ``was`` are gene names too) only where the text begins with one."""
    word = part.text
    plain = word.islower() and word.isalpha() and part.start > 0
    return not plain and _GENE.fullmatch(word) is not None and is_gene(word)


def _gene_word(part: Part, said: Statement) -> None:
    """The gene of the text, or another one: what follows is said of it."""
    if said.gene is None:
        said.gene, said.late = part, bool(said.body or said.protein)
    elif said.body or said.protein:
        said.owner = part
    else:
        said.rival = said.rival or part
        said.unread(part)


def _undotted(part: Part, said: Statement) -> bool:
    """``c524G>A`` and ``pR175H``, where the dot is missing; ``IVS3+1G>A``, where the letter is."""
    if said.owner or said.body:
        return False
    if found := _DOTLESS.fullmatch(part.text):
        kind, body = found["kind"], Part(found["body"], part.start + 1, part.end)
        said.repair("DOT", Part(kind, part.start, part.start + 1), f"{kind}.")
        said.kind, said.body = kind, body
    elif _INTRON.fullmatch(part.text):
        said.kind, said.body = "c", part
    elif part.text[:1] == "p" and protein.change(part.text[1:]) and said.protein is None:
        said.repair("DOT", Part("p", part.start, part.start + 1), "p.")
        said.protein = Part(part.text[1:], part.start + 1, part.end)
        _protein(said, plain=False)
        return True
    else:
        return False
    _nucleotides(said)
    return True


def _residue(part: Part, said: Statement) -> None:
    """A protein change without ``p.``; the same change said again adds nothing."""
    if said.owner:
        said.add(part)
    elif said.protein is None:
        said.protein, said.bare = part, True
        _protein(said, plain=True)
    elif protein.change(_recased(part.text.strip("()"))) != protein.change(said.protein.text.strip("()")):
        said.add(part)


def _leftover(part: Part, said: Statement) -> None:
    """A word that may be a gene nobody knows, when no gene is named; else text left aside."""
    symbol = re.fullmatch(r"[A-Z][A-Z0-9]{1,9}(?:-[A-Z0-9]{1,4})?", part.text)
    if said.gene is None and symbol and part.start == len(said.text) - len(said.text.lstrip()):
        said.gene = part
    else:
        said.unread(part)


def _glued(part: Part, said: Statement, is_gene: Callable[[str], bool]) -> bool:
    """``JAK2V617F``: gene and residue in one word."""
    found = _GLUED.fullmatch(part.text)
    if not found or said.gene or said.protein or not protein.change(found[2]):
        return False
    for n in range(2, len(found[0]) - 2):
        gene, rest = part.text[:n], part.text[n:].lstrip("-_:")
        if is_gene(gene) and protein.change(rest):
            said.gene = Part(gene, part.start, part.start + n)
            said.protein = Part(rest, part.end - len(rest), part.end)
            _protein(said, plain=True)
            return True
    return False


def _description(part: Part, found: re.Match[str], said: Statement, is_gene: Callable[[str], bool]) -> None:
    kind = found["kind"].lower()
    if found["ref"]:
        reference = Part(found["ref"], part.start, part.start + len(found["ref"]))
        if kind not in "gm" and _NO_REFERENCE.fullmatch(reference.text):
            said.unread(reference)
        elif _WORD.fullmatch(reference.text):
            if said.gene is None and _names_gene(reference, is_gene):
                said.gene = reference
            else:
                said.unread(reference)
        else:
            _reference(reference, said)
    prefix = Part(found["kind"], part.start + found.start("kind"), part.start + found.end("kind"))
    said.repair("LETTER-CASE", prefix, kind)
    body = Part(found["body"], part.start + found.start("body"), part.end)
    if kind == "p":
        said.protein = body
        _protein(said, plain=False)
    else:
        said.kind, said.body = kind, body
        _nucleotides(said)


_NO_REFERENCE = re.compile(r"\d{1,3}|(?:exon|intron|ex|e)\.?\d{1,3}", re.IGNORECASE)
"""What stands before a colon in ``exon 5: c.524G>A`` and names no sequence."""

_WORD = re.compile(r"(?!chr[XYM]$)[A-Za-z]?[a-z]{2,}")
"""A word before a colon, ``biallelic: c.68dup``: a gene in lower case, or no reference at all."""

_WITH_GENE = re.compile(r"([^()]+)\(([^()]+)\)")


def _reference(part: Part, said: Statement) -> None:
    """``NM_000546.6``, ``TP53(NM_000546.6)``, ``NM_000546.6(TP53)``, ``NC_000017.11(NM_000546.6)``, ``chr17``, gene."""
    found = _WITH_GENE.fullmatch(part.text)
    names = [found[1], found[2]] if found else [part.text]
    at = part.start
    for name in names:
        one = Part(name, at, at + len(name))
        at = one.end + 1
        if not _ACCESSION.fullmatch(name):
            if said.gene is None and not found and re.fullmatch(r"(?:chr)?(?:\d{1,2}|[XYM]|MT)", name, re.IGNORECASE):
                said.genomic = one
            elif said.gene is None and re.fullmatch(r"[A-Z][A-Za-z0-9-]{1,14}", name):
                said.gene = one
            else:
                said.accession = said.accession or one
        elif said.accession is None or said.accession.text.upper().startswith(("NC_", "NG_")):
            said.genomic = said.accession or said.genomic
            said.accession = said.repair("LETTER-CASE", one, _accession_case(name))


def _accession_case(name: str) -> str:
    return (
        re.sub(r"(?<=\d)[TP](?=\d+$)", lambda m: m[0].lower(), name.upper())
        if name[:3].upper() == "LRG"
        else (name.upper())
    )


_WORDS = re.compile(r"delins|del|ins|dup|inv|con|copy|pter|qter|cen|IVS|(?<=[\d?=\])])met|[acgtuACGTU]+", re.IGNORECASE)


_WRITTEN_WELL = re.compile(
    r"[-*]?\d+(?:[+-]\d+)?(?:_[-*]?\d+(?:[+-]\d+)?)?(?:[ACGT]>[ACGT]|(?:del|dup|ins|delins)[ACGT]*)"
)
"""The changes that most reports state, in letters that need no correction."""


_BASE_FIRST = re.compile(r"([ACGTacgt])([-*]?\d+(?:[+-]\d+)?)([ACGTacgt])")
"""``G524A`` behind ``c.``, as annotation tools write ``524G>A``."""


def _nucleotides(said: Statement) -> None:
    """Upper-case bases for DNA; ``del`` and its fellows in lower case."""
    body = said.body
    if body is None or said.kind == "r" or "|" in body.text or "ins[" in body.text or ":" in body.text:
        return
    if _WRITTEN_WELL.fullmatch(body.text):
        return
    if found := _BASE_FIRST.fullmatch(body.text):
        said.body = said.repair("BASE-FIRST", body, f"{found[2]}{found[1].upper()}>{found[3].upper()}")
        return
    words = _WORDS.sub(lambda m: m[0].upper() if set(m[0].upper()) <= set("ACGTU") else _word(m[0]), body.text)
    if re.fullmatch(r"[acgtuACGTU\d_+\-*>=?()\[\];/]*", re.sub(r"delins|del|ins|dup|inv", "", words)):
        body = said.repair("LETTER-CASE", body, words)
    body = said.repair("INVERTED-SOURCE", body, re.sub(r"delinsinv(\d+_\d+)$", r"delins\1inv", body.text))
    said.body = body


def _word(word: str) -> str:
    return word if word.upper() == "IVS" else word.lower()


def _protein(said: Statement, plain: bool) -> None:
    """Statement of a protein without ``p.``: stop codons as Ter, residues in their case."""
    part = said.protein
    if part is None:
        return
    text = part.text
    part = said.repair("STOP-X", part, _STOP_WORD.sub("*", text))
    part = said.repair("LETTER-CASE", part, _recased(part.text))
    text = part.text
    if not plain and (lowered := re.sub(r"^(\(?)([a-z])(\d+)([a-z])(\)?)$", _upper, text)) != text:
        part = said.repair("LETTER-CASE", part, lowered)
    if re.search(r"(?<=\d)X(?=\)?$|\d|$)|fsX|^\(?X(?=\d)", part.text) and "ins" not in part.text:
        part = said.repair("STOP-X", part, re.sub(r"(?<=\d)X(?=\)?$)|(?<=fs)X|^X(?=\d)", "*", part.text))
    if re.fullmatch(r"\(?[A-Za-z*]+\d+>[A-Za-z*]+\)?", part.text):
        read = protein.change(part.text.strip("()"))
        part = said.repair("PROTEIN-ARROW", part, str(read) if read else part.text)
    said.protein = said.repair("PROTEIN-LIST", part, _listed(part.text))


_STOP_WORD = re.compile(r"(?<=\d)(?:stop|STOP|Stop|TER|ter)(?=\)?$)")
_THREE_LETTERS = re.compile(r"[A-Za-z]{3}")


def _recased(text: str) -> str:
    """Residues of three letters in their case where that makes a change of what is none.

    >>> _recased("ARG175his"), _recased("R175H"), _recased("R213Stop")
    ('Arg175His', 'R175H', 'R213*')
    """
    if protein.change(text.strip("()")) or not any(map(str.isdigit, text)):
        return text
    now = _THREE_LETTERS.sub(lambda m: m[0].capitalize() if m[0].lower() in protein.ONE else m[0], text)
    now = _STOP_WORD.sub("*", now)
    return now if protein.change(now.strip("()")) else text


_RESIDUES_FIRST = re.compile(r"(\(?)([A-Z*]{2,40})([1-9]\d{0,5})(fs.*|del|dup)(\)?)")
_NUMBERS_FIRST = re.compile(r"(\(?)([1-9]\d{0,5})_([1-9]\d{0,5})([A-Z*]+)>([A-Z*]+)(\)?)")


def _listed(text: str) -> str:
    """Residues listed before or behind their numbers, as MAF files do: ``SG140del``, ``310_311TQ>TWQ``.

    >>> _listed("SG140del"), _listed("WQ288fs"), _listed("310_311TQ>TWQ")
    ('S140_G141del', 'W288fs', 'T310_Q311delinsTWQ')
    """
    if found := _RESIDUES_FIRST.fullmatch(text):
        opened, residues, start, change, closed = found.groups()
        if protein.change(text.strip("()")) or set(residues) - set(protein.RESIDUES):
            return text
        last = f"_{residues[-1]}{int(start) + len(residues) - 1}"
        return f"{opened}{residues[0]}{start}{'' if change.startswith('fs') else last}{change}{closed}"
    if found := _NUMBERS_FIRST.fullmatch(text):
        opened, start, end, residues, now, closed = found.groups()
        if len(residues) == int(end) - int(start) + 1 and not set(residues + now) - set(protein.RESIDUES):
            last = f"_{residues[-1]}{end}" if start != end else ""
            return f"{opened}{residues[0]}{start}{last}delins{now}{closed}"
    return text


def _upper(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2].upper()}{found[3]}{found[4].upper()}{found[5]}"
