"""What all kinds of findings have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, ClassVar, NamedTuple, Self

from adapter.case.base import Stated
from adapter.case.common import Source
from adapter.case.facts import Detail, Expression, Facts, GeneFact, Grade, Place, Sort
from adapter.case.fields import Age, Date, OneOrMore, Origin, Result, Share, Significance, Status, Text
from adapter.case.findings.engines import KnownString, read_iscn
from adapter.case.findings.locus import locus
from adapter.errors import AmbiguousTerm, Fault, UnknownTerm
from adapter.nomenclature.quantities import Bounds
from adapter.nomenclature.quantities import Reading as ReadingValue
from adapter.nomenclature.quantities import Share as ShareValue
from adapter.report import Issue
from adapter.terms import Gene, Terms

_SAME = frozenset(
    {
        "result", "status", "specimen", "age", "date", "said", "origin", "significance", "significance_by", "cells",
        "cutoff", "vaf", "copies", "change", "zygosity", "complex", "fusion",
    }
)  # fmt: skip
"""Facts that are a field of the finding, under the same name."""


class Understood(NamedTuple):
    """What the adapter worked out of a finding: a value, how sure it is, the rule it was worked out by.

    ``issues`` are what an engine had to say about the text; their paths are relative to the finding. It is rebuilt by
    ``normalise`` and is no part of dumps, equality or input paths.
    """

    value: Any
    grade: Grade
    rule: str
    issues: tuple[Issue, ...] = ()


class Finding(Stated):
    """Fields of every kind of finding; ``result`` is present and ``status`` final unless stated otherwise."""

    sort: ClassVar[Sort] = "observation"

    id: Text | None = None
    kind: str
    specimen: Text | None = None
    method: OneOrMore | None = None
    result: Result = "present"
    status: Status = "final"
    age: Age | None = None
    date: Date | None = None
    said: Text | None = None
    source: Source | None = None

    @property
    def understood(self) -> Understood | None:
        """What ``normalise`` worked out, None before it or where nothing could be."""
        private = self.__pydantic_private__  # a declared private attribute costs a call for each finding that is read
        return private["understood"] if private else None

    def understanding(self, understood: Understood | None) -> Self:
        """The same finding with what was worked out of it."""
        if understood is None and self.__pydantic_private__ is None:
            return self
        return self.twin(self.__dict__, {"understood": understood})

    def understand(self, terms: Terms, diagnosis: str | None = None) -> Understood | None:  # noqa: ARG002
        """What an engine makes of this finding's nomenclature; None for a kind that has none."""
        return None

    def to_json(self) -> dict[str, Any]:
        """The fields that were stated: id, kind, the kind's own fields, then those that every kind has."""
        stated = super().to_json()
        return {name: stated[name] for name in _order(type(self)) if name in stated}

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods as said, one or several."""
        return (self.method,) if isinstance(self.method, str) else self.method or ()

    def faults(self, sex: str | None) -> Iterator[Fault]:  # noqa: ARG002
        """What contradicts itself in this finding of a person of that ``sex``; pointers are relative to the finding."""
        yield from ()

    def facts(self, path: str, id: str, terms: Terms) -> Iterator[Facts]:
        """The neutral facts of this finding, which stands at ``path`` and has the ``id``; children after the parent."""
        yield Facts(**self.common(path, id) | self.own(path, terms))

    def common(self, path: str, id: str) -> dict[str, Any]:
        """Where the finding stands, and the facts that are its own fields as stated."""
        stated: dict[str, Any] = {"path": path, "id": id, "sort": self.sort}
        fields = self.__dict__
        for name in _SAME & self.__pydantic_fields_set__:
            if (value := fields[name]) is not None:
                stated[name] = value
        if self.method is not None:
            stated["methods"] = self.methods
        return stated

    def own(self, path: str, terms: Terms) -> dict[str, Any]:  # noqa: ARG002
        """The facts that this kind has, by name."""
        return {}


class GenomicFinding(Finding):
    """Fields of the kinds that describe the genome.

    ``cells`` is the share of cells that carry it, not an allele fraction; ``cutoff`` is the laboratory's limit, so that
    ``1.5 %`` under a cut-off of ``3 %`` can be absent.
    """

    sort: ClassVar[Sort] = "variant"

    origin: Origin | None = None
    significance: Significance | None = None
    significance_by: Text | None = None
    cells: Share | None = None
    cutoff: Share | None = None

    def faults(self, sex: str | None) -> Iterator[Fault]:
        """A share of cells above the cut-off, or above 0 without one, contradicts "tested and not found"."""
        yield from super().faults(sex)
        if self.result == "absent" and self.cells is not None and _carried(self.cells, self.cutoff):
            yield Fault(
                "/cells",
                "absent",
                "cells carry what was not found: state the cut-off they are under, or leave out result: absent",
            )


@cache
def _order(kind: type[Finding]) -> tuple[str, ...]:
    common = tuple(GenomicFinding.model_fields)
    own = (name for name in kind.model_fields if name not in common)
    return ("id", "kind", *own, *(name for name in common if name not in {"id", "kind"}))


def _carried(cells: Bounds, cutoff: Bounds | None) -> bool:
    """Whether some cells certainly carry it: above the cut-off where there is one, above 0 otherwise."""
    if cells.low is None:
        return False
    limit = (
        cutoff.high if cutoff is not None and cutoff.high is not None else cutoff.low if cutoff is not None else None
    )
    return cells.low > (limit or 0)


def gene_of(name: str, terms: Terms) -> Gene | None:
    """The approved gene that ``name`` means, None where the table does not know it or several claim it."""
    try:
        return terms.gene(name)
    except (UnknownTerm, AmbiguousTerm):
        return None


def gene_fact(name: str, path: str, terms: Terms) -> GeneFact:
    """The gene named at ``path``."""
    return GeneFact(name, gene_of(name, terms), path)


def gene_facts(names: tuple[str, ...], path: str, terms: Terms) -> tuple[GeneFact, ...]:
    """The genes of the list at ``path``."""
    return tuple([GeneFact(name, gene_of(name, terms), f"{path}/{n}") for n, name in enumerate(names)])


def details(path: str, stated: Mapping[str, Any], names: Iterable[str] = ()) -> tuple[Detail, ...]:
    """A detail for each of the fields ``names`` (all when empty) that was stated, lists joined.

    It is called by the field's name with hyphens.
    """
    found = []
    for name in names or stated:
        value = stated[name]
        if value is None or value == ():
            continue
        known, unit = _in_unit(value)
        found.append(Detail(name.replace("_", "-"), known, f"{path}/{name}", unit))
    return tuple(found)


def _in_unit(value: Any) -> tuple[Any, str]:
    """A field's value and unit (UCUM) as a detail has them: a share of cells is percent, a reading says its own."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)), ""
    if isinstance(value, ShareValue):
        return value, "%"
    if isinstance(value, ReadingValue):
        return (value.bounds, value.unit) if value.bounds else (value.text, "")
    return value, ""


def understood_iscn(text: str | None) -> Understood | None:
    """What the engine makes of an ISCN string; None where none was stated."""
    if text is None:
        return None
    known, grade, issues = read_iscn(text)
    return Understood(known, grade, "iscn", issues)


def iscn_expression(text: str | None, path: str, understood: Understood | None) -> tuple[Expression, ...]:
    """The ISCN string at ``path``, verbatim, with its canonical form once understood; none where none was stated."""
    if text is None:
        return ()
    known = understood.value if understood else None
    return (known.expression(text, path) if isinstance(known, KnownString) else Expression("iscn", text, path),)


def gene_place(genes: tuple[GeneFact, ...]) -> Place | None:
    """Where the one gene of a finding lies: derived, so its path is empty; none for several genes or an unknown one."""
    return _place_of(genes[0].gene.symbol) if len(genes) == 1 and genes[0].gene else None


@lru_cache(maxsize=4096)
def _place_of(symbol: str) -> Place | None:
    found = locus(symbol)
    return Place("", found.band, found.chromosome, found.band) if found else None
