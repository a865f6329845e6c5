"""``adapter diff``: two documents compared as cases."""

import json

import pytest

from adapter.case import read_case
from adapter.cli import main
from adapter.cli.diff import differences

BASE = {"case_format": "1", "id": "a"}


def told(left, right):
    return [(one.left, one.right) for one in differences(read_case(BASE | left), read_case(BASE | right))]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"diagnoses": [{"entity": "AML", "age": "58 y"}]}, {"diagnoses": [{"entity": "AML", "age": "P58Y"}]}),
        (
            {"findings": [{"kind": "copy-number", "gene": "KMT2A", "cells": "68.5 %"}]},
            {"findings": [{"kind": "copy-number", "genes": ["KMT2A"], "cells": "68.50%"}]},
        ),
        (
            {"findings": [{"kind": "normal", "of": "karyotype"}, {"kind": "mrd", "value": "<10^-4"}]},
            {"findings": [{"kind": "mrd", "value": "<10^-4"}, {"kind": "normal", "of": "karyotype"}]},
        ),
    ],
    ids=["age", "gene and share", "order of findings"],
)
def test_what_means_the_same_is_no_difference(left, right):
    assert told(left, right) == []


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ({"subject": {"sex": "male"}}, {"subject": {"sex": "female"}}, [("/subject/sex", "/subject/sex")]),
        ({"notes": "x"}, {}, [("/notes", "")]),
        ({}, {"notes": "x"}, [("", "/notes")]),
        (
            {"findings": [{"kind": "mrd", "value": "1 %"}]},
            {"findings": [{"kind": "mrd", "value": "2 %", "marker": "IGH"}]},
            [("/findings/0/value", "/findings/0/value"), ("", "/findings/0/marker")],
        ),
    ],
)
def test_a_difference_names_both_places(left, right, expected):
    assert told(left, right) == expected


def test_the_command_says_what_differs_and_exits_with_1(tmp_path, capsysbinary):
    for name, sex in (("a", "male"), ("b", "female")):
        (tmp_path / name).write_text(json.dumps(BASE | {"subject": {"sex": sex}}))

    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b")]) == 1
    assert capsysbinary.readouterr().out == b"- /subject/sex: male\n+ /subject/sex: female\n"
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "b"), "--json"]) == 1
    assert json.loads(capsysbinary.readouterr().out)[0]["now"] == "female"
    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "a")]) == 0


def test_a_file_that_cannot_be_read_is_named(tmp_path, capsys):
    (tmp_path / "a").write_text("{")

    assert main(["diff", str(tmp_path / "a"), str(tmp_path / "a")]) == 1
    assert "error" in capsys.readouterr().err
