"""One line of input, text or a JSON object, to the published JSON object."""

from __future__ import annotations

import json
from typing import Any

from adapter.errors import ReadError
from adapter.nomenclature.hgvs.read import read
from adapter.nomenclature.hgvs.request import GeneNames

FIELDS = ("text", "gene", "assembly", "transcript", "protein")


def describe(
    line: str,
    *,
    gene: str | None = None,
    transcript: str | None = None,
    assembly: str | None = None,
    protein: str | None = None,
    terms: GeneNames | None = None,
) -> dict[str, Any]:
    """The answer to a line; a line that begins with ``{`` is an object with ``text`` and what is known beside it.

    Raises:
        ReadError: the line begins with ``{`` and is no such object.
    """
    known = {"gene": gene, "transcript": transcript, "assembly": assembly, "protein": protein}
    text = line
    if line.lstrip().startswith("{"):
        stated = _object(line)
        text = stated.pop("text")
        known.update(stated)
    return read(text, terms=terms, **known).as_json()


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise ReadError("not a JSON object") from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise ReadError("an object with a text is needed", pointer="/text")
    for name, stated in value.items():
        if name not in FIELDS:
            raise ReadError(f"a field of {', '.join(FIELDS)} is needed", pointer=f"/{name}")
        if stated is not None and not isinstance(stated, str):
            raise ReadError("a text is needed", pointer=f"/{name}")
    return value
