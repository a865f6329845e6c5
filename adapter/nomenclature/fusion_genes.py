"""The genes that the components of a fusion name, and the two tables that only fusions need.

``data/regulatory_loci.tsv``: the immunoglobulin and T-cell receptor loci, whose enhancers drive the partner gene.
``data/fusion_names.tsv``: short names that mean a gene only in a pair (``BCR-ABL``); read from general knowledge of the
literature, each target an approved symbol.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature.adjoined import Component, Diagnostic, error, info

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.terms import Gene, Terms

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon"}


class Named(NamedTuple):
    """The gene of a name, what was rewritten, and why there is none."""

    gene: Gene | None
    diagnostics: tuple[Diagnostic, ...] = ()


def named(part: Component, symbol: str, terms: Terms) -> Named:
    """The gene of a component: the one it names, which must be the one of its id and of its transcript."""
    of_transcript = _of_transcript(part.accession) if part.accession else None
    if not symbol:
        return _unnamed(part, of_transcript, terms)
    found = _lookup(part, symbol, terms)
    if found.gene is None:
        return found
    if part.hgnc and part.hgnc.upper() != found.gene.hgnc:
        wrong = f"{part.symbol} is {found.gene.hgnc}, which is not the id stated"
        return Named(None, (error("GENE-ID", part.start, part.end, wrong),))
    if of_transcript not in (None, found.gene.hgnc):
        wrong = f"{part.accession} is not a transcript of {found.gene.symbol}"
        return Named(None, (error("TRANSCRIPT-GENE", part.start, part.end, wrong),))
    return found


def _unnamed(part: Component, of_transcript: str | None, terms: Terms) -> Named:
    """The gene of a component that names none: its transcript's, where the transcript is known."""
    if of_transcript is not None:
        gene = terms.gene(of_transcript)
        note = f"the gene of {part.accession} is {gene.symbol}, from the transcript table"
        return Named(gene, (info("GENE-OF-TRANSCRIPT", part.start, part.end, note),))
    if part.accession:
        note = f"no gene is stated, and {part.accession} is not in the transcript table"
        return Named(None, (info("GENE-NOT-STATED", part.start, part.end, note),))
    if part.kind == "linker" and known(part.text, terms):
        note = f"{part.text} between two genes is read as bases; a gene has this symbol too"
        return Named(None, (Diagnostic("LINKER-OR-GENE", "warning", part.start, part.end, note),))
    return Named(None)


def _of_transcript(accession: str) -> str | None:
    """HGNC id of a transcript's gene, None where the transcript is not known."""
    from adapter.nomenclature.hgvs.transcripts import by_accession  # its table is large: only where one is named

    transcript = by_accession(accession)
    return transcript.hgnc if transcript else None


def _lookup(part: Component, symbol: str, terms: Terms) -> Named:
    """The gene of a name as written (``part.symbol``) or as its pair explains it (``symbol``)."""
    span = (part.start, part.end)
    try:
        gene = _gene(symbol, terms)
    except AmbiguousTerm as term:
        message = f"{part.symbol} can mean {' or '.join(term.readings)}"
        return Named(None, (error("AMBIGUOUS-GENE", *span, message),))
    except UnknownTerm:
        return Named(None, (error("UNKNOWN-GENE", *span, f"no gene is named {part.symbol}"),))
    if part.symbol == gene.symbol or part.symbol.upper() == gene.hgnc:
        return Named(gene)
    how = gene.note if symbol == part.symbol and gene.note else f"{part.symbol} is read as {gene.symbol}"
    return Named(gene, (Diagnostic("GENE-NAME", "repair", *span, how, gene.symbol),))


def _gene(name: str, terms: Terms) -> Gene:
    """The gene of a name; a Greek letter is also read as its own name and as its Latin letter (``CBFβ``, ``CBFbeta``).

    Raises UnknownTerm, AmbiguousTerm.
    """
    spelt = next((word for word in _GREEK.values() if name.lower().endswith(word)), "")
    if spelt:
        try:
            return terms.gene(name)
        except UnknownTerm:
            return terms.gene(name[: -len(spelt)] + spelt[0].upper())
    if not any(letter in name for letter in _GREEK):
        return terms.gene(name)
    latin = {letter: word[0].upper() for letter, word in _GREEK.items()}
    for letters in (_GREEK, latin):
        try:
            return terms.gene("".join(letters.get(c, c) for c in name))
        except UnknownTerm:
            continue
    raise UnknownTerm("genes", name)


def known(name: str, terms: Terms) -> Gene | None:
    """The gene of a name, None where no gene or more than one has it."""
    try:
        return _gene(name, terms)
    except (UnknownTerm, AmbiguousTerm):
        return None


def is_named(name: str, terms: Terms) -> bool:
    """Whether a name has a reading as a gene, be it one of several."""
    try:
        _gene(name, terms)
    except AmbiguousTerm:
        return True
    except UnknownTerm:
        return False
    return True


def _rows(name: str) -> list[list[str]]:
    text = files("adapter.nomenclature").joinpath(f"data/{name}").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@cache
def regulatory_loci() -> Mapping[str, str]:
    """Class of the regulatory element that a locus gives, by symbol: ``e`` for enhancer."""
    return MappingProxyType({symbol: kind for symbol, kind, _basis in _rows("regulatory_loci.tsv")})


@cache
def pairs() -> Mapping[tuple[str, str], tuple[str, str]]:
    """Symbols meant by two names, in capitals, that say so only together (``BCR-ABL``)."""
    return MappingProxyType({(a, b): (first, second) for a, b, first, second in _rows("fusion_names.tsv")})


def paired(symbols: list[str]) -> list[str]:
    """The names as written, or the symbols that they mean as a pair."""
    names = tuple(symbol.upper() for symbol in symbols)
    return list(pairs().get((names[0], names[1]), symbols)) if len(names) == 2 else symbols
