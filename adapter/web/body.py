"""Request bodies: the right type, a size limit that also holds for chunked bodies, bounded gzip."""

from __future__ import annotations

import zlib
from typing import Any

from flask import Request, current_app, request

from adapter.errors import ReadError
from adapter.formats import document
from adapter.web.errors import Refused
from adapter.web.settings import Settings

JSON_TYPES = ("application/json", "application/fhir+json")
YAML_TYPES = ("application/yaml", "application/x-yaml", "text/yaml")
PROTOBUF_TYPES = ("application/x-protobuf", "application/protobuf", "application/vnd.google.protobuf")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/fhir+ndjson", "application/jsonl")
_CHUNK = 65_536


def json_document() -> Any:
    """The document of the request: JSON, YAML, or one protobuf message. Raises Refused (400, 413, 415)."""
    kind = _content_type(request, JSON_TYPES + YAML_TYPES + PROTOBUF_TYPES)
    data = _bytes(request, settings().max_body)
    try:
        if kind in PROTOBUF_TYPES:
            return _message(data)
        return document.read_yaml(data) if kind in YAML_TYPES else document.read_json(data)
    except ReadError as error:
        raise Refused(400, "the body is not a document", fault=error) from None


def _message(data: bytes) -> Any:
    """The phenopacket in binary protobuf. Raises ReadError, also for a stream of several."""
    from adapter.formats.phenopacket import binary

    number, found = next(binary.documents(data))
    if number:
        raise ReadError("expected one message without its length before it")
    return found


def ndjson() -> bytes:
    """The NDJSON body of the request. Raises Refused (413, 415)."""
    _content_type(request, NDJSON_TYPES + JSON_TYPES)
    return _bytes(request, settings().max_stream)


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["ADAPTER"]
    return found


def _content_type(incoming: Request, accepted: tuple[str, ...]) -> str:
    if incoming.mimetype not in accepted:
        raise Refused(415, f"expected a body of type {', '.join(accepted)}")
    charset = incoming.mimetype_params.get("charset", "utf-8").lower()
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise Refused(415, "expected the charset utf-8")
    return incoming.mimetype


def _bytes(incoming: Request, limit: int) -> bytes:
    """The decoded body, at most ``limit`` bytes.

    A chunked body has no length to look at, and the framework hands over its first bytes as if they were all: so one
    byte more than the limit is asked for, and its arrival is the refusal.
    """
    if incoming.content_length is not None and incoming.content_length > limit:
        raise Refused(413, f"expected at most {limit} bytes")
    data = _read(incoming, limit + 1)
    if len(data) > limit:
        raise Refused(413, f"expected at most {limit} bytes")
    encoding = incoming.headers.get("Content-Encoding", "identity").lower()
    if encoding == "gzip":
        return _gunzip(data, limit)
    if encoding != "identity":
        raise Refused(415, "expected Content-Encoding gzip or identity")
    return data


def _read(incoming: Request, most: int) -> bytes:
    parts: list[bytes] = []
    left = most
    while left > 0 and (part := incoming.stream.read(min(_CHUNK, left))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _gunzip(data: bytes, limit: int) -> bytes:
    """Bounded decompression: no more than ``limit`` bytes, and no more than the allowed expansion, are ever made."""
    bound = min(limit, max(_CHUNK, len(data) * settings().max_expansion))
    decoder = zlib.decompressobj(wbits=31)
    try:
        out = decoder.decompress(data, bound + 1)
    except zlib.error:
        raise Refused(400, "the body is not gzip") from None
    if len(out) > bound:
        raise Refused(413, f"expected at most {bound} bytes after decompression")
    if not decoder.eof or decoder.unused_data:
        raise Refused(400, "the gzip body is cut off or has bytes after its end")
    return out
