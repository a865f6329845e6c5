"""Measurement: what was measured, negative genomic results, and the share of abnormal cells.

Version 2 knows quantities without a comparator and no zero (its official reader drops it), so bounds, ranges, words
and zeros are values of our own that say them in their label.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache

from adapter.case.facts import Detail, Facts, Part, Value
from adapter.errors import NomenclatureError
from adapter.formats.phenopacket import extras
from adapter.formats.phenopacket.extras import Extra
from adapter.formats.phenopacket.printing import number
from adapter.formats.phenopacket.writing import Writing, code_of, key_of
from adapter.nomenclature import readings
from adapter.nomenclature.quantities import Bounds, Share
from adapter.report import Json
from adapter.terms import Code, Terms

MRD = "mrd"
_SIGNS = {
    "<": " lt ",
    ">": " gt ",
    "≤": " le ",
    "≥": " ge ",
    "~": " about ",
    "%": " percent ",
    "^-": " to minus ",
    "^": " to ",
    "+": " plus ",
    ".": " point ",
}
_OF_ABSENCE = ("genes", "fusion", "result")  # what is written of a genomic finding that is not present
_PREFIXES = "kdcmunpf"  # of UCUM
_ANNOTATION = re.compile(r"\{[!-z|~]+\}$")
# Names of the cluster of differentiation nomenclature and of histocompatibility: a reader takes them for markers.
MARKER = re.compile(r"CD\d|HLA-")


def of_observation(w: Writing, facts: Facts, where: str) -> Iterator[Json]:
    """The measurements of one observation: one for the whole, or one per part (a marker of an immunophenotype)."""
    if facts.value or not facts.parts:
        yield _measurement(w, facts, where)
    for n, part in enumerate(facts.parts):
        yield _part(w, facts, part, where, first=n == 0)


def of_absence(w: Writing, facts: Facts, label: list[Extra], where: str) -> Json:
    """A genomic finding that was looked for and not found, could not be told, or was not called."""
    node: Json = {}
    rest = [e for e in extras.of_finding(facts) if e[0] not in ("result", "age", "date") and e[2]]
    for name, said in (("significance", facts.significance), ("significance-by", facts.significance_by)):
        if said:
            rest.append((name, said, facts.at(name.replace("-", "_")), ""))
    beside = facts.change == "normal" and facts.result == "absent" and facts.at("result")
    told = [("result", facts.result, facts.at("result"), "")] if beside else []
    derived = [] if facts.derived_from else extras.worked_out(facts, _OF_ABSENCE)
    _describe(w, node, [*label, *told, *rest, *derived, *_source(facts), *_said(facts)])
    w.term(node, "assay", w.of_key("observations", "genetic-test"))
    _class_value(w, node, result(w, facts), facts.at("result"))
    return timed(w, node, facts, where)


def of_cells(w: Writing, facts: Facts, cells: Share, label: list[Extra], where: str) -> Json:
    """The share of cells that carry a finding, as a measurement of the specimen."""
    node: Json = {}
    _describe(w, node, [*label, *_source(facts)])
    w.term(node, "assay", w.of_key("kmt2a-amplification", "abnormal-cell-fraction"))
    _quantity(w, node, Value(extras.percent(cells, 0), facts.at("cells"), cells, "%"))
    return timed(w, node, facts, where, told=True)  # in the extensions of the finding


def timed(w: Writing, node: Json, facts: Facts, where: str, *, told: bool = False) -> Json:
    """``node`` with the age or date of the result; ``told`` as for ``Writing.time``."""
    if facts.age or facts.date:
        w.time(node, "timeObserved", facts.path, where, facts.age, facts.date, told=told)
    return node


def result(w: Writing, facts: Facts) -> Code:
    """Class of a result that has no other value: absent is NCIT's negative finding, so is "not complex"."""
    if facts.result == "absent" or facts.complex is False:
        return w.terms.code("observations", "negative-finding", "NCIT")
    return w.coded("results", facts.result, "LOINC")


def _measurement(w: Writing, facts: Facts, where: str) -> Json:
    node: Json = {}
    code, value = assay(w, facts.test), facts.value
    known = facts.test == code.label or w.key("observations", facts.test) == facts.test
    told = [] if known and not MARKER.match(facts.test) else [("test", facts.test, facts.at("test"), "")]
    told += [("gene", g.text, g.path, "") for g in facts.genes]
    reference = _reference(facts) if value and _is_number(value) else None
    rest = _rest(facts, reference[0] if reference and _is_told(*reference) else None)
    _describe(w, node, [*told, *_beside(facts), *_unit_words(w, value), *rest, *_said(facts)])
    w.term(node, "assay", code, facts.at("test"))
    if value is None:
        _class_value(w, node, *_without_value(w, facts))
    elif _is_none_left(facts, value):
        _class_value(w, node, w.terms.code("observations", "negative-finding", "NCIT"), value.path)
    else:
        _quantity(w, node, value, reference)
    return timed(w, node, facts, where)


def _without_value(w: Writing, facts: Facts) -> tuple[Code, str]:
    """Class of a result without a value, and where it is stated: the level where only that is said, else the result.

    "MRD negative" is NCIT's negative finding: "present" would say the opposite of what was reported.
    """
    level = _level(facts)
    if level is None or facts.result != "present":
        return result(w, facts), facts.at("result")
    if level.value == "negative":
        return w.terms.code("observations", "negative-finding", "NCIT"), level.path
    return w.coded("results", str(level.value), "LOINC"), level.path


def _level(facts: Facts) -> Detail | None:
    return next((detail for detail in facts.details if detail.name == "level"), None)


def _beside(facts: Facts) -> list[Extra]:
    """What the class of the value does not tell for sure: a value in words that is the level's too.

    A residual disease of 0 has its digits here, since its class says "negative finding".
    """
    level, value = _level(facts), facts.value
    if value and (_is_none_left(facts, value) or (level and value.text == level.value)):
        return [("value", value.text, value.path, "")]
    return _digits(value)


def _is_none_left(facts: Facts, value: Value) -> bool:
    """A residual disease of exactly 0, which the official reader would drop as a number."""
    return value.bounds is not None and value.bounds.exact == 0 and facts.test == MRD


def _reference(facts: Facts) -> tuple[Detail, Bounds] | None:
    """The reference range, when both ends are numbers that a ReferenceRange can hold (its zero would be dropped)."""
    for detail in facts.details:
        if detail.name == "reference" and (bounds := _bounds(str(detail.value), facts.value)):
            return (detail, bounds) if bounds.low and bounds.high and bounds.low != bounds.high else None
    return None


def _bounds(words: str, value: Value | None) -> Bounds | None:
    """The numbers of a reference range said with the unit of ``value`` or with none."""
    try:
        read = readings.read(words.removesuffix(value.unit).strip() if value and value.unit else words)
    except NomenclatureError:
        return None
    return read.bounds if not read.unit else None


def _part(w: Writing, facts: Facts, part: Part, where: str, *, first: bool) -> Json:
    """One marker; what is said of the whole stands with the first, the method with each.

    A test and a marker may have one name and one value ("negative"), so a name that is not a marker's is said to be.
    """
    node: Json = {}
    code = w.coded("measurements", part.name, "LOINC", "NCIT", "HAEM")
    known = part.name == code.label and MARKER.match(part.name)
    told = [] if known else [("marker", part.name, part.path, "")]
    whole = [*_rest(facts), *_said(facts)] if first else [e for e in _rest(facts) if e[0] == "assay"]
    _describe(w, node, [*told, *_digits(part.value), *whole])
    w.term(node, "assay", code, part.path)
    _quantity(w, node, part.value)
    return timed(w, node, facts, where, told=not first)


def assay(w: Writing, test: str) -> Code:
    """Class of a test: the table's code, a LOINC code as stated, else the words as a term of our own."""
    key = w.key("measurements", test)
    if key is None and w.key("observations", test) == test:
        return w.of_key("observations", test, "LOINC")
    return w.coded("measurements", test, "LOINC", "NCIT")


def _rest(facts: Facts, reference: Detail | None = None) -> list[Extra]:
    """Result, status, method and details; age, date and a closed reference range have their own field."""
    rest = [e for e in extras.of_finding(facts) if e[0] not in ("age", "date")]
    if facts.result == "absent" and (facts.value or facts.parts or _level(facts)):  # the value's class says no result
        rest.insert(0, ("result", facts.result, facts.at("result"), ""))
    return [e for e in rest if reference is None or e[2] != reference.path]


def _source(facts: Facts) -> list[Extra]:
    """What a result was read out of, another finding or its own string: nobody measured it by itself."""
    if facts.derived_from:
        return [("derived-from", facts.derived_from, "", "")]
    how = facts.derived.get("cells")
    return [("derived", f"cells: {how}", "", "")] if how else []


def _said(facts: Facts) -> list[Extra]:
    return [("said", facts.said, facts.at("said"), "")] if facts.said else []


def _describe(w: Writing, node: Json, parts: list[Extra]) -> None:
    """``description`` as ``name: text; name: text``, each text accounted for."""
    if not parts:
        return
    node["description"] = "; ".join([f"{name}: {value}" for name, value, _, _ in parts])
    for _, _, source, rule in parts:
        w.note((node, source, rule or ("" if source else "derived"), "description"))


def _digits(value: Value | None) -> list[Extra]:
    """The words of a number whose digits a JSON number does not keep (6.50) or that is no plain number (``6,5``)."""
    if value is None or not _is_number(value):
        return []
    words = str(number(value.bounds.low)) if value.bounds and value.bounds.low is not None else ""
    bare = value.text.removesuffix(value.unit).strip()
    return [] if bare == words else [("value", value.text, value.path, "")]


def _unit_words(w: Writing, value: Value | None) -> list[Extra]:
    """The unit as stated, where its class says it in another way: ``G/L`` is 10*9/L."""
    if value is None or not _is_number(value) or value.unit_path in ("", value.path):
        return []
    code = unit(w, value.unit)
    known = value.unit in (code.label, code.curie.partition(":")[2])
    return [] if known else [("unit", value.unit, value.unit_path, "")]


def _is_number(value: Value) -> bool:
    """Whether version 2 can hold the value as a quantity: one exact number, not zero, with a unit."""
    exact = value.bounds.exact if value.bounds else None
    return bool(exact) and bool(value.unit)


def _is_told(reference: Detail, bounds: Bounds) -> bool:
    """Whether the numbers of a ReferenceRange give the words again."""
    return str(reference.value) == f"{number(bounds.low or Decimal(0))}-{number(bounds.high or Decimal(0))}"


def _quantity(w: Writing, node: Json, value: Value, reference: tuple[Detail, Bounds] | None = None) -> None:
    """``value`` as a quantity, or as a class with the words as label."""
    if not _is_number(value) or value.bounds is None or value.bounds.low is None:
        _class_value(w, node, worded(w, value), value.path)
        if value.unit_path and value.unit_path != value.path:
            w.note((node, value.unit_path, "", "value"))
        return
    quantity: Json = {}
    w.term(quantity, "unit", unit(w, value.unit), value.unit_path)
    quantity["value"] = number(value.bounds.low)
    w.note((quantity, value.path, "" if value.path else "derived", "value"))
    if reference:
        quantity["referenceRange"] = w.put(_range(w, value.unit, reference[1]), reference[0].path)
    node["value"] = {"quantity": quantity}


def _range(w: Writing, unit_text: str, bounds: Bounds) -> Json:
    low, high = bounds.low or Decimal(0), bounds.high or Decimal(0)
    return {"unit": w.use(unit(w, unit_text)), "low": number(low), "high": number(high)}


def _class_value(w: Writing, node: Json, code: Code, source: str) -> None:
    value: Json = {}
    w.term(value, "ontologyClass", code, source)
    node["value"] = value


def worded(w: Writing, value: Value) -> Code:
    """A value in words as a term of our own, the words as label."""
    words = f"{value.text} {value.unit}" if value.unit and value.unit not in value.text else value.text
    return _words(w.terms, words)


@lru_cache(maxsize=2048)
def _words(terms: Terms, words: str) -> Code:
    return terms.coded(f"HAEM:{slug(words)}", words)


def slug(words: str) -> str:
    """Local name of words, signs spelled out so that ``<0.01 %`` and ``0.01 %`` differ.

    >>> slug("<0.01 %")
    'lt-0-point-01-percent'
    """
    for sign, name in _SIGNS.items():
        words = words.replace(sign, name)
    spelled = re.sub(r"(?<=\w)-(?=\s|$)", " minus", words.lower())
    return re.sub(r"[^a-z0-9]+", "-", spelled).strip("-") or "value"


def unit(w: Writing, text: str) -> Code:
    """UCUM unit as a class; one that the table of units does not vouch for is a term of our own in its words."""
    return _unit(w.terms, text)


@lru_cache(maxsize=1024)
def _unit(terms: Terms, text: str) -> Code:
    key = key_of(terms, "units", text) or next(iter(terms.keys_of("units", f"UCUM:{text}")), None)
    if key is not None:
        return code_of(terms, "units", key, ("UCUM",))
    known = _ucum_parts(terms)
    if all((_ANNOTATION.sub("", part) or "1") in known for part in text.split("/")):
        return terms.coded(f"UCUM:{text}", text)
    return terms.coded(f"HAEM:{slug(text)}", text)


@cache
def _ucum_parts(terms: Terms) -> frozenset[str]:
    """The parts of quotients that the table of units vouches for as UCUM: ``cells/uL`` is none, since "cells" is not.

    A unit that it has with two prefixes (mg, ug) takes any.
    """
    codes = [code.curie.partition(":")[2] for key in terms.keys("units") if (code := terms.get("units", key, "UCUM"))]
    parts = {part for code in codes for part in code.split("/") if part}
    prefixed = Counter(part[1:] for part in parts if part[0] in _PREFIXES and len(part) > 1)
    metric = [atom for atom, times in prefixed.items() if times > 1]
    return frozenset(parts | {prefix + atom for atom in metric for prefix in ("", *_PREFIXES)})
