"""What the parts of one packet share while it is written: terms, ledger, clock, prefixes met, comments."""

from __future__ import annotations

from functools import cache, lru_cache

from adapter.errors import AmbiguousTerm
from adapter.nomenclature.quantities import Age, Date
from adapter.report import Json, Ledger, in_order
from adapter.terms import Code, Terms

BY = "haem-adapter"


class Writing:
    """One packet in the making.

    ``at`` is the conversion time. ``put`` is the ledger's, ``note`` adds its (node, source, rule, member) without a
    call of Python: a packet has some fifty of them. ``prefixes`` are the CURIE prefixes written so far, from which
    ``metaData.resources`` is made; ``updates`` holds the comments for what version 2 has no field for. ``named`` are
    the ids, by the finding's pointer, that its place in the packet has to tell and has not told yet.
    """

    __slots__ = ("at", "case_id", "kinds", "ledger", "named", "note", "prefixes", "put", "terms", "updates")

    def __init__(
        self,
        terms: Terms,
        at: str,
        case_id: str,
        kinds: tuple[str, ...] = (),
        named: dict[str, str] | None = None,
    ) -> None:
        self.terms, self.at, self.case_id, self.kinds = terms, at, case_id, kinds
        self.ledger = Ledger()
        self.put = self.ledger.put
        self.note = self.ledger.places.append
        self.prefixes: set[str] = set()
        self.named = named or {}
        self.updates: list[Json] = []

    def kind(self, path: str) -> str:
        """Kind of the finding at ``path``, the word for what has no other name ("rearrangement")."""
        position = path.rpartition("/")[2]
        return self.kinds[int(position)] if position.isdecimal() and int(position) < len(self.kinds) else ""

    def use(self, code: Code) -> dict[str, str]:
        """The OntologyClass of ``code``, a new one each time, its vocabulary noted."""
        self.prefixes.add(code.prefix)
        return code.ontology_class.copy()

    def term(self, node: Json, member: str, code: Code, source: str = "") -> None:
        """Set ``member`` of ``node`` to the class of ``code``, stated at ``source``."""
        self.prefixes.add(code.prefix)
        node[member] = code.ontology_class.copy()
        self.note((node, source, code.rule, member))

    def key(self, table: str, words: str) -> str | None:
        """Key of the row that ``words`` name; None for unknown and for ambiguous words, which stay words."""
        return key_of(self.terms, table, words)

    def coded(self, table: str, words: str, *prefixes: str) -> Code:
        """Code of ``words`` in the first of ``prefixes`` that has one, else one of our own, the words its label."""
        return _coded(self.terms, table, words, prefixes)

    def of_key(self, table: str, key: str, *prefixes: str) -> Code:
        """Code of a row in the first of ``prefixes`` that has one, else our own one of that key."""
        return code_of(self.terms, table, key, prefixes)

    def stated(self, node: Json, member: str, code: Code, words: str, source: str, where: str, name: str) -> None:
        """Set ``member`` to ``code`` and keep ``words`` in a comment where the code's label says them otherwise."""
        self.term(node, member, code, source)
        if words != code.label:
            self.comment(where, name, words, source, moved=False)

    def comment(self, where: str, name: str, text: str, source: str, *, moved: bool = True) -> None:
        """Keep ``text`` as ``metaData.updates[].comment``: ``<pointer into the packet> <name>: <text>``.

        ``moved`` declares it a weaker home; otherwise it stands beside a typed one.
        """
        update = {"timestamp": self.at, "updatedBy": BY, "comment": f"{where} {name}: {text}"}
        self.updates.append(update)
        self.note((update, source, "profile:comment", "comment"))
        if moved:
            self.ledger.moved(source, f"no field for {name}; kept as a comment", update, "comment")

    def comments_of(self, where: str, place: str) -> None:
        """Let the latest comments, those on ``where``, speak of ``place``: what they were about stands there."""
        for update in reversed(self.updates):
            if not update["comment"].startswith(f"{where} "):
                return
            update["comment"] = place + update["comment"].removeprefix(where)

    def in_order(self, start: int) -> None:
        """Put the comments from ``start`` on in the order of the packet: that of the case cannot be told from it."""
        if len(self.updates) > start + 1:
            self.updates[start:] = sorted(self.updates[start:], key=_place)

    def name(self, path: str, where: str, known: str = "") -> None:
        """Tell the id of the finding at ``path``, which something refers to, beside ``where`` it stands first.

        ``known`` is the id that the place itself tells.
        """
        if path in self.named and (identifier := self.named.pop(path)) != known:
            self.comment(where, "id", identifier, f"{path}/id", moved=False)

    def said(self, where: str, text: str | None, source: str, name: str = "said") -> None:
        """A comment for words that may be absent."""
        if text:
            self.comment(where, name, text, source)

    def time(
        self, node: Json, member: str, path: str, where: str, age: Age | None, date: Date | None, *, told: bool = False
    ) -> None:
        """Set ``member`` of ``node`` to the TimeElement of an age, else of a date; the other one goes to a comment.

        An open age goes to a comment of the member's name, and the words of an approximate one stand there too.
        ``told`` says that age and date stand as they were said at another place of the packet.
        """
        element = age_element(age) if age else None
        if element and age:
            node[member] = self.put(element, f"{path}/age")
            if age.bound != "exact" and not told:
                self.ledger.narrowed(f"{path}/age", "an age has no 'about' in version 2", element)
        if age and not told and (not element or age.bound != "exact"):
            self.comment(where, member, age.text, f"{path}/age", moved=not element)
        if date and element and not told:
            self.comment(where, "date", date.text, f"{path}/date")
        elif date and not element:
            node[member] = self.put(date_element(date), f"{path}/date")


def _place(update: Json) -> list[tuple[int, str]]:
    """The steps to the place that a comment speaks of, positions as numbers."""
    return in_order(update["comment"].partition(" ")[0].split("/"))


def age_element(age: Age) -> Json | None:
    """TimeElement of an age or a range of ages; None for an open one, since version 2 has no open range."""
    low, high = age.low, age.high
    if low is None or high is None:
        return None
    if low == high:
        return {"age": {"iso8601duration": low.iso}}
    return {"ageRange": {"start": {"iso8601duration": low.iso}, "end": {"iso8601duration": high.iso}}}


def date_element(date: Date) -> Json:
    """TimeElement of a date: midnight UTC of a full one, the whole interval of a month or a year."""
    if date.precision == "day":
        return {"timestamp": f"{date.text}T00:00:00Z"}
    first, last = (
        (f"{date.text}-01", _month_end(date.text))
        if date.precision == "month"
        else (f"{date.text}-01-01", f"{date.text}-12-31")
    )
    return {"interval": {"start": f"{first}T00:00:00Z", "end": f"{last}T23:59:59Z"}}


def _month_end(month: str) -> str:
    from calendar import monthrange  # only partial dates need it

    return f"{month}-{monthrange(int(month[:4]), int(month[5:7]))[1]:02d}"


@lru_cache(maxsize=2048)
def key_of(terms: Terms, table: str, words: str) -> str | None:
    """Key of the row that ``words`` name; None for unknown and for ambiguous words."""
    try:
        return terms.key(table, words)
    except AmbiguousTerm:
        return None


@lru_cache(maxsize=2048)
def _coded(terms: Terms, table: str, words: str, prefixes: tuple[str, ...]) -> Code:
    key = key_of(terms, table, words)
    if key is not None:
        return code_of(terms, table, key, prefixes)
    stated = terms.stated(table, words)
    if stated is None:
        return terms.own(words)
    return stated if stated.label else terms.coded(stated.curie, words)


@lru_cache(maxsize=2048)
def code_of(terms: Terms, table: str, key: str, prefixes: tuple[str, ...]) -> Code:
    """Code of a row in the first of ``prefixes`` that has one, else our own one of that key."""
    for prefix in (*prefixes, "HAEM"):
        if code := terms.get(table, key, prefix):
            return code
    return terms.coded(f"HAEM:{key}", terms.label(table, key), _row(terms, table, key))


@cache
def extension_rules(terms: Terms) -> dict[str, str]:
    """The closed list of extension names, each with its rule."""
    return {row.key: row.rule for row in terms.rows("phenopacket-extensions")}


def _row(terms: Terms, table: str, key: str) -> str:
    return next((row.rule for row in terms.rows(table) if row.key == key), "")
