"""What the caller accepts, and query parameters given once."""

from __future__ import annotations

from flask import request
from werkzeug.routing import BaseConverter

from adapter.web.errors import Refused


class FhirType(BaseConverter):
    """A resource type in a path: letters, so that an operation (``$validate``) is none."""

    regex = "[A-Za-z]{1,64}"


class FhirId(BaseConverter):
    """A resource id in a path."""

    regex = "[A-Za-z0-9.-]{1,64}"


def acceptable(*types: str, prefer: str = "") -> str:
    """The type to answer with: ``prefer`` or the first of ``types`` unless the caller wants another; Refused (406)."""
    offered = list(dict.fromkeys([t for t in (prefer, *types) if t]))
    if not request.headers.get("Accept"):
        return offered[0]
    found = request.accept_mimetypes.best_match(offered)
    if found is None:
        raise Refused(406, f"this answers {', '.join(offered)}")
    return found


def single() -> None:
    """Refuse a query parameter given twice: which of the two was meant is not for us to choose."""
    if any(len(values) > 1 for _, values in request.args.lists()):
        raise Refused(400, "expected each query parameter once")
