"""Deterministic ids: the same case gives the same resources, wherever and however often it is written.

A resource's id is the UUIDv5 of the case id and the resource's role in it ("patient", "finding/kmt2a"), in the
namespace of this project; it never holds the case id itself, which may be a person's. The business identifier, on
which a conditional create rests, holds both.
"""

from __future__ import annotations

import hashlib
import uuid
from urllib.parse import quote

from adapter.report import Json

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://w3id.org/haem-adapter/fhir")

_VARIANT = {c: "89ab"[int(c, 16) & 3] for c in "0123456789abcdef"}


class Ids(dict[str, str]):
    """Ids of the resources of one case: by role the URN by which the entries of a bundle refer to each other."""

    def __init__(self, case_id: str, base: str) -> None:
        super().__init__()
        self._case, self._within = case_id, f"{case_id}/"
        self._begun = hashlib.sha1(NAMESPACE.bytes + self._within.encode(), usedforsecurity=False)
        self.system = f"{base}/identifier/case"
        self.stated = f"{base}/identifier/stated"  # of identifiers whose own system is no URI

    def uuid(self, role: str) -> str:
        """UUIDv5 of case and role (RFC 9562 section 5.5), equal to ``uuid.uuid5(NAMESPACE, "<case>/<role>")``."""
        return self[role][9:]

    def __missing__(self, role: str) -> str:
        state = self._begun.copy()  # cheaper than to begin again for each role
        state.update(role.encode())
        h = state.hexdigest()
        urn = self[role] = f"urn:uuid:{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"
        return urn

    def identifier(self, role: str) -> Json:
        """Business identifier of the resource; the patient's is the case id itself."""
        return {"system": self.system, "value": self._case if role == "patient" else self._within + role}


def condition(parameter: str, system: str, code: str) -> str:
    """Search string of a conditional create: ``identifier=system|value``, escaped for search and then for the URL."""
    return f"{parameter}={quote(_escape(system), safe='')}%7C{quote(_escape(code), safe='')}"


def _escape(token: str) -> str:
    """FHIR search escapes its own separators with a backslash (http://hl7.org/fhir/R4/search.html#escaping)."""
    return token.replace("\\", "\\\\").replace(",", "\\,").replace("$", "\\$").replace("|", "\\|")
