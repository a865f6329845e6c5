"""``/v1/iscn``, ``/v1/hgvs`` and ``/v1/fusion``: what a text of nomenclature says (contracts.md sections 2 and 3)."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, RawModel, Tag
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapter.errors import CaseError, Fault
from adapter.formats.document import dump
from adapter.web import body
from adapter.web.negotiation import acceptable, single

MOST = 20_000


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(max_length=MOST)


class IscnText(_Text):
    """A karyotype, FISH or array text; ``tokens`` adds the terminals of the grammar."""

    tokens: bool = False


class HgvsText(_Text):
    """A variant as reported, and what is known about it."""

    gene: str | None = Field(None, max_length=64)
    assembly: str | None = Field(None, max_length=64)
    transcript: str | None = Field(None, max_length=64)
    protein: str | None = Field(None, max_length=MOST)


class FusionText(_Text):
    """A gene fusion as reported."""


class IscnBody(RawModel):
    """Documents the body of /v1/iscn."""

    mimetypes = ["application/json"]  # noqa: RUF012  (the class attribute that flask-openapi3 reads)


class HgvsBody(RawModel):
    """Documents the body of /v1/hgvs."""

    mimetypes = ["application/json"]  # noqa: RUF012


class FusionBody(RawModel):
    """Documents the body of /v1/fusion."""

    mimetypes = ["application/json"]  # noqa: RUF012


api = APIBlueprint("nomenclature", __name__, abp_tags=[Tag(name="nomenclature")])


@api.post("/v1/iscn", summary="Read a karyotype, FISH or array text")
def iscn(raw: IscnBody) -> Response:  # noqa: ARG001  (flask-openapi3 finds the documented body by this name)
    """The answer of ``adapter iscn``."""
    from adapter.nomenclature.iscn import describe, parse

    asked = _asked(IscnText)
    return _answer(describe(parse(asked.text), current_app.extensions["terms"], tokens=asked.tokens))


@api.post("/v1/hgvs", summary="Read a variant as reported")
def hgvs(raw: HgvsBody) -> Response:  # noqa: ARG001
    """The answer of ``adapter hgvs``."""
    from adapter.nomenclature.hgvs import read

    asked = _asked(HgvsText)
    fields = asked.model_dump(exclude={"text"}, exclude_none=True)
    return _answer(read(asked.text, terms=current_app.extensions["terms"], **fields).as_json())


@api.post("/v1/fusion", summary="Read a gene fusion as reported")
def fusion(raw: FusionBody) -> Response:  # noqa: ARG001
    """The answer of ``adapter fusion``."""
    from adapter.nomenclature.fusion import describe, read

    asked = _asked(FusionText)
    return _answer(describe(read(asked.text, current_app.extensions["terms"])))


def _asked(model: type[Any]) -> Any:
    """The body as ``model``. Raises CaseError with the located faults, and Refused for a body that is no JSON."""
    single()
    acceptable("application/json")
    document = body.json_document()
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False, include_context=False)
        raise CaseError(
            tuple(Fault("/" + "/".join(map(str, f["loc"])) if f["loc"] else "", f["type"], f["msg"]) for f in faults)
        ) from None


def _answer(found: dict[str, Any]) -> Response:
    return Response(dump(found), mimetype="application/json")
