"""Looking up words and codes in the mapping tables, and overlaying them with one's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter.errors import AmbiguousTerm, MappingError, UnknownTerm
from adapter.terms import DEFAULT_BASE, fold, load

HEAD = "subject_id subject_label predicate_id object_id object_label mapping_justification mapping_source subject_type"
HEAD = HEAD.replace(" ", "\t")
ROW = "HAEM:{key}\t{label}\tskos:exactMatch\t{curie}\t{name}\tsemapv:ManualMappingCuration\tGR:x\t"
ALIAS = "\t{name}\tskos:exactMatch\tHAEM:{key}\twords\tsemapv:ManualMappingCuration\t\trdfs literal"


@pytest.mark.parametrize(
    ("table", "text", "key"),
    [
        ("specimens", "bone-marrow", "bone-marrow"),
        ("specimens", "Bone Marrow", "bone-marrow"),
        ("specimens", "BM", "bone-marrow"),
        ("specimens", "bone marrow aspirate", "bone-marrow-aspirate"),
        ("specimens", "PB", "peripheral-blood"),
        ("diagnoses", "B-ALL", "b-all"),
        ("diagnoses", "B‑cell acute lymphoblastic leukaemia", "b-all"),
        ("diagnoses", "B-cell acute lymphoblastic leukemia", "b-all"),
        ("diagnoses", "BCR::ABL1-like", "b-all-bcr-abl1-like"),
        ("diagnoses", "BCR-ABL1-like B-ALL", "b-all-bcr-abl1-like"),
        ("diagnoses", "Ph-like", "b-all-bcr-abl1-like"),
        ("diagnoses", "Ph+ ALL", "b-all-t-9-22"),
        ("diagnoses", "AML", "aml"),
        ("diagnoses", "MDS", "mds"),
        ("diagnoses", "CLL", "cll"),
        ("diagnoses", "CML", "cml"),
        ("diagnoses", "ALL", "all"),
        ("methods", "FISH", "fish"),
        ("methods", "G-banded karyotyping", "g-banding"),
        ("responses", "CRi", "complete-remission-incomplete-recovery"),
        ("treatments", "allo", None),
        ("diagnoses", "Ph- ALL", None),  # a sign, not a hyphen
        ("diagnoses", "something else", None),
        ("units", "g/L", "gram-per-litre"),
        ("units", "G/L", "billion-per-litre"),  # here case matters
        ("chromosomes", "chr11", "11"),
    ],
)
def test_words_name_a_key(table, text, key):
    assert load().key(table, text) == key


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("MCL", ("mantle-cell-lymphoma", "mast-cell-leukemia")),
        ("KMT2A-rearranged", ("aml-kmt2a-rearranged", "b-all-kmt2a-rearranged")),
    ],
)
def test_words_with_two_meanings_are_refused(text, readings):
    with pytest.raises(AmbiguousTerm) as caught:
        load().key("diagnoses", text)
    assert set(caught.value.readings) == set(readings)


@pytest.mark.parametrize(
    ("table", "key", "prefix", "curie"),
    [
        ("kmt2a-amplification", "copy-number", "LOINC", "LOINC:82155-3"),
        ("kmt2a-amplification", "abnormal-cell-fraction", "HAEM", "HAEM:abnormal-cell-fraction"),
        ("hgvs-variants", "gene-studied", "LOINC", "LOINC:48018-6"),
        ("hgvs-variants", "variation-code", "LOINC", "LOINC:81252-9"),
        ("structural-types", "amplification", "SO", "SO:0001880"),
        ("changes", "amplification", "SO", "SO:0001742"),
        ("changes", "amplification", "EFO", "EFO:0030072"),
        ("chromosomes", "11", "LOINC", "LOINC:LA21264-9"),
        ("diagnoses", "b-all", "MONDO", "MONDO:0004947"),
        ("diagnoses", "b-all", "SNOMED", "SNOMED:277571004"),
        ("diagnoses", "b-all-bcr-abl1-like", "NCIT", "NCIT:C129787"),
        ("diagnoses", "b-all-bcr-abl1-like", "MONDO", "MONDO:0850161"),
        ("specimens", "bone-marrow", "V2-0487", "V2-0487:MAR"),
        ("specimens", "peripheral-blood", "UBERON", "UBERON:0000178"),
        ("methods", "interphase-fish", "LOINC", "LOINC:LA26404-6"),
        ("responses", "partial-remission", "SNOMED", "SNOMED:551001000124108"),
        ("phases", "all-in-relapse", "ICD10CM", "ICD10CM:C91.02"),
        ("units", "percent", "UCUM", "UCUM:%"),
        ("outcomes", "cause-of-death", "LOINC", "LOINC:69453-9"),
    ],
)
def test_code_of_a_key(table, key, prefix, curie):
    terms = load()
    code = terms.code(table, key, prefix)
    assert code.curie == curie
    assert key in terms.keys_of(table, curie)
    assert code in terms.codes(table, key)


@pytest.mark.parametrize("key", ["stable-disease", "progressive-disease", "complete-remission-incomplete-recovery"])
def test_response_without_a_code_stays_text(key):
    terms = load()
    assert terms.codes("responses", key) == ()
    assert terms.get("responses", key, "SNOMED") is None
    assert terms.label("responses", key)


def test_targets_get_the_form_they_want():
    code = load().code("diagnoses", "b-all", "MONDO")
    assert code.coding["code"] == "MONDO:0004947"
    loinc = load().code("kmt2a-amplification", "copy-number", "LOINC")
    assert loinc.coding["code"] == "82155-3"
    assert loinc.coding["system"] == "http://loinc.org"
    assert loinc.ontology_class["id"] == "LOINC:82155-3"


def test_code_without_a_label_has_no_display():
    code = load().code("diagnoses", "aml", "ICDO")
    assert code.coding == {"system": "http://terminology.hl7.org/CodeSystem/icd-o-3", "code": "9861/3"}


def test_rule_names_file_and_line():
    file, _, number = load().code("kmt2a-amplification", "copy-number", "LOINC").rule.partition("#")
    line = (Path(__file__).parent.parent.parent / file).read_text().splitlines()[int(number) - 1]
    assert line.startswith("HAEM:copy-number\t")
    assert "LOINC:82155-3" in line


def test_unknown_terms_name_their_table():
    terms = load()
    for ask in (
        lambda: terms.code("changes", "amplification", "SNOMED"),
        lambda: terms.label("changes", "no-such-key"),
        lambda: terms.keys("no-such-table"),
        lambda: terms.resource("NOPE"),
    ):
        with pytest.raises(UnknownTerm):
            ask()
    assert terms.codes("changes", "no-such-key") == ()


def test_nearest_keys_help_with_a_misspelling():
    assert load().nearest("specimens", "bone marow")[0] == "bone-marrow"
    assert len(load().nearest("diagnoses", "acute leukemia of some kind", 2)) <= 2


def test_keys_and_tables_are_listed():
    terms = load()
    assert {"kmt2a-amplification", "hgvs-variants", "outcomes", "diagnoses"} <= set(terms.tables())
    assert terms.keys("chromosomes") == (*map(str, range(1, 23)), "X", "Y")


def test_words_without_a_vocabulary_get_an_own_term():
    terms = load()
    assert terms.own("Hyper-CVAD (B)").ontology_class == {"id": "HAEM:hyper-cvad-b", "label": "Hyper-CVAD (B)"}
    assert terms.own("骨髄").curie.startswith("HAEM:term-")


def test_base_is_rewritten_where_it_is_configured():
    other = load(base="https://example.org/fhir/")
    assert other.resource("HAEM").fhir_system == "https://example.org/fhir/CodeSystem/haem"
    assert load().resource("HAEM").fhir_system == f"{DEFAULT_BASE}/CodeSystem/haem"
    assert other.version != load().version


def test_profiles_of_a_role():
    terms = load()
    assert len(terms.profiles("gr3", "variant")) == 1
    assert len(terms.profiles("mcode4", "variant")) == 2
    assert terms.profiles("gr3", "patient") == ()
    assert {("gr3", "variant"), ("mcode4", "patient")} <= set(terms.roles())


@given(st.lists(st.from_regex(r"[A-Za-z0-9]+", fullmatch=True), min_size=1, max_size=5))
def test_hyphens_blanks_and_case_never_part_two_names(words: list[str]):
    assert fold("-".join(words)) == fold(" ".join(words).upper()) == fold("\u2011".join(words).lower())


class TestOverlay:
    def test_row_replaces_the_code_of_its_key_and_vocabulary(self, overlay):
        row = ROW.format(key="bone-marrow", label="marrow", curie="V2-0487:TISS", name="Tissue")
        terms = overlay(specimens=f"# mine\n{HEAD}\n{row}\n")
        assert terms.code("specimens", "bone-marrow", "V2-0487").curie == "V2-0487:TISS"
        assert terms.code("specimens", "bone-marrow", "V2-0487").rule == "overlay/specimens.sssom.tsv#3"
        assert terms.code("specimens", "bone-marrow", "UBERON").curie == "UBERON:0002371"

    def test_alias_replaces_the_alias(self, overlay):
        terms = overlay(diagnoses=f"{HEAD}\n{ALIAS.format(name='MCL', key='mantle-cell-lymphoma')}")
        assert terms.key("diagnoses", "mcl") == "mantle-cell-lymphoma"

    def test_no_term_takes_the_codes_away(self, overlay):
        row = ROW.format(key="bone-marrow", label="bone marrow", curie="sssom:NoTermFound", name="")
        assert overlay(specimens=f"{HEAD}\n{row}").codes("specimens", "bone-marrow") == ()

    def test_new_key_table_resource_and_profile(self, overlay):
        row = ROW.format(key="ascites", label="ascites", curie="LOCAL:7", name="Ascites")
        mine = "LOCAL\tlocal\tLocal\thttps://l.example\t1\thttps://l.example/\thttps://l.example/cs\tlocal\n"
        terms = overlay(
            my_own=f"{HEAD}\n{row}\n",
            resources=f"prefix\tid\tname\turl\tversion\tiri_prefix\tfhir_system\tfhir_code\n{mine}",
            profiles="profile_set\trole\tprofile\ngr3\tpatient\thttps://l.example/p\n",
        )
        assert terms.code("my-own", "ascites", "LOCAL").coding["system"] == "https://l.example/cs"
        assert terms.profiles("gr3", "patient") == ("https://l.example/p",)
        assert terms.version != load().version

    def test_columns_may_stand_in_any_order(self, overlay):
        columns = HEAD.split("\t")[::-1]
        row = ROW.format(key="ascites", label="ascites", curie="V2-0487:PRT", name="Peritoneal fluid").split("\t")[::-1]
        terms = overlay(specimens="\t".join(columns) + "\n" + "\t".join(row) + "\n")
        assert terms.key("specimens", "Ascites") == "ascites"

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("subject_id\tobject_id\nx\ty", r"overlay/specimens.sssom.tsv:1: column .* is missing"),
            (f"{HEAD}\nx:y\tlabel\tskos:exactMatch\tLOINC:1\t\tsemapv:Manual\tx\t", ":2: a subject is HAEM:<key>"),
            (f"{HEAD}\n{ALIAS.format(name='x', key='').replace('HAEM:', '')}", ":2: an alias has an object"),
            (f"{HEAD}\na\tb\tc\td\te\tf\tg\th\ti", ":2: 9 fields under 8 columns"),
        ],
    )
    def test_broken_row_is_refused_with_its_line(self, overlay, text, says):
        with pytest.raises(MappingError, match=says):
            overlay(specimens=text)

    def test_unknown_prefix_is_refused_where_it_stands(self, overlay):
        terms = overlay(specimens=f"{HEAD}\n{ROW.format(key='x', label='x', curie='NOPE:1', name='')}")
        with pytest.raises(MappingError, match=r"specimens.sssom.tsv:2: prefix of NOPE:1"):
            terms.codes("specimens", "x")

    @pytest.mark.parametrize(("name", "ask"), [("resources", "resource"), ("profiles", "profiles")])
    def test_short_plain_row_is_refused(self, overlay, name, ask):
        terms = overlay(**{name: "head\nonly\ttwo\n"})
        with pytest.raises(MappingError, match=f"overlay/{name}.tsv"):
            getattr(terms, ask)(*("gr3", "x")[: 1 if ask == "resource" else 2])

    def test_bytes_that_are_no_utf8_are_refused(self, tmp_path):
        (tmp_path / "specimens.sssom.tsv").write_bytes(b"# a\n\xff\n")
        with pytest.raises(MappingError, match=r"specimens\.sssom\.tsv:2: not UTF-8"):
            load(tmp_path)

    def test_missing_directory_is_refused(self, tmp_path):
        with pytest.raises(MappingError, match="no such directory"):
            load(tmp_path / "nowhere")

    def test_environment_names_the_directory(self, tmp_path, monkeypatch):
        row = ROW.format(key="bone-marrow", label="marrow", curie="V2-0487:TISS", name="Tissue")
        (tmp_path / "specimens.sssom.tsv").write_text(f"{HEAD}\n{row}\n")
        monkeypatch.setenv("ADAPTER_MAPPINGS", str(tmp_path))
        assert load().code("specimens", "bone-marrow", "V2-0487").curie == "V2-0487:TISS"


def test_loading_parses_no_table_and_imports_little():
    """Start-up is measured by work: which tables were parsed, which modules were loaded."""
    code = (
        "import sys; from adapter.terms import load; t = load(); t.gene('KMT2A'); "
        "print(len(t._parsed), *({'csv', 'difflib', 'pydantic', 'requests', 'pandas'} & set(sys.modules)))"
    )
    env = {"PYTHONPATH": str(Path(__file__).parent.parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.split()[0] == "0"
    assert "csv" not in done.stdout
    assert "difflib" not in done.stdout


def test_tables_are_read_once():
    assert load() is load()
    terms = load()
    assert terms.codes("changes", "gain") is terms.codes("changes", "gain")
    assert terms.gene("KMT2A") is terms.gene("KMT2A")


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        ("K/uL", "thousand-per-microlitre"),
        ("k/ul", "thousand-per-microlitre"),
        ("x10^9 / L", "billion-per-litre"),
        ("G/L", "billion-per-litre"),
        ("g/l", "gram-per-litre"),
        ("U/L", "unit-per-litre"),
        ("kU/L", None),  # thousands of units per litre, of which no row tells
        ("uL", None),
    ],
)
def test_the_solidus_of_a_unit_divides(unit, key):
    assert load().key("units", unit) == key
