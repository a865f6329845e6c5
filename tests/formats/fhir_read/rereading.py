"""What the tests of the FHIR reader share: the two forms of one statement, and what a round trip changed.

``statements`` puts a case into one form. Some things can be stated in two ways that say the same, and FHIR has one
home for both: a text and a list of that one text, one gene and a list of it, counts as text and as an object, a
default stated or not, a number and its digits.
"""

import copy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "fhir"))
sys.path.insert(0, str(Path(__file__).parents[2]))
from writing import written

from adapter.case import read_case
from adapter.case.findings.sequence_variant import identifiers
from adapter.formats import form
from adapter.formats.document import dump, read_json
from adapter.terms import load


def reread(document):
    """The cases of a FHIR document, as its bytes are read."""
    return list(form("fhir").read(read_json(dump(document)), load()))


def changed(document, profile_set, bundle="collection"):
    """Pointers of what case -> FHIR -> case changes without its being a loss, with both values."""
    there = written(document, profile_set, bundle)
    (back,) = reread(there.document)
    lost = [loss.path for loss in there.losses]
    before, after = statements(read_case(document)), statements(back.case)
    return [
        (at, before.get(at), after.get(at))
        for at in {**before, **after}
        if before.get(at) != after.get(at) and not any(_near(at, path) for path in lost)
    ]


def _near(at, path):
    """A loss covers its leaf and what lies below it; a list whose only item is lost is gone too."""
    return path != "" and (at == path or at.startswith(f"{path}/"))


def statements(case):
    """Leaves of a case in its one form, by pointer."""
    document = copy.deepcopy(case.to_json())
    del document["case_format"]
    document["carried"] = [one for one in document.get("carried", ()) if one["value"] is not None]
    for finding in document.get("findings", ()):
        _finding(finding, document.get("source", {}))
    for feature in document.get("features", ()):
        _unless(feature, "result", "present")
    return dict(_leaves(document))


def _finding(finding, source):
    if finding["kind"] == "copy-number" and "gene" in finding:
        finding["genes"] = [finding.pop("gene"), *finding.get("genes", ())]
    if isinstance(finding.get("exons"), list):
        finding["exons"] = ", ".join(map(str, finding["exons"]))
    for field in ("hgvs", "method"):
        if isinstance(finding.get(field), str):
            finding[field] = [finding[field]]
    for field in ("cells", "blasts"):
        if isinstance(finding.get(field), dict):
            finding[field] = "{positive}/{scored}".format(**finding[field])
    if "variant_ids" in finding:
        finding["variant_ids"] = [" ".join(pair) for pair in identifiers(finding["variant_ids"])]
    _unless(finding, "status", "final")
    _unless(finding, "result", "present")
    if finding["kind"] == "normal":
        _unless(finding, "result", "absent")
    if _citable(finding.get("source")) == _citable(source):
        finding.pop("source", None)


def _citable(source):
    return {key: value for key, value in (source or {}).items() if key != "label"}


def _unless(node, field, default):
    if node.get(field) == default:
        del node[field]


def _leaves(node, at=""):
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, f"{at}/{key}")
    elif isinstance(node, list):
        for n, value in enumerate(node):
            yield from _leaves(value, f"{at}/{n}")
    else:
        yield at, node if isinstance(node, bool | str | None) else str(node)
