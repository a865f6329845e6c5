"""Gene fusions as reported: ``BCR::ABL1``, ``BCR/ABL1``, ``TEL-AML1``, ``?::CRLF2``, ``reg_e@IGH(hgnc:5477)::MYC``.

Read are the HGNC form (Bruford et al. 2021, doi:10.1038/s41375-021-01436-6), the older forms with a slash or a dash,
VICC gene fusion nomenclature, HGVS adjoined transcripts, ISCN's ``con``, and "rearrangement" of one gene. A name that
is not the approved symbol is resolved with a note; a name with several readings is refused with all of them. Gene
symbols that hold a hyphen are told from two genes by the gene table: only a reading that it supports is taken, and
where it supports two, none is.

>>> from adapter.terms import load
>>> read("TEL-AML1", load()).hgnc_form
'ETV6::RUNX1'

A fusion with an immunoglobulin or T-cell receptor locus is regulatory (``data/regulatory_loci.tsv``): the locus gives
its enhancer, not a part of the transcript. ``data/fusion_names.tsv`` has short names that mean a gene only in a pair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapter.nomenclature import refget, vrs
from adapter.nomenclature.adjoined import GENES, Component, Diagnostic, component, error, info, written
from adapter.nomenclature.fusion_genes import is_named, known, named, paired, pairs, regulatory_loci

if TYPE_CHECKING:
    from adapter.terms import Gene, Terms

Json = dict[str, Any]

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_JOIN = re.compile(r"(\(::\)|::)")
_LEGACY = (re.compile(r" */ *"), re.compile(r" *:+ *"), re.compile(r" *-+ *"))
_CON = re.compile(r"(?P<one>[^\s(),]+) con (?P<other>[^\s(),]+?)(?:x[0-9~]+)?(?![^\s(),])", re.ASCII)
_ISCN = re.compile(r"(?:der|dic|t|inv|ins|del|dup|add)\([0-9XYpq;.]+\)(?:\([0-9pq;.~?]+\))?", re.ASCII)
_LONGEST = 500  # of an older form, in characters: what is longer is no name of a fusion
_AROUND = " \t\n;,/:()[]"
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TAIL = re.compile(r"[ -](?:gene fusion|fusion gene|fusion transcript|fusion|transcript)s?", re.IGNORECASE)
_REARRANGED = re.compile(
    r"(?P<gene>\S+?)(?:[ -](?:gene )?(?:rearrange(?:d|ments?)|translocat(?:ed|ions?)|fusions?)|-?r)", re.IGNORECASE
)
_FORM = (
    r"(?:e\d{1,2}[ae]\d{1,2}|[bc]\d{1,2}a\d|p(?:185|190|203|210|230)|[Mmµ]-?bcr|bcr[123]|type ?[A-Z0-9]{1,3}|[LSV]-form"
    r"|(?:long|short|variable) form)"
)
_FORM_BEHIND = re.compile(rf"[ ,]+[(\[]?(?P<form>{_FORM})[)\]]?$|[(\[](?P<other>{_FORM})[)\]]$")
_FORM_BEFORE = re.compile(rf"^[(\[]?(?P<form>{_FORM})[)\]]?[ ,]+")
_EXON = re.compile(
    r"(?:(?<=\w) ?\((?:exon|ex|e|a|intron|i)\.? ?\d{1,3}\)|(?<=\w) (?:exon|ex|intron)\.? ?\d{1,3})(?= *(?:::|[-/]|$))"
)
"""Which exons or which transcript of a fusion (``e13a2``, ``p190``, ``type A``, ``exon 13``): none names a gene."""
_WORD = re.compile(r"[A-Z][A-Za-z0-9@/-]+")
_EVENT = re.compile("ITD|PTD|TKD|TD")  # FLT3-ITD, KMT2A-PTD, UBTF-TD: events within one gene
_GENOMIC = re.compile(
    r"NC_[0-9]+\.[0-9]+:g\.(?:\[[0-9()_?a-z]+(?:::(?:NC_[0-9]+\.[0-9]+:g\.)?[0-9()_?a-z]+)+\](?:sup)?"
    r"|[0-9()_?a-z]+(?:::(?:[ACGT]+::)?(?:NC_[0-9]+\.[0-9]+:g\.)?[0-9()_?a-z]+)+)",
    re.ASCII,
)
_JUNCTION = re.compile(
    r"(?P<first>NC_[0-9]+\.[0-9]+):g\.pter_(?P<end>[0-9]+)::(?:(?P<linker>[ACGT]+)::)?"
    r"(?P<second>NC_[0-9]+\.[0-9]+):g\.(?P<start>[0-9]+)_(?:cen_)?qter",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Partner:
    """A component of the fusion and the gene it names; ``gene`` is None where it names none, or none for certain."""

    part: Component
    gene: Gene | None = None


@dataclass(frozen=True, slots=True)
class Fusion:
    """What a text says about a fusion.

    ``status``: ok, repaired (an older form or name was rewritten, each rewrite a diagnostic), rejected (a fusion that
    cannot be used; nothing asserted), not-fusion. ``syntax``: hgnc, legacy, vicc, hgvs-r, hgvs-g, iscn, rearrangement.
    ``partners`` in the order of the text, which is 5' to 3' unless ``ordered`` is false. ``inferred``: concluded from a
    rearrangement, as VICC's ``(::)`` says. ``iscn`` is an ISCN string that stood beside the genes, ``junction`` the VRS
    2.0 adjacency of known breakpoints, ``forms`` what was said of exons or of the transcript, as written.
    """

    input: str
    status: str = "not-fusion"
    syntax: str | None = None
    partners: tuple[Partner, ...] = ()
    ordered: bool = True
    inferred: bool = False
    iscn: str | None = None
    junction: vrs.Json | None = field(default=None, hash=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    forms: tuple[str, ...] = ()

    @property
    def genes(self) -> tuple[Gene, ...]:
        """The genes known for certain, in the order of the text; none of a rejected text."""
        return () if self.status == "rejected" else tuple(p.gene for p in self.partners if p.gene)

    @property
    def partner_known(self) -> bool:
        """Whether there are two genes or more and every partner is a gene that is known."""
        sides = [p for p in self.partners if p.part.kind in GENES or p.part.kind == "regulatory"]
        return self.status != "rejected" and len(sides) > 1 and all(p.gene for p in sides)

    @property
    def hgnc_form(self) -> str | None:
        """``A::B`` of two known genes, None where a partner or the order is not known."""
        genes = self.genes
        if not (self.partner_known and self.ordered and len(genes) == 2):
            return None
        return "::".join(gene.symbol for gene in genes)

    @property
    def regulatory(self) -> bool:
        """Whether one partner gives a regulatory element: stated, or one of two genes is a regulatory locus."""
        stated = any(p.part.kind == "regulatory" for p in self.partners)
        return self.status != "rejected" and (stated or self._locus() is not None)

    @property
    def vicc_form(self) -> str | None:
        """VICC nomenclature where it says more than the HGNC form: exons, elements, an open partner; else None."""
        if self.status in {"rejected", "not-fusion"} or not self.ordered or self.syntax not in _JOINED:
            return None
        locus = self._locus()
        if locus and locus.gene and self.syntax != "vicc":
            element = f"reg_{regulatory_loci()[locus.gene.symbol]}@{_vicc(locus)}"
            return "::".join([element, *(_vicc(p) for p in self.partners if p is not locus)])
        if self.syntax != "vicc":
            return None
        return ("(::)" if self.inferred else "::").join(_vicc(p) for p in self.partners)

    def _locus(self) -> Partner | None:
        """The one of two partners that is a regulatory locus; None where neither or both are."""
        named = [p for p in self.partners if p.gene and p.part.kind in GENES]
        loci = [p for p in named if p.gene and p.gene.symbol in regulatory_loci()]
        return loci[0] if len(loci) == 1 and len(self.partners) == 2 else None


_JOINED = frozenset({"hgnc", "legacy", "vicc"})


def _vicc(partner: Partner) -> str:
    gene = partner.gene
    return written(partner.part, gene.symbol if gene else "", gene.hgnc if gene else "")


# --- reading


def read(text: str, terms: Terms) -> Fusion:
    """What a text says about a gene fusion; never raises for a text. Genes are looked up in ``terms``."""
    clean = text.translate(_DASHES)
    if found := _GENOMIC.fullmatch(clean.strip()):
        return _genomic(text, found[0], clean.index(found[0]))
    core, start, iscn, notes = _core(clean)
    names, names_start, forms = _without_forms(core, start)
    names, words = _without_words(names, names_start)
    notes += words
    fusion = _joined(text, names, names_start, terms) or _older(text, names, names_start, terms)
    if fusion.status == "not-fusion" and (rest := _rearranged(text, clean.strip(), _indent(clean), terms)):
        fusion, forms, notes = rest, (), []
    fusion = replace(fusion, iscn=iscn or None)
    if fusion.status == "not-fusion":
        return fusion
    told = (info("TRANSCRIPT-FORM", *span, "which exons are joined is kept as text") for span in forms)
    return replace(_with(fusion, *notes, *told), forms=tuple(clean[a:b] for a, b in forms))


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())


def _without_forms(core: str, start: int) -> tuple[str, int, tuple[tuple[int, int], ...]]:
    """The names alone, their offset, and the spans of what says which exons or which transcript is meant."""
    found: list[tuple[int, int]] = []
    while behind := _FORM_BEHIND.search(core):
        name = "form" if behind["form"] else "other"
        found.append((start + behind.start(name), start + behind.end(name)))
        core = core[: behind.start()]
    while before := _FORM_BEFORE.match(core):
        found.append((start + before.start("form"), start + before.end("form")))
        core, start = core[before.end() :], start + before.end()
    for exon in reversed(list(_EXON.finditer(core))):
        found.append((start + exon.start() + (exon[0][0] == " "), start + exon.end()))
        core = core[: exon.start()] + " " * len(exon[0]) + core[exon.end() :]
    return core.rstrip(), start, tuple(sorted(found))


def describe(fusion: Fusion) -> Json:
    """The JSON of ``adapter fusion`` (contracts.md section 3); what else was read follows after ``diagnostics``."""
    return {
        "input": fusion.input,
        "status": fusion.status,
        "genes": [{"symbol": gene.symbol, "hgnc": gene.hgnc} for gene in fusion.genes],
        "partner_known": fusion.partner_known,
        "hgnc_form": fusion.hgnc_form,
        "vicc_form": fusion.vicc_form,
        "regulatory": fusion.regulatory,
        "diagnostics": [{name: getattr(d, name) for name in Diagnostic.__slots__} for d in fusion.diagnostics],
        "syntax": fusion.syntax,
        "ordered": fusion.ordered,
        "inferred": fusion.inferred,
        "iscn": fusion.iscn,
        "forms": list(fusion.forms),
        "notes": [d.message for d in fusion.diagnostics if d.severity == "repair"],
        "components": [_component(partner) for partner in fusion.partners],
        "vrs": {"2.0": vrs.identify(fusion.junction, "2.0")} if fusion.junction else None,
    }


def _component(partner: Partner) -> Json:
    part, gene = partner.part, partner.gene
    told = {"accession": part.accession, "place": part.place, "regulatory": part.regulatory}
    return {
        "kind": part.kind,
        "text": part.text,
        "start": part.start,
        "end": part.end,
        "gene": {"symbol": gene.symbol, "hgnc": gene.hgnc} if gene else None,
        **{name: value for name, value in told.items() if value},
    }


def _with(fusion: Fusion, *found: Diagnostic) -> Fusion:
    """The fusion with further diagnostics; its status follows from all of them."""
    diagnostics = (*fusion.diagnostics, *found)
    severities = {d.severity for d in diagnostics}
    status = "rejected" if "error" in severities else "repaired" if "repair" in severities else "ok"
    return replace(fusion, status=status, diagnostics=diagnostics)


def _core(text: str) -> tuple[str, int, str, list[Diagnostic]]:
    """The part of the text that names genes, its offset, the ISCN string beside it and what was left aside."""
    start, end, iscn, notes = 0, len(text), "", []
    if beside := _beside(text):
        iscn = beside[0]
        start, end = (0, beside.start()) if text[: beside.start()].strip(_AROUND) else (beside.end(), end)
        notes.append(info("ISCN-BESIDE", beside.start(), beside.end(), f"{iscn} stands beside the genes"))
    core = text[start:end]
    core = core.strip(_AROUND if iscn or _BRACKETED.fullmatch(core.strip()) else None)
    start += text[start:end].index(core)
    return core, start, iscn, notes


def _without_words(core: str, start: int) -> tuple[str, list[Diagnostic]]:
    """The names without ``fusion`` and ``fusion transcript`` behind them."""
    tail = _TAIL.search(core, max(0, len(core) - 20))
    if tail is None or tail.end() != len(core):
        return core, []
    told = info("WORD", start + tail.start(), start + tail.end(), f"{tail[0].strip()!r} names no gene")
    return core[: tail.start()], [told]


def _beside(text: str) -> re.Match[str] | None:
    """The one ISCN abnormality that stands before or after everything else; None where that is not so."""
    found = list(islice(_ISCN.finditer(text), 2))
    if len(found) != 1:
        return None
    before, after = text[: found[0].start()].strip(_AROUND), text[found[0].end() :].strip(_AROUND)
    return found[0] if bool(before) != bool(after) else None


def _genomic(text: str, expression: str, start: int) -> Fusion:
    """A genomic description: it names positions and no gene; with both breakpoints exact it is a VRS adjacency."""
    message = "positions of a genomic description name no genes"
    note = info("NO-GENES", start, start + len(expression), message)
    junction = _JUNCTION.fullmatch(expression)
    return Fusion(text, "ok", "hgvs-g", junction=_adjacency(junction) if junction else None, diagnostics=(note,))


def _adjacency(found: re.Match[str]) -> vrs.Json | None:
    first, second = refget.find(found["first"]), refget.find(found["second"])
    end, start = int(found["end"]), int(found["start"]) - 1
    if first is None or second is None or not (0 < end <= first.length and 0 <= start < second.length):
        return None
    return vrs.adjacency(vrs.upto(first.refget, end), vrs.onwards(second.refget, start), found["linker"])


# --- components joined by ::


def _joined(text: str, core: str, start: int, terms: Terms) -> Fusion | None:
    """An expression of components joined by ``::``; None where there is no such join."""
    joins = list(_JOIN.finditer(core))
    if not joins or "->" in core:  # an arrow: the detailed system of ISCN
        return None
    edges = [0, *(edge for join in joins for edge in join.span()), len(core)]
    spans = [_stripped(core, a, b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    parts = [component(core[a:b], start + a, inner=0 < n < len(spans) - 1) for n, (a, b) in enumerate(spans)]
    unread = [error("COMPONENT", start + a, start + b, "expected a gene, a transcript segment, '?' or 'v'")
              for (a, b), part in zip(spans, parts, strict=True) if part is None]  # fmt: skip
    read_parts = [part for part in parts if part is not None]
    if unread:
        return _with(Fusion(text, partners=tuple(Partner(part) for part in read_parts)), *unread)
    fusion = _resolved(Fusion(text, syntax=_syntax(read_parts, joins)), read_parts, terms)
    return replace(_with(fusion, *_misplaced(read_parts)), inferred=any(join[1] == "(::)" for join in joins))


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the blanks at its ends."""
    inside = text[start:end].strip()
    begin = start + text[start:end].index(inside)
    return begin, begin + len(inside)


def _syntax(parts: list[Component], joins: list[re.Match[str]]) -> str:
    kinds = {part.kind for part in parts}
    if "rna-segment" in kinds:
        return "hgvs-r"
    plain = kinds == {"gene"} and not any(part.hgnc for part in parts) and len(parts) == 2
    return "hgnc" if plain and all(join[1] == "::" for join in joins) else "vicc"


def _misplaced(parts: list[Component]) -> Iterator[Diagnostic]:
    """What VICC's general rules forbid: a regulatory element that is not first, or has neither gene nor feature."""
    for number, part in enumerate(parts):
        if part.kind == "regulatory" and number:
            yield error("REGULATORY-ORDER", part.start, part.end, "a regulatory element stands first")
        elif part.kind == "regulatory" and not (part.symbol or part.place):
            yield error("REGULATORY-GENE", part.start, part.end, "expected the gene or feature of the element")
    if not any(part.kind in GENES and part.kind not in {"unknown", "multiple"} for part in parts):
        yield error("NO-GENE", parts[0].start, parts[-1].end, "no partner of the fusion is named")


def _resolved(fusion: Fusion, parts: list[Component], terms: Terms) -> Fusion:
    """The fusion with the genes of its components, each looked up; status from what was found."""
    symbols = paired([part.symbol for part in parts])
    partners: list[Partner] = []
    found: list[Diagnostic] = []
    for part, symbol in zip(parts, symbols, strict=True):
        of_part = named(part, symbol, terms)
        partners.append(Partner(part, of_part.gene))
        found += of_part.diagnostics
    return _with(replace(fusion, partners=tuple(partners)), *found)


# --- older forms


def _older(text: str, core: str, start: int, terms: Terms) -> Fusion:
    """``A con B``, ``A/B``, ``A:B``, ``A-B``, or the rearrangement of one gene; else no fusion."""
    if len(core) > _LONGEST:
        return Fusion(text)
    if con := _CON.search(core) if "ish" in core else _CON.fullmatch(core):
        return _con(text, con, start, terms)
    if found := _rearranged(text, core, start, terms):
        return found
    whole = known(core, terms)
    for separator in _LEGACY:
        splits = [(m.start(), m.end()) for m in separator.finditer(core) if min(m.start(), len(core) - m.end()) > 1]
        supported = [split for split in splits if _supported(core, split, terms)]
        if whole and supported:
            return _with(Fusion(text), _symbol_or_fusion(core, start, whole, supported))
        if len(supported) > 1:
            return _with(Fusion(text), _two_readings(core, start, supported))
        if supported:
            return _split(text, core, start, supported[0], terms)
        half = [] if whole else _half_known(core, splits, terms)
        if half:
            return _split(text, core, start, half[0], terms) if len(half) == 1 else _unread(text, core, start)
    if whole:
        note = info("ONE-GENE", start, start + len(core), f"{core} is the gene {whole.symbol}, not a fusion")
        return Fusion(text, diagnostics=(note,))
    return Fusion(text)


def _supported(core: str, split: tuple[int, int], terms: Terms) -> bool:
    sides = core[: split[0]], core[split[1] :]
    return (sides[0].upper(), sides[1].upper()) in pairs() or all(is_named(side, terms) for side in sides)


def _half_known(core: str, splits: list[tuple[int, int]], terms: Terms) -> list[tuple[int, int]]:
    """The splits with a known gene on one side and a word that could be a symbol on the other."""
    return [
        (end, begin)
        for end, begin in splits
        for one, other in ((core[:end], core[begin:]), (core[begin:], core[:end]))
        if _WORD.fullmatch(other) and not _EVENT.fullmatch(other) and known(one, terms)
    ]


def _unread(text: str, core: str, start: int) -> Fusion:
    """A text with a gene in it that cannot be split with certainty."""
    return _with(Fusion(text), error("UNREAD", start, start + len(core), f"{core} cannot be read as two genes"))


def _split(text: str, core: str, start: int, split: tuple[int, int], terms: Terms) -> Fusion:
    """Two names around the separator of an older form."""
    end, begin = split
    parts = [
        Component("gene", core[:end], start, core[:end]),
        Component("gene", core[begin:], start + begin, core[begin:]),
    ]
    message = f"{core[end:begin].strip()!r} between two genes is read as '::'"
    repair = Diagnostic("SEPARATOR", "repair", start + end, start + begin, message, "::")
    return _resolved(Fusion(text, syntax="legacy", diagnostics=(repair,)), parts, terms)


def _symbol_or_fusion(core: str, start: int, whole: Gene, splits: list[tuple[int, int]]) -> Diagnostic:
    (end, begin), *_ = splits
    message = f"{core} names the gene {whole.symbol} and can mean {core[:end]}::{core[begin:]}"
    return error("AMBIGUOUS-HYPHEN", start, start + len(core), message)


def _two_readings(core: str, start: int, splits: list[tuple[int, int]]) -> Diagnostic:
    readings = " or ".join(f"{core[:end]}::{core[begin:]}" for end, begin in splits)
    return error("AMBIGUOUS-HYPHEN", start, start + len(core), f"{core} can mean {readings}")


def _con(text: str, found: re.Match[str], start: int, terms: Terms) -> Fusion:
    """ISCN's ``ABL1 con BCR``: the signals are together; which gene is 5' is not said."""
    parts = [Component("gene", found[name], start + found.start(name), found[name]) for name in ("one", "other")]
    note = info("ORDER", start, start + len(found[0]), "ISCN does not say which gene is the 5' partner")
    return _resolved(Fusion(text, syntax="iscn", ordered=False, diagnostics=(note,)), parts, terms)


def _rearranged(text: str, core: str, start: int, terms: Terms) -> Fusion | None:
    """One gene and the word that it is rearranged (``KMT2Ar``): its partner is not stated. None for anything else."""
    found = _REARRANGED.fullmatch(core)
    if found is None or known(core, terms) or not is_named(found["gene"], terms):
        return None
    part = Component("gene", found["gene"], start, found["gene"])
    note = info("PARTNER-NOT-STATED", start, start + len(core), "no partner is stated")
    return _resolved(Fusion(text, syntax="rearrangement", ordered=False, diagnostics=(note,)), [part], terms)
