"""The compiled definitions of tier 4 (``scripts/build_fhir_profiles.py``): trees of profiles, value sets, code systems.

Sources: FHIR R4 core, Genomics Reporting 3.0.0 and 2.0.0, mCODE 4.0.0, HL7 terminology 7.0.1, the extensions pack, and
our own ``mappings/fhir``. A tree holds only what a profile adds to the base type, so tier 1 must have passed for it to
mean anything. Everything is read once; a node is made when its profile is first used.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from adapter.formats.fhir.checks.fhirpath import compiled
from adapter.formats.fhir.checks.nodes import Env, Item
from adapter.report import Json
from adapter.terms import DEFAULT_BASE

_FILE = Path(__file__).parent.parent / "data" / "profiles.json.gz"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One constraint of FHIR: its key, "error" or "warning", and the predicate."""

    key: str
    severity: str
    met: Callable[[Item, Env], bool]


@dataclass(slots=True)
class Node:
    """What an element demands. ``most`` is None without an upper bound; ``kids`` are (name, whether a choice, node).

    ``index`` finds the slice of an object by a coding of its ``code`` (or by "" and its ``url``), where that alone
    tells the slices apart.
    """

    name: str = ""
    least: int = 0
    most: int | None = None
    fixed: Any = None
    pattern: Any = None
    types: tuple[str, ...] = ()
    binding: tuple[str, str] | None = None
    largest: str = ""
    invariants: tuple[Invariant, ...] = ()
    targets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    url: str = ""
    datatypes: tuple[str, ...] = ()
    discriminators: tuple[tuple[str, str], ...] = ()
    closed: bool = False
    slices: tuple[Node, ...] = ()
    index: dict[tuple[str, str], Node] | None = None
    kids: tuple[tuple[str, bool, Node], ...] = ()

    def kid(self, name: str) -> Node | None:
        """The node of a child element by its name without ``[x]``."""
        return next((kid for found, _, kid in self.kids if found == name), None)


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile: its resource or data type, its tree, the places an extension may stand ("" for others)."""

    url: str
    type: str
    tree: Node
    contexts: tuple[str, ...]
    published: bool


@dataclass(frozen=True, slots=True)
class ValueSet:
    """Codes by system; the codes of an ``open`` system are members as far as is known here."""

    codes: dict[str, frozenset[str]]
    open: frozenset[str]

    def holds(self, system: str, code: str) -> bool:
        """Whether a coding is a member, or may be one of an open system."""
        return code in self.codes.get(system, ()) or system in self.open

    def about(self, system: str) -> bool:
        """Whether the set has codes of a system; what an extensible set says nothing about may come from elsewhere."""
        return system in self.codes

    def holds_code(self, code: str) -> bool:
        """Whether a bare code is a member of one of the systems."""
        return bool(self.open) or any(code in codes for codes in self.codes.values())


class Definitions:
    """Look-up of compiled definitions by canonical URL."""

    def __init__(self, base: str) -> None:
        text = gzip.decompress(_FILE.read_bytes())
        if base != DEFAULT_BASE:
            text = text.replace(DEFAULT_BASE.encode(), base.encode())
        self._data: Json = orjson.loads(text)
        self._invariants = self._data["invariants"]
        self._shared: dict[tuple[int, str], Node] = {}
        self._cores: dict[str, Node | None] = {}
        self._profiles: dict[str, Profile | None] = {}
        self._sets: dict[str, ValueSet | None] = {}
        self._systems: dict[str, frozenset[str] | None] = {}

    def invariants(self) -> list[tuple[str, str, str]]:
        """Key, severity and FHIRPath expression of every invariant that some tree names."""
        return [(key, severity, expression) for key, severity, expression in self._invariants]

    def core(self, kind: str) -> Node | None:
        """What the base type ``kind`` demands beyond the schema; None where that is nothing."""
        if kind not in self._cores:
            tree = self._data["cores"].get(kind)
            self._cores[kind] = tree and self._node(tree, tree)
        return self._cores[kind]

    def profile(self, url: str) -> Profile | None:
        """The profile of a canonical URL, with or without a version; None where it is not known here.

        One of another version than the guides above is known by its URL and version alone.
        """
        if url not in self._profiles:
            self._profiles[url] = self._profile(url if url in self._data["profiles"] else url.partition("|")[0])
        return self._profiles[url]

    def value_set(self, url: str) -> ValueSet | None:
        """The value set of a canonical URL; None where its content is not known here."""
        if url not in self._sets:
            found = self._data["valuesets"].get(url)
            self._sets[url] = found and ValueSet(
                {system: frozenset(codes.split(" ")) for system, codes in found["codes"].items()},
                frozenset(found["open"]),
            )
        return self._sets[url]

    def codes(self, system: str) -> frozenset[str] | None:
        """All codes of a code system that is known completely, else None."""
        if system not in self._systems:
            found = self._data["codesystems"].get(system)
            self._systems[system] = frozenset(found.split(" ")) if found else None
        return self._systems[system]

    def _profile(self, url: str) -> Profile | None:
        found = self._data["profiles"].get(url)
        if found is None:
            return None
        tree = self._node(found["tree"], found["tree"])
        return Profile(url, found["type"], tree, tuple(found.get("context", ())), "unpublished" not in found)

    def _node(self, data: Json, root: Json) -> Node:
        if "as" in data:
            return self._shared_node(root, data["as"])
        kids = tuple(
            (name.removesuffix("[x]"), name.endswith("[x]"), self._node(kid, root))
            for name, kid in data.get("kids", {}).items()
        )
        slicing = data.get("slicing", {})
        slices = tuple(self._node(s, root) for s in data.get("slices", ()))
        by = tuple((kind, where) for kind, where in slicing.get("by", ()))
        return Node(
            name=data.get("name", ""),
            least=data.get("min", 0),
            most=data.get("max"),
            fixed=data.get("fixed"),
            pattern=data.get("pattern"),
            types=tuple(data.get("types", ())),
            binding=(data["binding"][0], data["binding"][1]) if "binding" in data else None,
            largest=data.get("largest", ""),
            invariants=tuple(self._invariant(n) for n in data.get("inv", ())),
            targets=tuple(data.get("targets", ())),
            profiles=tuple(data.get("profiles", ())),
            url=data.get("url", ""),
            datatypes=tuple(data.get("datatypes", ())) or ((data["datatype"],) if "datatype" in data else ()),
            discriminators=by,
            closed=slicing.get("rules") == "closed",
            slices=slices,
            index=_index(slices, by),
            kids=kids,
        )

    def _shared_node(self, root: Json, path: str) -> Node:
        """The node a content reference names; made once, since an element may hold itself (Parameters.parameter)."""
        key = (id(root), path)
        if key not in self._shared:
            node = self._shared[key] = Node()
            made = self._node(_at(root, path.split(".")[1:]), root)
            for part in fields(Node):
                setattr(node, part.name, getattr(made, part.name))
        return self._shared[key]

    def _invariant(self, number: int) -> Invariant:
        key, severity, expression = self._invariants[number]
        return Invariant(key, severity, compiled(expression))


def _index(slices: tuple[Node, ...], by: tuple[tuple[str, str], ...]) -> dict[tuple[str, str], Node] | None:
    """Slices by what tells them, where one coding (or the URL of an extension) does; None elsewhere."""
    where = [at for _, at in by]
    if where not in (["code"], ["url"]):
        return None
    told = [_told_by_url(s) if where == ["url"] else _told_by_code(s) for s in slices]
    keys = [key for key in told if key is not None]
    return dict(zip(keys, slices, strict=True)) if len(keys) == len(slices) else None


def _told_by_url(node: Node) -> tuple[str, str] | None:
    stated = node.kid("url")
    url = node.url or (str(stated.fixed) if stated else "")
    return ("", url) if url else None


def _told_by_code(node: Node) -> tuple[str, str] | None:
    code = node.kid("code")
    pattern = code.pattern if code else None
    codings = pattern.get("coding", []) if isinstance(pattern, dict) and pattern.keys() == {"coding"} else []
    if len(codings) != 1 or codings[0].keys() != {"system", "code"}:
        return None
    return codings[0]["system"], codings[0]["code"]


def _at(root: Json, names: list[str]) -> Json:
    """The node that a content reference names; one that demands nothing is an empty one."""
    for name in names:
        root = root.get("kids", {}).get(name, {})
    return {k: v for k, v in root.items() if k not in {"min", "max"}}


@cache
def definitions(base: str) -> Definitions:
    """The definitions with our own artefacts under the canonical base ``base``."""
    return Definitions(base)
