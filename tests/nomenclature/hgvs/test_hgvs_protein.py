"""Protein statements: read in any spelling, written in three letters, compared by what they make."""

from __future__ import annotations

import random

import pytest
from ga4gh.core import ga4gh_identify
from ga4gh.vrs import models, normalize
from hypothesis import given
from hypothesis import strategies as st

from adapter.nomenclature.hgvs import ids, read, shift
from adapter.nomenclature.hgvs.events import event, kinds
from adapter.nomenclature.hgvs.protein import CODONS, THREE, change, codings, compare, translate
from adapter.nomenclature.hgvs.shift import Window
from adapter.nomenclature.vrs import refget_accession

PROTEIN = "MKRWSTEELQQQRA*"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("R175H", "Arg175His"), ("Arg175His", "Arg175His"), ("R342X", "Arg342Ter"), ("R342*", "Arg342Ter"),
        ("R342Ter", "Arg342Ter"), ("W288fs*12", "Trp288fsTer12"), ("W288Cfs*12", "Trp288CysfsTer12"),
        ("Trp288fs", "Trp288fs"), ("S319fs*1", "Ser319Ter"), ("E309>GRQ", "Glu309delinsGlyArgGln"),
        ("A3_S5del", "Ala3_Ser5del"), ("Ala3dup", "Ala3dup"), ("H4_Q5insA", "His4_Gln5insAla"),
        ("C28delinsWV", "Cys28delinsTrpVal"), ("C28delinsW", "Cys28Trp"), ("L54=", "Leu54="), ("L54L", "Leu54="),
        ("Lys23fsTer?", "Lys23fsTer?"), ("U25C", "Sec25Cys"),
    ],
)  # fmt: skip
def test_a_change_is_written_in_three_letters(text, written):
    assert str(change(text)) == written
    assert change(written) == change(text)


@pytest.mark.parametrize("text", ["", "R", "175", "R0H", "R175", "A3_S5H", "A3_S5fs", "A3insG", "A3delG", "B5A", "J7K"])
def test_what_is_no_plain_change_is_none(text):
    assert change(text) is None


@pytest.mark.parametrize(
    ("stated", "predicted", "relation"),
    [
        ("R3H", "Arg3His", "same"),
        ("R3H", "Arg3Cys", "differs"),
        ("W4fs*9", "Trp4CysfsTer9", "same"),
        ("W4fs*12", "Trp4CysfsTer9", "count"),
        ("W4Lfs*9", "Trp4CysfsTer9", "differs"),
        ("S5fs", "Trp4CysfsTer9", "differs"),
        ("Q10_Q11insQ", "Gln12dup", "same"),
        ("Q10del", "Gln12del", "same"),
        ("E7_E8del", "Glu7_Glu8delinsGln", "differs"),
        ("S5_T6delinsSG", "Thr6Gly", "same"),
        ("W4_S5ins*", "Ser5Ter", "same"),
        ("L9=", "Leu9=", "same"),
    ],
)
def test_changes_are_compared_by_the_protein_they_make(stated, predicted, relation):
    assert compare(change(stated), change(predicted), PROTEIN) == relation


def test_the_genetic_code_has_61_codons_and_3_stops():
    assert len(CODONS) == 64
    assert sorted(codon for codon, residue in CODONS.items() if residue == "*") == ["TAA", "TAG", "TGA"]
    assert translate("ATGNNNTAA") == "M?*"


@given(st.sampled_from(sorted(CODONS)), st.sampled_from([residue for residue in THREE if residue not in "UO"]))
def test_every_coding_change_of_a_residue_makes_it_and_none_is_left_out(codon, residue):
    first = CODONS[codon]
    if first == residue:
        return
    made = set()
    for at, ref, alt in codings(change(f"{first}1{residue}"), codon):
        assert codon[at : at + len(ref)] == ref
        made.add(codon[:at] + alt + codon[at + len(alt) :])
    assert made == {other for other, coded in CODONS.items() if coded == residue}


class Bases:
    """A data proxy of ga4gh.vrs over one sequence."""

    def __init__(self, bases):
        self.bases = bases

    def get_sequence(self, _identifier, start=None, end=None):
        return self.bases[start:end]

    def get_metadata(self, _identifier):
        return {"length": len(self.bases), "aliases": [], "alphabet": "ACGT"}

    def derive_refget_accession(self, *_):
        return refget_accession(self.bases)

    def extract_sequence_type(self, *_):
        return "na"


def test_identifiers_of_indels_are_those_of_ga4gh_vrs():
    rng, compared = random.Random(3), 0
    for _ in range(300):
        bases = "".join(rng.choices("AC", k=50))
        start = rng.randrange(10, 35)
        end = start + rng.choice([0, 0, 1, 2, 3, 4])
        alt = bases[start:end] * 2 if rng.random() < 0.3 else "".join(rng.choices("AC", k=rng.choice([0, 1, 2, 3, 6])))
        window = Window(0, bases)
        if bases[start:end] == alt:
            continue
        found = shift.allele(window, start, end, alt)
        if found.open:
            continue
        compared += 1
        refget = refget_accession(bases)
        allele = models.Allele(
            location=models.SequenceLocation(
                sequenceReference=models.SequenceReference(refgetAccession=refget), start=start, end=end
            ),
            state=models.LiteralSequenceExpression(sequence=alt),
        )
        theirs = ga4gh_identify(normalize(allele, data_proxy=Bases(bases)))
        assert ids._second(refget, *shift.justified(found, window)) == theirs
    assert compared > 200


@given(st.text("AC", min_size=20, max_size=40), st.data())
def test_every_form_of_a_change_makes_the_same_sequence(bases, data):
    start = data.draw(st.integers(5, 12))
    end = start + data.draw(st.integers(0, 3))
    alt = data.draw(st.text("AC", max_size=4))
    window = Window(0, bases)
    found = shift.allele(window, start, end, alt)
    if found.open:
        return
    changed = bases[:start] + alt + bases[end:]
    for at, ref, new in (
        (found.start, found.ref, found.alt),
        shift.justified(found, window),
        shift.left_aligned(found, window),
    ):
        assert bases[at : at + len(ref)] == ref
        assert bases[:at] + new + bases[at + len(ref) :] == changed


@given(st.text("ACGT", min_size=12, max_size=30), st.data())
def test_the_normal_form_does_not_depend_on_where_in_a_repeat_a_deletion_is_written(bases, data):
    start = data.draw(st.integers(1, 8))
    window = Window(0, bases)
    found = shift.allele(window, start, start + 1, "")
    same = [n for n in range(len(bases)) if bases[:n] + bases[n + 1 :] == bases[:start] + bases[start + 1 :]]
    assert [found.start - found.left, found.start + found.right] == [same[0], same[-1]]
    assert found.open is (same[0] == 0 or same[-1] == len(bases) - 1)


def test_no_sequence_of_ours_is_a_chromosome_that_does_not_exist():
    assert (ids.spdi("99", (1, "A", "C")), ids.vrs("99", (1, "A", "C"))) == (None, {})


@pytest.mark.parametrize(
    ("text", "name", "known"),
    [
        ("FLT3-ITD", "FLT3-ITD", {}),
        ("FLT3 ITD 24 bp", "FLT3-ITD", {"length": 24}),
        ("FLT3/ITD (45bp), allelic ratio 0.52", "FLT3-ITD", {"length": 45, "ratio": "0.52"}),
        ("FLT3 internal tandem duplication, AR=0,6, JMD", "FLT3-ITD", {"ratio": "0,6", "place": "JMD"}),
        ("FLT3-ITD ins GACTTCAGAGAATAT", "FLT3-ITD", {"length": 15, "sequence": "GACTTCAGAGAATAT"}),
        ("KMT2A-PTD exon 2-8", "KMT2A-PTD", {"place": "exon 2-8"}),
        ("MLL-PTD", "KMT2A-PTD", {}),
        ("KMT2A partial tandem duplication", "KMT2A-PTD", {}),
        ("UBTF-TD", "UBTF-TD", {}),
        ("BCOR-ITD", "BCOR-ITD", {}),
    ],
)
def test_events_are_read_by_name_and_length_and_never_get_a_coding_description(text, name, known):
    variant = read(text)

    assert (variant.event.name, variant.c, variant.g, variant.grade) == (name, None, {}, "C")
    assert {k: getattr(variant.event, k) for k in ("length", "ratio", "place", "sequence")} == {
        "length": None, "ratio": None, "place": None, "sequence": None, **known,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["TP53-ITD", "ITD", "XYZZY-PTD", "FLT3"])
def test_other_genes_have_no_such_event(text):
    assert read(text).event is None


def test_an_event_with_its_description_is_read_as_both():
    variant = read("FLT3-TKD D835Y")
    assert (variant.event.name, variant.p) == ("FLT3-TKD", "NP_004110.2:p.Asp835Tyr")


def test_the_table_of_events_is_read():
    assert set(kinds()) == {"ITD", "PTD", "TD", "TKD"}
    assert event("FLT3-ITD", lambda _: None) is None


@pytest.mark.parametrize(
    ("text", "genes"),
    [("BCR::ABL1", ["BCR", "ABL1"]), ("MLL::AFDN", ["KMT2A", "AFDN"]), ("?::CRLF2", ["CRLF2"])],
)
def test_gene_fusions_are_recognised(text, genes):
    variant = read(text)
    assert (variant.kind, [gene.symbol for gene in variant.genes]) == ("fusion", genes)
