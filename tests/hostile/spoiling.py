"""Good documents of every format, and ways to spoil them anywhere."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from adapter.formats.document import read_json

ROOT = Path(__file__).parents[2]
Json = dict[str, Any]
_LARGE = 20_000


def _read(path: Path) -> Json:
    document: Json = read_json(path.read_bytes())
    return document


# Small ones, so that many can be spoiled.
GOOD: dict[str, list[Json]] = {
    "phenopacket": [
        *(_read(path) for path in sorted((ROOT / "tests/data/phenopacket_read").glob("*.json"))),
        *(_read(ROOT / f"tests/golden/{name}.phenopacket.json") for name in ("karyotype", "normal", "mrd")),
    ],
    "fhir": [
        *(_read(p) for p in sorted((ROOT / "tests/data/fhir_read").glob("*.json")) if p.stat().st_size < _LARGE),
        *(_read(ROOT / f"tests/golden/{name}.fhir.gr3.collection.json") for name in ("karyotype", "mrd")),
        *(_read(ROOT / f"tests/golden/{name}.fhir.mcode4.collection.json") for name in ("rearrangement", "normal")),
    ],
}
JUNK = st.one_of(
    st.sampled_from(
        [
            None, True, 0, -1, Decimal("3.5"), Decimal(10) ** 30, -(2**63), "", "x", "a/b~c", "P1Y", "2020-01-01",
            "/a b: c", "HP:1", "urn:uuid:0", "Patient/x", "#x", "NC_000017.11:g.1A>T", "46,XX,t(9;22)", "K" * 5000, [],
            {}, [[]], [{}], [None], {"id": 1}, {"id": "x", "label": "y"}, {"reference": "#x"}, {"coding": [{}]},
            {"value": "1"}, {"low": 1, "high": "x"}, {"resourceType": "Patient"}, {"extension": [{"url": "x"}]},
        ]
    ),
    st.text(max_size=8),
    st.integers(-(10**9), 10**9),
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Paths of everything within a document."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    found = []
    for key, value in items:
        found.append((*path, key))
        found += places(value, (*path, key))
    return found


@st.composite
def spoiled(draw: st.DrawFn, kind: str) -> Json:
    """A good document with up to four places replaced, removed, doubled, moved or put below themselves."""
    document = copy.deepcopy(draw(st.sampled_from(GOOD[kind])))
    for _ in range(draw(st.integers(1, 4))):
        known = places(document)
        if not known:
            break
        path = known[draw(st.integers(0, len(known) - 1))]
        node: Any = document
        for step in path[:-1]:
            node = node[step]
        _spoil(draw, document, node, path[-1], known)
    return document


def _spoil(draw: st.DrawFn, document: Json, node: Any, key: Any, known: list[tuple[Any, ...]]) -> None:
    how = draw(st.sampled_from(("replace", "replace", "remove", "double", "move", "rename")))
    if how == "remove":
        del node[key]
    elif how == "double":
        node[key] = [node[key], copy.deepcopy(node[key])]
    elif how == "move":
        other: Any = document
        for step in known[draw(st.integers(0, len(known) - 1))]:
            other = other[step]
        node[key] = copy.deepcopy(other)
    elif how == "rename" and isinstance(node, dict):
        node[draw(st.text(min_size=1, max_size=6))] = node.pop(key)
    else:
        node[key] = copy.deepcopy(draw(JUNK))
