"""Upload of one bundle: planned, sent in transactions, every entry's outcome looked at, every resource read back.

Safe to repeat at any point: each entry is created (or updated) on the condition of its own identifier, and after an
answer that did not come the server is searched before anything is sent again. Nothing counts as uploaded that was not
read back from the server as what was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from adapter.errors import Fault, ServerError
from adapter.report import Json
from adapter.server.client import Client, explain
from adapter.server.difference import Difference, compare
from adapter.server.plan import Entry, Group, conditions, parts, plan, with_references
from adapter.server.response import Result, results, too_large
from adapter.server.retry import TRANSIENT
from adapter.server.transport import Answer, NoAnswer

Mode = Literal["conditional", "put"]
State = Literal[
    "created",
    "existing",
    "updated",
    "altered",
    "differs",
    "unverified",
    "failed",
    "not-sent",
    "would-create",
    "would-update",
]
_DIFFERING: dict[bool, tuple[State, str]] = {
    False: ("altered", "not all of what was sent was read back"),
    True: ("differs", "the server holds another content under this identity; mode put would replace it"),
}
_GOOD = frozenset({"created", "existing", "updated"})
# Of these an entry in a batch may succeed when it is sent again.
_AGAIN = TRANSIENT | {412}


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one entry.

    ``altered`` is an entry the server wrote but does not give back as sent, ``unverified`` one that could not be read
    back, ``existing`` one that was there before with this content, ``differs`` one that was there with another content
    and was left so. ``location`` is ``Type/id``.
    """

    entry: int
    url: str
    kind: str
    state: State = "not-sent"
    location: str = ""
    version: str = ""
    message: str = ""
    differences: tuple[Difference, ...] = ()

    def to_json(self) -> Json:
        """The row of the per-entry table."""
        return {
            "entry": self.entry,
            "full_url": self.url,
            "type": self.kind,
            "state": self.state,
            "location": self.location,
            "version": self.version,
            "message": self.message,
            "differences": [{**d.to_json(), "explained": d.explained} for d in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The result for one bundle: a row an entry in the bundle's order, or the faults for which nothing was sent."""

    server: str
    mode: Mode
    dry_run: bool
    rows: tuple[Row, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def uploaded(self) -> bool:
        """True only when every entry is on the server and was read back."""
        return bool(self.rows) and not self.dry_run and all(row.state in _GOOD for row in self.rows)

    def to_json(self) -> Json:
        """The per-entry table with its counts."""
        return {
            "uploaded": self.uploaded,
            "server": self.server,
            "mode": self.mode,
            "dry_run": self.dry_run,
            "counts": dict(sorted(Counter(row.state for row in self.rows).items())),
            "faults": [{"pointer": f.pointer, "code": f.code, "message": f.message} for f in self.faults],
            "entries": [row.to_json() for row in self.rows],
        }


def upload(document: Any, client: Client, *, mode: Mode = "conditional", dry_run: bool = False) -> Uploaded:
    """Send the resources of a bundle; never raises for what the server does.

    ``mode`` conditional leaves a resource that is there as it is, ``put`` replaces it. ``dry_run`` only asks what is
    there.
    """
    client.begin()
    planned = plan(document)
    outcome = Uploaded(client.server.id, mode, dry_run, faults=planned.faults)
    if planned.faults:
        return outcome
    run = _Run(client, mode, {e.url: Row(e.number, e.url, e.kind) for e in planned.entries})
    try:
        conditional = client.capability().conditional
        if dry_run:
            run.look(planned.entries)
        else:
            run.send_all(planned.groups, conditional)
    except ServerError as error:
        run.give_up(str(error))
    return replace(outcome, rows=tuple(sorted(run.rows.values(), key=lambda row: row.entry)))


@dataclass(slots=True)
class _Run:
    """One upload in the making: the rows so far, and the server's name of every resource that is there."""

    client: Client
    mode: Mode
    rows: dict[str, Row]
    known: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    def look(self, entries: Iterable[Entry]) -> None:
        """Dry run: what would be created, what is there."""
        for e in entries:
            there = self.locate(e)
            if there or self.rows[e.url].state == "failed":
                state: State = "would-update" if self.mode == "put" else "existing"
                self.note(e, state=state if there else "failed")
            else:
                self.note(e, state="would-create")

    def send_all(self, groups: tuple[Group, ...], conditional: frozenset[str]) -> None:
        """Send every part, then read everything back."""
        entries = tuple(e for group in groups for e in group)
        self.aliases = {e.url: e.alias for e in entries}
        if self.mode == "conditional":
            # A server that does not promise conditional creates is asked for each resource first.
            self.find([e for e in entries if e.kind not in conditional])
        for part in parts(groups, self.client.server.entries):
            self.send(part)
        self.read_back(entries)

    def send(self, part: tuple[Group, ...]) -> None:
        """Send one part until each entry has an outcome or the tries are used up."""
        for attempt in range(self.client.server.attempts):
            waiting = self.waiting(part)
            if not waiting:
                return
            answer = self.post(waiting)
            if answer is not None and too_large(answer) and len(waiting) > 1:
                self.halve(part)
                return
            if answer is not None and answer.status not in TRANSIENT:
                self.walk(waiting, answer)
                if not self.again(waiting):
                    return
            if attempt + 1 == self.client.server.attempts or not self.client.pause(attempt, answer):
                break
            # What an earlier try has done unseen is found by its identifier before anything is sent again.
            self.find(self.waiting(part))
        self.fail(self.waiting(part), answer)

    def post(self, entries: tuple[Entry, ...]) -> Answer | None:
        """The answer to one transaction; None when it did not come and it is not known what was done."""
        body = {"resourceType": "Bundle", "type": "transaction", "entry": [self.transaction_entry(e) for e in entries]}
        try:
            return self.client.request("POST", "", body, repeat=False)
        except NoAnswer as error:
            if not error.again:
                raise
            return None

    def transaction_entry(self, e: Entry) -> Json:
        """An entry with the request that makes its repetition harmless."""
        request = {"method": "POST", "url": e.kind, "ifNoneExist": e.condition}
        if self.mode == "put":
            request = {"method": "PUT", "url": f"{e.kind}?{e.condition}"}
        resource = {key: value for key, value in self.resolved(e).items() if key != "id"}
        return {"fullUrl": e.alias, "resource": resource, "request": request}

    def resolved(self, e: Entry) -> Json:
        """The resource with references to what is on the server already under the server's names."""
        found: Json = with_references(e.resource, lambda r: self.known.get(r) or self.aliases.get(r, r))
        return found

    def walk(self, sent: tuple[Entry, ...], answer: Answer) -> None:
        """Note the outcome of every entry of a transaction."""
        found = results(answer, sent)
        if found is None:
            self.unclear(sent, answer)
            return
        for e, result in zip(sent, found, strict=True):
            self.statuses[e.url] = result.status
            if result.status in {200, 201, 204} and (result.id or self.locate(e)):
                self.done(e, result)
            else:
                self.note(e, state="failed", message=result.message or "the server does not say where it is")

    def done(self, e: Entry, result: Result) -> None:
        """Note an entry that the server says is there."""
        self.known[e.url] = f"{e.kind}/{result.id}" if result.id else self.known[e.url]
        state: State = "created" if result.status == 201 else "existing" if self.mode == "conditional" else "updated"
        self.note(e, state=state, location=self.known[e.url], version=result.version, message="")

    def unclear(self, sent: tuple[Entry, ...], answer: Answer) -> None:
        """After a refusal all entries have failed; after an answer that answers nothing, only the server can tell."""
        refused = answer.status >= 400
        words = explain(answer) if refused else f"no response to the transaction (status {answer.status})"
        for e in sent:
            self.note(e, state="failed", message=words)
        if not refused:
            self.find(sent)

    def again(self, sent: tuple[Entry, ...]) -> bool:
        """Free the entries that failed transiently to be sent again; false when there are none.

        A transaction fails as a whole, so an outcome of its own for a failed entry means that it ran as a batch.
        """
        failed = [e for e in sent if self.rows[e.url].state == "failed" and self.statuses.get(e.url) in _AGAIN]
        for e in failed:
            self.note(e, state="not-sent")
        return bool(failed)

    def halve(self, part: tuple[Group, ...]) -> None:
        """Send a part that is too large for the server as two, as far as its circles of references allow."""
        left = tuple(g for g in part if any(self.rows[e.url].state == "not-sent" for e in g))
        if len(left) == 1:
            self.fail(self.waiting(left), None)
            return
        for half in (left[: len(left) // 2], left[len(left) // 2 :]):
            self.send(half)

    def waiting(self, part: tuple[Group, ...]) -> tuple[Entry, ...]:
        """The entries of a part that have no outcome yet."""
        return tuple(e for group in part for e in group if self.rows[e.url].state == "not-sent")

    def find(self, entries: Iterable[Entry]) -> None:
        """Note those of ``entries`` that the server has already; with ``put`` they are still to be sent."""
        for e in entries:
            if self.locate(e) and self.mode == "conditional":
                self.note(e, state="existing", location=self.known[e.url], message="")

    def locate(self, e: Entry) -> str:
        """``Type/id`` of the one resource on the server with the identity of ``e``, "" when there is none."""
        found = [r for r in self.client.search(e.kind, e.condition) if e.condition in conditions(r)]
        if len(found) > 1:
            self.note(e, state="failed", message="the server holds several resources of this identity")
            return ""
        if found:
            self.known[e.url] = f"{e.kind}/{found[0]['id']}"
        return self.known.get(e.url, "") if found else ""

    def read_back(self, entries: tuple[Entry, ...]) -> None:
        """Compare what is there with what was sent, entry by entry."""
        for e in entries:
            if self.rows[e.url].state in _GOOD:
                try:
                    self.verify(e)
                except ServerError as error:
                    self.note(e, state="unverified", message=f"not read back: {error}")

    def verify(self, e: Entry) -> None:
        """Read one resource back. An alteration is the server's where it has just written the resource."""
        row = self.rows[e.url]
        got = self.client.read(e.kind, row.location.partition("/")[2])
        if got is None:
            self.note(e, state="unverified", message="not there when read back")
        elif e.condition not in conditions(got):
            self.note(e, state="unverified", message="read back: the resource does not carry the identifier sent")
        else:
            found = compare(e.resource, got, self.same)
            state, message = row.state, row.message
            if not all(d.explained for d in found):
                state, message = _DIFFERING[row.state == "existing"]
            self.note(e, state=state, version=_version(got) or row.version, message=message, differences=found)

    def same(self, sent: str, got: str) -> bool:
        """Whether two references mean the same resource: the server may use its id, relative or under its base."""
        wanted = self.known.get(sent)
        return wanted is not None and _relative(got, self.client.server.base) == wanted

    def fail(self, entries: Iterable[Entry], answer: Answer | None) -> None:
        """Note that the tries are used up."""
        why = explain(answer) if answer else "no answer came"
        for e in entries:
            self.note(e, state="failed", message=self.rows[e.url].message or why)

    def give_up(self, why: str) -> None:
        """Note why entries without a confirmed outcome have none."""
        for url, row in self.rows.items():
            state: State = "unverified" if row.state in _GOOD else row.state
            if row.state in {"not-sent", *_GOOD} and not row.differences:
                self.rows[url] = replace(row, state=state, message=why)

    def note(self, e: Entry, **changes: Any) -> None:
        """Change the row of an entry."""
        self.rows[e.url] = replace(self.rows[e.url], **changes)


def _relative(reference: str, base: str) -> str:
    return reference.removeprefix(f"{base}/").partition("/_history/")[0]


def _version(resource: Json) -> str:
    meta = resource.get("meta")
    found = meta.get("versionId") if isinstance(meta, dict) else None
    return found if isinstance(found, str) else ""
