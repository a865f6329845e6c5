"""Mapping tables: the words of a case and the codes they stand for, read once and frozen.

A table is an SSSOM TSV file (https://mapping-commons.github.io/sssom/) in ``mappings/``, in a wheel
``adapter/_mappings``; ``mappings/README.md`` says how its rows are written. ``resources.tsv`` says what a CURIE prefix
means in FHIR and in GA4GH, ``systems.tsv`` under which other system URIs a vocabulary goes, ``profiles.tsv`` which
resource claims which profile. A directory of the same files overlays the packaged ones. Rows are read in
``adapter/sssom.py``, gene names in ``adapter/gene_names.py``.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path

from adapter.check_digits import is_loinc
from adapter.errors import AmbiguousTerm, MappingError, UnknownTerm
from adapter.gene_names import GeneNames
from adapter.sssom import NOTHING, OWN, Row, decoded, fold, fold_unit, overlaid, read_rows

__all__ = ["DEFAULT_BASE", "Code", "Gene", "Resource", "Row", "Terms", "fold", "load"]

DEFAULT_BASE = "https://w3id.org/haem-adapter/fhir"

_PACKED = Path(__file__).parent / "_mappings"  # in a wheel
_TABLES = _PACKED if _PACKED.is_dir() else Path(__file__).parent.parent / "mappings"
_SUFFIX = ".sssom.tsv"
_LOCAL = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Resource:
    """A vocabulary: a row of ``resources.tsv``.

    ``id``, ``name``, ``url``, ``version``, ``prefix``, ``iri_prefix`` are those of a GA4GH Resource; ``fhir_system`` is
    the system URI of a FHIR Coding ("" where the vocabulary has none), ``fhir_code`` says whether a Coding's code is
    the CURIE ("curie", as for HGNC:7132) or its local part ("local").
    """

    prefix: str
    id: str
    name: str
    url: str
    version: str
    iri_prefix: str
    fhir_system: str
    fhir_code: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a terminology: CURIE with its ``prefix``, label, and the mapping row it stands in.

    ``coding`` is the FHIR Coding {system, code, display}, ``ontology_class`` the GA4GH OntologyClass {id, label}; both
    are shared between all who ask and never mutated. ``rule`` is "mappings/<file>#<line>". The label is "" where the
    source of the row gives none: a Coding then has no display, and an OntologyClass, which needs one, cannot be made.
    """

    curie: str
    label: str
    rule: str
    coding: dict[str, str] = field(compare=False)
    ontology_class: dict[str, str] = field(compare=False)
    prefix: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Gene:
    """An approved gene: HGNC symbol, id and code.

    ``note`` says how another name was resolved ("MLL is a previous symbol of KMT2A"), ``rule`` the line of the table.
    """

    symbol: str
    hgnc: str
    code: Code
    note: str = field(default="", compare=False)
    rule: str = field(default="", compare=False)


class _Table:
    """One table: its rows by key and its names by folded spelling."""

    def __init__(self, rows: tuple[Row, ...], folded: Callable[[str], str] = fold) -> None:
        self.rows = rows
        self.folded = folded
        self.labels: dict[str, str] = {}
        self.targets: dict[str, list[Row]] = {}
        self._names: dict[str, str] = {}  # folded key to key
        self._words: dict[str, str] = {}  # folded label to key
        self._aliases: dict[str, list[Row]] = {}
        for row in rows:
            if row.is_alias:
                self._aliases.setdefault(folded(row.subject_label), []).append(row)
            else:
                self._add(row)

    def _add(self, row: Row) -> None:
        key = row.key
        if key not in self.labels:
            self.labels[key] = row.subject_label
            self._words.setdefault(self.folded(row.subject_label), key)
            self._names.setdefault(self.folded(key), key)
        targets = self.targets.setdefault(key, [])
        if row.object_id != NOTHING:
            targets.append(row)

    def named(self, text: str) -> list[str]:
        """Keys that ``text`` names: one, none, or the readings of an ambiguous alias.

        A key goes before a label, a label before an alias.
        Where case matters after all (g/L is gram per litre, G/L is 10*9 per litre) the exact spelling decides.
        """
        if text in self.labels:
            return [text]
        name = self.folded(text)
        key = self._names.get(name) or self._words.get(name)
        if key is not None:
            return [key]
        rows = self._aliases.get(name, [])
        same = [row for row in rows if row.subject_label == text]
        return _keys(same) if same else _keys(rows)

    def names(self) -> dict[str, list[str]]:
        """All folded spellings with the keys they name."""
        aliases = {name: _keys(rows) for name, rows in self._aliases.items()}
        return {**aliases, **{name: [key] for name, key in (self._words | self._names).items()}}


def _keys(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(row.key for row in rows))


class Terms:
    """All mapping tables of one directory and its overlay; made by :func:`load`, immutable."""

    def __init__(self, packaged: dict[str, bytes], overlay: dict[str, bytes], *, base: str) -> None:
        self.base = base
        self._packaged, self._overlay = packaged, overlay
        self._parsed: dict[str, _Table] = {}
        self._codes: dict[tuple[str, str], tuple[Code, ...]] = {}
        self._first: dict[tuple[str, str, str], Code | None] = {}
        self._found: dict[str, Gene] = {}
        self._named = lru_cache(maxsize=4096)(self._keys_named)  # cases say the same words again and again
        for name in overlay:
            if name.endswith(_SUFFIX):  # a fault of the user's own rows shows at once, not at their first use
                self._table(name.removesuffix(_SUFFIX))

    @cached_property
    def version(self) -> str:
        """Content hash of the tables: same tables, same version."""
        digest = hashlib.sha256(self.base.encode())
        for files in (self._packaged, self._overlay):
            for name in sorted(files):
                digest.update(name.encode() + b"\0" + hashlib.sha256(files[name]).digest())
        return digest.hexdigest()[:16]

    def tables(self) -> tuple[str, ...]:
        """Names of the SSSOM tables, sorted."""
        names = self._packaged.keys() | self._overlay.keys()
        return tuple(sorted(n.removesuffix(_SUFFIX) for n in names if n.endswith(_SUFFIX)))

    def rows(self, table: str) -> tuple[Row, ...]:
        """Rows of a table, the overlay's in place of the packaged ones they replace. Raises UnknownTerm."""
        return self._table(table).rows

    def keys(self, table: str) -> tuple[str, ...]:
        """Keys of a table in its order."""
        return tuple(self._table(table).labels)

    def key(self, table: str, text: str) -> str | None:
        """Key of the row that ``text`` names: key, label or alias, case, blanks and hyphens ignored.

        None when nothing of that name is known; raises AmbiguousTerm when an alias stands for several keys.
        """
        keys = self._named(table, text)
        if len(keys) > 1:
            raise AmbiguousTerm(table, text, tuple(keys))
        return keys[0] if keys else None

    def _keys_named(self, table: str, text: str) -> list[str]:
        return self._table(table).named(text)

    def label(self, table: str, key: str) -> str:
        """The words a key stands for. Raises UnknownTerm."""
        try:
            return self._table(table).labels[key]
        except KeyError:
            raise UnknownTerm(table, key) from None

    def codes(self, table: str, key: str) -> tuple[Code, ...]:
        """All codes of a key in table order: exact matches first. Empty when the key has none or is unknown."""
        found = self._codes.get((table, key))
        if found is None:
            found = tuple(self._code(row) for row in self._table(table).targets.get(key, ()))
            self._codes[table, key] = found
        return found

    def get(self, table: str, key: str, prefix: str) -> Code | None:
        """First code of a key in the vocabulary ``prefix``, None when there is none."""
        wanted = (table, key, prefix)
        if wanted not in self._first:
            start = prefix + ":"
            self._first[wanted] = next((c for c in self.codes(table, key) if c.curie.startswith(start)), None)
        return self._first[wanted]

    def code(self, table: str, key: str, prefix: str) -> Code:
        """First code of a key in the vocabulary ``prefix``. Raises UnknownTerm rather than guess."""
        code = self.get(table, key, prefix)
        if code is None:
            raise UnknownTerm(table, f"{key} in {prefix}")
        return code

    def keys_of(self, table: str, curie: str) -> tuple[str, ...]:
        """Keys that have the code ``curie``: the table read from right to left."""
        targets = self._table(table).targets
        return tuple(key for key, rows in targets.items() if any(row.object_id == curie for row in rows))

    def nearest(self, table: str, text: str, n: int = 3) -> tuple[str, ...]:
        """Up to ``n`` keys whose names look most like ``text``, for a warning."""
        import difflib  # only a warning needs it

        names = self._table(table).names()
        close = difflib.get_close_matches(self._table(table).folded(text), names, n=4 * n)
        return tuple(dict.fromkeys(key for name in close for key in names[name]))[:n]

    def resource(self, prefix: str) -> Resource:
        """Vocabulary of a CURIE prefix. Raises UnknownTerm."""
        try:
            return self._resources[prefix]
        except KeyError:
            raise UnknownTerm("resources", prefix) from None

    def prefixes(self) -> tuple[str, ...]:
        """CURIE prefixes of ``resources.tsv``."""
        return tuple(self._resources)

    def profiles(self, profile_set: str, role: str) -> tuple[str, ...]:
        """Profile URLs that the resource playing ``role`` claims in a profile set; empty where it claims none."""
        return self._profiles.get((profile_set, role), ())

    def roles(self) -> tuple[tuple[str, str], ...]:
        """Profile set and role of every row of ``profiles.tsv``."""
        return tuple(self._profiles)

    def systems(self, profile_set: str) -> dict[str, str]:
        """System URIs of FHIR by CURIE prefix where a profile set has another than ``resources.tsv``; "" for none."""
        return {p: uri for one, p, uri in self._systems if one == profile_set}

    def other_systems(self) -> dict[str, str]:
        """CURIE prefix by system URI, of all URIs that ``systems.tsv`` has beside that of ``resources.tsv``."""
        return {uri: prefix for _, prefix, uri in self._systems if uri}

    def gene(self, name: str) -> Gene:
        """Gene of a symbol, previous symbol, alias or HGNC id. Raises UnknownTerm, AmbiguousTerm."""
        gene = self._found.get(name)
        if gene is None:
            symbol, hgnc, note, rule = self._genes.resolve(name)
            gene = self._found[name] = Gene(symbol, hgnc, self.coded(hgnc, symbol, rule), note, rule)
        return gene

    def coded(self, curie: str, label: str, rule: str = "") -> Code:
        """Code of any CURIE whose prefix is a known vocabulary. Raises UnknownTerm."""
        prefix, _, local = curie.partition(":")
        vocabulary = self.resource(prefix)
        code = curie if vocabulary.fhir_code == "curie" else local
        coding = {"system": vocabulary.fhir_system, "code": code}
        if label:
            coding["display"] = label
        return Code(curie, label, rule, coding, {"id": curie, "label": label}, prefix)

    def stated(self, table: str, words: str) -> Code | None:
        """The code that ``words`` are: a CURIE of a known vocabulary, in measurements also a bare LOINC number.

        A reader writes so what came as a code without words. The label is the table's, "" where it does not have the
        code; a LOINC number with a wrong check digit is none.

        >>> load().stated("measurements", "26515-7").label
        'Platelets [#/volume] in Blood'
        """
        curie = f"LOINC:{words}" if table == "measurements" and is_loinc(words) else words
        prefix, _, local = curie.partition(":")
        if prefix == OWN or prefix not in self._resources or not _LOCAL.fullmatch(local):
            return None
        if prefix == "LOINC" and not is_loinc(local):
            return None
        known = (code for key in self.keys_of(table, curie) for code in self.codes(table, key) if code.curie == curie)
        return next(known, None) or self.coded(curie, "")

    def own(self, words: str) -> Code:
        """Term of our own for words no vocabulary has: ``HAEM:<slug>``, the words as label."""
        text = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
        if not slug:
            slug = "term-" + hashlib.sha256(words.encode()).hexdigest()[:8]
        return self.coded(f"{OWN}:{slug}", words)

    @cached_property
    def _genes(self) -> GeneNames:
        return GeneNames(self._packaged.get("genes.tsv", b""), self._overlay.get("genes.tsv", b""))

    @cached_property
    def _resources(self) -> dict[str, Resource]:
        rows: dict[str, Resource] = {}
        for fields, where in self._plain("resources.tsv"):
            fields = [f.replace(DEFAULT_BASE, self.base) for f in fields]
            if len(fields) not in (8, 9):
                raise MappingError(f"expected 8 or 9 fields, found {len(fields)}", file=where)
            rows[fields[0]] = Resource(*fields)
        return rows

    @cached_property
    def _systems(self) -> list[tuple[str, str, str]]:
        """Profile set, prefix and system URI of the rows of ``systems.tsv``."""
        found = []
        for fields, where in self._plain("systems.tsv"):
            if len(fields) < 3:
                raise MappingError(f"expected profile set, prefix and system, found {len(fields)} fields", file=where)
            found.append((fields[0], fields[1], "" if fields[2] == "-" else fields[2]))
        return found

    @cached_property
    def _profiles(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for fields, where in self._plain("profiles.tsv"):
            if len(fields) < 3:
                raise MappingError(f"expected profile set, role and profile, found {len(fields)} fields", file=where)
            at = (fields[0], fields[1])
            found[at] = (*found.get(at, ()), fields[2].replace(DEFAULT_BASE, self.base))
        return found

    def _plain(self, name: str) -> list[tuple[list[str], str]]:
        """Fields and place of each row of a plain table, the overlay's rows last."""
        lines: list[tuple[list[str], str]] = []
        for place, files in (("mappings", self._packaged), ("overlay", self._overlay)):
            text = decoded(files.get(name, b""), f"{place}/{name}")
            body = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line and line[0] != "#"]
            lines += [(line.split("\t"), f"{place}/{name}:{n}") for n, line in body[1:]]
        return lines

    def _table(self, table: str) -> _Table:
        parsed = self._parsed.get(table)
        if parsed is None:
            name = table + _SUFFIX
            if name not in self._packaged and name not in self._overlay:
                raise UnknownTerm(table, "the table itself")
            rows = read_rows(self._packaged.get(name, b""), f"mappings/{name}")
            added = read_rows(self._overlay.get(name, b""), f"overlay/{name}")
            folded = fold_unit if table == "units" else fold
            parsed = self._parsed[table] = _Table(overlaid(rows, added, folded), folded)
        return parsed

    def _code(self, row: Row) -> Code:
        try:
            return self.coded(row.object_id, row.object_label, row.rule)
        except UnknownTerm:
            file, _, line = row.rule.partition("#")
            raise MappingError(
                f"prefix of {row.object_id} is not in resources.tsv", file=file, line=int(line)
            ) from None


def load(directory: Path | None = None, *, base: str | None = None) -> Terms:
    """The packaged tables, overlaid with those of ``directory`` (default: the environment's ADAPTER_MAPPINGS).

    ``base`` is the canonical base URI of our own FHIR artefacts. Cached: one value per directory and base. Raises
    MappingError for a directory that is not there and for rows that cannot be read.
    """
    named = directory or os.environ.get("ADAPTER_MAPPINGS") or None
    return _load(Path(named).resolve() if named else None, (base or DEFAULT_BASE).rstrip("/"))


@cache
def _load(directory: Path | None, base: str) -> Terms:
    if directory is not None and not directory.is_dir():
        raise MappingError("no such directory of mapping tables", file=directory.name)
    return Terms(_files(_TABLES), _files(directory) if directory else {}, base=base)


def _files(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.tsv"))}
