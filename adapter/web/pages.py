"""``/``: paste or choose a case and see its documents and losses. Works without JavaScript."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template, request

from adapter.clock import now
from adapter.convert import convert
from adapter.errors import CaseError, ReadError
from adapter.formats import document
from adapter.packaged import samples
from adapter.web.body import settings
from adapter.web.errors import Refused, details
from adapter.web.gate import turn

blueprint = Blueprint("pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
TARGETS = {
    "fhir": ("fhir", "gr3"),
    "fhir-mcode4": ("fhir", "mcode4"),
    "phenopacket": ("phenopacket", "gr3"),
}


@blueprint.route("/", methods=["GET", "POST"])
def index() -> str:
    """The page, with the conversion of what was pasted or of the sample chosen."""
    names = sorted(path.stem for path in samples().glob("*.json"))
    chosen = request.args.get("sample", "")
    text = _pasted() if request.method == "POST" else _sample(chosen, names)
    with turn():
        results, faults = _converted(text) if text.strip() else ([], [])
    return render_template("index.html", names=names, chosen=chosen, text=text, results=results, faults=faults)


def _pasted() -> str:
    limit = settings().max_body
    if request.content_length is None or request.content_length > 3 * limit:
        raise Refused(413, f"expected at most {limit} bytes")
    return request.form.get("case", "")


def _sample(name: str, names: list[str]) -> str:
    return (samples() / f"{name}.json").read_text(encoding="utf-8") if name in names else ""


def _converted(text: str) -> tuple[list[dict[str, Any]], list[Any]]:
    """Documents and losses in every target, or the located faults of the text."""
    terms, at = current_app.extensions["terms"], now()
    data = text.encode()
    try:
        parsed = document.read_json(data) if text.lstrip().startswith("{") else document.read_yaml(data)
        return [
            {
                "title": f"{name} ({one.case.id})",
                "text": document.dump(one.document, pretty=True).decode(),
                "losses": [loss.to_json() for loss in one.losses],
            }
            for name, (target, profiles) in TARGETS.items()
            for one in convert(parsed, target, at=at, profile_set=profiles, terms=terms)
        ], []
    except (CaseError, ReadError) as error:
        return [], details(error)
