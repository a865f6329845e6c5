"""Generated narrative: one line of escaped words per resource, the same for the same case.

A narrative may hold no markup of the input and no character that XML 1.0 forbids (FHIR R4, section 2.4.0.1).
"""

from __future__ import annotations

from adapter.report import Json

_HEAD = '<div xmlns="http://www.w3.org/1999/xhtml">'
_ESCAPES: dict[int, str] = {
    **dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(55296, 57344), 65534, 65535), "�"),
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
}


def narrative(words: str) -> Json:
    """Narrative of ``words``, which are escaped."""
    if not words.isprintable() or "<" in words or "&" in words or ">" in words or '"' in words:
        words = words.translate(_ESCAPES)
    return {"status": "generated", "div": f"{_HEAD}{words}</div>"}
