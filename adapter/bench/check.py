"""What validation costs: the basic tier over a conversion, the profile tier and its loading over fixed budgets.

The two budgets of the profile tier (20 ms for a patient's bundle, 1.5 s to load) are CPU seconds of this machine, so
those rows are shares of a budget and not ratios of two programs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial

from adapter.bench.cost import AT, SAMPLES
from adapter.bench.measure import Row, budget, ratio
from adapter.case import read_case
from adapter.convert import write
from adapter.formats.document import dump, read_json
from adapter.packaged import samples
from adapter.report import Json
from adapter.terms import load
from adapter.validate import check

BUNDLE_SECONDS = 0.020
LOAD_SECONDS = 1.5
BOTH_SIDES = (
    "bytes on both sides: strict read of the document and tiers 0 to 2, over strict read and validation of its case, "
    "writing and dump; the same documents, engine readings kept"
)
_LOAD = (
    "import sys, time; from adapter.formats.document import read_json; from adapter.validate import check;"
    "document = read_json(sys.stdin.buffer.read()); check(document, tier='basic'); start = time.process_time();"
    "check(document, tier='profile'); print(time.process_time() - start)"
)


def rows() -> Iterator[Row]:
    """One row per goal of validation, over both patients of the seed report; FHIR in both profile sets."""
    terms = load()
    texts = [(samples() / f"{name}.json").read_bytes() for name in SAMPLES]

    def convert(to: str) -> list[Json]:
        sets = ("gr3", "mcode4") if to == "fhir" else ("gr3",)
        return [
            write(read_case(read_json(text)), to, at=AT, profile_set=profiles, terms=terms).document
            for profiles in sets
            for text in texts
        ]

    ready = {to: convert(to) for to in ("fhir", "phenopacket")}
    printed = {to: [dump(document) for document in documents] for to, documents in ready.items()}

    def basic(to: str) -> None:
        for text in printed[to]:
            check(read_json(text), tier="basic", source=to, terms=terms)

    def whole(to: str) -> None:
        for document in convert(to):
            dump(document)

    for to, title in (("fhir", "FHIR document"), ("phenopacket", "phenopacket")):
        yield ratio(
            "check",
            f"basic tier of a {title} over its conversion",
            partial(basic, to),
            partial(whole, to),
            left_items=len(printed[to]),
            right_items=len(printed[to]),
            goal="<= 2.5",
            note=BOTH_SIDES,
        )
    spent = statistics.median(_profile(document) for document in ready["fhir"] for _ in range(5))
    name = "profile tier of a patient's bundle over 20 ms"
    yield budget("check", name, spent, BUNDLE_SECONDS, note="after load, tiers 0 to 2 included")
    done = subprocess.run([sys.executable, "-c", _LOAD], input=printed["fhir"][0], capture_output=True, check=True)  # noqa: S603
    name = "first profile check of a process over 1.5 s"
    yield budget("check", name, float(done.stdout), LOAD_SECONDS, note="loads and checks one bundle")


def _profile(document: Json) -> float:
    """CPU seconds of one check at tier profile, after one that loaded what it needs."""
    check(document, tier="profile", source="fhir")
    start = time.process_time()
    check(document, tier="profile", source="fhir")
    return time.process_time() - start
