"""Strict reading: what is no document, and where."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.errors import ReadError
from adapter.formats.document import dump, lines, read_json, read_yaml


def place(read, data, **more):
    with pytest.raises(ReadError) as refused:
        read(data, **more)
    error = refused.value
    return error.message, error.line, error.column, error.pointer


@pytest.mark.parametrize(
    ("data", "says", "line", "column", "pointer"),
    [
        (b"", "not JSON", 1, 1, ""),
        (b'{"a":1,}', "not JSON", 1, 8, ""),
        (b'{"a":1} {}', "not JSON", 1, 9, ""),
        (b'{"a":\n  01}', "not JSON", 2, 4, ""),
        (b"{'a':1}", "not JSON", 1, 2, ""),
        (b'{"a":"\n"}', "not JSON", 1, 7, ""),
        (b'{"a":1,"b":{"c":[1,{"x":1,"x":2}]}}', "duplicate key", 1, 27, "/b/c/1/x"),
        (b'{"a/b":1,"a/b":2}', "duplicate key", 1, 10, "/a~1b"),
        (b'{"a":1,"\\u0061":2}', "duplicate key", 1, 8, "/a"),
        (b'{"a":[1,{"b":NaN}]}', "NaN", 1, 14, "/a/1/b"),
        (b'{"a":-Infinity}', "NaN", 1, 6, "/a"),
        (b"NaN", "NaN", 1, 1, ""),
        (b'{"a":1e9999}', "exponent", 1, 6, "/a"),
        (b'{"a":' + b"1" * 65 + b"}", "digits", 1, 6, "/a"),
        (b'{"a":1.' + b"1" * 65 + b"}", "digits", 1, 6, "/a"),
        (b'{"a":[1,\n"\\ud800"]}', "lone surrogate", 2, 1, "/a/1"),
        (b'{"\\uDFFF":1}', "lone surrogate", 1, 2, "/\udfff"),
        (b"[" * 100_000, "nested deeper", 1, 65, ""),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "nested deeper", 1, 321, ""),
        (b"\xef\xbb\xbf{}", "byte order mark", 1, 1, ""),
        (b"\xff\xfe{\x00}\x00", "UTF-16", 1, 1, ""),
        (b"\xff\xfe\x00\x00{\x00\x00\x00", "UTF-32", 1, 1, ""),
        ('{"a":\n"ä'.encode() + b'\xff"}', "not UTF-8", 2, 3, ""),
    ],
)
def test_what_is_no_json_document_is_refused_at_its_place(data, says, line, column, pointer):
    message, *where = place(read_json, data)
    assert message.startswith(says) or says in message
    assert where == [line, column, pointer]


def test_a_surrogate_pair_and_deep_brackets_in_text_are_fine():
    assert read_json(b'["\\ud83d\\ude00"]') == ["\U0001f600"]
    assert read_json(b'["' + b"[" * 100 + b'"]') == ["[" * 100]
    assert read_json(b"[" * 64 + b"]" * 64)
    assert len(read_json(b"[" + b"[]," * 100 + b"[]]")) == 101


def test_a_document_above_the_limit_is_refused():
    assert read_json(b"[1]", limit=3) == [1]
    assert place(read_json, b"[1] ", limit=3)[0] == "the document is larger than 3 bytes"
    assert place(read_yaml, b"a: 1", limit=3)[0] == "the document is larger than 3 bytes"


def test_numbers_keep_their_digits():
    text = b'{"a":6.50,"b":0.10,"c":1E+2,"d":-0,"e":123456789012345678901234567890,"f":-7}\n'
    assert dump(read_json(text)) == text


def test_what_is_no_json_value_is_not_dumped():
    for value in (Decimal("NaN"), object()):
        with pytest.raises(TypeError):
            dump([value])


def test_pretty_is_indented():
    assert dump({"a": [Decimal("6.50")]}, pretty=True) == b'{\n  "a": [\n    6.50\n  ]\n}\n'


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.decimals(allow_nan=False, allow_infinity=False, places=3)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_a_dumped_document_reads_back(document):
    assert read_json(dump(document)) == document
    assert dump(read_json(dump(document))) == dump(document)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_json_is_read_alike_as_yaml(document):
    text = json.dumps({"a": document}, default=str, ensure_ascii=True).encode()
    if b"\\u" not in text and b"\x7f" not in text:
        assert read_yaml(text) == read_json(text)


def test_lines_have_numbers_and_blank_ones_are_passed_over():
    assert list(lines(io.BytesIO(b'{"a":1}\r\n\n  \n[2]'))) == [(1, b'{"a":1}'), (4, b"[2]")]


def test_a_line_above_the_limit_is_refused():
    assert list(lines(io.BytesIO(b"123\n456"), limit=3)) == [(1, b"123"), (2, b"456")]
    with pytest.raises(ReadError, match="longer than 3 bytes") as refused:
        list(lines(io.BytesIO(b"12\n4567\n"), limit=3))
    assert refused.value.line == 2


def test_yaml_types_only_what_json_types():
    text = (
        b"a: 6.50\nb: no\nc: 1958-03-14\nd: 12:30\ne: 2_0\nf: true\ng: null\n"
        b"h: [1, '2', \"3\", ~, +1, .5, 0x1F, 1e3]\ni: |\n  text\nj:\n1: x\nk: {l: -0}\n"
    )
    assert read_yaml(text) == {
        "a": Decimal("6.50"), "b": "no", "c": "1958-03-14", "d": "12:30", "e": "2_0", "f": True, "g": None,
        "h": [1, "2", "3", "~", "+1", ".5", "0x1F", Decimal("1e3")], "i": "text\n", "j": "",
        "1": "x", "k": {"l": Decimal("-0")},
    }  # fmt: skip
    assert str(read_yaml(text)["a"]) == "6.50"
    assert read_yaml(b"just text") == "just text"


@pytest.mark.parametrize(
    ("data", "says", "line", "column", "pointer"),
    [
        (b"a: &x 1\nb: *x\n", "anchors", 1, 4, ""),
        (b"a: [*x]\n", "anchors", 1, 5, "/a"),
        (b"a: !!str 1\n", "tags", 1, 4, ""),
        (b"%TAG ! tag:example.org,2000:\n---\na: 1\n", "tags", 2, 1, ""),
        (b"a: 1\na: 2\n", "duplicate key", 2, 1, "/a"),
        (b"b:\n  c:\n   - x: 1\n     x: 2\n", "duplicate key", 4, 6, "/b/c/0/x"),
        (b"a: 1\n---\nb: 2\n", "expected one document", 2, 1, ""),
        (b"a: [1\n", "not YAML", 2, 1, ""),
        (b"a: b: c\n", "not YAML", 1, 5, ""),
        (b"a: \x07\n", "not YAML", 0, 0, ""),
        (b"", "empty", 1, 1, ""),
        (b"# nothing\n", "empty", 1, 1, ""),
        (b"? [1]\n: 2\n", "a key is text", 1, 3, ""),
        (b"a: 1e9999\n", "exponent", 1, 4, "/a"),
        (b"\xef\xbb\xbfa: 1\n", "byte order mark", 1, 1, ""),
    ],
)
def test_what_a_case_may_not_use_of_yaml_is_refused_at_its_place(data, says, line, column, pointer):
    message, *where = place(read_yaml, data)
    assert says in message
    assert where == [line, column, pointer]


def test_deep_yaml_is_refused():
    message, _, column, _ = place(read_yaml, b"[" * 70)
    assert (message, column) == ("nested deeper than 64", 65)
    assert place(read_yaml, b"[" * 100_000)[0] == "nested deeper than 64"


def test_messages_do_not_repeat_the_document():
    for data in (b'{"Zbigniew":1,"Zbigniew":2', b'{"a":Zbigniew}', b'["Zbigniew\xff"]', b'{"a":"Zbigniew\\ud800"}'):
        assert "Zbigniew" not in place(read_json, data)[0]
    for data in (b"a: 'Zbigniew\n", b"a: &Zbigniew 1\n", b"a: Zbigniew: b\n", b"a: !Zbigniew 1\n"):
        assert "Zbigniew" not in place(read_yaml, data)[0]


@given(st.integers(55, 70), st.text(alphabet='[]{}"\\,:é1'), st.booleans())
def test_depth_is_told_whatever_the_texts_hold(depth, words, in_objects):
    value = words
    for _ in range(depth):
        value = {words: value, "beside": {}} if in_objects else [words, value, []]
    data = json.dumps(value).encode()
    if depth + 1 > 64:
        assert place(read_json, data)[0] == "nested deeper than 64"
    else:
        assert read_json(data) == value
