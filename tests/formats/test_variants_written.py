"""What becomes of a reported variant or fusion in both outputs: derived where it is certain, kept as text where not.

Each row is one finding as a laboratory reports it. Of FHIR the components are looked at (by code, with the grade where
they were derived), of the phenopacket the variation descriptor.
"""

from __future__ import annotations

import pytest

from adapter.case import read_case
from adapter.convert import write
from adapter.terms import load

AT = "2026-01-01T00:00:00Z"
DERIVATION = "/StructureDefinition/derivation"
C_HGVS, P_HGVS, G_HGVS, OTHER = "48004-6", "48005-3", "81290-9", "81252-9"
TRANSCRIPT, ASSEMBLY, CHROMOSOME, CHANGE = "51958-7", "62374-4", "48000-4", "48019-4"
OF_GENE = "band of the gene, from its MANE transcript"


def written(finding, to):
    case = {"case_format": "1", "id": "x", "diagnoses": [{"entity": "AML"}], "findings": [finding]}
    made = write(read_case(case), to, at=AT, terms=load())
    assert list(made.losses) == []
    return made.document


def components(finding):
    """(code, words, coded value, grade or "" where stated) of the Observation; the place of the gene left out."""
    found = []
    for entry in written(finding, "fhir")["entry"]:
        for part in entry["resource"].get("component", ()):
            value = part.get("valueCodeableConcept", {"text": part.get("valueString")})
            derivation = [e["extension"] for e in part.get("extension", ()) if e["url"].endswith(DERIVATION)]
            grade, rule = (derivation[0][0]["valueCode"], derivation[0][1]["valueString"]) if derivation else ("", "")
            code = next((coding["code"] for coding in value.get("coding", ())), None)
            if rule != OF_GENE:
                found.append((part["code"]["coding"][0]["code"], value.get("text"), code, grade))
    return found


def descriptor(finding):
    packet = written(finding, "phenopacket")
    (call,) = packet["interpretations"][0]["diagnosis"]["genomicInterpretations"]
    return call["variantInterpretation"]["variationDescriptor"]


def extensions(node):
    return {e["name"]: e["value"] for e in node.get("extensions", ())}


def variant(hgvs, gene=None, **further):
    return {"kind": "sequence-variant", "hgvs": hgvs} | ({"gene": gene} if gene else {}) | further


def test_a_variant_of_grade_a_has_every_component_marked_as_derived():
    found = components(variant("c.524G>A, p.Arg175His", "TP53"))
    assert found == [
        ("48018-6", "TP53", "HGNC:11998", ""),
        (C_HGVS, "c.524G>A, p.Arg175His", "NM_000546.6:c.524G>A", "A"),
        (P_HGVS, None, "NP_000537.3:p.(Arg175His)", "A"),
        (TRANSCRIPT, None, "NM_000546.6", "A"),
        (G_HGVS, None, "NC_000017.11:g.7675088C>T", "A"),
        (OTHER, None, "NC_000017.10:g.7578406C>T", "A"),
        (ASSEMBLY, "GRCh38", "LA26806-2", "A"),
        (CHANGE, None, "SO:0001483", "A"),
        ("spdi", "NC_000017.11:7675087:C:T", None, "A"),
        ("vrs-id", "ga4gh:VA.USuRopuCOKU5X3KK9mTBoCBJp3PjBbiv", None, "A"),
        ("vrs-id", "ga4gh:VA.PpKQfeUgZyRk1GiYjlcbikkJYKdYqpDR", None, "A"),
    ]


def test_a_variant_of_grade_a_is_a_vrs_allele_with_its_vcf_record_and_says_whose_choice_the_transcript_was():
    node = descriptor(variant("c.524G>A, p.Arg175His", "TP53"))
    assert node["id"] == "ga4gh:VA.USuRopuCOKU5X3KK9mTBoCBJp3PjBbiv"
    assert node["variation"]["allele"]["literalSequenceExpression"] == {"sequence": "T"}
    assert node["vcfRecord"] == {"genomeAssembly": "GRCh38", "chrom": "chr17", "pos": "7675088", "ref": "C", "alt": "T"}
    assert [e["syntax"] for e in node["expressions"]] == ["hgvs.c", "hgvs.p", "hgvs.g", "spdi"]
    assert (extensions(node)["derivation-grade"], extensions(node)["transcript-choice"]) == ("A", "mane-select")
    assert node["label"] == "TP53 c.524G>A, p.Arg175His"


@pytest.mark.parametrize(
    ("hgvs", "gene", "interval", "sequence"),
    [
        ("NM_002520.7:c.860_863dup", "NPM1", ("171410539", "171410543"), "TCTGTCTG"),
        ("NM_000546.6:c.526_528del", "TP53", ("7675083", "7675088"), "GC"),
        ("NM_000546.6:c.524_525delinsA", "TP53", ("7675086", "7675088"), "T"),
    ],
)
def test_an_indel_is_a_vrs_allele_over_the_whole_place_it_can_be_at(hgvs, gene, interval, sequence):
    allele = descriptor(variant(hgvs, gene))["variation"]["allele"]
    place = allele["sequenceLocation"]["sequenceInterval"]
    assert (place["startNumber"]["value"], place["endNumber"]["value"]) == interval
    assert allele["literalSequenceExpression"].get("sequence", "") == sequence


@pytest.mark.parametrize(
    ("text", "gene"),
    [
        ("c.1109G>A", "WT1"),  # two numberings of the gene fit
        ("c.524G>A p.Arg273His", "TP53"),  # the parts contradict each other
        ("c.523G>A", "TP53"),  # the transcript has another base
        ("p.Arg175His", None),
        ("c.524G>A", None),
        ("17-7675088-C-T", None),  # no assembly
        ("G→A", None),
        ("rs28934578", None),
        ("c.524G>A;p.Arg175His", None),
        ("wild type", "TP53"),
    ],
)
def test_what_is_not_certain_is_kept_as_text_and_nothing_is_derived(text, gene):
    finding = variant(text, gene)
    assert [c for c in components(finding) if c[3]] == []
    assert (OTHER, text, None, "") in components(finding)
    node = descriptor(finding)
    assert text in node["label"]
    assert not {"variation", "expressions", "vcfRecord", "structuralType"} & set(node)


@pytest.mark.parametrize(
    ("text", "gene", "p"),
    [
        ("NPM1 W288fs*12", "NPM1", "NP_002511.1:p.Trp288fsTer12"),
        ("TP53 p.R175H", "TP53", "NP_000537.3:p.Arg175His"),
        ("p.R248Q", "TP53", "NP_000537.3:p.Arg248Gln"),
    ],
)
def test_a_protein_consequence_alone_gives_no_change_of_dna(text, gene, p):
    finding = variant(text, gene)
    derived = {(code, value) for code, _, value, grade in components(finding) if grade}
    assert {code for code, _ in derived} == {P_HGVS, TRANSCRIPT}
    assert (P_HGVS, p) in derived
    node = descriptor(finding)
    assert node["expressions"] == [{"syntax": "hgvs.p", "value": p}]
    assert not {"variation", "vcfRecord", "structuralType"} & set(node)


def test_an_allele_that_two_parsers_take_is_a_code_as_it_stands_and_has_no_place():
    finding = variant("NM_000546.6:c.[524G>A;743G>A]", "TP53")
    assert (C_HGVS, "NM_000546.6:c.[524G>A;743G>A]", "NM_000546.6:c.[524G>A;743G>A]", "") in components(finding)
    assert [c for c in components(finding) if c[3]] == []


def test_a_tandem_duplication_is_its_name_its_length_and_its_ratio_and_no_invented_expression():
    finding = variant("FLT3-ITD", "FLT3", length="51 bp", ratio="0.62")
    found = components(finding)
    assert (CHANGE, None, "SO:1000173", "C") in found
    assert {code for code, *_ in found} == {"48018-6", OTHER, CHANGE, "length", "ratio"}
    node = descriptor(finding)
    assert "expressions" not in node
    assert extensions(node)["length"] == "51 bp"
    assert node["structuralType"]["id"] == "SO:1000173"


def test_grade_b_says_so():
    found = components(variant("c.2645G>A p.R882H", "DNMT3A"))
    assert {grade for *_, grade in found} == {"", "B"}
    assert extensions(descriptor(variant("c.2645G>A p.R882H", "DNMT3A")))["derivation-grade"] == "B"


def rearranged(**stated):
    return {"kind": "rearrangement"} | stated


FUSIONS = [
    # finding, genes in order, HGNC or VICC form that was made of it, structural type
    (rearranged(fusion="BCR/ABL1"), ["BCR", "ABL1"], "BCR::ABL1", "SO:0001565"),
    (rearranged(fusion="BCR-ABL"), ["BCR", "ABL1"], "BCR::ABL1", "SO:0001565"),
    (rearranged(fusion="BCR::ABL1"), ["BCR", "ABL1"], None, "SO:0001565"),
    (rearranged(fusion="TEL-AML1"), ["ETV6", "RUNX1"], "ETV6::RUNX1", "SO:0001565"),
    (rearranged(fusion="IGH::CRLF2"), ["IGH", "CRLF2"], "reg_e@IGH(hgnc:5477)::CRLF2(hgnc:14281)", "SO:0001565"),
    (rearranged(genes=["IGH", "CRLF2"]), ["IGH", "CRLF2"], "reg_e@IGH(hgnc:5477)::CRLF2(hgnc:14281)", "SO:0001565"),
    (rearranged(genes=["P2RY8", "CRLF2"]), ["P2RY8", "CRLF2"], None, "SO:0001565"),
    (rearranged(fusion="?::CRLF2"), ["CRLF2"], "?::CRLF2(hgnc:14281)", "SO:0001537"),
    (rearranged(fusion="KMT2Ar"), ["KMT2A"], None, "SO:0001537"),
    (rearranged(genes=["CRLF2"], said="CRLF2 rearrangement"), ["CRLF2"], None, "SO:0001537"),
    (rearranged(iscn="46,XX,t(12;21)(p13;q22)[10]"), ["ETV6", "RUNX1"], None, "SO:0001537"),
    (rearranged(iscn="nuc ish(PBX1,TCF3)x3(PBX1 con TCF3x2)[150/200]"), ["PBX1", "TCF3"], None, "SO:0001537"),
    (rearranged(iscn="46,XX,t(1;2)(p31;q11)[10]"), [], None, "SO:0001537"),
    (rearranged(iscn="t(12;21)(p13;q22)"), ["ETV6", "RUNX1"], None, "SO:0001537"),
    (rearranged(iscn="?t(12;21)(p13;q22)"), [], None, "SO:0001537"),
    (rearranged(iscn="t(12;21)(p13;q22) and others"), [], None, "SO:0001537"),
    (rearranged(iscn="46,XX,t(12;21)(p13;q22),t(9;22)(q34;q11.2)[10]"), [], None, "SO:0001537"),
    (rearranged(fusion="NOSUCHGENE::ABL1"), [], None, "SO:0001537"),
]  # fmt: skip


@pytest.mark.parametrize(("finding", "genes", "form", "kind"), FUSIONS, ids=[str(row[0]) for row in FUSIONS])
def test_a_fusion_names_its_genes_and_has_its_standard_form_beside_the_text_of_the_source(finding, genes, form, kind):
    found = components(finding)
    assert [value for code, _, value, _ in found if code == "48018-6"] == [load().gene(gene).hgnc for gene in genes]
    assert [text for code, text, _, grade in found if code == OTHER and grade] == ([form] if form else [])
    assert "fusion" not in finding or (OTHER, finding["fusion"], None, "") in found
    node = descriptor(finding)
    assert node["structuralType"]["id"] == kind
    made = [e["value"] for e in node.get("expressions", ()) if e["syntax"] in ("hgnc", "vicc")]
    assert made == ([form] if form else [])
    assert (node.get("geneContext") or {}).get("symbol") == (genes[0] if genes else None)


@pytest.mark.parametrize("finding", [row[0] for row in FUSIONS if len(row[1]) < 2], ids=str)
def test_a_partner_that_is_not_known_is_not_invented(finding):
    assert [c for c in components(finding) if c[0] == "fusion-partner-role"] == []
    assert not {"five-prime-gene", "three-prime-gene", "partner-gene", "further-gene"} & set(
        extensions(descriptor(finding))
    )
