"""Gene names: approved symbols, previous symbols, aliases, and the names that must be refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import AmbiguousTerm, MappingError, UnknownTerm
from adapter.gene_names import GeneFile, fold_gene
from adapter.terms import Terms, load

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent.parent / "data/mappings/genes_sample.tsv").read_text().splitlines()[2:]
]
GENES = (Path(__file__).parent.parent.parent / "mappings/genes.tsv").read_bytes()


@pytest.fixture(scope="module")
def terms() -> Terms:
    return load()


@pytest.mark.parametrize(("symbol", "hgnc"), SAMPLE, ids=lambda value: value)
def test_approved_symbol_is_its_gene(terms, symbol, hgnc):
    gene = terms.gene(symbol)
    assert (gene.symbol, gene.hgnc, gene.note) == (symbol, hgnc, "")
    assert terms.gene(hgnc) == gene


def test_every_gene_of_the_field_is_found(terms):
    field = "KMT2A TP53 CRLF2 P2RY8 IGH IGK IGL TRA TRB TRD TRG RUNX1 ETV6 BCR ABL1 FLT3 NPM1 AFDN UBTF DUX4"
    named = field.split(" ")
    assert [terms.gene(name).symbol for name in named] == named


@pytest.mark.parametrize(
    ("name", "symbol", "note"),
    [
        ("MLL", "KMT2A", "MLL is a previous symbol of KMT2A"),
        ("AML1", "RUNX1", "AML1 is a previous symbol of RUNX1"),
        ("TEL", "ETV6", "TEL is an alias of ETV6"),
        ("MLLT4", "AFDN", "MLLT4 is a previous symbol of AFDN"),
        ("IGH@", "IGH", "IGH@ is a previous symbol of IGH"),
        ("p53", "TP53", "p53 is an alias of TP53"),
        ("kmt2a", "KMT2A", ""),
        (" KMT2A ", "KMT2A", ""),
        ("KMT‑2A", "KMT2A", "KMT‑2A is read as KMT2A"),
        ("C10ORF105", "C10orf105", ""),
        ("PKBβ", "AKT2", "PKBβ is an alias of AKT2"),
    ],
)
def test_other_spelling_is_resolved_with_a_note(terms, name, symbol, note):
    gene = terms.gene(name)
    assert (gene.symbol, gene.note) == (symbol, note)


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("MLL2", ("KMT2B", "KMT2D")),
        ("MLL4", ("KMT2B", "KMT2D")),
        ("CBP", ("CREBBP", "OPN1LW", "PAG1")),
        ("SCL", ("KRT7", "SCLY", "TAL1")),
        ("p16", ("CDKN2A", "H3P10")),
        ("MSF", ("FN1", "PRG4", "SEPTIN9")),
        ("MIR 1281", ("MIR128-1", "MIR1281")),  # a hyphen apart: only the exact spelling decides
    ],
)
def test_ambiguous_name_is_refused_with_all_readings(terms, name, readings):
    with pytest.raises(AmbiguousTerm) as caught:
        terms.gene(name)
    assert caught.value.readings == readings


def test_exact_symbol_decides_where_a_hyphen_would_confuse(terms):
    assert (terms.gene("MIR1281").symbol, terms.gene("mir128-1").symbol) == ("MIR1281", "MIR128-1")


@pytest.mark.parametrize("name", ["ALL", "CML", "PHL", "all", "no such gene", "", "-", "HGNC:0", "zzzzz"])
def test_disease_or_stranger_is_no_gene(terms, name):
    with pytest.raises(UnknownTerm):
        terms.gene(name)


def test_gene_has_the_codes_of_both_targets(terms):
    code = terms.gene("MLL").code
    assert code.coding == {"system": "http://www.genenames.org", "code": "HGNC:7132", "display": "KMT2A"}
    assert code.ontology_class == {"id": "HGNC:7132", "label": "KMT2A"}


def test_rule_is_the_line_of_the_name(terms):
    file, _, number = terms.gene("MLL").rule.partition("#")
    assert file == "mappings/genes.tsv"
    assert GENES.splitlines()[int(number) - 1] == b"MLL\tP\tKMT2A"


def test_table_is_sorted_small_and_points_to_approved_symbols():
    lines = [line.split("\t") for line in GENES.decode().splitlines() if not line.startswith("#")][1:]
    approved = {name for name, status, _ in lines if status == "S"}
    names = [fold_gene(name) for name, _, _ in lines]
    assert names == sorted(names)
    assert len(approved) == 43_837
    assert len(GENES) < 2_000_000
    assert {target for _, status, target in lines if status in "AP"} <= approved
    assert len({tuple(line) for line in lines}) == len(lines)


def test_lookup_reads_few_lines(monkeypatch):
    folded: list[str] = []
    monkeypatch.setattr("adapter.gene_names.fold_gene", lambda name: folded.append(name) or fold_gene(name))
    assert GeneFile(GENES, "genes.tsv").named("KMT2A")[0].target == "HGNC:7132"
    assert len(folded) < 25  # halving 102,000 lines, not reading them


@given(st.sampled_from(SAMPLE), st.sampled_from([str.lower, str.upper, lambda name: f" {name} "]))
def test_case_and_outer_blanks_never_change_a_symbol(pair: tuple[str, str], change: Callable[[str], str]):
    assert load().gene(change(pair[0])).hgnc == pair[1]


@given(st.text(max_size=12))
def test_any_text_is_a_gene_or_refused(name: str):
    try:
        assert load().gene(name).hgnc.startswith("HGNC:")
    except (UnknownTerm, AmbiguousTerm):
        assert name not in {symbol for symbol, _ in SAMPLE}


def test_own_genes_go_before_the_packaged_ones(overlay):
    terms = overlay(
        genes="name\tstatus\ttarget\nMSF\tA\tSEPTIN9\nZZLOCUS\tS\tHGNC:999999\nMYLOCUS\tP\tZZLOCUS\r\nKMT2A\tX\t\nlost\tA\tnowhere"
    )
    assert terms.gene("MSF").symbol == "SEPTIN9"
    assert terms.gene("mylocus").hgnc == "HGNC:999999"
    assert terms.gene("HGNC:999999").symbol == "ZZLOCUS"
    assert terms.gene("RUNX1").symbol == "RUNX1"
    for name in ("KMT2A", "lost"):
        with pytest.raises(UnknownTerm):
            terms.gene(name)


def test_broken_own_gene_line_is_named(overlay):
    with pytest.raises(MappingError, match=r"overlay/genes.tsv:2: expected name, status and target"):
        overlay(genes="name\tstatus\ttarget\nMYGENE\tS").gene("MYGENE")


@pytest.mark.parametrize("data", [b"", b"# only a comment", b"name\tstatus\ttarget", b"# c\nname\tstatus\ttarget\n"])
def test_empty_table_knows_nothing(data):
    assert GeneFile(data, "genes.tsv").named("KMT2A") == []


@pytest.mark.parametrize("probe", ["D7S486", "D13S327", "d13s319", "DXS423E", "D8Z2"])
def test_a_dna_segment_names_a_probe_and_no_gene(probe):
    with pytest.raises(UnknownTerm):
        load().gene(probe)
