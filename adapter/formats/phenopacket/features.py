"""PhenotypicFeature: presenting features, ``excluded`` when they were looked for and absent.

A feature that could not be told is none: the message has only "there" and "excluded", so it is a Measurement of the
subject, as an indeterminate genomic result is, its class the assay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapter.formats.phenopacket.disease import stated_code, written_code
from adapter.formats.phenopacket.writing import Writing
from adapter.report import Json

if TYPE_CHECKING:
    from adapter.case import Case, Feature

UNNAMED = "feature"  # label of one of which only age, site or result is stated


def features(w: Writing, case: Case, measured: int) -> tuple[list[Json], list[Json]]:
    """The features in order, and those that could not be told, which follow ``measured`` measurements."""
    told = [n for n, feature in enumerate(case.features) if feature.result in ("present", "absent")]
    rest = [n for n, feature in enumerate(case.features) if feature.result not in ("present", "absent")]
    found = [
        _feature(w, case.features[n], f"/features/{n}", f"/phenotypicFeatures/{place}") for place, n in enumerate(told)
    ]
    doubtful = [
        _doubtful(w, case.features[n], f"/features/{n}", f"/measurements/{place}")
        for place, n in enumerate(rest, start=measured)
    ]
    return found, doubtful


def _feature(w: Writing, feature: Feature, path: str, where: str) -> Json:
    """The term as class; words of it, a site and what was said have no field the official schema takes."""
    node: Json = {}
    _type(w, node, "type", feature, path, where)
    node["excluded"] = feature.result == "absent"
    if feature.result == "absent":
        w.note((node, f"{path}/result", "", "excluded"))
    w.time(node, "onset", path, where, feature.age, None)
    _rest(w, feature, path, where)
    return node


def _doubtful(w: Writing, feature: Feature, path: str, where: str) -> Json:
    """A Measurement of the subject; the description says that it is of a feature."""
    node: Json = {"description": f"feature: {_words(feature)}"}
    w.note((node, f"{path}/{name}" if (name := _named_by(feature)) else "", "", "description"))
    _type(w, node, "assay", feature, path, where)
    value: Json = {}
    w.term(value, "ontologyClass", w.coded("results", feature.result, "LOINC"), f"{path}/result")
    node["value"] = value
    w.time(node, "timeObserved", path, where, feature.age, None)
    _rest(w, feature, path, where)
    return node


def _rest(w: Writing, feature: Feature, path: str, where: str) -> None:
    w.said(where, feature.site, f"{path}/site", "site")
    w.said(where, feature.said, f"{path}/said")


def _words(feature: Feature) -> str:
    """What a feature is called: its term, the words of its code, what was said; a class has to have a label."""
    coded = feature.code.display or feature.code.code if feature.code else ""
    return feature.term or coded or feature.said or UNNAMED


def _named_by(feature: Feature) -> str:
    """The field that the words are of, "" where a feature has no name at all."""
    return "term" if feature.term else "code" if feature.code else "said" if feature.said else ""


def _type(w: Writing, node: Json, member: str, feature: Feature, path: str, where: str) -> None:
    """The class of the feature as ``member``, and the words and the code as stated beside it."""
    code = stated_code(w, feature.code, feature.term or "") if feature.code else None
    words = _words(feature)
    named = feature.term or feature.code
    chosen = code or (w.coded("features", words, "HP", "NCIT", "SNOMED") if named else w.terms.own(words))
    if feature.term and feature.term in (feature.said, UNNAMED):
        w.term(node, member, chosen, f"{path}/term")
        # A label without this comment may be what was said, or nothing that was.
        w.comment(where, "term", feature.term, f"{path}/term", moved=False)
    elif feature.term:
        w.stated(node, member, chosen, words, f"{path}/term", where, "term")
    else:
        w.term(node, member, chosen, f"{path}/{_named_by(feature)}" if _named_by(feature) else "")
    if feature.code:
        w.comment(where, "code", written_code(feature.code), f"{path}/code", moved=code is None)
