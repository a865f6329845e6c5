"""The resources of a document and who they are about.

A document is a Bundle of any kind, one resource, or a list of resources (the lines of a bulk file). References are
followed by fullUrl, relative address, URN, identifier, and into what a resource contains.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from adapter.formats.fhir.reader.node import copied, obj, objects, text
from adapter.report import Json

_NO_PERSONS = ("Group", "Device", "Location")
_ABOUT = ("subject", "patient", "individual")
_LINKS = ("derivedFrom", "result", "partOf", "hasMember", "focus", "basedOn", "specimen", "encounter")


@dataclass(eq=False, slots=True)
class Entry:
    """A resource that is being read; ``resource`` is a copy, from which what is understood is taken.

    ``path`` is its type and id, ``role`` what our own writer calls it ("finding/kmt2a"), "" for any other resource.
    ``name`` is the id of the part of the case it became.
    """

    resource: Json
    path: str
    kind: str
    role: str = ""
    name: str = ""
    addresses: tuple[str, ...] = ()
    own: str = ""  # id of the case that our own writer wrote it for
    stated_kind: str = ""  # kind of finding, where our own writer states it
    inside: Entry | None = None
    address: str = ""  # its fullUrl, "" without one
    astray: bool = False  # whether it may be about somebody else than the person it is carried with
    source: Json = field(default_factory=dict)  # the resource as it came, never changed
    pointer: str = ""  # JSON pointer of the resource in the document


class Place(NamedTuple):
    """Where a resource stands: the fullUrl of its entry, "" without one, and its JSON pointer in the document."""

    address: str
    pointer: str


def entries(document: Any, system: str) -> list[Entry]:
    """The resources of ``document`` in order; ``system`` is that of the identifiers our own writer gives.

    Raises ReadError for a resource that is nested too deep.
    """
    found: list[Entry] = []
    for address, resource, pointer in _resources(document):
        _add(found, resource, Place(address, pointer), system, None)
    return found


def _add(found: list[Entry], resource: Json, at: Place, system: str, inside: Entry | None) -> None:
    copy = copied(resource)
    contained = copy.pop("contained", [])
    kind, own = copy["resourceType"], text(copy, "id")
    path = f"{kind}/{own or len(found) + 1}" if inside is None else f"{inside.path}#{own or len(found) + 1}"
    entry = Entry(copy, path, kind, inside=inside, address=at.address, source=resource, pointer=at.pointer)
    named = (path, f"urn:uuid:{own}") if own and inside is None else (path,) if own else ()
    entry.addresses = (*((at.address,) if at.address else ()), *named)
    entry.own, entry.role, entry.stated_kind = _role(copy, system)
    found.append(entry)
    for n, one in enumerate(contained if isinstance(contained, list) else ()):
        if _is_resource(one):
            _add(found, one, Place("", f"{at.pointer}/contained/{n}"), system, entry)
    if kept := [one for one in (contained if isinstance(contained, list) else [contained]) if not _is_resource(one)]:
        copy["contained"] = kept


def _resources(document: Any) -> Iterator[tuple[str, Json, str]]:
    """Address, resource and JSON pointer of every entry, of bundles in bundles too."""
    waiting: list[tuple[str, Any, str]] = [("", document, "")]
    while waiting:
        address, node, at = waiting.pop()
        if isinstance(node, list):
            waiting.extend(("", one, f"{at}/{n}") for n, one in reversed(list(enumerate(node))))
        elif not _is_resource(node):
            continue
        elif node["resourceType"] == "Bundle":
            below = [
                (text(e, "fullUrl"), e.get("resource"), f"{at}/entry/{n}/resource") for n, e in objects(node, "entry")
            ]
            waiting.extend(reversed(below))
        else:
            yield address, node, at


def _is_resource(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("resourceType"), str)


def _role(resource: Json, system: str) -> tuple[str, str, str]:
    """Case id, role and kind in our own identifier of a resource; the patient's identifier is the case id itself."""
    for n, identifier in objects(resource, "identifier"):
        if text(identifier, "system") == system:
            value = text(identifier, "value")
            case, _, role = value.partition("/")
            resource["identifier"][n] = None
            return case, role or "patient", text(obj(identifier, "type"), "text")
    return "", "", ""


class Index:
    """Entries by all the addresses they can be referred to by."""

    def __init__(self, found: list[Entry]) -> None:
        self._at: dict[str, list[Entry]] = {}
        for entry in found:
            for address in dict.fromkeys(entry.addresses):
                self._at.setdefault(address, []).append(entry)
            for _, identifier in objects(entry.resource, "identifier"):
                self._at.setdefault(_key(identifier), []).append(entry)

    def find(self, reference: Any, here: Entry) -> Entry | None:
        """The entry that a Reference of ``here`` leads to, None where the document does not have it.

        A relative address belongs to the server that the fullUrl of ``here`` names; one address of two servers leads
        to the entry of the same one.
        """
        address = text(reference, "reference")
        if address.startswith("#"):
            outer = here.inside or here
            return self._only(f"{outer.path}{address}") or (here.inside if address == "#" else None)
        if not address:
            identifier = obj(reference, "identifier")
            return self._only(_key(identifier)) if text(identifier, "value") else None
        if "?identifier=" in address:
            return self._only(address.partition("?identifier=")[2])
        bare = address.partition("/_history/")[0]
        short = "/".join(bare.split("/")[-2:])
        base = _base(bare) or _base((here.inside or here).address)
        return self._only(bare if ":" in bare else f"{base}{short}") or self._only(short, base)

    def _only(self, address: str, base: str = "") -> Entry | None:
        """The one entry at ``address`` that is not of another server than ``base``; None where several differ."""
        found = [one for one in self._at.get(address, ()) if not base or _base(one.address) in ("", base)]
        return found[0] if found and all(one.source == found[0].source for one in found) else None

    def linked(self, entry: Entry, member: str) -> Iterator[Entry]:
        """Entries that the reference or references at ``member`` lead to."""
        value = entry.resource.get(member, ())
        for one in value if isinstance(value, list) else [value]:
            found = self.find(one, entry)
            if found is not None:
                yield found


def _key(identifier: Json) -> str:
    return f"{text(identifier, 'system')}|{text(identifier, 'value')}"


def _base(address: str) -> str:
    """The server of an absolute address, with the slash at its end; "" for any other."""
    return address[: -len("/".join(address.split("/")[-2:]))] if "://" in address else ""


def by_person(found: list[Entry], index: Index) -> list[list[Entry]]:
    """The entries of each person, the Patient first; what names nobody goes with what it is linked to, or the first.

    A subject that the document does not have is a person of its own, known by the address or identifier alone; a
    document that names nobody is about one person.
    """
    groups: dict[object, list[Entry]] = {entry: [entry] for entry in found if entry.kind == "Patient"}
    owner: dict[Entry, object] = {entry: entry for entry in found if entry.kind == "Patient"}
    rest = [entry for entry in found if entry not in owner]
    for entry in rest:
        if (about := _about(entry, index)) is not None:
            owner[entry] = about
    _by_links(rest, index, owner)
    first: object = next(iter(groups), None) or next(iter(owner.values()), "")
    several = len(set(owner.values())) > 1
    for entry in rest:
        entry.astray = _is_of_no_person(entry, index) or (several and entry not in owner)
        groups.setdefault(owner.get(entry, first), []).append(entry)
    return list(groups.values())


def _about(entry: Entry, index: Index) -> object | None:
    for member in _ABOUT:
        about = entry.resource.get(member)
        found = index.find(about, entry)
        if found is not None and found.kind == "Patient":
            return found
        if found is None and (address := text(about, "reference") or _key(obj(about, "identifier")).strip("|")):
            return None if _is_of_no_person(entry, index) else address
    return None


def _is_of_no_person(entry: Entry, index: Index) -> bool:
    """Whether the subject is a group of people, a device, a place."""
    about = entry.resource.get("subject")
    address = text(about, "reference")
    if address.startswith(("urn:", "#")):
        found = index.find(about, entry)
        return found is not None and found.kind in _NO_PERSONS
    return address.split("/")[-2:][0] in _NO_PERSONS


def _by_links(rest: list[Entry], index: Index, owner: dict[Entry, object]) -> None:
    """Give an entry without a subject the person of what it is linked to, in either direction."""
    if all(entry in owner for entry in rest):
        return
    for entry in rest:
        for member in filter(entry.resource.__contains__, _LINKS):
            for other in index.linked(entry, member):
                if entry in owner and other not in owner:
                    owner[other] = owner[entry]
                elif other in owner and entry not in owner:
                    owner[entry] = owner[other]
    for entry in rest:
        if entry.inside is not None and entry not in owner and entry.inside in owner:
            owner[entry] = owner[entry.inside]
