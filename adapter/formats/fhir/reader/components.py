"""The components of a variant: what each says becomes a field of the finding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.formats.fhir.datatypes import HGVS
from adapter.formats.fhir.reader.node import copied, number, obj, objects, take, take_text, text
from adapter.formats.fhir.reader.values import is_percent, plain, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Part, Scene
    from adapter.report import Json

_ORIGINS = ("somatic", "germline", "likely somatic", "likely germline", "unknown")
SIGNIFICANCES = ("pathogenic", "likely pathogenic", "uncertain", "likely benign", "benign")
_CHANGES = (
    "amplification", "gain", "loss", "deletion", "homozygous deletion", "copy-neutral LOH", "normal",
)  # fmt: skip
_OF_SHARES = frozenset({"abnormal-cell-count", "allelic-read-count"})
MEASURED = frozenset({"canonical form", "positive of scored cells", "reads of depth"})  # rules of stated values

# component -> field of a finding, for those whose value is taken as it stands
FIELDS = {
    "form": "form", "ploidy": "ploidy", "probe": "probe", "signals": "signals", "exons": "exons",
    "isoform": "isoform", "in-frame": "in_frame", "depth": "depth", "phase": "phase", "length": "length",
    "ratio": "ratio", "insertion-point": "insertion_point", "of": "of", "panel": "panel", "panel-size": "panel_size",
    "banding": "banding", "level": "level", "sensitivity": "sensitivity", "marker": "marker", "at": "at",
    "blasts": "blasts", "reference": "reference", "unit": "unit", "copy-number-range": "copies",
    "copy-number": "copies", "vaf": "vaf", "vaf-range": "vaf", "abnormal-cell-fraction": "cells", "cutoff": "cutoff",
    "cells-counted": "cells_counted", "complex-karyotype": "complex", "conclusion-string": "said",
    "assembly": "assembly", "iscn": "iscn", "region": "region", "cytogenetic-location": "region",
}  # fmt: skip
_JOINING = frozenset({"fusion", "translocation", "interchromosomal-translocation", "complex-rearrangement"})
_COUNTS = frozenset({"cells-counted", "depth", "panel-size"})
_TABLES = {"assembly": "assemblies"}


class Found:
    """The components of a variant as they are read."""

    def __init__(self, s: Scene, entry: Entry, made: Json) -> None:
        self.s, self.entry, self.made = s, entry, made
        self.seen: set[str] = set()  # names of the components that were stated
        self.genes: list[str] = []
        self.expressions: list[str] = []
        self.texts: list[str] = []  # variation codes that are words
        self.ids: list[tuple[str, str]] = []
        self.transcripts: list[str] = []
        self.chromosomes: list[Part] = []
        self.structural = False  # whether the change is one that joins what lay apart
        self.meant: Json = {}  # what components of older guides say beside others: change, significance
        self._counted = False  # whether the cells counted belong to a share of cells
        self._before: dict[str, tuple[int, Json]] = {}  # components by what was read in them
        self._by_name: dict[str, Callable[[Part], bool]] = {
            "gene-studied": self._gene,
            "fusion-partner-role": self._role,
            "hgvs-c": self._expression,
            "hgvs-p": self._expression,
            "genomic-hgvs": self._expression,
            "variation-code": self._code,
            "transcript": self._transcript,
            "further-transcript": self._transcript,
            "change-type": self._change,
            "molecular-consequence": self._consequence,
            "clinical-significance": self._significance,
            "chromosome": self._chromosome,
            "further-method": self._method,
            "age-at-event": self._age,
            "allelic-state": self._state,
            "source-class": self._origin,
            "control-probe": self._control,
            "control-copies": self._control,
        }

    def read(self, part: Part) -> None:
        """Read one component; it is taken if it was understood."""
        self.seen |= part.names
        before, known = copied(part.node), (*self._listed(), *self.made)
        reader = next((self._by_name[name] for name in sorted(part.names) if name in self._by_name), self._field)
        if part.names and reader(part):
            self.taken(part)
        for value in (*self._listed(), *self.made):
            if value not in known:
                self._before.setdefault(value, (part.n, before))

    def _listed(self) -> list[str]:
        return [*self.genes, *self.expressions, *self.texts, *self.transcripts, *self.catalogued()]

    def catalogued(self) -> list[str]:
        """Identifiers in catalogues, without the catalogue."""
        return [one for _, one in self.ids]

    def said(self) -> tuple[object, ...]:
        """What was read so far, whatever components it stood in."""
        return (self.genes, [*self.expressions, *self.texts], self.ids, self.transcripts, self.made)

    def put_back(self, values: list[str]) -> None:
        """Put back, to be carried, the components that these values or fields were read in."""
        for value in values:
            if value in self._before:
                n, before = self._before[value]
                self.entry.resource["component"][n] = before

    def taken(self, part: Part) -> None:
        """Take what was read of a component; what is left in it stays to be carried."""
        concept = obj(part.node, "valueCodeableConcept")
        if any(objects(concept, "coding")) or text(concept, "text"):
            part.node.pop("code", None)
            part.node["code"] = {}
            return
        take(self.entry.resource, "component", part.n)

    def _concept(self, part: Part, table: str = "") -> str:
        return self.s.words.words(obj(part.node, "valueCodeableConcept"), table)

    def _gene(self, part: Part) -> bool:
        node = obj(part.node, "valueCodeableConcept")
        name, ids = text(node, "text"), []
        for n, coding in list(objects(node, "coding")):
            if self.s.words.vocabulary(coding) == "HGNC":
                ids.append(text(coding, "code"))
                name = name or text(coding, "display") or self._symbol(text(coding, "code"))
                if not text(coding, "code").startswith("HGNC:"):
                    self.s.warn(self.entry, "code", "an HGNC id has the prefix HGNC:")
                take(node, "coding", n)
        name = name or self.s.words.words(node)
        self._agree(name, ids)
        if text(node, "text") == name:
            take_text(node, "text")
        if name:
            self.genes.append(name)
        return bool(name)

    def _symbol(self, code: str) -> str:
        """The symbol of a gene that only an HGNC id names, the id where no gene has it."""
        try:
            return self.s.terms.gene(f"HGNC:{code.removeprefix('HGNC:')}").symbol
        except (AmbiguousTerm, UnknownTerm):
            return code

    def _agree(self, name: str, ids: list[str]) -> None:
        """Warn where the id beside a gene's name is that of another gene; the name is what is read."""
        try:
            known = self.s.terms.gene(name).hgnc if ids and not self.entry.own else ""
        except (AmbiguousTerm, UnknownTerm):
            return
        if known and known.removeprefix("HGNC:") not in [one.removeprefix("HGNC:") for one in ids]:
            self.s.warn(self.entry, "gene", "the HGNC id is not that of the gene named beside it: the name was read")

    def _role(self, part: Part) -> bool:
        return bool(part.node.pop("valueCodeableConcept", None))

    def _expression(self, part: Part) -> bool:
        node = obj(part.node, "valueCodeableConcept")
        codes = [text(c, "code") for _, c in objects(node, "coding") if text(c, "system") == HGVS]
        others = (text(c, "code") or text(c, "display") for _, c in objects(node, "coding"))
        said = text(node, "text") or next(iter(codes), "") or text(part.node, "valueString") or next(others, "")
        if not said:
            return False
        if codes and (said in codes or part.rule):
            take(node, "coding")
        take_text(node, "text")
        part.node.pop("valueString", None)
        self.expressions.append(said)
        return True

    def _code(self, part: Part) -> bool:
        node = obj(part.node, "valueCodeableConcept")
        coding = next((c for _, c in objects(node, "coding")), None)
        said = text(node, "text")
        if coding is None:
            self.texts.append(said)
            take_text(node, "text")
            return bool(said)
        if text(coding, "system") == HGVS:
            return self._expression(part)
        source = self.s.words.vocabulary(coding)
        if not source or not text(coding, "code"):
            return False
        self.ids.append((source.lower(), said or text(coding, "code")))
        take(part.node, "valueCodeableConcept")
        return True

    def _transcript(self, part: Part) -> bool:
        node = obj(part.node, "valueCodeableConcept")
        said = text(node, "text") or next((text(c, "code") for _, c in objects(node, "coding")), "")
        if said:
            self.transcripts.append(said)
            take(part.node, "valueCodeableConcept")
        return bool(said)

    def _change(self, part: Part) -> bool:
        found = self.s.words.choice(obj(part.node, "valueCodeableConcept"), "changes", _CHANGES)
        if found:
            self.made["change"] = found
        else:
            node = obj(part.node, "valueCodeableConcept")
            self.structural = not self.entry.own and bool(_JOINING & set(self.s.words.keys("structural-types", node)))
        return bool(found)

    def _consequence(self, part: Part) -> bool:
        """A consequence as Genomics Reporting 2.0.0 and mCODE 3 have it; ours repeats the change or the fusion."""
        if self.entry.own:
            return bool(part.node.pop("valueCodeableConcept", None))
        node = copied(obj(part.node, "valueCodeableConcept"))
        self.structural |= bool(_JOINING & set(self.s.words.keys("structural-types", node)))
        if found := self.s.words.choice(node, "changes", _CHANGES):
            self.meant["change"] = found
        return False

    def _significance(self, part: Part) -> bool:
        """A significance that the variant states itself, as in mCODE 2; it is carried too, since ours is elsewhere."""
        node = copied(obj(part.node, "valueCodeableConcept"))
        if found := self.s.words.choice(node, "significances", SIGNIFICANCES):
            self.meant["significance"] = found
        return False

    def _chromosome(self, part: Part) -> bool:
        self.chromosomes.append(part)
        return False

    def _method(self, part: Part) -> bool:
        words = self._concept(part, "methods")
        if words:
            first = self.made.get("method", [])
            self.made["method"] = [*([first] if isinstance(first, str) else first), words]
        return bool(words)

    def _age(self, part: Part) -> bool:
        age = self.s.time(*value_of(part.node))
        if age:
            self.made["age"] = age
        return bool(age)

    def _state(self, part: Part) -> bool:
        words = self._concept(part, "zygosities")
        if words:
            self.made["zygosity"] = words
        return bool(words)

    def _origin(self, part: Part) -> bool:
        found = self.s.words.choice(obj(part.node, "valueCodeableConcept"), "origins", _ORIGINS)
        if found:
            self.made["origin"] = found
        return bool(found)

    def _control(self, part: Part) -> bool:
        field = next(name for name in part.names if name.startswith("control-")).removeprefix("control-")
        value = plain_field(self.s, part, f"control-{field}")
        if value is not None:
            self.made.setdefault("control", {})[field] = value
        return value is not None

    def _field(self, part: Part) -> bool:
        if part.names & _OF_SHARES:
            take(part.node, "valueRatio")
            self._counted = "abnormal-cell-count" in part.names
            return True
        name = next((name for name in sorted(part.names) if name in FIELDS), "")
        if not name or (name == "copy-number" and "copies" in self.made):
            return bool(name)
        if name == "cells-counted" and self._counted:
            self._counted = False
            return True
        value = plain_field(self.s, part, name)
        if value is not None:
            self.made[FIELDS[name]] = value
        return value is not None


def _bound(value: Json) -> str | None:
    """An allele fraction below or above a limit, in percent: the form in which a case has limits."""
    share = number(value.get("value"))
    return plain({**value, "value": share.scaleb(2)}, " %") or None if share is not None else None


def plain_field(s: Scene, part: Part, name: str) -> Any:
    """Value of a component whose field takes it as it stands, None for what is no such value."""
    kind, value = value_of(part.node)
    if name in ("abnormal-cell-fraction", "cutoff"):
        return s.amount(value, " %") or (value if kind == "String" else None)
    if name in ("vaf", "vaf-range"):
        if not is_percent(value) and isinstance(value, dict) and value.get("comparator"):
            return _bound(value)
        return s.amount(value, " %" if is_percent(value) else "") or (value if kind == "String" else None)
    if name == "iscn":
        node = obj(part.node, "valueCodeableConcept")
        said = text(node, "text") or next((text(c, "code") for _, c in objects(node, "coding")), "")
        said = said or text(part.node, "valueString")
        part.node.pop("valueCodeableConcept" if said else "", None)
        return said or None
    found = s.scalar(kind, value, _TABLES.get(name, ""))
    return int(found) if name in _COUNTS and isinstance(found, str) and found.isdecimal() else found
