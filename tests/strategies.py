"""Whole cases for property tests: realistic, valid, and between them stating every field of the case format.

``cases()`` gives case documents as a JSON reader gives them (text, int, Decimal, bool, list, dict). Every draw is a
case that ``read_case`` accepts; references lead somewhere, copies fit their change.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]

WORDS = st.sampled_from(
    (
        "as reported",
        "bone marrow showed blasts",
        "see Table 1",
        "naïve B cells",
        "5' signal lost",
        'the "bulk" sample',
        "β-thalassaemia trait <1>",
        "68.5\u00a0% of cells, set with a no-break blank",
    )
)
GENES = st.sampled_from(
    (
        "KMT2A",
        "TP53",
        "CRLF2",
        "P2RY8",
        "FLT3",
        "NPM1",
        "BCR",
        "ABL1",
        "JAK2",
        "RUNX1",
        "MLL",
        "CDKN2A",
        "BCOR",
        "XYZ99",
    )
)
AGES = st.one_of(
    st.integers(1, 89).map("{} y".format),
    st.integers(1, 89).map("{}-year-old".format),
    st.integers(1, 89).map("P{}Y".format),
    st.builds("{} y {} mo".format, st.integers(1, 80), st.integers(1, 11)),
    st.builds("{};{}".format, st.integers(1, 80), st.integers(0, 11)),
    st.sampled_from(
        ("newborn", ">89 y", "50-59 y", "7 months", "about 60 years", "3 weeks", "58\u2011year\u2011old", "2·5 years")
    ),
)
DURATIONS = st.one_of(
    st.integers(1, 400).map("{} d".format),
    st.integers(1, 60).map("{} months".format),
    st.integers(1, 60).map("P{}M".format),
    st.sampled_from(
        (
            "two months",
            "within four days",
            "<= 4 d",
            "about 2 years",
            "2-3 weeks",
            "3+ years",
            "more than 10 weeks",
            "1.5 years",
        )
    ),
)
DATES = st.one_of(
    st.integers(1950, 2025).map(str),
    st.integers(1950, 2025),
    st.builds("{}-{:02}".format, st.integers(1950, 2025), st.integers(1, 12)),
    st.builds("{}-{:02}-{:02}".format, st.integers(1950, 2025), st.integers(1, 12), st.integers(1, 28)),
)
COUNTS = st.integers(1, 400).flatmap(lambda scored: st.tuples(st.integers(1, scored), st.just(scored)))
SHARES = st.one_of(
    st.decimals(Decimal("0.1"), 100, places=1).map("{} %".format),
    COUNTS.map(lambda c: f"{c[0]}/{c[1]}"),
    COUNTS.map(lambda c: f"[{c[0]}/{c[1]}]"),
    COUNTS.map(lambda c: {"positive": c[0], "scored": c[1]}),
    st.sampled_from((">90 %", "60-70 %", "<1 %", "about 80 %", "68·5\u202f%", "60\u221270\u2009%")),
)
VAFS = st.one_of(
    st.decimals(0, 1, places=3).filter(lambda d: d < 1),
    st.decimals(Decimal("0.1"), 100, places=1).map("{} %".format),
    COUNTS.map(lambda c: f"{c[0]}/{c[1]} reads"),
    st.sampled_from(("0.43", "0·43", "<5 %", "40-45 %")),
)
MANY = st.one_of(
    st.builds(lambda low, more: f"{low}~{low + more}", st.integers(5, 20), st.integers(1, 20)),
    st.sampled_from((">=20", ">20", "at least 6", "~8", "amp", "6 to 18", "8–11", "12+", "6\u223c18", "⩾20")),
    st.integers(5, 60),
    st.integers(5, 60).map(str),
)
READINGS = st.one_of(
    st.decimals(0, 5000, places=2),
    st.integers(0, 5000),
    st.sampled_from(
        ("<10", ">1000", "4.0-10.0", "12.50", "negative", "dim", "not done", "20 %", "<10^\u22124", "12·50")
    ),
)
RESULTS = st.sampled_from(("present", "absent", "indeterminate", "no call"))
SINCE = st.sampled_from(("diagnosis", "presentation", "treatment", "transplant", "relapse"))
WHEN = st.sampled_from(
    ("diagnosis", "end of induction", "remission", "relapse", "progression", "post-transplant", "follow-up")
)
METHODS = st.sampled_from(
    ("FISH", "karyotyping", "NGS", "RNA sequencing", "flow cytometry", "microarray", "an in-house assay")
)
KARYOTYPES = st.sampled_from(
    (
        "46,XX",
        "46,XY[20]",
        "45,XX,-7[18]/46,XX[2]",
        "46,XY,t(9;22)(q34;q11.2)[10]/46,XY[10]",
        "47,XX,+8[12]/46,XX[8]",
        "46,XY,del(5)(q13q33)[7]/46,XY[13]",
        "not a karyotype",
        "nuc ish(KMT2Ax6~18)[137/200]",
    )
)
HGVS = st.sampled_from(
    (
        ("TP53", "c.524G>A, p.Arg175His"),
        ("TP53", "NM_000546.6:c.743G>A"),
        ("JAK2", "p.Val617Phe"),
        ("NPM1", "c.860_863dup"),
        ("FLT3", "c.2503G>T (p.Asp835Tyr)"),
        ("TP53", "rs28934578"),
        ("FLT3", "no such change"),
    )
)
CODES = st.fixed_dictionaries(
    {"system": st.just("http://snomed.info/sct"), "code": st.just("277571004")},
    optional={"display": st.just("B-cell acute lymphoblastic leukemia")},
)


def stated(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[Json]:
    """An object with the required fields and any of the optional ones."""
    return st.fixed_dictionaries(required, optional=optional)


def texts(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """A list of one to three."""
    return st.lists(one, min_size=1, max_size=3, unique=True)


SOURCES = stated(
    {},
    doi=st.just("10.5555/synthetic"),
    pmid=st.just("00000001"),
    url=st.just("https://example.org/1"),
    title=WORDS,
    licence=st.just("CC-BY-4.0"),
    label=st.just("Patient 1"),
    accessed=DATES,
)
SUBJECTS = stated(
    {},
    sex=st.sampled_from(("male", "female", "other", "unknown")),
    constitutional_karyotype=st.sampled_from(("46,XX", "47,XX,+21c")),
    birth=DATES,
    identifiers=texts(st.just("A-1")).map(lambda v: [{"system": "https://example.org/ids", "value": x} for x in v]),
    ancestry=st.just("European"),
)
DIAGNOSES = stated(
    {"entity": st.sampled_from(("B-ALL", "AML", "MDS", "CLL", "an unlisted leukaemia"))},
    subtype=st.sampled_from(("BCR::ABL1-like", "KMT2A-rearranged", "an unlisted subtype")),
    classification=st.sampled_from(("WHO-HAEM5", "ICC 2022")),
    code=CODES,
    ontogeny=st.sampled_from(("de novo", "secondary", "therapy-related")),
    role=st.sampled_from(("primary", "antecedent", "other malignancy", "comorbidity")),
    phase=st.sampled_from(("diagnosis", "relapse", "refractory", "remission", "progression")),
    age=AGES,
    date=DATES,
    risk=stated({"class": st.sampled_from(("high", "adverse", "standard"))}, scheme=st.just("ELN 2022")),
    sites=texts(st.sampled_from(("CNS", "testis", "skin"))),
    said=WORDS,
)
OF_FEATURE = {"code": CODES, "result": RESULTS, "age": AGES, "site": st.just("left"), "said": WORDS}
FEATURES = st.one_of(
    stated({"term": st.sampled_from(("fever", "splenomegaly", "an unlisted feature", "as reported"))}, **OF_FEATURE),
    stated({"said": WORDS}, **{name: one for name, one in OF_FEATURE.items() if name != "said"}),
    stated({"age": AGES}, result=RESULTS),
)
COMMON = {
    "method": st.one_of(METHODS, texts(METHODS)),
    "status": st.sampled_from(("final", "preliminary", "amended", "corrected", "unknown")),
    "age": AGES,
    "date": DATES,
    "said": WORDS,
    "source": SOURCES,
}
OBSERVED = COMMON | {"result": RESULTS}
GENOMIC = COMMON | {
    "origin": st.sampled_from(("somatic", "germline", "likely somatic", "likely germline", "unknown")),
    "significance": st.sampled_from(("pathogenic", "likely pathogenic", "uncertain", "likely benign", "benign")),
    "significance_by": st.just("ACMG"),
    "cells": SHARES,
    "cutoff": st.sampled_from(("3 %", "10/200")),
}
EXONS = st.one_of(st.integers(1, 30), st.just("4-7"), st.just([1, "a2"]))
CHANGES = st.one_of(
    st.fixed_dictionaries({"change": st.sampled_from(("amplification", "gain")), "copies": MANY}),
    st.fixed_dictionaries(
        {"change": st.sampled_from(("loss", "deletion")), "copies": st.sampled_from((0, "0", "<1", "0.5"))}
    ),
    st.fixed_dictionaries({"change": st.just("homozygous deletion"), "copies": st.sampled_from((0, "0"))}),
    st.fixed_dictionaries({"change": st.sampled_from(("copy-neutral LOH", "amplification", "gain", "loss"))}),
    st.fixed_dictionaries({"copies": st.sampled_from((3, "3.5", "<2", "1-3"))}),
)
PLACES = st.one_of(
    GENES.map(lambda g: {"gene": g}),
    st.lists(GENES, min_size=2, max_size=3, unique=True).map(lambda g: {"genes": g}),
    st.sampled_from(("11q23.3", "17p", "8")).map(lambda r: {"region": r}),
    st.just({"region": "11:118436490-118526832", "assembly": "GRCh38"}),
)
COPY_NUMBERS = st.builds(
    lambda where, what, rest: {"kind": "copy-number"} | where | what | rest,
    PLACES,
    CHANGES,
    stated(
        {},
        form=st.sampled_from(("hsr", "dmin", "ring", "marker", "intrachromosomal", "tandem")),
        ploidy=st.sampled_from((2, "near-triploid")),
        probe=st.just("KMT2A break-apart"),
        signals=st.just("6~18F"),
        control=stated({"probe": st.just("CEP11")}, copies=st.just(2)),
        exons=EXONS,
        iscn=st.just("nuc ish(KMT2Ax6~18)[137/200]"),
        **GENOMIC,
    ),
)
VARIANTS = st.builds(
    lambda named, split, rest: (
        {"kind": "sequence-variant", "gene": named[0], "hgvs": [named[1]] if split else named[1]} | rest
    ),
    HGVS,
    st.booleans(),
    stated(
        {},
        transcript=st.just("NM_000546.6"),
        assembly=st.sampled_from(("GRCh38", "GRCh37")),
        vaf=VAFS,
        zygosity=st.sampled_from(("heterozygous", "hemizygous")),
        variant_ids=st.sampled_from((["rs28934578"], {"cosmic": "COSV52661580"})),
        exons=EXONS,
        depth=st.integers(10, 5000),
        length=st.integers(3, 300),
        ratio=st.sampled_from(("0.52", ">0.5")),
        insertion_point=st.sampled_from((600, "p.Asp600")),
        **GENOMIC,
    ),
)
REARRANGEMENTS = st.builds(
    lambda what, rest: {"kind": "rearrangement"} | what | rest,
    st.sampled_from(
        (
            {"genes": ["CRLF2"]},
            {"genes": ["BCR", "ABL1"]},
            {"fusion": "P2RY8::CRLF2"},
            {"genes": ["KMT2A", "AFF1"], "fusion": "KMT2A-AFF1"},
        )
    ),
    stated(
        {},
        iscn=KARYOTYPES,
        transcripts=st.just(["NM_004327.4", "NM_005157.6"]),
        exons=EXONS,
        isoform=st.just("p190"),
        in_frame=st.booleans(),
        probe=st.just("BCR/ABL1"),
        signals=st.just("1F1G1R"),
        **GENOMIC,
    ),
)
RESIDUAL = stated(
    {
        "kind": st.just("mrd"),
        "value": st.sampled_from(("undetectable", "<10^-4", "0.01 %", "0.003 % IS", "1e-5", "10⁻⁴", "0 %", "negative")),
    },
    level=st.sampled_from(("positive", "negative", "below quantification")),
    sensitivity=st.just("10^-5"),
    marker=st.just("IGH"),
    at=WHEN,
    **OBSERVED,
)
OTHERS = st.one_of(
    stated(
        {"kind": st.just("karyotype"), "iscn": KARYOTYPES},
        complex=st.booleans(),
        banding=st.just("G-banding"),
        cells_counted=st.integers(1, 100),
        **GENOMIC,
    ),
    stated({"kind": st.just("karyotype"), "complex": st.booleans()}, **GENOMIC),
    stated(
        {"kind": st.just("expression"), "gene": GENES},
        level=st.sampled_from(("high", "low", "normal")),
        value=stated({"value": READINGS}, unit=st.just("TPM")),
        **OBSERVED,
    ),
    stated(
        {"kind": st.just("immunophenotype")},
        blasts=SHARES,
        markers=st.dictionaries(
            st.sampled_from(("CD19", "CD20", "CD34", "HLA-DR", "a/b", "TdT", "cyMPO", "Hb")),
            st.sampled_from(("positive", "negative", "dim", "bright", "partial", "85 %", "<5 %", "17/64")),
            max_size=4,
        ),
        **OBSERVED,
    ),
    stated(
        {
            "kind": st.just("measurement"),
            "test": st.sampled_from(("leukocytes", "LDH", "LOINC:26446-5", "CD34", "TdT", "an unlisted test")),
            "value": READINGS,
        },
        unit=st.sampled_from(("10*9/L", "U/L")),
        reference=st.sampled_from(("4.0-10.0", "<5", "not stated")),
        **OBSERVED,
    ),
    stated(
        {"kind": st.just("normal"), "of": st.sampled_from(("karyotype", "FISH panel", "sequencing panel"))},
        genes=texts(GENES),
        panel=st.just("myeloid panel"),
        panel_size=st.integers(1, 500),
        **(COMMON | {"origin": GENOMIC["origin"]}),
    ),
    stated(
        {"kind": st.just("sequence-variant"), "gene": GENES, "result": st.sampled_from(("absent", "indeterminate"))},
        method=METHODS,
    ),
    stated(
        {"kind": st.just("copy-number"), "gene": st.just("KMT2A"), "result": st.just("absent"), "copies": st.just(2)},
        cells=st.just("0/200"),
    ),
)
FINDINGS = st.one_of(COPY_NUMBERS, VARIANTS, REARRANGEMENTS, RESIDUAL, OTHERS)
TREATMENTS = stated(
    {},
    kind=st.sampled_from(
        (
            "chemotherapy",
            "targeted",
            "immunotherapy",
            "cell-therapy",
            "transplant",
            "radiation",
            "surgery",
            "supportive",
            "other",
        )
    ),
    phase=st.sampled_from(("induction", "consolidation", "maintenance", "salvage", "conditioning", "bridging")),
    regimen=st.just("hyper-CVAD"),
    agents=texts(st.sampled_from(("vincristine", "blinatumomab", "an unlisted drug"))),
    cycles=st.integers(1, 8),
    donor=st.just("HLA-matched sibling"),
    graft=st.just("peripheral blood"),
    intent=st.just("curative"),
    start=st.one_of(DATES, DURATIONS),
    end=st.one_of(DATES, DURATIONS),
    since=SINCE,
    ended_because=st.just("completed"),
    said=WORDS,
)
RESPONSES = stated(
    {},
    status=st.sampled_from(
        (
            "complete remission",
            "complete remission with incomplete recovery",
            "morphologic leukemia-free state",
            "partial remission",
            "stable disease",
            "no response",
            "refractory",
            "progressive disease",
            "relapse",
            "not assessed",
        )
    ),
    sites=texts(st.sampled_from(("CNS", "testis"))),
    after=DURATIONS,
    since=SINCE,
    date=DATES,
    said=WORDS,
)
OUTCOMES = stated(
    {},
    vital_status=st.sampled_from(("alive", "deceased", "unknown")),
    after=DURATIONS,
    since=SINCE,
    age=AGES,
    date=DATES,
    cause=st.just("infection"),
    said=WORDS,
)
SPECIMENS = stated(
    {"material": st.sampled_from(("bone marrow", "BM", "peripheral blood", "an unlisted material"))},
    age=AGES,
    date=DATES,
    at=WHEN,
    said=WORDS,
)
CARRIED = st.just(
    {
        "format": "phenopacket",
        "path": "/subject/taxonomy",
        "value": {"id": "NCBITaxon:9606", "n": [1, None, Decimal("2.50")]},
    }
)


@st.composite
def cases(draw: st.DrawFn) -> Json:
    """A case document in the order a person would write it."""
    some = {
        "source": SOURCES,
        "subject": SUBJECTS,
        "diagnoses": st.lists(DIAGNOSES, max_size=3),
        "features": st.lists(FEATURES, max_size=2),
        "specimens": st.lists(SPECIMENS, max_size=2),
        "findings": st.lists(FINDINGS, max_size=4),
        "treatments": st.lists(TREATMENTS, max_size=3),
        "responses": st.lists(RESPONSES, max_size=4),
        "outcome": OUTCOMES,
        "notes": WORDS,
        "carried": st.lists(CARRIED, max_size=1),
    }
    case = {"case_format": "1", "id": draw(st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True))}
    case |= draw(st.fixed_dictionaries({}, optional=some))
    case["specimens"] = [{"id": f"specimen-{n}"} | one for n, one in enumerate(case.get("specimens", []))]
    case["treatments"] = [{"id": f"treatment-{n}"} | one for n, one in enumerate(case.get("treatments", []))]
    case["findings"] = [_linked(draw, n, one, case["specimens"]) for n, one in enumerate(case.get("findings", []))]
    _in_phase(draw, case["findings"])
    mrd = [f["id"] for f in case["findings"] if f["kind"] == "mrd" and "id" in f]
    case["responses"] = [_responding(draw, one, case["treatments"], mrd) for one in case.get("responses", [])]
    return {name: value for name, value in case.items() if value not in ([], {})}


def _linked(draw: st.DrawFn, n: int, finding: Json, specimens: list[Json]) -> Json:
    named = {"id": f"finding-{n}"} if draw(st.booleans()) else {}
    taken = {"specimen": draw(st.sampled_from(specimens))["id"]} if specimens and draw(st.booleans()) else {}
    return named | finding | taken


def _responding(draw: st.DrawFn, response: Json, treatments: list[Json], mrd: list[str]) -> Json:
    to = {"to": draw(st.sampled_from(treatments))["id"]} if treatments and draw(st.booleans()) else {}
    return to | response | ({"mrd": draw(st.sampled_from(mrd))} if mrd and draw(st.booleans()) else {})


def _in_phase(draw: st.DrawFn, findings: list[Json]) -> None:
    """Now and then let a sequence variant lie in cis or trans with a finding that has an id."""
    for finding in findings:
        others = [other["id"] for other in findings if "id" in other and other is not finding]
        if finding["kind"] == "sequence-variant" and others and draw(st.booleans()):
            finding["phase"] = f"{draw(st.sampled_from(('cis', 'trans')))} with {draw(st.sampled_from(others))}"
