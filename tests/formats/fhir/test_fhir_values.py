"""Numbers, ages, ids and narrative as FHIR writes them."""

import re
import sys
import uuid
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from writing import ROOT, codes, component, observation, read, resources, value, written

from adapter.formats.document import dump
from adapter.formats.fhir.ids import NAMESPACE, Ids, condition
from adapter.formats.fhir.narrative import narrative


def copies_of(text, profile_set, change="amplification"):
    finding = {"id": "f", "kind": "copy-number", "gene": "KMT2A", "change": change, "copies": text}
    document = written({"case_format": "1", "id": "c", "findings": [finding]}, profile_set).document
    variant = observation(document, "69548-6")
    return component(variant, "82155-3"), component(variant, "copy-number-range")


def shown(node):
    """A Quantity or Range in one line, as a person would write it; None where there is none."""
    if not isinstance(node, dict):
        return node
    if "low" in node:
        return f"{node['low']['value']}..{node['high']['value']}"
    return f"{node.get('comparator', '')}{node['value']}"


@pytest.mark.parametrize(
    ("text", "gr3", "mcode4", "own"),
    [
        ("6~18", "6..18", ">=6", "6..18"),
        ("8-11", "8..11", ">=8", "8..11"),
        ("7", "7", "7", None),
        (">=20", ">=20", ">=20", None),
        (">20", ">20", ">20", None),
        ("at least 6", ">=6", ">=6", None),
        ("6.5", "6.5", None, "6.5"),
        ("6.5~18", "6.5..18", None, "6.5..18"),
        ("~6", "6", None, "6"),
        ("amp", None, None, "amp"),
    ],
)
def test_a_copy_number_in_both_profile_sets(text, gr3, mcode4, own):
    assert shown(copies_of(text, "gr3")[0]) == gr3
    standard, ours = copies_of(text, "mcode4")
    assert (shown(standard), shown(ours)) == (mcode4, own)


@pytest.mark.parametrize(("text", "kept"), [("6~18", None), ("6-18", "6-18"), ("6 to 18", "6 to 18"), ("~6", "~6")])
def test_words_that_a_number_does_not_spell_stand_beside_it(text, kept):
    extension = copies_of(text, "gr3")[0].get("extension")
    assert (extension and extension[0]["valueString"]) == kept


@pytest.mark.parametrize(
    ("age", "member", "expected"),
    [
        ("58 y", "onsetAge", (58, "a")),
        ("7 months", "onsetAge", (7, "mo")),
        ("50-59 y", "onsetRange", (50, 59)),
        ("58 y 3 mo", "onsetString", "58 y 3 mo"),
        ("newborn", "onsetString", "newborn"),
    ],
)
def test_an_age_at_diagnosis(age, member, expected):
    case = {"case_format": "1", "id": "c", "diagnoses": [{"entity": "B-ALL", "age": age}]}
    onset = resources(written(case).document, "Condition")[0][member]
    if member == "onsetAge":
        onset = (onset["value"], onset["code"])
    if member == "onsetRange":
        onset = (onset["low"]["value"], onset["high"]["value"])
    assert onset == expected


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("within four days", "<=4 d"),
        ("two months", "2 mo"),
        ("3+ years", ">=3 a"),
        ("about 2 years", "about 2 years"),
        ("2-3 weeks", "2..3 wk"),
    ],
)
def test_a_survival_interval(after, expected):
    case = {"case_format": "1", "id": "c", "outcome": {"vital_status": "deceased", "after": after}}
    interval = value(observation(written(case).document, "survival-interval"))
    unit = (
        interval
        if isinstance(interval, dict) and "code" in interval
        else interval["low"]
        if isinstance(interval, dict)
        else {}
    )
    assert f"{shown(interval)} {unit.get('code', '')}".strip() == expected


@given(st.text("abcXYZ019._-", min_size=1, max_size=64), st.text(min_size=1, max_size=20))
def test_an_id_is_the_uuid5_of_case_and_role(case, role):
    expected = uuid.uuid5(NAMESPACE, f"{case}/{role}")
    assert Ids(case, "https://example.org")[role] == f"urn:uuid:{expected}"


@given(st.text(min_size=1, max_size=30))
def test_a_conditional_create_reads_back_as_it_was_meant(code):
    name, _, token = condition("identifier", "https://example.org/a", code).partition("=")
    system, _, escaped = unquote(token).partition("|")
    assert (name, system) == ("identifier", "https://example.org/a")
    assert "&" not in token
    assert re.sub(r"\\(.)", r"\1", escaped, flags=re.DOTALL) == code


@given(st.text(max_size=60))
def test_narrative_is_well_formed_and_holds_no_markup_of_the_input(words):
    div = ET.fromstring(narrative(words)["div"])  # noqa: S314
    assert list(div) == []
    assert "".join(c for c in words if c.isalnum()) == "".join(c for c in div.text or "" if c.isalnum())


PATIENTS = {
    "fonc-2026-1656404-patient-1": ((6, 18), Decimal("68.5")),
    "fonc-2026-1656404-patient-2": ((8, 11), Decimal("87.5")),
}


@pytest.mark.parametrize(("name", "copies", "cells"), [(n, *v) for n, v in PATIENTS.items()])
def test_the_seed_patients_copies_and_cells(name, copies, cells):
    document = written(read(ROOT / "samples" / f"{name}.json")).document
    variant = observation(document, "69548-6")
    found = component(variant, "82155-3")
    assert (found["low"]["value"], found["high"]["value"]) == copies
    assert component(variant, "abnormal-cell-fraction")["value"] == cells
    assert codes(component(variant, "48018-6")) == ["HGNC:7132"]
    assert f'"value":{cells},'.encode() in dump(document)


@pytest.mark.parametrize("profile_set", ["gr3", "mcode4"])
@pytest.mark.parametrize("name", PATIENTS)
def test_nothing_is_invented_for_the_seed_patients(name, profile_set):
    document = written(read(ROOT / "samples" / f"{name}.json"), profile_set).document
    text = dump(document).decode()
    assert all("method" not in r for r in resources(document))
    assert all(
        k not in text for k in ("effectiveDateTime", "nuc ish", "62361-1", "62356-1", "48002-0", "81258-6", "birthDate")
    )
    assert all(
        not c["coding"] if "coding" in c else True
        for c in (m["medicationCodeableConcept"] for m in resources(document, "MedicationAdministration"))
    )
    assert component(observation(document, "survival-interval"), "since") is None


def test_a_rearrangement_of_one_gene_claims_no_partner():
    document = written(read(ROOT / "samples" / "fonc-2026-1656404-patient-2.json")).document
    crlf2 = observation(document, "69548-6", 1)
    assert component(crlf2, "48018-6", 1) is None
    assert component(crlf2, "48019-4") is None
    assert component(crlf2, "fusion-partner-role") is None


@pytest.mark.parametrize("profile_set", ["gr3", "mcode4"])
def test_the_minimal_case_states_nothing_it_was_not_told(profile_set):
    document = written(read(ROOT / "samples" / "minimal.json"), profile_set).document
    assert [r["resourceType"] for r in resources(document)] == ["Patient", "Condition", "Provenance"]
    demanded = {"name", "gender", "_gender", "meta"} if profile_set == "mcode4" else set()
    assert set(resources(document, "Patient")[0]) == {"resourceType", "id", "text", "identifier"} | demanded


def test_a_derived_value_says_so_and_a_stated_one_does_not():
    document = written(read(ROOT / "samples" / "fonc-2026-1656404-patient-1.json")).document
    tp53 = observation(document, "69548-6", 1)
    marked = {codes(c["code"])[0]: c for c in tp53["component"] if "extension" in c}
    assert {"48004-6", "48005-3", "81290-9", "51958-7", "48000-4"} <= set(marked)
    assert marked["81290-9"]["extension"][0]["extension"][0] == {"url": "grade", "valueCode": "A"}
    assert "48018-6" not in marked


@pytest.mark.parametrize("bundle", ["collection", "transaction"])
def test_references_lead_somewhere_and_entries_are_created_once(bundle):
    document = written(read(ROOT / "samples" / "maximal.json"), "mcode4", bundle).document
    urls = [entry["fullUrl"] for entry in document["entry"]]
    assert len(urls) == len(set(urls))
    assert set(references(document)) <= set(urls)
    requests = [entry.get("request") for entry in document["entry"]]
    if bundle == "collection":
        assert requests == [None] * len(urls)
    else:
        assert all(r["method"] == "POST" and "=" in r["ifNoneExist"] for r in requests)
        assert len({r["ifNoneExist"] for r in requests}) == len(requests)


def references(node):
    if isinstance(node, dict):
        for key, one in node.items():
            if key == "reference":
                yield one
            else:
                yield from references(one)
    elif isinstance(node, list):
        for one in node:
            yield from references(one)
