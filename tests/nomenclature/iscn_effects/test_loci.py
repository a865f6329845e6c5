"""Genes at bands and recurrent places, and their table of codes."""

import pytest

from adapter.nomenclature import bands, loci
from adapter.terms import load


@pytest.mark.parametrize(
    ("one", "other", "genes"),
    [
        ("9q34", "22q11.2", ("ABL1", "BCR")),
        ("22q11.2", "9q34", ("ABL1", "BCR")),
        ("9q34.1", "22q11.23", ("ABL1", "BCR")),
        ("8q22", "21q22", ("RUNX1", "RUNX1T1")),
        ("8q21.3", "21q22.1", ("RUNX1", "RUNX1T1")),
        ("16p13.1", "16q22", ("CBFB", "MYH11")),
        ("11q23", "19p13.3", ("KMT2A", "MLLT1")),
        ("11q23.3", "19p13.1", ("ELL", "KMT2A")),
        ("11q23", "19p13", ()),  # either of two
        ("9p13", "22q11.2", ()),
        ("9q99", "22q11.2", ()),
    ],
)
def test_genes_of_a_junction(one, other, genes):
    assert loci.genes_of([(one, other)]) == genes


def test_any_partner_of_11q23_is_recognised_but_names_no_gene():
    assert [entry.key for entry in loci.at_junction("10q26", "11q23")] == ["KMT2A"]
    assert loci.at_junction("11q13", "11q23") == ()


def test_genes_at_bands_and_positions():
    assert loci.amplified_at("11q23.3") == ("KMT2A",)
    assert loci.amplified_at("1q21") == ()
    assert loci.within("17", 7_675_088, 7_675_088, "GRCh38") == ("TP53",)
    assert loci.within("17", 7_578_406, 7_578_406, "GRCh37") == ("TP53",)


def test_every_gene_lies_in_its_band():
    for locus in loci.loci().values():
        covered = bands.at(locus.chromosome, locus.grch38[0] - 1, locus.grch38[1])
        names = [band.name for band in bands.ideogram(locus.chromosome)[covered[0] : covered[1] + 1]]
        assert "".join(dict.fromkeys((names[0], names[-1]))) == locus.band


def test_every_recurrent_gene_is_approved_and_every_rearrangement_has_its_row():
    terms = load()
    for entry in loci.recurrent():
        assert all(terms.gene(gene).symbol == gene for gene in entry.genes)
        if entry.kind == "junction":
            assert terms.codes("iscn-karyotypes", entry.key.lower().replace("::", "-").replace(",", "-"))


@pytest.mark.parametrize(
    ("key", "curie"),
    [
        ("t", "SO:1000044"), ("del", "SO:0000159"), ("inv", "SO:1000036"), ("dup", "SO:1000035"),
        ("chromosome-gain", "SO:0001742"), ("chromosome-loss", "SO:0001743"), ("der", "SO:0001785"),
    ],
)  # fmt: skip
def test_kinds_of_abnormality_have_sequence_ontology_types(key, curie):
    assert load().code("iscn-karyotypes", key, "SO").curie == curie
