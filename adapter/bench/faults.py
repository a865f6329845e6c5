"""What an invalid input costs until its fault is located, over a budget and over the valid way (P12)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

from adapter.bench.cost import AT, SAMPLES
from adapter.bench.measure import Row, budget, ratio
from adapter.case import read_case
from adapter.convert import write
from adapter.errors import CaseError
from adapter.formats.document import dump, read_json
from adapter.packaged import samples
from adapter.report import Json
from adapter.terms import load
from adapter.validate import check

ALLOWED_SECONDS = 0.005


def rows() -> Iterator[Row]:
    """A case and a FHIR bundle with one fault each."""
    terms = load()
    good = read_json((samples() / f"{SAMPLES[1]}.json").read_bytes())
    spoiled = copy.deepcopy(good)
    spoiled["findings"][0]["cells"] = "many"
    bundle = write(read_case(good), "fhir", at=AT, terms=terms).document
    broken = copy.deepcopy(bundle)
    _observation(broken)["status"] = "bogus"

    def refused() -> None:
        try:
            read_case(read_json(texts[1]))
        except CaseError:
            return
        raise AssertionError("the spoiled case was accepted")

    texts = dump(good), dump(spoiled)
    yield from _both("a case", ratio("faults", "", refused, lambda: read_case(read_json(texts[0]))))
    yield from _both(
        "a FHIR bundle",
        ratio(
            "faults",
            "",
            lambda: check(broken, tier="basic", source="fhir", terms=terms),
            lambda: check(bundle, tier="basic", source="fhir", terms=terms),
        ),
    )


def _both(what: str, measured: Row) -> Iterator[Row]:
    """One measurement as a ratio to the valid way and as a share of the time allowed."""
    yield replace(measured, name=f"{what} with a fault over a valid one", goal="<= 10", number="P12")
    yield budget("faults", f"a located error in {what} over 5 ms", measured.left, ALLOWED_SECONDS, number="P12")


def _observation(bundle: Json) -> Json:
    resources = (entry["resource"] for entry in bundle["entry"])
    found: Json = next(one for one in resources if one["resourceType"] == "Observation")
    return found
