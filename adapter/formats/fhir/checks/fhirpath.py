"""The part of FHIRPath that the invariants of FHIR R4, Genomics Reporting and mCODE use, compiled to functions.

Source: FHIRPath N1 (http://hl7.org/fhirpath/N1/). :func:`compiled` turns an expression into a function once; what lies
outside the subset raises :class:`Unsupported` there, never while a document is checked. A collection is a list of
:class:`Item`; a JSON null is no item. Functions follow the specification's empty-collection rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from adapter.report import Json


class Unsupported(ValueError):
    """An expression outside the subset."""


class Item(NamedTuple):
    """A node: its JSON value (None for a primitive with only extensions), the type a choice tells, its ``_``."""

    value: Any
    kind: str = ""
    beside: Json | None = None


Items = list[Item]


@dataclass(slots=True)
class Env:
    """What an expression may look at besides its focus."""

    resource: Json
    resolve: Callable[[str], Json | None] = field(default=lambda _: None)


Step = Callable[[Items, Env], Items]
Member = Callable[[Items, Env, Items], Items]  # the last: the focus of the whole expression, for plain arguments
_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_]\w*)|`(?P<quoted>[^`]+)`|'(?P<text>(?:[^'\\]|\\.)*)'|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<special>[%$]\w+|%`[^`]+`|%\"[^\"]+\")|(?P<mark><=|>=|!=|!~|[-+*/=~<>|&.,()\[\]]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("implies",), ("or", "xor"), ("and",), ("in", "contains"), ("=", "!=", "~", "!~"), ("<", ">", "<=", ">="), ("|",),
    ("is", "as"), ("+", "-", "&"),
)  # fmt: skip
_CONSTANTS = {"%ucum": "http://unitsofmeasure.org", "%sct": "http://snomed.info/sct", "%loinc": "http://loinc.org"}
# The data types a choice element's name may end in (R4, 2.24.0.1).
_CHOICES = frozenset(
    {
        "Base64Binary", "Boolean", "Canonical", "Code", "Date", "DateTime", "Decimal", "Id", "Instant", "Integer",
        "Markdown", "Oid", "PositiveInt", "String", "Time", "UnsignedInt", "Uri", "Url", "Uuid", "Address", "Age",
        "Annotation", "Attachment", "CodeableConcept", "Coding", "ContactPoint", "Count", "Distance", "Duration",
        "HumanName", "Identifier", "Money", "Period", "Quantity", "Range", "Ratio", "Reference", "SampledData",
        "Signature", "Timing", "ContactDetail", "Contributor", "DataRequirement", "Expression", "ParameterDefinition",
        "RelatedArtifact", "TriggerDefinition", "UsageContext", "Dosage", "Meta",
    }
)  # fmt: skip
_ESCAPES = {"\\'": "'", '\\"': '"', "\\\\": "\\", "\\n": "\n", "\\r": "\r", "\\t": "\t", "\\f": "\f", "\\/": "/"}


@cache
def compiled(expression: str) -> Callable[[Item, Env], bool]:
    """The invariant ``expression`` as a predicate over a node; an empty result counts as met, as in FHIR.

    Raises Unsupported for what the subset does not hold.
    """
    step = _Parser(expression).whole()
    return lambda item, env: _met(step([item], env))


@cache
def path(expression: str) -> Step:
    """A path expression as a function from a collection to a collection. Raises Unsupported."""
    return _Parser(expression).whole()


def _met(result: Items) -> bool:
    return not result or result[0].value is not False


class _Parser:
    """Precedence climbing over the tokens of one expression."""

    def __init__(self, expression: str) -> None:
        self.tokens = list(_tokens(expression))
        self.at = 0

    def whole(self) -> Step:
        step = self.binary(0)
        if self.at < len(self.tokens):
            raise Unsupported(self.tokens[self.at][1])
        return step

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self, text: str = "") -> tuple[str, str]:
        token = self.peek()
        if token[0] == "end" or (text and token[1] != text):
            raise Unsupported(f"expected {text or 'more'}, found {token[1] or 'the end'}")
        self.at += 1
        return token

    def binary(self, level: int) -> Step:
        if level == len(_LEVELS):
            return self.postfix()
        left = self.binary(level + 1)
        while self.peek()[0] in {"word", "mark"} and self.peek()[1] in _LEVELS[level]:
            operator = self.take()[1]
            if operator in {"is", "as"}:
                left = _typed(operator, left, self.type_name())
            else:
                left = _operation(operator, left, self.binary(level + 1))
        return left

    def type_name(self) -> str:
        name = self.take()[1]
        while self.peek()[1] == ".":
            self.take()
            name = self.take()[1]
        return name

    def postfix(self) -> Step:
        step = self.term()
        while self.peek() in {("mark", "."), ("mark", "[")}:
            if self.take()[1] == "[":
                step = _indexed(step, self.binary(0))
                self.take("]")
            else:
                step = _chained(step, self.member())
        return step

    def term(self) -> Step:
        kind, text = self.peek()
        if (kind, text) == ("mark", "("):
            self.take()
            step = self.binary(0)
            self.take(")")
            return step
        if kind in {"text", "number", "special"} or (kind, text) in {("word", "true"), ("word", "false")}:
            self.take()
            return _literal(kind, text)
        member = self.member()
        return lambda items, env: member(items, env, items)

    def member(self) -> Member:
        kind, name = self.take()
        if kind not in {"word", "quoted"}:
            raise Unsupported(name)
        if kind == "word" and self.peek() == ("mark", "("):
            return self.call(name)
        return lambda items, *_: [child for item in items for child in children(item, name)]

    def call(self, name: str) -> Member:
        self.take("(")
        if name in {"as", "is", "ofType"}:
            kind = self.type_name()
            self.take(")")
            typed = _typed(name, lambda items, _: items, kind)
            return lambda items, env, _: typed(items, env)
        arguments = []
        while self.peek()[1] != ")":
            arguments.append(self.binary(0))
            if self.peek()[1] == ",":
                self.take()
        self.take(")")
        if name not in _FUNCTIONS or len(arguments) not in _FUNCTIONS[name][1]:
            raise Unsupported(f"{name}()")
        function = _FUNCTIONS[name][0]
        if name in _PER_ITEM:
            return lambda items, env, _: function(items, env, *arguments)
        return lambda items, env, focus: function(items, env, *(_of(a, focus) for a in arguments))


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(expression.rstrip())
    while at < end:
        found = _TOKEN.match(expression, at)
        if found is None or found.lastgroup is None:
            raise Unsupported(expression[at : at + 10])
        at = found.end()
        text = found[found.lastgroup]
        yield found.lastgroup, _unescaped(text) if found.lastgroup == "text" else text


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda m: _ESCAPES.get(m[0], m[0]), text)


def _literal(kind: str, text: str) -> Step:
    if kind == "special":
        return _variable(text)
    value: Any = text if kind == "text" else text == "true" if kind == "word" else float(text)
    found = [Item(value)]
    return lambda _, __: found


def _variable(name: str) -> Step:
    if name == "$this":
        return lambda items, _: items
    if name in {"%resource", "%rootResource"}:
        return lambda _, env: [Item(env.resource)]
    if name in _CONSTANTS:
        found = [Item(_CONSTANTS[name])]
        return lambda _, __: found
    raise Unsupported(name)


def _chained(left: Step, right: Member) -> Step:
    return lambda items, env: right(left(items, env), env, items)


def _of(argument: Step, focus: Items) -> Step:
    """An argument that is no criterion: it is about the focus of the expression, not about the function's input."""
    return lambda _, env: argument(focus, env)


def _indexed(left: Step, index: Step) -> Step:
    def step(items: Items, env: Env) -> Items:
        number = int(index(items, env)[0].value)
        return left(items, env)[number : number + 1]

    return step


def children(item: Item, name: str) -> Iterator[Item]:
    """Child nodes of a name; a choice answers to its name without the type (``value`` for ``valueQuantity``)."""
    node = item.value
    if not isinstance(node, dict):
        if item.beside is not None and name in {"extension", "id"}:
            yield from children(Item(item.beside), name)
        return
    if name in node or f"_{name}" in node:
        yield from _items(node, name, "")
    elif name == node.get("resourceType"):
        yield item
    else:
        for key in node:
            bare = key.lstrip("_")
            if bare.startswith(name) and bare[len(name) :] in _CHOICES and (bare == key or bare not in node):
                yield from _items(node, bare, bare[len(name) :])


def _items(node: Json, key: str, kind: str) -> Iterator[Item]:
    values, beside = node.get(key), node.get(f"_{key}")
    if isinstance(values, list) or isinstance(beside, list):
        values, beside = _same_length(values, beside)
        yield from (Item(v, kind, b) for v, b in zip(values, beside, strict=True) if v is not None or b is not None)
    elif values is not None or beside is not None:
        yield Item(values, kind, beside)


def _same_length(one: Any, other: Any) -> tuple[list[Any], list[Any]]:
    """Two lists side by side; what is no list where the other is one does not belong to it."""
    one, other = (side if isinstance(side, list) else [] for side in (one, other))
    most = max(len(one), len(other))
    return one + [None] * (most - len(one)), other + [None] * (most - len(other))


def _every_child(item: Item) -> Iterator[Item]:
    if isinstance(item.value, dict):
        for key in item.value:
            name = key.removeprefix("_")
            if key != "resourceType" and (key == name or name not in item.value):
                yield from _items(item.value, name, "")


def _descendants(item: Item) -> Iterator[Item]:
    for child in _every_child(item):
        yield child
        yield from _descendants(child)


# Operators.


def _operation(operator: str, left: Step, right: Step) -> Step:
    if operator in _LOGIC:
        logic = _LOGIC[operator]
        return lambda items, env: _truth(logic(_boolean(left(items, env)), lambda: _boolean(right(items, env))))
    if operator not in _BINARY:
        raise Unsupported(operator)
    function = _BINARY[operator]
    return lambda items, env: function(left(items, env), right(items, env))


def _boolean(items: Items) -> bool | None:
    if not items:
        return None
    value = items[0].value
    return value if isinstance(value, bool) else True


def _truth(value: bool | None) -> Items:
    return [] if value is None else [Item(value)]


Later = Callable[[], "bool | None"]


def _and(one: bool | None, later: Later) -> bool | None:
    if one is False:
        return False
    other = later()
    return False if other is False else None if one is None or other is None else True


def _or(one: bool | None, later: Later) -> bool | None:
    if one is True:
        return True
    other = later()
    return True if other is True else None if one is None or other is None else False


def _xor(one: bool | None, later: Later) -> bool | None:
    other = later()
    return None if one is None or other is None else one != other


def _implies(one: bool | None, later: Later) -> bool | None:
    if one is False:
        return True
    other = later()
    return True if other is True else None if one is None or other is None else False


_LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}


def _values(items: Items) -> list[Any]:
    return [item.value for item in items]


def _equal(one: Items, other: Items) -> Items:
    """Empty for an empty side, and (as the HL7 validator has it) for an element beside a text: FHIR's con-3 has one."""
    if not one or not other or isinstance(one[0].value, dict) != isinstance(other[0].value, dict):
        return []
    return [Item(_values(one) == _values(other))]


def _unequal(one: Items, other: Items) -> Items:
    return [Item(not same.value) for same in _equal(one, other)]


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Items, Items], Items]:
    def compare(one: Items, other: Items) -> Items:
        if not one or not other or not _comparable(one[0].value, other[0].value):
            return []
        return [Item(test(one[0].value, other[0].value))]

    return compare


def _comparable(one: Any, other: Any) -> bool:
    texts = isinstance(one, str), isinstance(other, str)
    return all(texts) or (not any(texts) and not isinstance(one, dict) and not isinstance(other, dict))


def _union(one: Items, other: Items) -> Items:
    return _distinct([*one, *other])


def _distinct(items: Items) -> Items:
    found: Items = []
    for item in items:
        if item.value not in _values(found):
            found.append(item)
    return found


def _concatenated(one: Items, other: Items) -> Items:
    return [Item("".join(str(i.value) for i in (*one[:1], *other[:1])))]


def _in(one: Items, other: Items) -> Items:
    return [Item(one[0].value in _values(other))] if one else []


_BINARY: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equal, "!=": _unequal, "~": _equal, "!~": _unequal, "|": _union, "&": _concatenated, "in": _in,
    "contains": lambda one, other: _in(other, one),
    "<": _ordered(lambda a, b: a < b), ">": _ordered(lambda a, b: a > b),
    "<=": _ordered(lambda a, b: a <= b), ">=": _ordered(lambda a, b: a >= b),
}  # fmt: skip


def _typed(operator: str, left: Step, kind: str) -> Step:
    if operator == "is":
        return lambda items, env: [Item(_is(i, kind)) for i in left(items, env)[:1]]
    return lambda items, env: [i for i in left(items, env) if _is(i, kind)]


def _is(item: Item, kind: str) -> bool:
    """Whether a node is of a type: a resource says so, a choice element by its name, a literal by its JSON type."""
    if isinstance(item.value, dict) and "resourceType" in item.value:
        return bool(item.value["resourceType"] == kind)
    if item.kind:
        return item.kind.lower() == kind.lower()
    return kind.lower() == {bool: "boolean", str: "string"}.get(type(item.value), "")


# Functions.


def _where(items: Items, env: Env, test: Step) -> Items:
    return [i for i in items if _boolean(test([i], env))]


def _exists(items: Items, env: Env, *test: Step) -> Items:
    return [Item(bool(_where(items, env, *test) if test else items))]


def _all(items: Items, env: Env, test: Step) -> Items:
    return [Item(all(_boolean(test([i], env)) is True for i in items))]


def _not(items: Items, _: Env) -> Items:
    value = _boolean(items)
    return [] if value is None else [Item(not value)]


def _select(items: Items, env: Env, what: Step) -> Items:
    return [found for i in items for found in what([i], env)]


def _text(items: Items) -> str | None:
    return str(items[0].value) if items and not isinstance(items[0].value, dict) else None


def _about_text(test: Callable[[str, str], Any]) -> Callable[..., Items]:
    def function(items: Items, env: Env, other: Step) -> Items:
        text, argument = _text(items), _text(other(items, env))
        return [] if text is None or argument is None else [Item(test(text, argument))]

    return function


def _length(items: Items, _: Env) -> Items:
    text = _text(items)
    return [] if text is None else [Item(len(text))]


def _to_string(items: Items, _: Env) -> Items:
    text = _text(items)
    return [] if text is None else [Item(text)]


def _has_value(items: Items, _: Env) -> Items:
    return [Item(len(items) == 1 and items[0].value is not None and not isinstance(items[0].value, dict))]


def _resolved(items: Items, env: Env) -> Items:
    urls = (i.value.get("reference") if isinstance(i.value, dict) else i.value for i in items)
    found = (env.resolve(url) for url in urls if isinstance(url, str))
    return [Item(target) for target in found if target is not None]


def _intersect(items: Items, env: Env, other: Step) -> Items:
    values = _values(other(items, env))
    return _distinct([i for i in items if i.value in values])


_PER_ITEM = frozenset({"exists", "where", "all", "select"})
_FUNCTIONS: dict[str, tuple[Callable[..., Items], tuple[int, ...]]] = {
    "exists": (_exists, (0, 1)),
    "empty": (lambda items, _: [Item(not items)], (0,)),
    "not": (_not, (0,)),
    "where": (_where, (1,)),
    "all": (_all, (1,)),
    "select": (_select, (1,)),
    "count": (lambda items, _: [Item(len(items))], (0,)),
    "first": (lambda items, _: items[:1], (0,)),
    "tail": (lambda items, _: items[1:], (0,)),
    "isDistinct": (lambda items, _: [Item(len(_distinct(items)) == len(items))], (0,)),
    "intersect": (_intersect, (1,)),
    "children": (lambda items, _: [c for i in items for c in _every_child(i)], (0,)),
    "descendants": (lambda items, _: [d for i in items for d in _descendants(i)], (0,)),
    "combine": (lambda items, env, other: [*items, *other(items, env)], (1,)),
    "trace": (lambda items, *_: items, (1, 2)),
    "hasValue": (_has_value, (0,)),
    "toString": (_to_string, (0,)),
    "length": (_length, (0,)),
    "contains": (_about_text(lambda text, part: part in text), (1,)),
    "startsWith": (_about_text(str.startswith), (1,)),
    "endsWith": (_about_text(str.endswith), (1,)),
    "matches": (_about_text(lambda text, pattern: re.search(pattern, text) is not None), (1,)),
    "resolve": (_resolved, (0,)),
    "extension": (
        lambda items, env, url: [
            e for i in items for e in children(i, "extension") if [e.value.get("url")] == _values(url(items, env))
        ],
        (1,),
    ),
}
