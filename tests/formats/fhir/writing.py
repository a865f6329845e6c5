"""What the tests of the FHIR writer share: the cases, how they are written, and how a document is looked into."""

import copy
from pathlib import Path

from adapter import convert
from adapter.case import read_case
from adapter.formats.document import dump, read_json
from adapter.terms import load

ROOT = Path(__file__).parents[3]
AT = "2026-01-01T00:00:00Z"
SAMPLES = sorted(ROOT.glob("samples/*.json")) + sorted(ROOT.glob("samples/kinds/*.json"))
CASES = sorted(ROOT.glob("tests/homes/cases/*.json"))
SETS = ("gr3", "mcode4", "gr2")


def written(document, profile_set="gr3", bundle="collection"):
    """A case document as a bundle, with its losses."""
    return convert.write(read_case(document), "fhir", at=AT, profile_set=profile_set, bundle=bundle, terms=load())


def read(path):
    return read_json(path.read_bytes())


def counted(document):
    """What counts as the document: without generated narrative and Provenance."""
    plain = copy.deepcopy(document)
    plain["entry"] = [e for e in plain["entry"] if e["resource"]["resourceType"] != "Provenance"]
    for entry in plain["entry"]:
        entry["resource"].pop("text", None)
    return dump(plain)


def resources(document, kind=""):
    found = [entry["resource"] for entry in document["entry"]]
    return [r for r in found if not kind or r["resourceType"] == kind]


def codes(node):
    """Codes of a CodeableConcept."""
    return [coding["code"] for coding in node.get("coding", [])]


def observation(document, code, n=0):
    """The n-th Observation whose code or words are ``code``."""
    named = [o for o in resources(document, "Observation") if code in (*codes(o["code"]), o["code"].get("text"))]
    return named[n]


def value(node):
    """What stands in value[x], None without one."""
    return next((v for k, v in node.items() if k.startswith("value")), None)


def component(node, code, n=0):
    """Value of the n-th component ``code``; None where there is none."""
    found = [c for c in node.get("component", ()) if code in (*codes(c["code"]), c["code"].get("text"))]
    return value(found[n]) if n < len(found) else None
