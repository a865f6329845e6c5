"""Tier 4: validation against the profiles a resource claims, in-process and offline.

Checked: cardinality, types, fixed and pattern values, slicing (value, pattern, exists, type, profile discriminators),
required and extensible bindings as far as the packages hold the codes, invariants, reference targets, extensions
wherever they stand, codes of code systems known completely, the form of UCUM units. An extensible binding that is not
met is a warning. What base types demand is tier 1's: only a document that passes it is fully judged here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapter.formats.fhir.checks.definitions import Definitions, Node, Profile, definitions
from adapter.formats.fhir.checks.document import Document, Member, members
from adapter.formats.fhir.checks.matching import bound, codings, follows, sliced
from adapter.formats.fhir.checks.nodes import Env, Item
from adapter.formats.fhir.checks.parts import parts
from adapter.report import Issue, Json, Level
from adapter.terms import Terms

VALIDATOR = "fhir-profiles"
_CORE = "http://hl7.org/fhir/StructureDefinition/"


def issues(document: Any, terms: Terms) -> Iterator[Issue]:
    """What the profiles find in a resource or bundle. Yields nothing for what is no resource: the schema says so."""
    if not isinstance(document, dict) or not isinstance(document.get("resourceType"), str):
        return
    known = definitions(terms.base)
    held = Document(document)
    conformance: dict[tuple[int, str], bool] = {}
    for pointer, resource in held.resources:
        walk = _Walk(known, held, resource, conformance)
        walk.resource(pointer)
        yield from walk.found
    for level, rule, pointer, message in parts(document, known):
        yield Issue(validator=VALIDATOR, level=level, category=rule, path=pointer, message=message)


class _Walk:
    """One pass over one resource; collects issues."""

    def __init__(
        self, known: Definitions, held: Document, resource: Json, conformance: dict[tuple[int, str], bool]
    ) -> None:
        self.known = known
        self.held = held
        self.inside = resource
        self.conformance = conformance
        self.env = Env(resource, lambda url: held.follow(url, resource))
        self.found: list[Issue] = []

    def add(self, level: Level, rule: str, pointer: str, message: str) -> None:
        """Note an issue."""
        self.found.append(Issue(validator=VALIDATOR, level=level, category=rule, path=pointer, message=message))

    def resource(self, pointer: str) -> None:
        """Judge the resource by its base type and by each profile it claims."""
        kind = str(self.inside.get("resourceType"))
        core = self.known.core(kind)
        if core is not None:
            self.element(core, self.inside, pointer)
        meta = self.inside.get("meta")
        claimed = meta.get("profile") if isinstance(meta, dict) else None
        for n, url in enumerate(claimed if isinstance(claimed, list) else []):
            if isinstance(url, str):
                self.claim(url, kind, pointer, f"{pointer}/meta/profile/{n}")

    def claim(self, url: str, kind: str, pointer: str, at: str) -> None:
        """Judge by one claimed profile."""
        profile = self.known.profile(url)
        if profile is None:
            if not url.startswith(_CORE):
                self.add("information", "profile-unknown", at, "this profile is not known here and was not checked")
        elif profile.type != kind:
            self.add("error", "profile-type", at, f"this profile is for {profile.type}")
        else:
            self.element(profile.tree, self.inside, pointer)

    def element(self, node: Node, value: Json, pointer: str) -> None:
        """Judge an object by the invariants and members that ``node`` demands."""
        if node.invariants:
            self.invariants(node, Member(pointer, value, None, ""))
        for name, choice, kid in node.kids:
            self.members(name, kid, members(value, name, pointer, choice=choice), pointer)

    def members(self, name: str, node: Node, found: list[Member], pointer: str) -> None:
        """Judge all values of one element: how many, each by itself, and by slices."""
        self.count(node, name, len(found), _place(name, found, pointer))
        for member in found:
            self.value(node, member)
        if node.slices or node.closed:
            self.slices(name, node, found, pointer)

    def count(self, node: Node, name: str, number: int, pointer: str) -> None:
        """Judge how often an element or a slice stands."""
        if number < node.least:
            self.add("error", "cardinality", pointer, f"expected at least {node.least} {name}, found {number}")
        if node.most is not None and number > node.most:
            self.add("error", "cardinality", pointer, f"expected at most {node.most} {name}, found {number}")

    def slices(self, name: str, node: Node, found: list[Member], pointer: str) -> None:
        """Assign the values to slices and judge each by its slice."""
        groups: dict[int, list[Member]] = {}
        for member in found:
            one = sliced(node, member, self.known, self.conforms)
            if one is not None:
                groups.setdefault(id(one), []).append(member)
                self.value(one, member)
            elif node.closed:
                self.add("error", "slice-closed", member.pointer, f"{name} fits none of the slices allowed here")
        at = _place(name, found, pointer)
        for one in node.slices:
            self.count(one, f"{name}:{one.name}", len(groups.get(id(one), ())), at)

    def value(self, node: Node, member: Member) -> None:
        """Judge one value by itself."""
        value, pointer = member.value, member.pointer
        if node.types:
            self.type(node, member)
        if node.fixed is not None and value != node.fixed:
            self.add("error", "fixed", pointer, "expected the fixed value of the profile")
        if node.pattern is not None and not follows(node.pattern, value):
            self.add("error", "pattern", pointer, "expected the pattern of the profile")
        if node.binding or node.largest:
            self.binding(node, member)
        if node.targets and isinstance(value, dict):
            self.target(node, value, pointer)
        if isinstance(value, dict):
            self.inner(node, member, value)
        elif node.invariants:
            self.invariants(node, member)

    def inner(self, node: Node, member: Member, value: Json) -> None:
        """Judge an object by its own members, its data type, and the profiles of its type."""
        self.element(node, value, member.pointer)
        for kind in node.datatypes:
            core = self.known.core(kind) if member.suffix in ("", kind) else None
            if core is not None:
                self.element(core, value, member.pointer)
        fitting = [p for p in map(self.known.profile, node.profiles) if p is not None and _about(p, value, member)]
        if fitting and not any(self.passes(value, p) for p in fitting):
            for profile in fitting[:1]:
                self.element(profile.tree, value, member.pointer)

    def type(self, node: Node, member: Member) -> None:
        """Judge the type of a choice element, or of a resource that stands in an entry."""
        kind = member.suffix
        if not kind and isinstance(member.value, dict):
            kind = str(member.value.get("resourceType", ""))
        if kind and kind not in node.types:
            self.add("error", "type", member.pointer, f"expected one of the types {', '.join(node.types)}")

    def invariants(self, node: Node, member: Member) -> None:
        """Judge by invariants."""
        item = Item(member.value, member.suffix, member.beside)
        for rule in node.invariants:
            if not rule.met(item, self.env):
                level: Level = "error" if rule.severity == "error" else "warning"
                self.add(level, rule.key, member.pointer, f"the invariant {rule.key} does not hold")

    def binding(self, node: Node, member: Member) -> None:
        """Judge codes by the value sets an element is bound to; text without a code breaks a required binding only."""
        for strength, url in filter(None, (node.binding, ("required", node.largest) if node.largest else None)):
            values = self.known.value_set(url)
            largest = url == node.largest
            if values is None or bound(member.value, values) or (largest and not codings(member.value)):
                continue
            name = url.rpartition("/")[2]
            if strength == "required":
                rule = "largest-value-set" if largest else "required-binding"
                self.add("error", rule, member.pointer, f"expected a code of the value set {name}")
            elif any(values.about(system) for system, _ in codings(member.value)):
                self.add("warning", "extensible-binding", member.pointer, f"no code of the value set {name}")

    def target(self, node: Node, reference: Json, pointer: str) -> None:
        """Judge where a reference leads: the type of resource, and the profile where the document holds it."""
        target = self.held.target(reference, self.inside)
        if not target.type:
            return
        wanted = [p for url in node.targets if (p := self.wanted(url)) is not None]
        if len(wanted) < len(node.targets):
            return
        fitting = [p for kind, p in wanted if kind == target.type]
        if not fitting:
            kinds = ", ".join(sorted({kind for kind, _ in wanted}))
            self.add("error", "reference-target", pointer, f"expected a reference to {kinds}")
        elif target.resource is not None and None not in fitting:
            resource = target.resource
            if not any(self.passes(resource, p) for p in fitting if p is not None):
                self.add("error", "reference-profile", pointer, "the resource referred to does not fit the profile")

    def wanted(self, url: str) -> tuple[str, Profile | None] | None:
        """Resource type of a target and its profile; None where the target is not known here."""
        if url.startswith(_CORE) and "-" not in url and self.known.profile(url) is None:
            return url[len(_CORE) :], None
        profile = self.known.profile(url)
        return None if profile is None else (profile.type, profile if profile.published else None)

    def passes(self, value: Json, profile: Profile) -> bool:
        """Whether an object has no error under a profile; while that is being found out, it passes."""
        key = (id(value), profile.url)
        if key not in self.conformance:
            self.conformance[key] = True
            inside = value if "resourceType" in value else self.inside
            walk = _Walk(self.known, self.held, inside, self.conformance)
            walk.element(profile.tree, value, "")
            self.conformance[key] = all(i.level != "error" for i in walk.found)
        return self.conformance[key]

    def conforms(self, reference: Json, node: Node) -> bool:
        """Whether a reference leads to a resource of the document that has one of the slice's profiles."""
        resource = self.held.target(reference, self.inside).resource
        if resource is None:
            return False
        fitting = (self.known.profile(url) for url in node.targets)
        kind = resource.get("resourceType")
        return any(p is not None and p.published and p.type == kind and self.passes(resource, p) for p in fitting)


def _place(name: str, found: list[Member], pointer: str) -> str:
    """Where to say how many there are: the element, or what holds it where there is none."""
    if found and found[0].suffix:
        return found[0].pointer
    return f"{pointer}/{name}" if found else pointer


def _about(profile: Profile, value: Json, member: Member) -> bool:
    """Whether a type profile is about this value: a resource of its type, or a data type of a choice's."""
    if "resourceType" in value:
        return bool(value["resourceType"] == profile.type)
    return member.suffix in ("", profile.type)
