"""PhenotypicFeature: presenting features, ``excluded`` when they were looked for and absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.phenopacket.disease import stated_code, written_code
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json
from adapter.terms import Code

if TYPE_CHECKING:
    from adapter.case import Case, Feature


def features(w: Writing, case: Case) -> list[Json]:
    """The features in order."""
    return [_feature(w, feature, n) for n, feature in enumerate(case.features)]


def _feature(w: Writing, feature: Feature, n: int) -> Json:
    """The term as class; words of it, a site and what was said have no field the official schema takes."""
    path, where = f"/features/{n}", f"/phenotypicFeatures/{n}"
    node: Json = {}
    code = stated_code(w, feature.code, feature.term or "") if feature.code else None
    words = feature.term or (feature.code.display or feature.code.code if feature.code else "")
    _type(w, node, code, words, path, where, stated=bool(feature.term))
    if feature.code:
        w.comment(where, "code", written_code(feature.code), f"{path}/code", moved=code is None)
    node["excluded"] = feature.result == "absent"
    if feature.result == "absent":
        w.note((node, f"{path}/result", "", "excluded"))
    elif feature.result != "present":
        w.comment(where, "result", feature.result, f"{path}/result")
    w.time(node, "onset", path, where, feature.age, None)
    w.said(where, feature.site, f"{path}/site", "site")
    w.said(where, feature.said, f"{path}/said")
    return node


def _type(w: Writing, node: Json, code: Code | None, words: str, path: str, where: str, *, stated: bool) -> None:
    chosen = code or w.coded("features", words, "HP", "NCIT", "SNOMED")
    if stated:
        w.stated(node, "type", chosen, words, f"{path}/term", where, "term")
    else:
        w.term(node, "type", chosen, f"{path}/code")
