"""Genomic findings: variants of any kind, and karyotypes."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from adapter.case.findings import (
    CopyNumber,
    GenomicFinding,
    Karyotype,
    Normal,
    Rearrangement,
    SequenceVariant,
)
from adapter.case.findings.sequence_variant import identifiers as sources
from adapter.formats.fhir.datatypes import HGVS, INTERPRETATION
from adapter.formats.fhir.reader import habits
from adapter.formats.fhir.reader.disease import specimen_of
from adapter.formats.fhir.reader.kinds import kind_of
from adapter.formats.fhir.reader.node import obj, objects, take, take_text, text
from adapter.formats.fhir.reader.values import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapter.formats.fhir.reader.entries import Entry
    from adapter.formats.fhir.reader.scene import Part, Scene
    from adapter.report import Json

RESULTS = ("present", "absent", "indeterminate", "no call")
_ORIGINS = ("somatic", "germline", "likely somatic", "likely germline", "unknown")
_SIGNIFICANCES = ("pathogenic", "likely pathogenic", "uncertain", "likely benign", "benign")
_CHANGES = (
    "amplification", "gain", "loss", "deletion", "homozygous deletion", "copy-neutral LOH", "normal",
)  # fmt: skip
_STATUSES = ("final", "preliminary", "amended", "corrected", "unknown")
_OF_SHARES = frozenset({"abnormal-cell-count", "allelic-read-count"})
_MEASURED = frozenset({"canonical form", "positive of scored cells", "reads of depth"})  # rules of stated values
_CATALOGUE = re.compile(r"(dbsnp|clinvar|caid|cosmic) (\S+)")

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


def begun(s: Scene, entry: Entry, kind: str) -> Json:
    """A finding with what every Observation says: id, status, time, method, specimen, source."""
    resource = entry.resource
    made: Json = {"id": s.local(entry, "findings", kind), "kind": kind}
    entry.name = made["id"]
    if (status := text(resource, "status")) in _STATUSES:
        take(resource, "status")
        if status != "final":
            made["status"] = status
    else:
        made["status"] = "unknown"
    if specimen := specimen_of(s, entry):
        made["specimen"] = specimen
    if day := s.day(resource, "effectiveDateTime"):
        made["date"] = day
    if words := s.words.words(obj(resource, "method"), "methods"):
        made["method"] = words
    s.citations[id(made)] = s.cited(resource)
    _usual(s, resource)
    return made


def _usual(s: Scene, resource: Json) -> None:
    """Take the categories that the writer gives every finding."""
    usual = {"laboratory", "genetics", "cytogenetics"}
    for n, category in list(objects(resource, "category")):
        if s.words.names(category) & usual and not category.keys() - {"coding"}:
            take(resource, "category", n)


def ended(s: Scene, entry: Entry, made: Json) -> None:
    """Add the finding to the case."""
    s.listed("findings").append(made)
    s.done.add(entry)


def variant(s: Scene, entry: Entry) -> None:
    """Read a variant Observation as the kind of finding that its components tell."""
    if not entry.own:
        habits.warned(s, entry)
    made = begun(s, entry, "sequence-variant")
    resource = entry.resource
    take(resource, "code")
    _answered(s, resource, made)
    found = _Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in _MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)  # worked out by our own writer, and worked out anew by the next one
    made["kind"] = kind_of(entry, made, found.seen)
    if made["kind"] == "sequence-variant" and found.joins():
        made["kind"] = "rearrangement"
        s.warn(entry, "partners", "two genes of a structural change: read as partners whose order is not stated")
    found.settled()
    for said in s.note(resource):
        made.setdefault("said", said)
    ended(s, entry, made)


def _answered(s: Scene, resource: Json, made: Json) -> None:
    """Present, absent, indeterminate or no call."""
    answer = obj(resource, "valueCodeableConcept")
    result = s.words.choice(answer, "results", RESULTS)
    if result and result != "present":
        made["result"] = result


class _Found:
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
        before, known = deepcopy(part.node), (*self._listed(), *self.made)
        reader = next((self._by_name[name] for name in sorted(part.names) if name in self._by_name), self._field)
        if part.names and reader(part):
            self.taken(part)
        for value in (*self._listed(), *self.made):
            if value not in known:
                self._before.setdefault(value, (part.n, before))

    def _listed(self) -> list[str]:
        return [*self.genes, *self.expressions, *self.texts, *self.transcripts, *self._ids()]

    def _ids(self) -> list[str]:
        return [one for _, one in self.ids]

    def _misplaced(self) -> None:
        """Put back, to be carried, the fields that the kind of finding does not have."""
        fields = _MODELS[self.made["kind"]].model_fields
        wrong = [field for field in self.made if field not in fields]
        self._unplaced([field for field in wrong if field in self._before])
        for field in wrong:
            del self.made[field]

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
        name = text(node, "text")
        for n, coding in list(objects(node, "coding")):
            if self.s.words.vocabulary(coding) == "HGNC":
                name = name or text(coding, "display") or text(coding, "code")
                if not text(coding, "code").startswith("HGNC:"):
                    self.s.warn(self.entry, "code", "an HGNC id has the prefix HGNC:")
                take(node, "coding", n)
        name = name or self.s.words.words(node)
        if text(node, "text") == name:
            take_text(node, "text")
        if name:
            self.genes.append(name)
        return bool(name)

    def _role(self, part: Part) -> bool:
        return bool(part.node.pop("valueCodeableConcept", None))

    def _expression(self, part: Part) -> bool:
        node = obj(part.node, "valueCodeableConcept")
        codes = [text(c, "code") for _, c in objects(node, "coding") if text(c, "system") == HGVS]
        said = text(node, "text") or next(iter(codes), "") or text(part.node, "valueString")
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

    def settled(self) -> None:
        """Put genes, expressions, transcripts and places where the kind of finding has them."""
        kind, made = self.made["kind"], self.made  # what names it decides whether words are needed
        _SETTLED[kind](self)
        for part in self.chromosomes:
            self._place(kind, part)
        self._misplaced()
        if not made.keys() & _NAMING[kind]:
            self.made["said"] = described(self.s, self.entry)
            self.s.warn(self.entry, "unnamed", "a variant without gene, expression or place: its components as words")

    def _place(self, kind: str, part: Part) -> None:
        node = obj(part.node, "valueCodeableConcept")
        key = next(iter(self.s.words.keys("chromosomes", node)), "")
        if kind == "copy-number" and key and (not self.genes or "region" in self.made):
            region = self.made.setdefault("region", text(node, "text") or key)
            if re.match(rf"(?:chr)?{key}(?![0-9])", region):
                take(self.entry.resource, "component", part.n)

    def as_copy_number(self) -> None:
        """A copy number: one gene, or genes."""
        if len(self.genes) == 1:
            self.made["gene"] = self.genes[0]
        elif self.genes:
            self.made["genes"] = self.genes
        self._unplaced([*self.expressions, *self.texts, *self.transcripts, *self._ids()])

    def as_variant(self) -> None:
        """A sequence variant: one gene; expressions, identifiers, transcript."""
        if self.genes:
            self.made["gene"] = self.genes.pop(0)
        catalogued = [(m[1], m[2]) for t in self.texts if (m := _CATALOGUE.fullmatch(t))]
        hgvs = [*self.expressions, *(t for t in self.texts if not _CATALOGUE.fullmatch(t))]
        if hgvs:
            self.made["hgvs"] = hgvs if len(hgvs) > 1 else hgvs[0]
        if ids := [*self.ids, *catalogued]:
            self.made["variant_ids"] = identifiers(ids)
        if self.transcripts:
            self.made["transcript"] = self.transcripts.pop(0)
        self._unplaced([*self.genes, *self.transcripts])

    def joins(self) -> bool:
        """Whether two genes and a structural change, and no expression, tell of a rearrangement of both."""
        return len(self.genes) == 2 and self.structural and not (self.expressions or self.texts)

    def as_rearrangement(self) -> None:
        """A rearrangement: genes, the fusion as printed, transcripts."""
        if self.structural and len(self.genes) == 2:  # a list of both would say which is the 5' partner
            self.made.setdefault("said", " and ".join(self.genes))
            self._unplaced([self.genes.pop()])
        if self.genes:
            self.made["genes"] = self.genes
        if self.texts:
            self.made["fusion"] = self.texts.pop(0)
        if self.transcripts:
            self.made["transcripts"] = self.transcripts
        self._unplaced([*self.expressions, *self.texts, *self._ids()])

    def as_normal(self) -> None:
        """Pertinent negatives: genes."""
        if self.genes:
            self.made["genes"] = self.genes
        if self.made.get("result") == "absent":
            del self.made["result"]
        self._unplaced([*self.expressions, *self.texts, *self.transcripts, *self._ids()])

    def _unplaced(self, values: list[str]) -> None:
        """Put back, to be carried, what the kind of finding has no field for."""
        for value in values:
            n, before = self._before[value]
            self.entry.resource["component"][n] = before


_MODELS: dict[str, type[GenomicFinding]] = {
    "copy-number": CopyNumber,
    "sequence-variant": SequenceVariant,
    "rearrangement": Rearrangement,
    "normal": Normal,
    "karyotype": Karyotype,
}
# what a kind of finding is named by: the case refuses one that has none of them
_NAMING = {
    "copy-number": {"gene", "genes", "region", "probe", "iscn", "said"},
    "sequence-variant": {"gene", "hgvs", "variant_ids", "said"},
    "rearrangement": {"genes", "fusion", "iscn", "probe", "said"},
    "normal": {"genes", "of", "panel", "said"},
    "karyotype": {"iscn", "complex", "said"},
}
_SETTLED = {
    "copy-number": _Found.as_copy_number,
    "sequence-variant": _Found.as_variant,
    "rearrangement": _Found.as_rearrangement,
    "normal": _Found.as_normal,
    "karyotype": _Found.as_normal,
}


def described(s: Scene, entry: Entry) -> str:
    """The components that are left, in words: what each is called and its value."""
    words = []
    for part in s.parts(entry.resource):
        kind, value = value_of(deepcopy(part.node))
        said = s.scalar(kind, value)
        called = s.words.words(deepcopy(obj(part.node, "code")))
        if said is not None and called:
            words.append(f"{called}: {said}")
    return "; ".join(words) or "variant without name"


def identifiers(found: list[tuple[str, str]]) -> Any:
    """Identifiers of a variant: a list where their form tells the catalogue, else by catalogue."""
    texts = [one for _, one in found]
    return texts if list(sources(texts)) == found or len(dict(found)) < len(found) else dict(found)


def plain_field(s: Scene, part: Part, name: str) -> Any:
    """Value of a component whose field takes it as it stands, None for what is no such value."""
    kind, value = value_of(part.node)
    if name in ("abnormal-cell-fraction", "cutoff"):
        return s.amount(value, " %") or (value if kind == "String" else None)
    if name in ("vaf", "vaf-range"):
        percent = isinstance(value, dict) and text(value, "code") == "%"
        return s.amount(value, " %" if percent else "") or (value if kind == "String" else None)
    if name == "iscn":
        node = obj(part.node, "valueCodeableConcept")
        said = text(node, "text") or next((text(c, "code") for _, c in objects(node, "coding")), "")
        said = said or text(part.node, "valueString")
        part.node.pop("valueCodeableConcept" if said else "", None)
        return said or None
    found = s.scalar(kind, value, _TABLES.get(name, ""))
    return int(found) if name in _COUNTS and isinstance(found, str) and found.isdecimal() else found


def karyotype(s: Scene, entry: Entry) -> None:
    """Read the Observation of a karyotype."""
    made = begun(s, entry, "karyotype")
    resource = entry.resource
    names = s.words.names(obj(resource, "code"))
    take(resource, "code")
    if "complex-karyotype" in names and isinstance(resource.get("valueBoolean"), bool):
        made["complex"] = resource.pop("valueBoolean")
    if said := take_text(resource, "valueString"):
        made["iscn" if "karyotype-result" in names else "said"] = said
    found = _Found(s, entry, made)
    for part in s.parts(resource):
        if not part.rule or part.rule in _MEASURED:
            found.read(part)
        else:
            take(resource, "component", part.n)
    _interpreted(resource, made)
    for said in s.note(resource):
        made.setdefault("said", said)
    if found.genes or "of" in made or "panel" in made:
        made["kind"] = "normal"
        found.as_normal()
    ended(s, entry, made)


def _interpreted(resource: Json, made: Json) -> None:
    """A result that is not present stands in the interpretation; "normal" beside a string follows from the string."""
    for n, one in list(objects(resource, "interpretation")):
        said = text(one, "text")
        normal = any(text(c, "system") == INTERPRETATION and text(c, "code") == "N" for _, c in objects(one, "coding"))
        if said in RESULTS:
            made["result"] = said
        elif normal and "iscn" not in made:
            made["result"] = "absent"
        elif not normal:
            continue
        take(resource, "interpretation", n)


def implication(s: Scene, entry: Entry) -> bool:
    """Clinical significance of the finding an implication derives from; False where that is not in the case."""
    of = next((e for e in s.index.linked(entry, "derivedFrom") if e.name), None)
    made = next((f for f in s.case.get("findings", []) if of is not None and f["id"] == of.name), None)
    if made is None:
        return False
    for part in s.parts(entry.resource):
        if "clinical-significance" in part.names and "significance" not in made:
            node = obj(part.node, "valueCodeableConcept")
            if found := s.words.choice(node, "significances", _SIGNIFICANCES):
                made["significance"] = found
        elif "significance-by" in part.names and (said := text(part.node, "valueString")):
            made["significance_by"] = said
        else:
            continue
        if not (any(objects(obj(part.node, "valueCodeableConcept"), "coding"))):
            take(entry.resource, "component", part.n)
    return True
