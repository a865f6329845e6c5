"""Text to :class:`Variant`: the way from the parts of a statement to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from adapter.errors import NomenclatureError
from adapter.nomenclature.hgvs import coding, genomic, proteins
from adapter.nomenclature.hgvs.clean import Diagnostic, Part, Statement, statement
from adapter.nomenclature.hgvs.events import event
from adapter.nomenclature.hgvs.grammar import Edit, canonical, plain
from adapter.nomenclature.hgvs.judge import judge, kind_of, seconded
from adapter.nomenclature.hgvs.model import Choice, Gene, Variant
from adapter.nomenclature.hgvs.protein import change
from adapter.nomenclature.hgvs.request import GeneNames, Names, Request, request

MOST = 8  # variants of one text that are read one by one
LONGEST = 10_000  # characters; a longer text is no description of one variant

_NEGATED = re.compile(
    r"not|no|non|negative|neg|absent|undetect(?:ed|able)|without|none|unmutated|wild-?type|wild|wt|excluded|-",
    re.IGNORECASE,
)
_NOT_FOUND = "the text says that something was not found: no variant is read of it"
_SEVERAL = "the text describes more than one variant"
_EMPTY = re.compile(r"(?:^|[:\s])([cgnmrop]\.)\s*$", re.IGNORECASE)
_BROKEN = re.compile(r"\b(?:[NX][CGMPRTW]_\d|ENS[GTP]\d|LRG_\d)\S*|(?:(?<=^)|(?<=\s)|:)[cgnmrp]\.\S+")
_STANDIN = {"c": "NM_000000.0", "n": "NR_000000.0", "r": "NM_000000.0", "p": "NP_000000.0", "o": "NC_000000.0"}


def read(
    text: str,
    *,
    gene: str | None = None,
    transcript: str | None = None,
    assembly: str | None = None,
    protein: str | None = None,
    terms: GeneNames | None = None,
) -> Variant:
    """What a text says about a variant: checked, mapped to both assemblies and graded, or why not.

    ``gene``, ``transcript`` and ``protein`` are what is known beside the text; ``assembly`` (GRCh38 or GRCh37) says
    what a chromosomal position means. Never raises for what the text says.

    >>> read("TP53 c.524G>A p.Arg175His").g["GRCh38"]
    'NC_000017.11:g.7675088C>T'
    """
    if len(text) > LONGEST:
        return Variant(text).finding("TOO-LONG", "error", f"a text of more than {LONGEST} characters is not read")
    return _read(text, Names(terms), gene=gene, transcript=transcript, assembly=assembly, protein=protein)


def _read(
    text: str,
    names: Names,
    *,
    gene: str | None,
    transcript: str | None,
    assembly: str | None,
    protein: str | None = None,
) -> Variant:
    def ordinary(said: str) -> Variant:
        return _answer(request(said, names, gene=gene, transcript=transcript, assembly=assembly, protein=protein))

    return _event(text, ordinary, names) or _fusion(text, names) or ordinary(text)


def _event(text: str, asked: Callable[[str], Variant], names: Names) -> Variant | None:
    """An event named by gene and abbreviation; a description behind it is read as well."""
    found = event(text, names.symbol)
    if found is None:
        return None
    symbol, what, rest = found
    at = text.find(rest) if rest else -1
    if at > 0 and _describes(rest) and _of_another_gene(symbol, rest, names):
        alone = _event(text[:at], asked, names) or Variant(text[:at])
        both = Variant(text, "unmapped", "C", "several", members=(alone, asked(rest)))
        return both.finding("SEVERAL-VARIANTS", "warning", _SEVERAL)
    if at > 0 and _describes(rest):
        gene = re.match(r"\s*[A-Za-z0-9]+?(?=[\s\-_/:(]*(?:ITD|PTD|TKD|TD))", text, re.IGNORECASE)
        named = gene.end() if gene else 0
        return replace(asked(text[:named] + " " * (at - named) + text[at:]), input=text, event=what)
    known = names.gene(symbol)
    if negation := next((word for word in rest.split() if _NEGATED.fullmatch(word.strip("()[].:"))), ""):
        start = text.rfind(negation)
        without = Variant(text, "not-hgvs", "D", gene=known[0] if known else Gene(symbol))
        return without.finding("NEGATED", "warning", _NOT_FOUND, (start, start + len(negation)))
    variant = Variant(text, "unmapped", "C", what.kind, known[0] if known else Gene(symbol), event=what)
    if rest:
        span = (at, at + len(rest)) if at >= 0 else (0, len(text))
        left = Diagnostic("UNREAD-TEXT", "warning", *span, f"{rest!r} was left aside")
        variant = replace(variant, diagnostics=(*variant.diagnostics, left))
    return variant if what.sequence else variant.noting("no c. description: the event is stated without its sequence")


def _of_another_gene(symbol: str, rest: str, names: Names) -> bool:
    """Whether what stands behind an event is said of a gene of its own: ``FLT3-ITD, NRAS G12D``."""
    gene = statement(rest, names.is_gene).gene
    return gene is not None and names.symbol(gene.text) not in (None, symbol)


def _describes(rest: str) -> bool:
    words = (word.strip("(),;") for word in rest.split())
    return any(re.match(r"[cgp]\.", word) or change(word) for word in words)


def _fusion(text: str, names: Names) -> Variant | None:
    """``BCR::ABL1``: two genes joined."""
    first, joined, second = text.strip().partition("::")
    if not joined or not first or not second or any(c in text for c in "()[]. "):
        return None
    genes = [names.gene(name) for name in (first, second) if name != "?"]
    if not genes or any(gene is None for gene in genes):
        return None
    known = tuple(gene[0] for gene in genes if gene)
    notes = tuple(gene[1] for gene in genes if gene and gene[1])
    return Variant(text, "ok", "C", "fusion", genes=known, notes=notes)


def _negated(asked: Request) -> Part | None:
    """The word left aside that says that a variant was not found."""
    words = [part.text.strip("()[].:,").lower() for part in asked.said.left]
    for part, word, behind in zip(asked.said.left, words, [*words[1:], ""], strict=False):
        if _NEGATED.fullmatch(word) and behind not in ("other", "further", "additional"):
            return part
    return None


def _answer(asked: Request) -> Variant:
    said = asked.said
    if (word := _negated(asked)) and (said.body or said.protein or said.place or said.spdi):
        found = asked.answer(status="not-hgvs", stated_p=None)
        return found.finding("NEGATED", "warning", _NOT_FOUND, (word.start, word.end))
    if said.spdi:
        return genomic.of_spdi(asked, *said.spdi)
    if said.place:
        return genomic.of_place(asked, *said.place)
    if said.further:
        return _several(asked)
    if said.body:
        return _description(asked, said.body)
    if said.protein:
        return _protein(asked, said.protein)
    if said.rsid or said.identifier:
        whose = "a dbSNP identifier" if said.rsid else "an identifier"
        return asked.answer(status="unmapped", grade="C", kind="identifier").noting(f"{whose} alone is not looked up")
    return _no_variant(asked)


def _several(asked: Request) -> Variant:
    """More than one description: each a variant of its own, none of them the text's."""
    said = asked.said
    gene = None if said.late else asked.gene.symbol if asked.gene else None
    texts = _paired(said)
    whose = None if said.late or any(said.owners) else asked.gene
    found = asked.answer(status="unmapped", grade="C", kind="several", gene=whose)
    if len(texts) > MOST:
        return found.finding(
            "SEVERAL-VARIANTS", "warning", f"more than {MOST} variants in one text are not taken apart"
        )
    members = (
        _read(
            text,
            asked.names,
            gene=owner.text if owner and not said.late else gene,
            transcript=None if owner else asked.accession,
            assembly=asked.assembly,
        )
        for text, owner in texts
    )
    found = replace(found, members=tuple(members))
    return found.finding("SEVERAL-VARIANTS", "warning", _SEVERAL)


def _paired(said: Statement) -> list[tuple[str, Part | None]]:
    """The descriptions with their genes; a change of bases and one of residues that stand together are one variant."""
    first = [f"{said.kind}.{said.body.text}"] if said.body else []
    first += [f"p.{said.protein.text}"] if said.protein else []
    parts: list[tuple[str, Part | None]] = [(" ".join(first), None)]
    open_kind = "" if said.body and said.protein else "c" if said.body else "p"
    for part, owner in zip(said.further, said.owners, strict=True):
        kind = "c" if re.search(r"(?:^|:)[cgnmro]\.", part.text) else "p"
        text, whose = parts[-1]
        if open_kind and kind != open_kind and owner is whose and len(parts) > 1:
            parts[-1] = (f"{text} {part.text}", owner)
            open_kind = ""
        else:
            parts.append((part.text, owner))
            open_kind = kind
    return parts


def _no_variant(asked: Request) -> Variant:
    said = asked.said
    if said.change:
        found = asked.answer(status="unmapped", grade="D", kind="substitution")
        return found.finding("POSITION-NOT-STATED", "warning", f"{said.change} has no position")
    if empty := _EMPTY.search(said.text):
        return _rejected(asked, "nothing stands behind the letter of the description", empty.start(1), empty.end(1))
    if said.accession and not said.text.strip().count(" "):
        found = asked.answer(status="rejected")
        return found.finding("NO-VARIANT", "error", "a reference sequence without a variant")
    if broken := _BROKEN.search(said.text):
        return _rejected(asked, "a reference sequence without a readable description", broken.start(), broken.end())
    return asked.answer(status="not-hgvs").finding("NOT-HGVS", "info", "no description of a variant was found")


def _description(asked: Request, body: Part) -> Variant:
    said, kind = asked.said, asked.said.kind
    try:
        edit = plain(body.text) if kind in "cgnm" else None
    except NomenclatureError as error:
        return _rejected(asked, error.message, body.start, body.end)
    if edit is None:
        return _complex(asked, body)
    if kind in "gm" and (edit.start.after_stop or edit.start.base < 1):
        return _rejected(asked, "a genomic position counts from 1", body.start, body.end)
    if not seconded(f"{_reference(asked, kind)}:{kind}.{edit}"):
        asked.warn("SECOND-OPINION", "info", "one of two parsers does not take this description")
    _without_bases(asked, edit)
    edit, rewritten = canonical(edit)
    if rewritten:
        said.repair("CANONICAL", body, str(edit))
    if kind in "gm":
        return genomic.of_edit(asked, edit, kind)
    return coding.answer(asked, edit, kind)


def _without_bases(asked: Request, edit: Edit) -> None:
    """``TERT c.-124C>T (C228T)``: beside a change that lies in no codon, letters of bases name no residues."""
    said, change = asked.said, asked.change
    bare = said.bare and change is not None and change.kind == "substitution" and said.protein is not None
    if bare and change and edit.start.residue is None and set(change.first + change.alt) <= set("ACGT"):
        if said.protein is not None:
            said.unread(said.protein)
        said.protein = asked.protein = None


def _rejected(asked: Request, message: str, start: int, end: int) -> Variant:
    found = asked.answer(status="rejected", grade="D")
    return replace(found, diagnostics=(*found.diagnostics, Diagnostic("SYNTAX", "error", start, end, message)))


def _reference(asked: Request, kind: str) -> str:
    return asked.accession or _STANDIN.get(kind, "NC_000000.0")


def _complex(asked: Request, body: Part) -> Variant:
    """Alleles, uncertain ranges, repeats, RNA: accepted or not, never mapped."""
    kind = asked.said.kind
    parts = [part.strip("[]") for part in body.text.split("/")] if "]/[" in body.text else [body.text]
    verdicts = [judge(_reference(asked, kind), f"{kind}.{_modern(part)}") for part in parts]
    failed = next((verdict for verdict in verdicts if not verdict.accepted), None)
    if failed:
        place = min(body.start + max(0, failed.place - 2), body.end - 1)
        return _rejected(asked, failed.reason, place, body.end)
    if not all(verdict.both for verdict in verdicts):
        asked.warn("SECOND-OPINION", "info", "one of two parsers does not take this description")
    reference = f"{asked.accession}:" if asked.accession else ""
    found = asked.answer(
        status="unmapped",
        grade="C",
        kind=kind_of(body.text),
        stated_c=f"{kind}.{body.text}",
        transcript=Choice(None, asked.accession, None),
    )
    if kind in "cn":
        found = replace(found, c=f"{reference}{kind}.{body.text}", p=found.stated_p)
    if (intron := _INTRON.fullmatch(body.text)) and kind == "c":
        readings = coding.of_intron(asked, int(intron[1]), int(intron[2]), intron[3])
        message = "the number of an intron depends on the transcript: that of MANE is an alternative, none is asserted"
        return replace(found, alternatives=readings).finding("INTRON-NUMBER", "info", message)
    return replace(found, members=_members(asked, body.text))


_INTRON = re.compile(r"IVS(\d{1,3})([+-][1-9]\d{0,4})(\D.*)")


def _modern(body: str) -> str:
    """``IVS3+1G>A`` in a form the parsers can judge: the position is taken for one of an exon's end."""
    return re.sub(r"IVS(\d+)(?=[+-]\d)", r"\1", body)


def _members(asked: Request, text: str) -> tuple[Variant, ...]:
    """The members of an allele ``c.[a;b]`` as variants of their own."""
    said = asked.said
    if not (text.startswith("[") and text.endswith("]")) or said.kind not in "cg":
        return ()
    parts = text[1:-1].replace("];[", ";").replace("(;)", ";").split(";")
    if len(parts) > MOST or not all(_is_plain(part) for part in parts):
        return ()
    return tuple(
        _read(
            f"{said.kind}.{part}" if said.kind == "c" else f"{asked.accession}:{said.kind}.{part}",
            asked.names,
            gene=asked.gene.symbol if asked.gene else None,
            transcript=asked.accession if said.kind == "c" else None,
            assembly=asked.assembly,
        )
        for part in parts
    )


def _is_plain(text: str) -> bool:
    try:
        return plain(text) is not None
    except NomenclatureError:
        return False


def _protein(asked: Request, stated: Part) -> Variant:
    if asked.change and asked.change.end < asked.change.start:
        return _rejected(asked, "the range runs backwards", stated.start, stated.end)
    if asked.change:
        return proteins.answer(asked, asked.change)
    verdict = judge(
        _reference(asked, "p") if (asked.accession or "").startswith(("NP", "LRG", "ENSP")) else "NP_000000.0",
        f"p.{stated.text}",
    )
    if not verdict.accepted:
        place = min(stated.start + max(0, verdict.place - 2), stated.end - 1)
        return _rejected(asked, verdict.reason, place, stated.end)
    if not verdict.both:
        asked.warn("SECOND-OPINION", "info", "one of two parsers does not take this description")
    return proteins.unchecked(asked, kind_of(stated.text))
