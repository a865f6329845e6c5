"""What the caller accepts, and query parameters given once."""

from __future__ import annotations

from flask import request

from adapter.web.errors import Refused


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
