"""A statement with what the caller knows beside it (gene, transcript, assembly, protein), ready to be answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.nomenclature.hgvs import legacy
from adapter.nomenclature.hgvs.clean import Diagnostic, Statement, statement
from adapter.nomenclature.hgvs.model import Gene, Variant
from adapter.nomenclature.hgvs.protein import Change, change
from adapter.nomenclature.hgvs.transcripts import Transcript, by_accession, by_gene


class Named(Protocol):
    """A gene as a table of terms answers it."""

    @property
    def symbol(self) -> str:
        """Approved symbol."""
        ...

    @property
    def hgnc(self) -> str:
        """HGNC identifier, as a CURIE."""
        ...

    @property
    def note(self) -> str:
        """How another name was resolved, "" for the symbol itself."""
        ...


class GeneNames(Protocol):
    """What is asked of :class:`adapter.terms.Terms`."""

    def gene(self, name: str) -> Named:
        """The gene of a symbol, alias or previous symbol; raises UnknownTerm or AmbiguousTerm."""
        ...


@dataclass(slots=True)
class Request:
    """The parts of a statement, resolved; ``notes`` and ``diagnostics`` gather what is said on the way."""

    said: Statement
    names: Names
    gene: Gene | None = None
    accession: str | None = None
    transcript: str | None = None
    assembly: str | None = None
    protein: str | None = None
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    @property
    def change(self) -> Change | None:
        """The stated protein change, None where none is stated or it is not a plain one."""
        return change(self.protein.strip("()")) if self.protein else None

    @property
    def repaired(self) -> bool:
        """Something was rewritten."""
        return any(d.severity == "repair" for d in self.said.diagnostics)

    @property
    def status(self) -> str:
        """``ok``, or ``repaired`` where something was rewritten."""
        return "repaired" if self.repaired else "ok"

    def answer(self, **known: object) -> Variant:
        """A variant with what is common to all answers."""
        common: dict[str, Any] = {
            "input": self.said.text,
            "gene": self.gene,
            "notes": tuple(self.said.notes),
            "diagnostics": tuple(self.said.diagnostics),
            "stated_p": self.stated_p,
            "dbsnp": self.said.rsid.text.lower() if self.said.rsid else None,
        }
        return Variant(**common | known)

    @property
    def stated_p(self) -> str | None:
        """The stated protein change as ``p.`` writes it: three letters, parentheses as stated."""
        if self.protein is None:
            return None
        read = self.change
        inner = str(read) if read else self.protein.strip("()") or self.protein
        return f"p.({inner})" if self.protein.startswith("(") and self.protein.endswith(")") else f"p.{inner}"

    def warn(self, code: str, severity: str, message: str) -> None:
        """A diagnostic over the whole text."""
        self.said.diagnostics.append(Diagnostic(code, severity, 0, len(self.said.text), message))


@lru_cache(maxsize=1)
def _default_names() -> GeneNames:
    from adapter.terms import load

    return load()


class Names:
    """Gene names, answered by the pack first and by the table of terms for the others."""

    def __init__(self, terms: GeneNames | None) -> None:
        self._terms = terms
        self._known: dict[str, tuple[Gene, str] | None] = {}

    def gene(self, name: str) -> tuple[Gene, str] | None:
        """The gene of a name and a note on how it was read, None where no table knows it."""
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> tuple[Gene, str] | None:
        transcripts = by_gene(name)
        if transcripts and transcripts[0].hgnc:
            return Gene(transcripts[0].symbol, transcripts[0].hgnc), ""
        try:
            found = (self._terms or _default_names()).gene(name)
        except (UnknownTerm, AmbiguousTerm):
            return None
        return Gene(found.symbol, found.hgnc), found.note

    def is_gene(self, name: str) -> bool:
        """Whether a word names a gene."""
        return self.gene(name) is not None

    def symbol(self, name: str) -> str | None:
        """The approved symbol."""
        found = self.gene(name)
        return found[0].symbol if found else None


def request(
    text: str,
    names: Names,
    *,
    gene: str | None,
    transcript: str | None,
    assembly: str | None,
    protein: str | None,
) -> Request:
    """The text's statement with the caller's knowledge; what contradicts it is in ``conflicts``."""
    said = statement(text, names.is_gene)
    asked = Request(said, names, assembly=assembly)
    _assembly(asked)
    _accession(asked, transcript)
    _gene(asked, names, gene)
    _protein(asked, protein)
    return asked


def _assembly(asked: Request) -> None:
    """The assembly of the text (``chr17:7675088C>T (hg38)``), held against what is given beside it."""
    said = asked.said
    named = [build(part.text.strip("()[]").partition("/")[0]) for part in said.assemblies]
    known = dict.fromkeys(name for name in (build(asked.assembly), said.place and said.place[0], *named) if name)
    if len(known) > 1:
        asked.conflicts.append(("ASSEMBLY-CONFLICT", f"positions of {' and '.join(known)} cannot both be meant"))
    asked.assembly = asked.assembly or next(iter(known), None)


BUILDS = {"grch38": "GRCh38", "hg38": "GRCh38", "grch37": "GRCh37", "hg19": "GRCh37"}


def build(name: str | None) -> str | None:
    """The assembly of a name, None where it names none we know.

    >>> build("hg19"), build("grch38.p13"), build(None)
    ('GRCh37', 'GRCh38', None)
    """
    return BUILDS.get(name.partition(".")[0].strip().lower()) if name else None


def _accession(asked: Request, given: str | None) -> None:
    stated = asked.said.accession.text if asked.said.accession else None
    if stated and given and stated.partition(".")[0] != given.partition(".")[0]:
        message = f"the text names {stated}, beside it {given} is given"
        if not stated.startswith(("NC_", "NG_", "NP_", "LRG_")):
            asked.conflicts.append(("TRANSCRIPT-CONFLICT", message))
    keeps = stated and not (given and stated.startswith(("NG_",)))
    asked.accession = stated if keeps else given
    asked.transcript = given if stated and stated.startswith("NC_") else asked.accession


def _gene(asked: Request, names: Names, given: str | None) -> None:
    stated = asked.said.gene.text if asked.said.gene else None
    genes = [found for name in (stated, given) if name for found in [_named(asked, names, name)]]
    if len(genes) > 1 and _differ(*genes):
        asked.conflicts.append(
            ("GENE-CONFLICT", f"the text names {genes[0].symbol}, beside it {genes[1].symbol} is given")
        )
    asked.gene = genes[0] if genes else None
    rival = names.gene(asked.said.rival.text) if asked.said.rival else None
    named = asked.said.rival.text if asked.said.rival else ""
    if asked.gene and rival and _approved(named, rival[0]) and _differ(asked.gene, rival[0]):
        message = f"{asked.gene.symbol} and {rival[0].symbol} stand before the first description"
        asked.conflicts.append(("GENE-CONFLICT", message))
    transcript = _transcript(asked.transcript) if asked.transcript else None
    if transcript is None:
        return
    if asked.gene and _differ(asked.gene, Gene(transcript.symbol, transcript.hgnc or None)):
        message = f"{asked.transcript} is a transcript of {transcript.symbol}, not of {asked.gene.symbol}"
        asked.conflicts.append(("GENE-CONFLICT", message))
    asked.gene = asked.gene or Gene(transcript.symbol, transcript.hgnc or None)


def _approved(name: str, gene: Gene) -> bool:
    """Whether a word is the symbol itself: as another name (``MUT``, ``HET``) it may be no gene at all."""
    return name.upper() == gene.symbol.upper()


def _transcript(accession: str) -> Transcript | None:
    """The transcript, or that of MANE where the accession is one of an older numbering."""
    older = legacy.of_accession(accession)
    return by_accession(accession) or (by_accession(older.mane) if older else None)


def _differ(one: Gene, other: Gene) -> bool:
    """Two genes for certain: a name that no table knows may be a newer one of the same gene."""
    return one.symbol != other.symbol and None not in (one.hgnc, other.hgnc) and one.hgnc != other.hgnc


def _named(asked: Request, names: Names, name: str) -> Gene:
    found = names.gene(name)
    if found is None:
        asked.warn("UNKNOWN-GENE", "warning", f"no table knows the gene {name}")
        return Gene(name)
    gene, note = found
    if note:
        asked.said.notes.append(note)
    return gene


def _protein(asked: Request, given: str | None) -> None:
    stated = asked.said.protein.text if asked.said.protein else None
    other = given.strip().rpartition(":")[2].removeprefix("p.").strip() if given else None
    asked.protein = stated or other or None
    if stated and other:
        first, second = change(stated.strip("()")), change(other.strip("()"))
        if first and second and first != second and "frameshift" not in (first.kind, second.kind):
            asked.conflicts.append(("PROTEIN-CONFLICT", f"the text says p.{first}, beside it p.{second} is given"))
