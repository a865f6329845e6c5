"""A second opinion on a variant from a service on the network, asked only where the caller names one.

Nothing here is imported unless ``adapter hgvs --online NAME`` is given, and nothing an answer says changes what the
adapter derived: it is compared and reported beside it. What is sent is the description of the variant on its public
reference sequence, never the text that it was read from.

Services: VariantValidator (REST, https://rest.variantvalidator.org), Mutalyzer 3 (https://mutalyzer.nl/api), and a
SeqRepo REST service, which has no public address. A server registered under the name of a service (docs/servers.md)
takes the place of the public one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import requests

from adapter.errors import ServerError
from adapter.report import Json
from adapter.server.config import Server, registry
from adapter.server.transport import Answer, NoAnswer, Transport

PUBLIC = {
    "variantvalidator": "https://rest.variantvalidator.org",
    "mutalyzer": "https://mutalyzer.nl/api",
    "seqrepo": "",
}
"""The services by name, with their public address where they have one."""

TRIES = 3  # silent answers in a row after which a service is not asked again
_LONGEST = 300  # characters of a service's words that are passed on
_LIMITS = {"timeout": 20.0, "connect_timeout": 5.0, "largest_answer": 4 * 1024 * 1024}
_ERRORS = 400
_SAME_PROTEIN = re.compile(r"(?:.*\()?(?P<protein>NP_[0-9]+\.[0-9]+)\)?:(?P<change>p\..+)")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a service said of a variant.

    ``status``: agrees, differs, answered (nothing that could be compared), refused (the service does not take the
    description), no-answer, not-asked. ``c``, ``g`` (GRCh38) and ``p`` are its own; ``bases`` the reference bases it
    has at the place of the change.
    """

    backend: str
    status: str
    c: str | None = None
    g: str | None = None
    p: str | None = None
    bases: str | None = None
    message: str = ""

    def as_json(self) -> Json:
        """The opinion as it stands under ``online`` in the answer of ``adapter hgvs``; what is absent left out."""
        return {name: value for name, value in asdict(self).items() if value}


def server_of(backend: str) -> Server:
    """The server registered under a service's name, else its public address.

    Raises ServerError for a service that is not known, or has no public address and is not registered.
    """
    if backend not in PUBLIC:
        raise ServerError(f"no online service {backend}; there are {', '.join(PUBLIC)}")
    if registered := registry().get(backend):
        return registered
    if not PUBLIC[backend]:
        raise ServerError(f"{backend} has no public address: register a server of this name")
    return Server.model_validate({"id": backend, "url": PUBLIC[backend], **_LIMITS})


@lru_cache(maxsize=4)
def asker(backend: str) -> Asker:
    """The one connection of this process to a service. Raises ServerError, see :func:`server_of`."""
    return Asker(backend, server_of(backend))


class Asker:
    """Asks one service about one variant after another; gives up after :data:`TRIES` silent answers in a row."""

    def __init__(self, backend: str, server: Server) -> None:
        self.backend, self._transport = backend, _Raw(server)
        self._silent = 0

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def ask(self, found: Json) -> Opinion:
        """The service's opinion on an answer of ``adapter hgvs``; never raises for what the service does."""
        asked = _ASKED[self.backend]
        path = asked(found)
        if path is None:
            return Opinion(self.backend, "not-asked", message="no description on a reference sequence")
        if self._silent >= TRIES:
            return Opinion(self.backend, "not-asked", message=f"the service was silent {TRIES} times")
        try:
            answer = self._transport.exchange("GET", f"{self._transport.server.base}/{path}")
        except NoAnswer as error:
            self._silent += 1
            return Opinion(self.backend, "no-answer", message=str(error))
        self._silent = 0
        said = _READ[self.backend](self.backend, answer, self._transport.text)
        return _compared(said, found) if said.status == "answered" else said


class _Raw(Transport):
    """A transport that keeps the text of its last answer: SeqRepo answers with bare bases."""

    text = ""

    def _read(self, response: requests.Response) -> bytes:
        data = super()._read(response)
        self.text = data.decode("ascii", "replace").strip()
        return data


def _compared(said: Opinion, found: Json) -> Opinion:
    """The opinion held against what the adapter derived, value by value where both have one."""
    ours = {
        "c": found.get("c"),
        "g": (found.get("g") or {}).get("GRCh38"),
        "p": found.get("p"),
        "bases": _deleted(found),
    }
    both = [(_plain(text), _plain(theirs)) for name, text in ours.items() if text and (theirs := getattr(said, name))]
    unlike = [pair for pair in both if pair[0] != pair[1]]
    status = "differs" if unlike else "agrees" if both else "answered"
    return Opinion(**asdict(said) | {"status": status})


def _plain(text: str) -> str:
    """A description without the parentheses of a prediction."""
    return re.sub("[()]", "", text) if ":p." in text else text


# --- what is asked


def _description(found: Json) -> str | None:
    """The coding description, or else the genomic one, on its reference sequence."""
    stated = found.get("c") or next((g for g in (found.get("g") or {}).values() if g), None)
    return stated if stated and re.match(r"[A-Z]{2,4}_?[0-9]+\.[0-9]+:[cgn]\.", stated) else None


def _of_variantvalidator(found: Json) -> str | None:
    text = _description(found)
    return text and f"VariantValidator/variantvalidator/GRCh38/{quote(text, safe='')}/mane_select"


def _of_mutalyzer(found: Json) -> str | None:
    text = _description(found)
    return text and f"normalize/{quote(text, safe='')}"


def _of_seqrepo(found: Json) -> str | None:
    """The bases that the change deletes: what a substitution or deletion says the reference has."""
    bases = _deleted(found)
    if not bases:
        return None
    accession, start, *_ = found["spdi"].split(":")
    return f"1/sequence/{accession}?start={start}&end={int(start) + len(bases)}"


def _deleted(found: Json) -> str | None:
    return found["spdi"].split(":")[2] or None if found.get("spdi") else None


_ASKED: dict[str, Callable[[Json], str | None]] = {
    "variantvalidator": _of_variantvalidator,
    "mutalyzer": _of_mutalyzer,
    "seqrepo": _of_seqrepo,
}


# --- what is answered


def _variantvalidator(backend: str, answer: Answer, _text: str) -> Opinion:
    """The first variant of the answer: an object by its description, beside ``flag`` and ``metadata``."""
    body = answer.body or {}
    variants = [v for v in body.values() if isinstance(v, dict) and "hgvs_transcript_variant" in v]
    if answer.status >= _ERRORS or not variants:
        return Opinion(backend, *_not_read(answer))
    first = variants[0]
    protein = _at(first, "hgvs_predicted_protein_consequence", "tlr")
    said = {
        "c": _string(first.get("hgvs_transcript_variant")),
        "g": _string(_at(first, "primary_assembly_loci", "grch38", "hgvs_genomic_description")),
        "p": _protein(_string(protein)),
    }
    warnings = first.get("validation_warnings")
    words = "; ".join(map(str, warnings))[:_LONGEST] if isinstance(warnings, list) else ""
    return Opinion(backend, "answered" if any(said.values()) else "refused", **said, message=words)


def _mutalyzer(backend: str, answer: Answer, _text: str) -> Opinion:
    """The normalised description, its equivalent on the chromosome and the protein."""
    body = answer.body or {}
    normal = _string(body.get("normalized_description"))
    if answer.status >= _ERRORS or normal is None:
        errors = _at(body, "custom", "errors")
        words = "; ".join(_words(errors))[:_LONGEST]
        return Opinion(backend, "refused", message=words) if words else Opinion(backend, *_not_read(answer))
    equal = [normal, *_words(body.get("equivalent_descriptions"))]
    return Opinion(
        backend,
        "answered",
        c=next((text for text in equal if ":c." in text), None),
        g=next((text for text in equal if text.startswith("NC_") and ":g." in text), None),
        p=_protein(_string(_at(body, "protein", "description"))),
    )


def _seqrepo(backend: str, answer: Answer, text: str) -> Opinion:
    """The bases of the interval as plain text."""
    if answer.status >= _ERRORS or not re.fullmatch("[ACGTN]+", text):
        return Opinion(backend, *_not_read(answer))
    return Opinion(backend, "answered", bases=text)


def _not_read(answer: Answer) -> tuple[str, None, None, None, None, str]:
    """Status and message for an answer that is not of the expected form."""
    status = "refused" if answer.status >= _ERRORS else "no-answer"
    note = f" ({answer.note})" if answer.note else ""
    return status, None, None, None, None, f"status {answer.status}, not an answer of this service{note}"


_READ: dict[str, Callable[[str, Answer, str], Opinion]] = {
    "variantvalidator": _variantvalidator,
    "mutalyzer": _mutalyzer,
    "seqrepo": _seqrepo,
}


def _at(value: Any, *names: str) -> Any:
    """The value at a path of object members, None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _string(value: Any) -> str | None:
    return value[:_LONGEST] if isinstance(value, str) and value else None


def _words(value: Any) -> Iterator[str]:
    """The texts in a list or object of texts or of objects with ``description`` or ``details``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, dict):
        named = [value[name] for name in ("description", "details") if isinstance(value.get(name), str)]
        yield from named or (text for one in value.values() if isinstance(one, list) for text in _words(one))


def _protein(text: str | None) -> str | None:
    """A protein description on its own accession: ``NM_000546.6(NP_000537.3):p.(…)`` is one on NP_000537.3."""
    found = _SAME_PROTEIN.fullmatch(text or "")
    return f"{found['protein']}:{found['change']}" if found else None
