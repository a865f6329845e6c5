"""Synthetic cases are valid, say in every document that they are synthetic, and do not repeat each other."""

from __future__ import annotations

import random

import pytest

from adapter.bench.synthetic import MARK, case, cases
from adapter.bench.synthetic.__main__ import main
from adapter.bench.synthetic.karyotypes import karyotype
from adapter.convert import convert
from adapter.export.forms import FORMS
from adapter.formats.document import dump
from adapter.nomenclature.iscn import describe, parse
from adapter.terms import load
from adapter.validate import check_converted
from tests.export.conftest import AT

COUNT = 60


@pytest.mark.parametrize(("to", "profile_set"), [("phenopacket", "gr3"), ("fhir", "gr3"), ("fhir", "mcode4")])
def test_no_document_has_an_error(to, profile_set):
    terms = load()
    for source in cases(COUNT):
        (one,) = convert(source, to, at=AT, profile_set=profile_set, terms=terms)
        report = check_converted(one, to, tier="basic", terms=terms)
        assert [issue for issue in report.issues if issue.level == "error"] == []


def test_every_karyotype_is_read_without_an_error_or_a_repair():
    terms = load()
    for n in range(500):
        found = describe(parse(karyotype(random.Random(n), male=n % 2 == 0)), terms)
        assert (found["status"], found["diagnostics"]) == ("ok", [])


@pytest.mark.parametrize("name", sorted(FORMS))
def test_every_record_of_every_export_format_says_that_it_is_synthetic(name):
    target = FORMS[name]
    for source in cases(3):
        assert source["notes"] == MARK
        (one,) = convert(source, target.to, at=AT, bundle=target.bundle)
        # A Provenance alone tells of the conversion and not of the person; what it points at is marked.
        records = [record for stream, record in target.records(one) if stream != "Provenance"]
        assert records
        assert all(b"synthetic-1-" in record for record in records)


def test_karyotypes_and_variants_seldom_repeat():
    found = [finding for one in cases(400) for finding in one["findings"]]
    karyotypes = [
        f["iscn"] for f in found if f["kind"] == "karyotype" and not f["iscn"].startswith(("46,XX[", "46,XY["))
    ]
    changes = [(f["gene"], f["hgvs"]) for f in found if "hgvs" in f]
    assert len(set(karyotypes)) > 0.8 * len(karyotypes)
    assert len(set(changes)) > 0.6 * len(changes)
    assert len({gene for gene, _ in changes}) > 20


def test_the_cases_cover_what_reports_hold():
    made = list(cases(200))
    kinds = {finding["kind"] for one in made for finding in one["findings"]}
    assert {"karyotype", "copy-number", "rearrangement", "sequence-variant", "mrd", "normal", "measurement"} <= kinds
    copies = {f["copies"] for one in made for f in one["findings"] if f.get("change") == "amplification"}
    assert any("~" in text for text in copies)
    assert any(text.startswith(">=") for text in copies)
    assert any("responses" in one for one in made)
    assert {one["outcome"]["vital_status"] for one in made} == {"alive", "deceased", "unknown"}


def test_the_command_prints_them_a_line_each(capfdbinary):
    assert main(["3", "7"]) == 0
    assert capfdbinary.readouterr().out == b"".join(dump(case(7, n)) for n in range(3))
