"""The mapping tables are data, and data has tests."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from adapter.terms import load

MAPPINGS = Path(__file__).parent.parent.parent / "mappings"
TABLES = sorted(MAPPINGS.glob("*.sssom.tsv"))
REQUIRED = {
    "kmt2a-amplification",
    "hgvs-variants",
    "outcomes",
    "diagnoses",
    "specimens",
    "methods",
    "treatments",
    "responses",
    "measurements",
    "chromosomes",
    "changes",
}
PREDICATES = {"skos:exactMatch": 0, "skos:closeMatch": 1, "skos:broadMatch": 2, "skos:narrowMatch": 3}
CODES = [
    (table.name.removesuffix(".sssom.tsv"), row)
    for table in TABLES
    for row in load().rows(table.name.removesuffix(".sssom.tsv"))
    if not row.is_alias and row.object_id != "sssom:NoTermFound"
]


def columns(table: Path) -> list[dict[str, str]]:
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]


def curies(prefix: str) -> list[str]:
    return sorted({row.object_id.partition(":")[2] for _, row in CODES if row.prefix == prefix})


def natural(key: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", key)]


def luhn(code: str) -> bool:
    """LOINC's check digit (mod 10) after the hyphen."""
    digits, _, check = code.partition("-")
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits))]
    return (10 - sum(d // 10 + d % 10 for d in doubled) % 10) % 10 == int(check)


D = [[(a + b) % 5 if a < 5 and b < 5 else 0 for b in range(10)] for a in range(10)]
for _a in range(10):  # the dihedral group of order ten
    for _b in range(10):
        _sum = (_a + _b) % 5 if _a < 5 else (_a - _b) % 5
        D[_a][_b] = _sum + (0 if (_a < 5) == (_b < 5) else 5)
P = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
for _ in range(6):
    P.append([P[-1][P[1][n]] for n in range(10)])


def verhoeff(code: str) -> bool:
    """SNOMED CT's check digit."""
    state = 0
    for place, digit in enumerate(reversed(code)):
        state = D[state][P[place % 8][int(digit)]]
    return state == 0


def test_the_tables_asked_for_are_there():
    assert {table.name.removesuffix(".sssom.tsv") for table in TABLES} >= REQUIRED


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
class TestTable:
    def test_header_is_sssom(self, table):
        head = [line for line in table.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        keys = {line[1:].partition(":")[0] for line in head if not line.startswith("#  ")}
        assert keys >= {"mapping_set_id", "mapping_set_version", "license", "curie_map"}

    def test_prefixes_are_declared_and_mean_what_resources_say(self, table):
        head = table.read_text(encoding="utf-8").splitlines()
        declared = {}
        for line in head:
            if found := re.fullmatch(r'#  ([^:]+): "?([^"]+)"?', line):
                declared[found[1]] = found[2]
        terms = load()
        used = {row["object_id"].partition(":")[0] for row in columns(table)} - {"sssom"}
        assert used <= declared.keys()
        sources = {row["mapping_source"].partition(":")[0] for row in columns(table) if row["mapping_source"]}
        assert sources <= declared.keys()
        for prefix in used:
            assert terms.resource(prefix).iri_prefix == declared[prefix]

    def test_fields_are_clean(self, table):
        text = table.read_text(encoding="utf-8")
        assert text.endswith("\n")
        assert not [row for row in columns(table) if any(field.startswith('"') for field in row.values())]
        assert not [row for row in columns(table) if any(f != f.strip() or "  " in f for f in row.values())]
        assert not [row for row in columns(table) if row["subject_label"].lower() in {"na", "nan", "null", "none"}]

    def test_every_code_has_a_source_and_every_row_a_justification(self, table):
        for row in columns(table):
            coded = row["subject_id"] and row["object_id"] != "sssom:NoTermFound"
            assert row["mapping_source"] or not coded, row
            assert row["mapping_justification"].startswith("semapv:")
            assert row["predicate_id"] in PREDICATES

    def test_rows_are_sorted_and_unique(self, table):
        def order(row):
            alias = not row["subject_id"]
            key = row["object_id"] if alias else row["subject_id"]
            name = row["subject_label"]
            rank = 0 if alias else PREDICATES[row["predicate_id"]]
            return (natural(key), alias, rank, row["object_id"], name.casefold(), name)

        found = [order(row) for row in columns(table)]
        assert found == sorted(found)
        assert len({str(item) for item in found}) == len(found)

    def test_aliases_name_keys_of_the_table(self, table):
        terms, name = load(), table.name.removesuffix(".sssom.tsv")
        keys = set(terms.keys(name))
        assert [row for row in terms.rows(name) if row.is_alias and row.key not in keys] == []

    def test_every_name_leads_back_to_its_key(self, table):
        terms, name = load(), table.name.removesuffix(".sssom.tsv")
        for key in terms.keys(name):
            assert terms.key(name, key) == key
        named = terms._table(name)
        for row in terms.rows(name):
            assert row.key in named.named(row.subject_label), row

    def test_key_has_one_label(self, table):
        labels = defaultdict(set)
        for row in columns(table):
            labels[row["subject_id"] or row["object_id"]].add(
                row["subject_label" if row["subject_id"] else "object_label"]
            )
        assert {key: names for key, names in labels.items() if len(names) > 1} == {}


def test_one_code_has_one_label_everywhere():
    labels = defaultdict(set)
    for _, row in CODES:
        labels[row.object_id].add(row.object_label)
    assert {curie: names for curie, names in labels.items() if len(names) > 1} == {}


@pytest.mark.parametrize("code", [c for c in curies("LOINC") if re.fullmatch(r"[0-9]+-[0-9]", c)])
def test_loinc_check_digit(code):
    assert luhn(code)


@pytest.mark.parametrize("code", curies("SNOMED"))
def test_snomed_check_digit(code):
    assert verhoeff(code)


def test_check_digits_can_fail():
    assert luhn("82155-3")
    assert not luhn("82155-4")
    assert verhoeff("277571004")
    assert not verhoeff("277571005")
    assert not verhoeff("277517004")


@pytest.mark.parametrize(
    ("prefix", "shape"),
    [
        ("LOINC", r"[0-9]{1,6}-[0-9]|LA[0-9]+-[0-9]"),
        ("MONDO", r"[0-9]{7}"),
        ("NCIT", r"C[0-9]+"),
        ("SO", r"[0-9]{7}"),
        ("EFO", r"[0-9]{7}"),
        ("UBERON", r"[0-9]{7}"),
        ("ICDO", r"[0-9]{4}/[0-9]"),
        ("ICD10CM", r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?"),
        ("RXNORM", r"[0-9]+"),
    ],
)
def test_codes_have_the_shape_of_their_vocabulary(prefix, shape):
    assert [code for code in curies(prefix) if not re.fullmatch(shape, code)] == []


@pytest.mark.parametrize("prefix", load().prefixes())
def test_resource_is_complete(prefix):
    resource = load().resource(prefix)
    assert all((resource.id, resource.name, resource.url, resource.version, resource.prefix, resource.iri_prefix))
    assert resource.url.startswith("http")
    assert resource.iri_prefix.startswith("http")
    assert resource.fhir_code in {"local", "curie"}
    assert resource.id == prefix.lower() or prefix == "SNOMED"


def test_traps_of_the_disease_data_are_not_in_the_table():
    terms = load()
    assert terms.keys_of("diagnoses", "MONDO:0850161") == ("b-all-bcr-abl1-like",)
    for name in ("BCR-ABL1-like B-ALL", "Philadelphia chromosome-like B-ALL", "Ph-like ALL"):
        assert terms.code("diagnoses", terms.key("diagnoses", name), "MONDO").curie == "MONDO:0850161"
    adult = terms.key("diagnoses", "adult B-cell acute lymphoblastic leukemia")
    assert adult != terms.key("diagnoses", "B-ALL")  # never a term chosen by age
    kmt2a_rearranged = {"MONDO:0035941", "NCIT:C80332", "MONDO:0850156"}
    assert kmt2a_rearranged.isdisjoint(row.object_id for table, row in CODES if table == "kmt2a-amplification")
    assert [row for _, row in CODES if row.object_id == "EFO:0030073"] == []  # focality that no locus probe shows
    answers = terms.keys_of("responses", "SNOMED:359746009") + terms.keys_of("responses", "SNOMED:271299001")
    assert answers == ()  # "stable" and "worsened" are not what a report of a response says


def test_tables_are_as_the_script_would_write_them(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(MAPPINGS.parent / "scripts"))
    import build_mappings

    for table in TABLES:
        build_mappings.write_table(
            tmp_path / table.name, table.name.removesuffix(".sssom.tsv"), build_mappings.read_table(table)
        )
        assert (tmp_path / table.name).read_text(encoding="utf-8") == table.read_text(encoding="utf-8")


def merged(tables: list[Path], most: int) -> tuple[str, int]:
    """One mapping set of the first rows of each table, and how many rows it has."""
    head: dict[str, None] = {}
    rows: list[str] = []
    for table in tables:
        lines = table.read_text(encoding="utf-8").splitlines()
        head |= dict.fromkeys(line for line in lines if line.startswith("#  "))
        body = [line for line in lines if not line.startswith("#")]
        names, rows = body[0], rows + body[1 : most + 1]
    start = tables[0].read_text(encoding="utf-8").partition("#  ")[0]
    return "\n".join([start.rstrip("\n"), *head, names, *rows]) + "\n", len(rows)


def accepted(file: Path, rows: int) -> None:
    parsers = pytest.importorskip("sssom.parsers")
    from sssom.validators import validate

    mappings = parsers.parse_sssom_table(file)
    document = parsers.to_mapping_set_document(mappings)
    assert len(document.mapping_set.mappings) == rows  # what is not well-formed is dropped there, not reported
    reports = validate(mappings, fail_on_error=False)
    assert [result.message for report in reports.values() for result in report.results] == []


@pytest.mark.filterwarnings("ignore")  # the reference implementation's own dependencies warn
def test_reference_implementation_accepts_the_tables(tmp_path):
    text, rows = merged(TABLES, most=150)
    file = tmp_path / "all.sssom.tsv"
    file.write_text(text, encoding="utf-8")
    accepted(file, rows)


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name)
def test_reference_implementation_accepts_every_row(table):
    accepted(table, len(columns(table)))
