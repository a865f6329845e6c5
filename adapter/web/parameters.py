"""The parameters of ``$export`` (Bulk Data 2.0.0), from a URL or a Parameters resource.

What is not supported is refused, or ignored and told where the caller asked for lenient handling; ignored is only what
leaves more in the export than was asked for, never what would leave another export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from adapter.clock import instant
from adapter.formats.fhir.elements import TYPES
from adapter.web.errors import Refused

Level = Literal["system", "patient", "group"]
FORMATS = ("application/fhir+ndjson", "application/ndjson", "ndjson")
PROVENANCE = ("LatestProvenanceResources", "RelevantProvenanceResources")
MOST_PATIENTS = 10_000
_ELEMENT = re.compile(r"([A-Za-z]+\.)?[A-Za-z]+")
_REFERENCE = re.compile(r"(.*/)?Patient/([A-Za-z0-9.-]{1,64})")
_KNOWN = ("_outputFormat", "_since", "_type", "_elements", "patient", "includeAssociatedData", "_typeFilter")


@dataclass(slots=True)
class Parameters:
    """What was asked for: types and elements (() for all), ids of patients (None for all), and what was ignored."""

    types: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    since: str = ""
    patients: tuple[str, ...] | None = None
    lenient: bool = False
    notices: list[str] = field(default_factory=list)

    def unsupported(self, message: str) -> None:
        """Ignore what ``message`` is about and tell it, or refuse the request (400)."""
        if not self.lenient:
            raise Refused(400, message)
        self.notices.append(f"ignored: {message}")


def from_url(arguments: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Values by name. A plus sign that was not escaped in the URL arrives as a blank; no value may hold one."""
    return {name: [value.replace(" ", "+") for value in values] for name, values in arguments.items()}


def from_resource(resource: Any) -> dict[str, list[str]]:
    """Values by name of a Parameters resource. Raises Refused (400)."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Parameters":
        raise Refused(400, "expected a Parameters resource")
    listed = resource.get("parameter", [])
    if not isinstance(listed, list):
        raise Refused(400, "/parameter: expected a list")
    found: dict[str, list[str]] = {}
    for n, one in enumerate(listed):
        name = one.get("name") if isinstance(one, dict) else None
        if not isinstance(name, str):
            raise Refused(400, f"/parameter/{n}: expected a name and a value")
        value = next((value for key, value in one.items() if key.startswith("value")), None)
        text = value.get("reference") if isinstance(value, dict) else value
        if not isinstance(text, str):
            raise Refused(400, f"/parameter/{n}: expected a text or a reference")
        found.setdefault(name, []).append(text)
    return found


def understand(given: dict[str, list[str]], level: Level, *, lenient: bool, posted: bool) -> Parameters:
    """The parameters as they will be used. Raises Refused (400)."""
    made = Parameters(lenient=lenient)
    _format(_one(given, "_outputFormat"))
    made.since = _since(_one(given, "_since"))
    made.types = _types(made, _listed(given, "_type"))
    made.elements = _elements(made, _listed(given, "_elements"))
    _associated(made, _listed(given, "includeAssociatedData"))
    if "patient" in given:
        if posted and level != "system":
            made.patients = _patients(given["patient"])
        else:
            made.unsupported("patient is for POST requests of the levels Patient and Group")
    if "_typeFilter" in given:
        made.unsupported("_typeFilter is not supported")
    for _ in set(given) - set(_KNOWN):
        # Its name comes from the caller and is not repeated.
        made.unsupported(f"a parameter is not known; there are {', '.join(_KNOWN[:-1])}")
    return made


def _one(given: dict[str, list[str]], name: str) -> str | None:
    values = given.get(name, [])
    if len(values) > 1:
        raise Refused(400, f"expected {name} once")
    return values[0] if values else None


def _listed(given: dict[str, list[str]], name: str) -> list[str]:
    """The values of a parameter that may be repeated and hold several values between commas."""
    return list(dict.fromkeys(part for value in given.get(name, []) for part in value.split(",")))


def _format(stated: str | None) -> None:
    if stated is not None and stated not in FORMATS:
        raise Refused(400, f"_outputFormat: expected one of {', '.join(FORMATS)}")


def _since(stated: str | None) -> str:
    try:
        return instant(stated) if stated is not None else ""
    except ValueError as error:
        raise Refused(400, f"_since: {error}") from None


def _types(made: Parameters, stated: list[str]) -> tuple[str, ...]:
    found = tuple(one for one in stated if one in TYPES)
    message = f"_type: only these are exported: {', '.join(TYPES)}"
    if stated and not found:
        # To ignore all of them would export everything.
        raise Refused(400, message)
    if len(found) < len(stated):
        made.unsupported(message)
    return found


def _elements(made: Parameters, stated: list[str]) -> tuple[str, ...]:
    found = tuple(one for one in stated if _ELEMENT.fullmatch(one))
    if len(found) < len(stated):
        made.unsupported("_elements: expected names of root elements, as name or Type.name")
    return found


def _associated(made: Parameters, stated: list[str]) -> None:
    if set(stated) - set(PROVENANCE):
        made.unsupported(f"includeAssociatedData: expected {' or '.join(PROVENANCE)}")
    # Each resource has one Provenance, so both values ask for the same.
    if set(stated) & set(PROVENANCE) and made.types and "Provenance" not in made.types:
        made.types = (*made.types, "Provenance")


def _patients(stated: list[str]) -> tuple[str, ...]:
    if len(stated) > MOST_PATIENTS:
        raise Refused(400, f"patient: expected at most {MOST_PATIENTS}")
    found = [_REFERENCE.fullmatch(one) for one in stated]
    return tuple(one[2] if one else "" for one in found)
