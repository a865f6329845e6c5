"""Operators and functions of the FHIRPath subset, by name.

Source: FHIRPath N1 (http://hl7.org/fhirpath/N1/), sections 5 and 6; empty collections as it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from adapter.formats.fhir.checks.nodes import Env, Item, Items, children, descendants, every_child

Step = Callable[[Items, Env], Items]
Member = Callable[[Items, Env, Items], Items]  # the last: the focus of the whole expression, for plain arguments


def boolean(items: Items) -> bool | None:
    """The truth of a collection: None when empty, the value of a boolean, else that there is something."""
    if not items:
        return None
    value = items[0].value
    return value if isinstance(value, bool) else True


def truth(value: bool | None) -> Items:
    """A truth value as a collection."""
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


LOGIC = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}


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


BINARY: dict[str, Callable[[Items, Items], Items]] = {
    "=": _equal, "!=": _unequal, "~": _equal, "!~": _unequal, "|": _union, "&": _concatenated, "in": _in,
    "contains": lambda one, other: _in(other, one),
    "<": _ordered(lambda a, b: a < b), ">": _ordered(lambda a, b: a > b),
    "<=": _ordered(lambda a, b: a <= b), ">=": _ordered(lambda a, b: a >= b),
}  # fmt: skip


# Functions.


def _where(items: Items, env: Env, test: Step) -> Items:
    return [i for i in items if boolean(test([i], env))]


def _exists(items: Items, env: Env, *test: Step) -> Items:
    return [Item(bool(_where(items, env, *test) if test else items))]


def _all(items: Items, env: Env, test: Step) -> Items:
    return [Item(all(boolean(test([i], env)) is True for i in items))]


def _not(items: Items, _: Env) -> Items:
    value = boolean(items)
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


PER_ITEM = frozenset({"exists", "where", "all", "select"})
FUNCTIONS: dict[str, tuple[Callable[..., Items], tuple[int, ...]]] = {
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
    "children": (lambda items, _: [c for i in items for c in every_child(i)], (0,)),
    "descendants": (lambda items, _: [d for i in items for d in descendants(i)], (0,)),
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
