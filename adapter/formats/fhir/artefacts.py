"""Our own CodeSystem, ValueSets and StructureDefinitions, under the canonical base in use."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import orjson

from adapter.packaged import mappings
from adapter.terms import DEFAULT_BASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapter.report import Json


@cache
def artefacts(base: str) -> Mapping[tuple[str, str], Json]:
    """The published artefacts by resource type and id. Files hold the default base and are rewritten to ``base``."""
    found: dict[tuple[str, str], Json] = {}
    for path in sorted((mappings() / "fhir").glob("*.json")):
        resource = orjson.loads(path.read_text(encoding="utf-8").replace(DEFAULT_BASE, base))
        found[resource["resourceType"], resource["id"]] = resource
    return MappingProxyType(found)
