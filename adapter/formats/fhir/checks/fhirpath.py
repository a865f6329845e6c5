"""The part of FHIRPath that the invariants of FHIR R4, Genomics Reporting and mCODE use, compiled to functions.

Source: FHIRPath N1 (http://hl7.org/fhirpath/N1/). :func:`compiled` turns an expression into a function once; what lies
outside the subset raises :class:`Unsupported` there, never while a document is checked. A collection is a list of
:class:`Item`; a JSON null is no item. Functions follow the specification's empty-collection rules.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from adapter.formats.fhir.checks.functions import BINARY, FUNCTIONS, LOGIC, PER_ITEM, Member, Step, boolean, truth
from adapter.formats.fhir.checks.nodes import Env, Item, Items, children, is_a


class Unsupported(ValueError):
    """An expression outside the subset."""


_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_]\w*)|`(?P<quoted>[^`]+)`|'(?P<text>(?:[^'\\]|\\.)*)'|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<special>[%$]\w+|%`[^`]+`|%\"[^\"]+\")|(?P<mark><=|>=|!=|!~|[-+*/=~<>|&.,()\[\]]))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("implies",), ("or", "xor"), ("and",), ("in", "contains"), ("=", "!=", "~", "!~"), ("<", ">", "<=", ">="), ("|",),
    ("is", "as"), ("+", "-", "&"),
)  # fmt: skip
_CONSTANTS = {"%ucum": "http://unitsofmeasure.org", "%sct": "http://snomed.info/sct", "%loinc": "http://loinc.org"}
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
        if name not in FUNCTIONS or len(arguments) not in FUNCTIONS[name][1]:
            raise Unsupported(f"{name}()")
        function = FUNCTIONS[name][0]
        if name in PER_ITEM:
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


def _operation(operator: str, left: Step, right: Step) -> Step:
    if operator in LOGIC:
        logic = LOGIC[operator]
        return lambda items, env: truth(logic(boolean(left(items, env)), lambda: boolean(right(items, env))))
    if operator not in BINARY:
        raise Unsupported(operator)
    function = BINARY[operator]
    return lambda items, env: function(left(items, env), right(items, env))


def _typed(operator: str, left: Step, kind: str) -> Step:
    if operator == "is":
        return lambda items, env: [Item(is_a(i, kind)) for i in left(items, env)[:1]]
    return lambda items, env: [i for i in left(items, env) if is_a(i, kind)]
