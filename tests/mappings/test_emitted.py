"""Every row of a mapping table reaches a document, and every code of a document comes from a table.

A small case is built for each key of a table, with the key's words where a case says such a thing; the code must stand
in FHIR (one of the profile sets) or in the phenopacket. Rows that nothing writes are listed, with the reason, in
``tests/data/mappings/not_written.tsv``; a row listed there that is written after all fails too.
"""

from __future__ import annotations

import re
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from adapter import convert
from adapter.errors import AmbiguousTerm, CaseError
from adapter.formats.document import read_json
from adapter.terms import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from collections.abc import Set as AbstractSet

    from adapter.terms import Code

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
AT = "2026-01-01T00:00:00Z"
TERMS = load()
TARGETS = (("fhir", "gr3"), ("fhir", "mcode4"), ("phenopacket", "gr3"))


def case(**parts: Any) -> Json:
    return {"case_format": "1", "id": "row", **parts}


def copy_number(**stated: Any) -> Json:
    return case(findings=[{"kind": "copy-number", "gene": "KMT2A", "change": "gain"} | stated])


def variant(**stated: Any) -> Json:
    return case(findings=[{"kind": "sequence-variant", "gene": "TP53"} | stated])


def treatment(**stated: Any) -> Json:
    return case(treatments=[{"kind": "transplant"} | stated])


def of_treatment(field: str, words: str) -> Json:
    return treatment(**{field: [words] if field == "agents" else words})


# Where a case says the words of a table. A finding of no kind that a key could be said in has its samples alone.
SHAPES: dict[str, tuple[Callable[[str], Json], ...]] = {
    "assemblies": (lambda w: case(findings=[{"kind": "copy-number", "region": "11:1000-2000", "assembly": w}]),),
    "change-types": (
        lambda w: variant(
            hgvs={
                "insertion": "NM_000546.6:c.524_525insTTA",
                "deletion-insertion": "NM_000546.6:c.524_526delinsTTTT",
                "inversion": "NM_000546.6:c.524_530inv",
                "internal tandem duplication": "FLT3-ITD",
                "duplication": "NM_000546.6:c.524dup",
                "deletion": "NM_000546.6:c.524del",
            }.get(w, "NM_000546.6:c.524G>A")
        ),
    ),
    "changes": (lambda w: copy_number(change=w.replace("loh", "LOH")), lambda w: copy_number(form=w)),
    "chromosomes": (lambda w: case(findings=[{"kind": "copy-number", "region": w.split()[-1], "change": "gain"}]),),
    "diagnoses": (lambda w: case(diagnoses=[{"entity": w}]),),
    "features": (lambda w: case(features=[{"term": w}]),),
    "measurements": (lambda w: case(findings=[{"kind": "measurement", "test": w, "value": 5, "unit": "%"}]),),
    "methods": (lambda w: copy_number(method=w),),
    "origins": (lambda w: variant(origin=w),),
    "outcomes": (
        lambda w: case(outcome={"vital_status": "deceased", "cause": w}),
        lambda w: case(outcome={"vital_status": w}),
        lambda w: case(outcome={"vital_status": w, "age": "60 y"}),
    ),
    "phases": (
        lambda w: case(diagnoses=[{"entity": w.partition("-in-")[0], "phase": w.partition("-in-")[2]}]),
        lambda w: case(diagnoses=[{"entity": "ALL", "phase": w}]),
        lambda w: case(specimens=[{"id": "s", "material": "blood", "at": w}]),
    ),
    "responses": (
        lambda w: case(treatments=[{"id": "t", "kind": "chemotherapy"}], responses=[{"to": "t", "status": w}]),
    ),
    "results": (
        lambda w: copy_number(result=w),
        lambda w: case(features=[{"term": "fever", "result": w}]),
    ),
    "risks": (lambda w: case(diagnoses=[{"entity": "ALL", "risk": {"class": w}}]),),
    "significances": (lambda w: variant(significance=w),),
    "sites": (lambda w: case(diagnoses=[{"entity": "ALL", "sites": [w]}]),),
    "specimens": (lambda w: case(specimens=[{"id": "s", "material": w}]),),
    "structural-types": (
        lambda w: copy_number(change=w),
        lambda w: case(findings=[{"kind": w, "genes": ["CRLF2"]}]),
        lambda w: case(findings=[{"kind": w, "gene": "CRLF2"}]),
        lambda _: case(findings=[{"kind": "rearrangement", "fusion": "BCR::ABL1"}]),
    ),
    "treatments": tuple(
        partial(of_treatment, field)
        for field in ("kind", "phase", "regimen", "agents", "donor", "graft", "intent", "ended_because")
    ),
    "units": (lambda w: case(findings=[{"kind": "measurement", "test": "wbc", "value": 5, "unit": w}]),),
    "zygosities": (lambda w: variant(zygosity=w),),
}
# Karyotypes beside the samples: one for each kind of abnormality, rule set and ploidy class that none of them has.
KARYOTYPES = (
    ("AML", "46,XX,inv(16)(p13.1q22)[20]"),
    ("AML", "46,XX,ins(5;2)(q31;p13p23)[20]"),
    ("AML", "46,XX,ins(2)(q13p13p23)[20]"),
    ("AML", "46,XX,ins(2)(q13p23p13)[20]"),
    ("AML", "46,XX,cx(1;5;8)[20]"),
    ("AML", "46,XX,cth(5)(q11q35)[20]"),
    ("AML", "46,XX,cha(5)(q11q35)[20]"),
    ("AML", "46,XX,cpx(1;5;8)[20]"),
    ("AML", "46,XX,fra(16)(q22)[20]"),
    ("AML", "46,XX,1qh+"),
    ("AML", "46,XX,upd(15)mat"),
    ("AML", "46,XX,var(3)(q28)"),
    ("AML", "44,XX,del(5)(q13q33),-7,-8,add(3)(p21),-17,+21[20]"),
    ("MDS", "46,XX,del(5)(q13q33),-7,+8,+mar[20]"),
    ("CLL", "46,XX,t(1;2)(p36;q31),add(3)(p21),inv(9)(p13q21),del(11)(q22),del(13)(q14)[20]"),
    ("ALL", "46,XX,t(1;2)(p36;q31),add(3)(p21),del(5)(q13q33),del(6)(q13q23),inv(9)(p13q21)[20]"),
    ("B-ALL", "26,X,-X,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10,-11,-12,-13,-15,-16,-17,-19,-20,-22[20]"),
    ("B-ALL", "36<2n>,XX,-2,-3,-4,-7,-9,-13,-15,-16,-17,-20[20]"),
    ("B-ALL", "42,XX,-3,-7,-15,-17[20]"),
    ("B-ALL", "54<2n>,XX,+X,+X,+14,+14,+18,+18,+21,+21[20]"),
    ("B-ALL", "70<3n>,XXX,+21[20]"),
    ("B-ALL", "93<4n>,XXXX,+21[20]"),
)
# Cases for what a component or extension is called, beside the samples.
FURTHER = (
    *(
        case(diagnoses=[{"entity": entity}], findings=[{"kind": "karyotype", "iscn": iscn}])
        for entity, iscn in KARYOTYPES
    ),
    *(
        case(outcome={"vital_status": "deceased", "after": "3 months", "since": event})
        for event in ("diagnosis", "presentation", "relapse", "transplant", "treatment")
    ),
    variant(vaf="0.1~0.2"),
    case(findings=[{"kind": "copy-number", "iscn": "nuc ish(D7Z1,D7S486)x1[80/200]"}]),
    case(diagnoses=[{"entity": "ALL"}], findings=[{"kind": "karyotype", "said": "not done"}]),
    case(findings=[{"kind": "copy-number", "gene": "KMT2A", "change": "gain"}]),
    case(findings=[{"kind": "sequence-variant", "gene": "TP53", "variant_ids": ["CA000251"]}]),
    case(
        findings=[
            {"kind": "rearrangement", "genes": ["BCR", "ABL1", "KMT2A"]},
            {"kind": "immunophenotype", "markers": {"CD10": "positive"}},
            {"kind": "expression", "gene": "CRLF2", "level": "high"},
        ]
    ),
)
SAMPLES = (
    *sorted(ROOT.glob("samples/*.json")),
    *sorted(ROOT.glob("samples/kinds/*.json")),
    *sorted(ROOT.glob("tests/homes/cases/*.json")),
)
NOT_WRITTEN: dict[tuple[str, str], str] = {
    (table, code): reason
    for table, code, reason in (
        line.split("\t")
        for line in (ROOT / "tests/data/mappings/not_written.tsv").read_text(encoding="utf-8").splitlines()[1:]
    )
}


def objects(node: Any) -> Iterator[Json]:
    """Every object of a document."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(value)


def said(document: Json) -> set[Any]:
    """What a document says: (system, code) of codings and quantities, ids of classes, texts, names of rules."""
    found: set[Any] = set()
    for node in objects(document):
        if "code" in node and "system" in node:
            found.add((node["system"], node["code"]))
        for value in node.values():
            found |= {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
        if isinstance(rule := node.get("valueString"), str) and node.get("url") == "rule":
            found.add(rule.partition(":")[0])  # a rule set names itself before what it counted
    return found


def written(stated: Json) -> set[Any]:
    """What all targets say of a case; nothing of one that contradicts itself."""
    found: set[Any] = set()
    for to, profile_set in TARGETS:
        try:
            found |= said(convert.convert(stated, to, at=AT, profile_set=profile_set, terms=TERMS)[0].document)
        except CaseError:
            return set()
    return found


@cache
def written_of_samples() -> frozenset[Any]:
    return frozenset().union(*(written(one) for one in (*map(read_json, (p.read_bytes() for p in SAMPLES)), *FURTHER)))


@cache
def written_of_key(table: str, key: str) -> frozenset[Any]:
    """What is written where a case says the key, in one shape and spelling after another until its codes are there."""
    found: set[Any] = set(written_of_samples()) if table not in SHAPES or table in ("outcomes", "sites") else set()
    wanted = [code for code in TERMS.codes(table, key) if not listed(table, code.curie)]
    for shape in SHAPES.get(table, ()):
        for words in dict.fromkeys((key, TERMS.label(table, key), key.replace("-", " "))):
            found |= written(shape(words))
            if wanted and all(holds(found, code) for code in wanted):
                return frozenset(found)
    return frozenset(found)


def holds(document: AbstractSet[Any], code: Code) -> bool:
    return code.curie in document or (code.coding["system"], code.coding["code"]) in document


def is_written(table: str, key: str, curie: str) -> bool:
    """Whether the code is in a document; of a key without a code, whether its words are."""
    document = written_of_key(table, key)
    code = next((c for c in TERMS.codes(table, key) if c.curie == curie), None)
    if code is not None:
        return holds(document, code)
    return bool({key, key.replace("-", " "), TERMS.label(table, key), f"HAEM:{key}"} & document)


ROWS = sorted(
    {
        (table, key, curie)
        for table in TERMS.tables()
        for key in TERMS.keys(table)
        for curie in ([code.curie for code in TERMS.codes(table, key)] or [key])
    }
)


@pytest.mark.parametrize("table", TERMS.tables())
def test_row_is_written_or_listed(table: str) -> None:
    rows = [(key, curie) for of, key, curie in ROWS if of == table]
    missing = [(key, curie) for key, curie in rows if not listed(table, curie) and not is_written(table, key, curie)]
    assert missing == []


def listed(table: str, curie: str) -> bool:
    """Whether the row, its vocabulary or its table is listed as not written."""
    return any((table, name) in NOT_WRITTEN for name in (curie, curie.partition(":")[0] + ":", "*"))


def test_list_of_rows_not_written_is_exact() -> None:
    """Each line names rows that exist and of which at least one is written by nothing."""
    stale = [
        (table, name)
        for table, name in NOT_WRITTEN
        if all(
            is_written(table, key, curie)
            for of, key, curie in ROWS
            if of == table and name in (curie, curie.partition(":")[0] + ":", "*")
        )
    ]
    assert stale == []
    assert all(NOT_WRITTEN.values())


@pytest.mark.parametrize("table", TERMS.tables())
def test_alias_names_the_key_of_its_row(table: str) -> None:
    for row in TERMS.rows(table):
        if row.is_alias:
            assert row.key in keys_named(table, row.subject_label)


def keys_named(table: str, words: str) -> tuple[str, ...]:
    """The key that words name, or all that an ambiguous alias stands for, told by the refusal."""
    try:
        return (TERMS.key(table, words) or "",)
    except AmbiguousTerm as refused:
        return refused.readings


def approved_genes(every: int) -> list[tuple[str, str]]:
    lines = (ROOT / "mappings/genes.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return [(name, target) for name, status, target in islice((r for r in rows if r[1] == "S"), 0, None, every)]


def test_gene_of_the_table_is_written_in_both_targets() -> None:
    """500 of the 43,837 approved genes, evenly spread over the alphabet, 50 to a case."""
    sample = approved_genes(87)[:500]
    assert len(sample) == 500
    for start in range(0, len(sample), 50):
        genes = sample[start : start + 50]
        stated = case(findings=[{"kind": "copy-number", "gene": name, "change": "gain"} for name, _ in genes])
        bundle = said(convert.convert(stated, "fhir", at=AT, terms=TERMS)[0].document)
        packet = said(convert.convert(stated, "phenopacket", at=AT, terms=TERMS)[0].document)
        for name, hgnc in genes:
            assert ("http://www.genenames.org", hgnc) in bundle, name
            assert {hgnc, name} <= packet, name


# Code systems whose codes are FHIR's own tokens, written in the datatype modules, or nomenclature strings themselves.
TOKENS = re.compile(r"http://terminology\.hl7\.org/CodeSystem/(?!v2-)|http://hl7\.org/fhir/")
NOMENCLATURE = {
    "http://varnomen.hgvs.org",
    "https://iscn.karger.com",
    "http://www.ncbi.nlm.nih.gov/refseq",
    "urn:ietf:rfc:3986",
}
GOLDENS = sorted((ROOT / "tests/golden").glob("*.json"))


def sources() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in (ROOT / "adapter/formats/fhir").glob("*.py"))


@cache
def codes_of_tables() -> frozenset[Any]:
    found: set[Any] = set()
    for table in TERMS.tables():
        for key in TERMS.keys(table):
            for code in TERMS.codes(table, key):
                older = TERMS.systems("gr2").get(code.prefix) or code.coding["system"]
                found |= {(system, code.coding["code"]) for system in (code.coding["system"], older)} | {code.curie}
    return frozenset(found)


def stated_codes(golden: Path) -> str:
    """The sample a golden file was made of: what it states may be written again."""
    name = golden.name.partition(".")[0]
    return next(p for p in SAMPLES if p.stem == name).read_text(encoding="utf-8")


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.stem)
def test_code_of_a_document_is_in_a_table(golden: Path) -> None:
    python, stated = sources(), stated_codes(golden)
    for node in objects(orjson.loads(golden.read_bytes())):
        system, code, curie = node.get("system"), node.get("code"), node.get("id", "")
        if isinstance(system, str) and isinstance(code, str):
            known = (system, code) in codes_of_tables() or f'"{code}"' in stated or system in NOMENCLATURE
            hgnc = ("http://www.genenames.org", TERMS.systems("gr2")["HGNC"])
            gene = system in hgnc and TERMS.gene(node["display"]).hgnc == code
            token = (
                TOKENS.match(system) or "value" in node or system == "http://unitsofmeasure.org"
            ) and f'"{code}"' in python
            assert known or gene or token or system.startswith(TERMS.base), (system, code)
        elif node.keys() == {"id", "label"}:
            own = curie.startswith("HAEM:")
            assert curie in codes_of_tables() or own or curie.rpartition(":")[2] in stated, curie
