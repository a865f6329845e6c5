"""Positions and changes on transcripts and chromosomes, against laws and against hgvs-weaver."""

from __future__ import annotations

import random

import pytest
import weaver
from hypothesis import given, settings
from hypothesis import strategies as st
from known_bases import exons_on

from adapter.errors import NomenclatureError
from adapter.nomenclature.hgvs import read
from adapter.nomenclature.hgvs.grammar import Edit, plain
from adapter.nomenclature.hgvs.mapping import c_to_g, map_edit
from adapter.nomenclature.hgvs.place import Position, Unplaced, from_genome, locate, numbered, on_transcript
from adapter.nomenclature.hgvs.predict import predict, predicted, protein_of
from adapter.nomenclature.hgvs.transcripts import (
    by_accession,
    by_gene,
    chromosome,
    chromosome_of,
    everything,
    overlapping,
    reverse_complement,
    with_sequence,
)

SEQUENCED = sorted(with_sequence())
transcripts = st.sampled_from(SEQUENCED).map(by_accession)


class Windows:
    """Transcripts for hgvs-weaver, cut to the bases that are known, on chromosomes of those bases."""

    def get_transcript(self, accession, _reference):
        transcript = by_accession(accession)
        sequence = transcript.sequence
        low, high = sequence.start, sequence.start + len(sequence.bases)
        exons = []
        for exon in transcript.exons:
            first, last = max(exon.offset, low), min(exon.offset + exon.end - exon.start, high)
            if first < last:
                inset = first - exon.offset
                start = exon.start + inset if transcript.strand > 0 else exon.end - inset - (last - first)
                exons.append(
                    {
                        "transcript_start": first - low,
                        "transcript_end": last - low,
                        "reference_start": start,
                        "reference_end": start + last - first - 1,
                        "alt_strand": transcript.strand,
                        "cigar": f"{last - first}=",
                    }
                )
        return {
            "ac": accession,
            "gene": transcript.symbol,
            "cds_start_index": transcript.coding[0] - low,
            "cds_end_index": transcript.coding[1] - low - 1,
            "strand": transcript.strand,
            "reference_accession": chromosome("GRCh38", transcript.chromosome)[0] + "|" + accession,
            "exons": exons,
        }

    def get_seq(self, accession, start, end, _kind):
        name = accession.rpartition("|")[2]
        transcript = by_accession(name)
        sequence = transcript.sequence
        if "|" not in accession:
            return sequence.bases[start:end]
        text = ["N"] * (end - start)
        for at, bases in exons_on(name):
            for place in range(max(start, at), min(end, at + len(bases))):
                text[place - start] = bases[place - at]
        return "".join(text)

    def get_symbol_accessions(self, symbol, _source, _target):
        return [("transcript_accession", symbol)]

    def get_identifier_type(self, _identifier):
        return "transcript_accession"


def test_substitutions_and_deletions_are_mapped_as_hgvs_weaver_maps_them():
    mapper, rng, compared = weaver.VariantMapper(Windows()), random.Random(11), 0
    for accession in rng.sample(SEQUENCED, 12):
        transcript = by_accession(accession)
        coding = transcript.sequence.read(*transcript.coding)
        for place in rng.sample(range(len(coding)), 4):
            alt = rng.choice([base for base in "ACGT" if base != coding[place]])
            description = f"{accession}:c.{place + 1}{coding[place]}>{alt}"
            theirs = mapper.c_to_g(weaver.parse(description)).format().replace("|" + accession, "")
            assert c_to_g(description) == theirs
            compared += 1
    assert compared == 48


@pytest.mark.parametrize(
    ("description", "g38", "g37"),
    [
        ("NM_000546.6:c.524G>A", "NC_000017.11:g.7675088C>T", "NC_000017.10:g.7578406C>T"),
        ("NM_002520.7:c.860_863dup", "NC_000005.10:g.171410540_171410543dup", "NC_000005.9:g.170837544_170837547dup"),
        ("NM_001354609.2:c.1799T>A", None, None),
        ("NM_000546.6:c.?", None, None),
    ],
)
def test_the_bare_mapping_gives_coordinates_or_none(description, g38, g37):
    assert (c_to_g(description), c_to_g(description, "GRCh37")) == (g38, g37)


@given(transcripts, st.data())
@settings(max_examples=150, deadline=None)
def test_a_coding_position_goes_to_the_genome_and_back_on_both_assemblies(transcript, data):
    place = data.draw(st.integers(0, transcript.length - 1))
    position = numbered(place, transcript)
    locus = locate(position, transcript)

    assert on_transcript(position, transcript) == place
    assert from_genome(locus.position, transcript) == position
    if locus.shift is not None:
        assert from_genome(locus.position + locus.shift, transcript, "GRCh37") == position


@given(transcripts, st.data())
@settings(max_examples=100, deadline=None)
def test_an_intronic_position_goes_to_the_genome_and_back(transcript, data):
    if len(transcript.exons) < 2:
        return
    exon = transcript.exons[data.draw(st.integers(0, len(transcript.exons) - 2))]
    last = numbered(exon.offset + exon.end - exon.start - 1, transcript)
    position = Position(last.after_stop, last.base, data.draw(st.integers(1, 20)))
    locus = locate(position, transcript)
    back = from_genome(locus.position, transcript)
    assert locate(back, transcript).position == locus.position


@given(transcripts, st.data())
@settings(max_examples=150, deadline=None)
def test_all_renderings_of_an_indel_describe_the_same_change(transcript, data):
    """SPDI, VCF and g. applied to the known bases of the exon give the same bases, as does the c. description."""
    coding = transcript.sequence.read(*transcript.coding)
    start = data.draw(st.integers(3, len(coding) - 12))
    end = start + data.draw(st.integers(0, 6))
    alt = data.draw(st.text("ACGT", max_size=5))
    if (start == end and not alt) or coding[start:end] == alt:
        return
    first, last = Position(after_stop=False, base=start + 1), Position(after_stop=False, base=end)
    if start == end:
        edit = Edit("insertion", Position(after_stop=False, base=start), first, "", alt)
    else:
        edit = Edit("delins" if alt else "deletion", first, last, "", alt)
    try:
        mapped = map_edit(edit, transcript)
    except Unplaced:
        return
    if mapped.allele is None:
        assert mapped.grade == "B" or mapped.edit.kind == "identity"
        return
    known, lead = transcript.sequence.bases, transcript.coding[0] - transcript.sequence.start
    changed = known[: lead + start] + alt + known[lead + end :]
    assert applied(transcript, mapped.edit) == changed
    assert from_plus(transcript, mapped.allele) == changed
    vcf = mapped.vcf
    assert from_plus(transcript, (vcf.pos - 1, vcf.ref, vcf.alt)) == changed
    again = read(mapped.g["GRCh38"], gene=transcript.symbol, transcript=transcript.nm)
    assert (again.g, again.c) == (mapped.g, mapped.c)


def applied(transcript, edit: Edit) -> str:
    """The known bases of the transcript after a change in c. numbering."""
    known = transcript.sequence.bases
    start, end = (on_transcript(p, transcript) - transcript.sequence.start for p in (edit.start, edit.end))
    here = known[start : end + 1]
    if edit.kind == "insertion":
        return known[: start + 1] + edit.alt + known[start + 1 :]
    new = {"duplication": here * 2, "deletion": "", "inversion": reverse_complement(here)}.get(edit.kind, edit.alt)
    return known[:start] + new + known[end + 1 :]


def from_plus(transcript, allele: tuple[int, str, str]) -> str:
    """The known bases of the transcript after a change given on the plus strand."""
    known = transcript.sequence.bases
    position, ref, alt = allele
    ends = [position, position + len(ref) - 1] if ref else [position - 1, position]
    if transcript.strand < 0:
        ends, ref, alt = ends[::-1], reverse_complement(ref), reverse_complement(alt)
    first = on_transcript(from_genome(ends[0], transcript), transcript) - transcript.sequence.start
    start = first if ref else first + 1
    assert known[start : start + len(ref)] == ref
    return known[:start] + alt + known[start + len(ref) :]


@pytest.mark.parametrize(
    ("text", "grade", "note"),
    [
        ("NM_000546.6:c.672_673del", "B", "spans an exon boundary"),
        ("NM_000546.6:c.668_672del", "B", "shifted into bases that are not known"),
        ("NM_000546.6:c.524_525insNNN", "B", "not known (N)"),
        ("NM_022552.5:c.2645_2646del", "B", "cannot be normalised"),
        ("NM_022552.5:c.2645R>A", "B", "ambiguous base"),
    ],
)
def test_where_the_place_is_not_certain_no_coordinate_is_given(text, grade, note):
    variant = read(text)

    assert (variant.grade, variant.g, variant.vrs, variant.vcf) == (grade, {}, {}, None)
    assert any(note in said for said in variant.notes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NM_000546.6:c.1183A>G", "OUTSIDE-TRANSCRIPT"),
        ("NM_000546.6:c.*5000A>G", "OUTSIDE-TRANSCRIPT"),
        ("NM_000546.6:c.-2000A>G", "OUTSIDE-TRANSCRIPT"),
        ("NM_000546.6:n.*5A>G", "OUTSIDE-TRANSCRIPT"),
        ("NM_000546.6:n.-5A>G", "OUTSIDE-TRANSCRIPT"),
        ("NM_000546.6:c.375+1_376-1insA", "INTRON-ANCHOR"),
        ("NM_000546.6:c.100_101delAA", "REFERENCE-MISMATCH"),
        ("NM_000546.6:c.85-47_84+48del", "INTRON-ANCHOR"),
        ("NM_000546.6:c.376-1_375+1del", "RANGE"),
        ("NM_000546.6:c.1182_*2del5", "LENGTH"),
    ],
)
def test_positions_that_the_transcript_does_not_have_are_conflicts(text, code):
    variant = read(text)

    assert (variant.status, variant.g) == ("conflict", {})
    assert code in {d.code for d in variant.diagnostics}


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("NM_000546.6:c.524_526delGCT", "NM_000546.6:c.526_528del"),
        ("NM_000546.6:c.525_526insTGC", "NM_000546.6:c.526_528dup"),
        ("NM_000546.6:c.524_525delinsAT", "NM_000546.6:c.524_525delinsAT"),
        ("NM_000546.6:c.524_525inv", "NM_000546.6:c.524_525inv"),
        ("NM_000546.6:c.524G=", "NM_000546.6:c.524G="),
        ("NM_000546.6:c.523_525delinsCAC", "NM_000546.6:c.524G>A"),
    ],
)
def test_a_change_is_given_in_its_normal_form(text, normal):
    assert read(text).c == normal


@pytest.mark.parametrize("text", ["5del4", "0A>G", "10_5del", "7_9insA", "7insA", "7inv", "7A>A", "*0del"])
def test_changes_that_contradict_themselves_are_refused(text):
    with pytest.raises(NomenclatureError):
        plain(text)


def test_every_sequence_begins_with_a_start_and_ends_with_its_only_stop_codon():
    for accession in SEQUENCED:
        protein = protein_of(accession)
        assert protein.startswith("M")
        assert protein.endswith("*")
        assert 3 * len(protein) == by_accession(accession).coding[1] - by_accession(accession).coding[0]


def test_the_whole_pack_can_be_read_and_looked_up_by_every_name():
    found = everything()

    assert len(found) == 19_268
    for transcript in random.Random(5).sample(found, 30):
        names = (transcript.nm, transcript.np, transcript.enst, transcript.ensp, transcript.nm.partition(".")[0])
        assert {by_accession(name) for name in names} == {transcript}
        assert transcript in by_gene(transcript.symbol)
        middle = transcript.exons[0].start
        assert transcript in overlapping("GRCh38", transcript.chromosome, middle, middle + 1)


@pytest.mark.parametrize(
    "name", ["NM_999999999", "NM_99999999999999999999999", "XM_000546", "LRG_99999t1", "NM_", "", "NC_000017.11"]
)
def test_an_accession_that_the_pack_does_not_have_finds_nothing(name):
    assert by_accession(name) is None


def test_lrg_transcripts_are_known_where_their_sequence_is():
    assert by_accession("LRG_16t1").nm == "NM_000022.4"


@pytest.mark.parametrize(
    ("assembly", "name", "expected"), [("GRCh38", "17", "NC_000017.11"), ("GRCh37", "X", "NC_000023.10")]
)
def test_chromosomes_are_known_by_name_and_by_accession(assembly, name, expected):
    assert chromosome(assembly, name)[0] == expected
    assert chromosome_of(expected) == (assembly, name)
    assert chromosome(assembly, "99") is None
    assert overlapping(assembly, "99", 1, 2) == ()


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("NM_000546.6:c.1A>G", "p.(Met1?)"),
        ("NM_000546.6:c.*5A>G", None),
        ("NM_000546.6:c.375+1G>A", None),
        ("NM_000546.6:c.1180T>C", "p.(Ter394ArgextTer9)"),
        ("NM_022552.5:c.2645G>A", None),
    ],
)
def test_predictions_are_made_where_the_bases_are_known(description, expected):
    assert predict(description) == expected


@pytest.mark.parametrize("gene", ["TP53", "RUNX1", "NRAS", "DKC1", "FLT3"])
def test_a_substitution_within_a_codon_is_predicted_as_the_library_does(gene):
    chance = random.Random(gene)
    (transcript, *_) = by_gene(gene)
    coding = transcript.sequence.read(*transcript.coding)
    ends = (0, 1, 2, 3, len(coding) - 4, len(coding) - 3, len(coding) - 2, len(coding) - 1)
    for place in (*ends, *chance.sample(range(len(coding)), 40)):
        for base in sorted(set("ACGT") - {coding[place]}):
            change = plain(f"{place + 1}{coding[place]}>{base}")
            assert predicted(change, transcript) == predict(f"{transcript.nm}:c.{change}"), str(change)
