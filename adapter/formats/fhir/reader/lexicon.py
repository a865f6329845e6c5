"""The mapping tables read from right to left: what a Coding is called in the tables, and in whose words.

The tables are those the writer uses (:mod:`adapter.formats.fhir.codebook`). A code that no table has is kept as it is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from adapter.errors import AmbiguousTerm, UnknownTerm
from adapter.formats.fhir.codebook import NAMES, codebook
from adapter.formats.fhir.reader.node import objects, take, take_text, text
from adapter.sssom import fold

if TYPE_CHECKING:
    from adapter.report import Json
    from adapter.terms import Terms

Known = tuple[str, str]  # system and code


class Lexicon:
    """The tables of ``terms`` by the codes in them."""

    def __init__(self, terms: Terms) -> None:
        self.terms, self.codes = terms, codebook(terms)
        self._names: dict[Known, set[str]] = {}
        self._keys: dict[str, dict[Known, list[str]]] = {}
        self._known: set[Known] | None = None  # codes of all tables, once somebody asks
        self.own_system = terms.resource("HAEM").fhir_system
        self._systems = {system: p for p in terms.prefixes() if (system := terms.resource(p).fhir_system)}
        self._others = {uri: terms.resource(p).fhir_system for uri, p in terms.other_systems().items()}
        for table in NAMES:
            for known, keys in self._table(table).items():
                self._names.setdefault(known, set()).update(keys)

    def _table(self, table: str) -> dict[Known, list[str]]:
        found = self._keys.get(table)
        if found is None:
            found = self._keys[table] = {}
            for key in self.terms.keys(table):
                for code in self.terms.codes(table, key):
                    if code.coding["system"]:
                        found.setdefault((code.coding["system"], code.coding["code"]), []).append(key)
        return found

    def names(self, node: Json) -> frozenset[str]:
        """Keys of the observations or components that the codings of a concept name."""
        found: set[str] = set()
        for _, coding in objects(node, "coding"):
            system, code = self.coded(coding)
            found |= self._names.get((system, code), set())
            if system == self.own_system:
                found.add(code)
        return frozenset(found)

    def knows(self, coding: Json) -> bool:
        """Whether any table has the code, so that its label states nothing."""
        if self._known is None:
            self._known = {one for table in self.terms.tables() for one in self._table(table)}
        return self.coded(coding) in self._known

    def keys(self, table: str, node: Json) -> list[str]:
        """Keys of the table that the codings of a concept stand for, the most likely one first.

        Several keys may share a code: more codes in common go first, then the key whose words are in the display.
        """
        votes: dict[str, int] = {}
        for _, coding in objects(node, "coding"):
            for key in self._table(table).get(self.coded(coding), ()):
                votes[key] = votes.get(key, 0) + 1
        if len(votes) < 2:
            return list(votes)
        shown = "".join(fold(text(coding, "display")) for _, coding in objects(node, "coding"))
        named = {key: fold(self.terms.label(table, key)) in shown for key in votes}
        return sorted(votes, key=lambda key: (-votes[key], not named[key]))

    def key(self, table: str, words: str) -> str:
        """Key that ``words`` name, "" where the table does not know them or several rows claim them."""
        try:
            return self.terms.key(table, words) or ""
        except (AmbiguousTerm, UnknownTerm):
            return ""

    def words(self, node: Json, table: str = "") -> str:
        """What a concept says, in its own words or those of the table; what they stand for is taken from ``node``."""
        said = text(node, "text")
        keys = self.keys(table, node) if table else []
        if said and (not keys or self.key(table, said) in keys or self._is_code(table, said, node)):
            take_text(node, "text")
            self._explained(node, table, said)
            return said
        if keys:
            chosen = self.terms.label(table, keys[0])
            self._explained(node, table, chosen)
            return chosen
        for n, coding in objects(node, "coding"):
            if found := text(coding, "display") or text(coding, "code"):
                if found == text(coding, "display"):
                    take_text(coding, "display")
                    return found
                prefix = self.vocabulary(coding)
                if prefix and not coding.keys() - {"system", "code"}:
                    take(node, "coding", n)
                return f"{prefix}:{found}" if prefix and not found.startswith(f"{prefix}:") else found
        return ""

    def _is_code(self, table: str, said: str, node: Json) -> bool:
        """Whether the words of a concept are one of its own codes, as in a case that states a test by its code."""
        code = self.terms.stated(table, said)
        own = {self.coded(coding) for _, coding in objects(node, "coding")}
        return code is not None and self.coded(code.coding) in own

    def choice(self, node: Json, table: str, allowed: tuple[str, ...]) -> str:
        """Which of the ``allowed`` words a concept says, "" where it says none of them."""
        said = text(node, "text")
        by_fold = {fold(word): word for word in allowed}
        found = by_fold.get(fold(said), "")
        if not found:
            found = next((by_fold[fold(key)] for key in self.keys(table, node) if fold(key) in by_fold), "")
        elif said == found:
            take_text(node, "text")
        if found:
            self._explained(node, table, found)
        return found

    def _explained(self, node: Json, table: str, words: str) -> None:
        """Take the codings that the writer gives ``words`` anyway."""
        if not table:
            return
        made = {self.coded(code.coding) for code in self.codes.codes(table, words)}
        for n, coding in list(objects(node, "coding")):
            if self.coded(coding) in made and not coding.keys() - {"system", "code", "display"}:
                take(node, "coding", n)

    def vocabulary(self, coding: Json) -> str:
        """CURIE prefix of a coding's system, "" where the tables do not have it."""
        return self._systems.get(self.system(coding).rstrip("/"), "")

    def system(self, coding: Json) -> str:
        """System of a coding; that of ``resources.tsv`` where another version of a guide has another."""
        stated = text(coding, "system")
        return self._others.get(stated, stated)

    def coded(self, coding: Json) -> Known:
        """System and code of a coding, by which the tables know it."""
        return self.system(coding), text(coding, "code")


def known(coding: Json) -> Known:
    """System and code of a coding, as they stand there."""
    return text(coding, "system"), text(coding, "code")


@cache
def lexicon(terms: Terms) -> Lexicon:
    """The lexicon of ``terms``, made once."""
    return Lexicon(terms)
