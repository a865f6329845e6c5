"""Rows of the mapping tables: SSSOM TSV files with codes and other spellings, read and overlaid.

An alias is an SSSOM literal mapping: no subject id, the spelling as subject label, the key as object. Format:
https://mapping-commons.github.io/sssom/ and ``mappings/README.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import unquote

from adapter.errors import MappingError

OWN = "HAEM"
NOTHING = "sssom:NoTermFound"

_DROPPED = dict.fromkeys(map(ord, " \t\n_:/,'’`\u00a0\u2010\u2011\u2012\u2013\u2014\u2212-"))
_SIGN = re.compile(r"(?<=\w)[-\u2212](?=\s|$)")


def fold(text: str) -> str:
    """Form under which two spellings of one name are equal.

    Case, blanks, hyphens, dashes, colons, slashes, commas and apostrophes do not matter. A minus that ends a word is a
    sign, not a hyphen, and stays: "Ph- ALL" is not "Ph-ALL". British and American spellings are one.

    >>> fold("BCR::ABL1-like") == fold("bcr-abl1 like")
    True
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "- " in text or text.endswith(("-", "- ")) or "\u2212" in text:
        text = _SIGN.sub("¬", text.strip())
    return text.translate(_DROPPED).casefold().replace("aemi", "emi").replace("haem", "hem").replace("tumour", "tumor")


def fold_unit(text: str) -> str:
    """``fold`` for units, whose solidus divides: kU/L is not K/uL, and uL not U/L.

    >>> fold_unit("kU/L"), fold_unit("K/uL")
    ('ku/l', 'k/ul')
    """
    return "/".join(fold(part) for part in text.split("/"))


class Row(NamedTuple):
    """A row of a mapping table: the SSSOM fields, and the file and line it stands in (``rule``)."""

    subject_id: str
    subject_label: str
    predicate_id: str
    object_id: str
    object_label: str
    mapping_justification: str
    mapping_source: str
    see_also: str = ""
    comment: str = ""
    subject_type: str = ""
    rule: str = ""

    @property
    def is_alias(self) -> bool:
        """Whether the row names another spelling of a key (an SSSOM literal mapping) and not a code."""
        return self.subject_type == "rdfs literal"

    @property
    def key(self) -> str:
        """Key of the table that the row is about, e.g. "bone-marrow"."""
        return (self.object_id if self.is_alias else self.subject_id).partition(":")[2]

    @property
    def prefix(self) -> str:
        """CURIE prefix of the target, e.g. "LOINC"."""
        return self.object_id.partition(":")[0]


def decoded(data: bytes, file: str) -> str:
    """Text of a table's bytes. Raises MappingError with the line that is not UTF-8."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MappingError("not UTF-8", file=file, line=line) from None


def read_rows(data: bytes, file: str) -> tuple[Row, ...]:
    """Rows of an SSSOM TSV file; its columns may stand in any order."""
    columns: list[str] = []
    rows: list[Row] = []
    for number, line in enumerate(decoded(data, file).split("\n"), 1):
        if not line or line[0] == "#":
            continue
        fields = line.split("\t")
        if not columns:
            columns = _columns(fields, file, number)
        else:
            rows.append(_row(columns, fields, file, number))
    return tuple(rows)


_FIELDS = Row._fields[:-1]
_REQUIRED = {"subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification"}


def _columns(names: list[str], file: str, line: int) -> list[str]:
    missing = _REQUIRED.difference(names)
    if missing:
        raise MappingError(f"column {', '.join(sorted(missing))} is missing", file=file, line=line)
    return names


def _row(columns: list[str], fields: list[str], file: str, line: int) -> Row:
    if len(fields) > len(columns):
        raise MappingError(f"{len(fields)} fields under {len(columns)} columns", file=file, line=line)
    if len(fields) != len(_FIELDS) or columns != list(_FIELDS):
        said = dict(zip(columns, fields, strict=False))
        fields = [said.get(name, "") for name in _FIELDS]
    row = Row._make([*fields, f"{file}#{line}"])
    if "%" in row.object_id:  # a CURIE is a URI in short: UCUM:%25 stands for UCUM:%
        row = row._replace(object_id=unquote(row.object_id))
    own = row.object_id if row.is_alias else row.subject_id
    if not own.startswith("HAEM:") or not row.subject_label or ":" not in row.object_id:
        wanted = f"an alias has an object {OWN}:<key>" if row.is_alias else f"a subject is {OWN}:<key>, with a label"
        raise MappingError(wanted, file=file, line=line)
    return row


def overlaid(rows: tuple[Row, ...], added: tuple[Row, ...], folded: Callable[[str], str] = fold) -> tuple[Row, ...]:
    """Packaged rows but those replaced, then the overlay's.

    An overlay row replaces the rows of the same key and vocabulary, or of the same alias; one without a term
    (sssom:NoTermFound) takes all codes of its key away.
    """
    if not added:
        return rows
    aliases = {folded(row.subject_label) for row in added if row.is_alias}
    targets = {(row.key, row.prefix) for row in added if not row.is_alias}
    bare = {row.key for row in added if row.object_id == NOTHING}

    def stays(row: Row) -> bool:
        if row.is_alias:
            return folded(row.subject_label) not in aliases
        return (row.key, row.prefix) not in targets and row.key not in bare

    return (*added, *filter(stays, rows))
