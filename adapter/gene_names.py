"""Names of the approved human genes: symbol, previous symbol or alias to HGNC id.

``mappings/genes.tsv`` (HGNC, CC0) has one name a line, sorted by its folded spelling: name, status, target. Status
``S`` is an approved symbol (target: HGNC id), ``A`` an alias and ``P`` a previous symbol (target: approved symbol),
``X`` a name that is never read as a gene. The file is kept as bytes and searched by halving, so that nothing but the
few lines looked at is ever parsed. Used through :meth:`adapter.terms.Terms.gene`.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from adapter.errors import AmbiguousTerm, MappingError, UnknownTerm

_DROPPED = dict.fromkeys(map(ord, " \t\n_\u00a0\u2010\u2011\u2012\u2013\u2014\u2212-"))
_HGNC_ID = re.compile(r"HGNC:[0-9]+", re.IGNORECASE | re.ASCII)
_SYMBOL, _NEVER = "S", "X"
_STATUS = {"A": "an alias", "P": "a previous symbol"}


def fold_gene(name: str) -> str:
    """Spelling of a gene name in which case, blanks, hyphens and dashes do not matter."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return name.translate(_DROPPED).casefold()


class Resolved(NamedTuple):
    """An approved gene, how its name was read (``note``, "" for the symbol itself) and the line that said so."""

    symbol: str
    hgnc: str
    note: str
    rule: str


class _Line(NamedTuple):
    name: str
    status: str
    target: str
    rule: str


class GeneFile:
    """The bytes of one gene table; ``where`` names it in rules and errors."""

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._where = data, where
        self._start = len(data)
        offset = 0
        while offset < len(data) and data[offset : offset + 1] == b"#":
            offset = data.find(b"\n", offset) + 1 or len(data)
        if offset < len(data):  # the line of column names
            self._start = data.find(b"\n", offset) + 1 or len(data)

    @classmethod
    def of_any_order(cls, data: bytes, where: str) -> GeneFile:
        """A table whose lines need not be sorted: the user's own, of some lines only."""
        lines = data.replace(b"\r\n", b"\n").splitlines(keepends=True)
        head = next((n for n, line in enumerate(lines) if not line.startswith(b"#")), len(lines)) + 1
        body = [line for line in lines[head:] if line.strip() and not line.startswith(b"#")]
        body.sort(key=lambda line: fold_gene(line.partition(b"\t")[0].decode()))
        ended = (line if line.endswith(b"\n") else line + b"\n" for line in body)
        return cls(b"".join((*lines[:head], *ended)), where)

    def named(self, name: str) -> list[_Line]:
        """Lines whose name folds to the same spelling."""
        wanted = fold_gene(name)
        found: list[_Line] = []
        at = self._first(wanted)
        while at < len(self._data):
            end = self._data.find(b"\n", at)
            line = self._line(at, end if end >= 0 else len(self._data))
            if fold_gene(line.name) != wanted:
                break
            found.append(line)
            at = end + 1 if end >= 0 else len(self._data)
        return found

    def of_id(self, hgnc: str) -> _Line | None:
        """Line of the approved symbol with an HGNC id."""
        tail = f"\tS\t{hgnc}\n".encode()
        at = self._data.find(tail, self._start)
        if at < 0:
            return None
        return self._line(self._data.rfind(b"\n", 0, at) + 1, at + len(tail) - 1)

    def _first(self, wanted: str) -> int:
        """Offset of the first line whose folded name is not before ``wanted``."""
        data, low, high = self._data, self._start, len(self._data)
        while low < high:
            middle = (low + high) // 2
            start = max(data.rfind(b"\n", low, middle) + 1, low)
            if fold_gene(data[start : data.find(b"\t", start)].decode()) < wanted:
                low = (data.find(b"\n", start) + 1) or len(data)
            else:
                high = start
        return low

    def _line(self, start: int, end: int) -> _Line:
        number = self._data.count(b"\n", 0, start) + 1
        fields = self._data[start:end].decode().split("\t")
        if len(fields) != 3:
            raise MappingError(
                f"expected name, status and target, found {len(fields)} fields", file=self._where, line=number
            )
        return _Line._make([*fields, f"{self._where}#{number}"])


class GeneNames:
    """The packaged gene table under the user's overlay."""

    def __init__(self, packaged: bytes, overlay: bytes) -> None:
        self._packaged = GeneFile(packaged, "mappings/genes.tsv")
        self._overlay = GeneFile.of_any_order(overlay, "overlay/genes.tsv") if overlay else None

    def resolve(self, name: str) -> Resolved:
        """The gene of a name.

        An approved symbol goes before every other reading of the same spelling, also of one that differs by a hyphen
        only. Raises UnknownTerm, and AmbiguousTerm with all readings where several genes claim the name.
        """
        if _HGNC_ID.fullmatch(name):
            return self._of_id(name.upper())
        lines = self._named(name)
        same = [line for line in lines if line.status == _SYMBOL and line.name.casefold() == name.strip().casefold()]
        symbols = same or [line for line in lines if line.status == _SYMBOL]
        readings = {line.name: line for line in symbols} or {line.target: line for line in lines}
        if not readings or any(line.status == _NEVER for line in lines):
            raise UnknownTerm("genes", name)
        if len(readings) > 1:
            raise AmbiguousTerm("genes", name, tuple(sorted(readings)))
        symbol, line = readings.popitem()
        return self._resolved(symbol, line, name)

    def _resolved(self, symbol: str, line: _Line, name: str) -> Resolved:
        if line.status == _SYMBOL:
            note = "" if name.strip().casefold() == symbol.casefold() else f"{name} is read as {symbol}"
            return Resolved(symbol, line.target, note, line.rule)
        approved = next((x for x in self._named(symbol) if x.status == _SYMBOL and x.name == symbol), None)
        if approved is None:
            raise UnknownTerm("genes", symbol)
        status = _STATUS.get(line.status, "another name")
        return Resolved(symbol, approved.target, f"{name} is {status} of {symbol}", line.rule)

    def _named(self, name: str) -> list[_Line]:
        own = self._overlay.named(name) if self._overlay else []
        return own or self._packaged.named(name)

    def _of_id(self, hgnc: str) -> Resolved:
        line = (self._overlay and self._overlay.of_id(hgnc)) or self._packaged.of_id(hgnc)
        if line is None:
            raise UnknownTerm("genes", hgnc)
        return Resolved(line.name, hgnc, "", line.rule)
