"""What a conversion costs, over two floors and against the naive ways.

The *floor* is what no adapter can leave out: strict read of the case, validation of the case, dump of the ready
document. The *JSON floor* is less than any adapter does: ``orjson.loads`` of the case and ``orjson`` dump of the ready
document. The goals of the first are those of the issues, of the second those numbered P1 to P5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from adapter.bench.measure import Row, ratio
from adapter.bench.synthetic import cases
from adapter.case import read_case
from adapter.case.findings import engines
from adapter.convert import write
from adapter.formats.document import dump, read_json
from adapter.packaged import samples
from adapter.report import Json
from adapter.terms import Terms, load

SAMPLES = ("fonc-2026-1656404-patient-1", "fonc-2026-1656404-patient-2")
SYNTHETIC = 40
AT = "2026-01-01T00:00:00Z"
KEPT = "engine readings are kept: the same two patients are converted again and again"


@dataclass(frozen=True, slots=True)
class Workload:
    """Cases as JSON texts and the documents they become, by format."""

    texts: list[bytes]
    ready: dict[str, list[Json]]
    terms: Terms


Step = Callable[[Workload], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row: ``left`` over ``right``, each one pass over all cases of a workload."""

    name: str
    left: Step
    right: Step
    goal: str = ""
    note: str = ""
    number: str = ""

    def row(self, load: Workload, name: str = "") -> Row:
        """Measure it over the cases of ``load``, per case."""
        return ratio(
            "cost",
            f"{self.name}{name}",
            lambda: self.left(load),
            lambda: self.right(load),
            left_items=len(load.texts),
            right_items=len(load.texts),
            goal=self.goal,
            note=self.note,
            number=self.number,
        )


def workload(texts: list[bytes]) -> Workload:
    """The cases of ``texts`` with their documents."""
    terms = load()
    ready = {
        to: [write(read_case(read_json(text)), to, at=AT, terms=terms).document for text in texts]
        for to in ("phenopacket", "fhir")
    }
    return Workload(texts, ready, terms)


def convert(load: Workload, *, to: str, checked: bool = False) -> None:
    """Case text to document text, the whole way; ``checked`` with the official schema of tier 1 over the document."""
    for text in load.texts:
        document = write(read_case(read_json(text)), to, at=AT, terms=load.terms).document
        if checked:
            _schema(to, document)
        dump(document)


def anew(load: Workload, *, to: str) -> None:
    """The conversion where no text of the cases was met before."""
    forget()
    convert(load, to=to)


def both(load: Workload) -> None:
    """One read and two documents, both checked at tier 1."""
    for text in load.texts:
        case = read_case(read_json(text))
        for to in ("fhir", "phenopacket"):
            document = write(case, to, at=AT, terms=load.terms).document
            _schema(to, document)
            dump(document)


def floor(load: Workload, *, to: str) -> None:
    """Strict read, validation of the case, dump of the ready document."""
    for text, document in zip(load.texts, load.ready[to], strict=True):
        read_case(read_json(text))
        dump(document)


def json_floor(load: Workload, *, to: tuple[str, ...]) -> None:
    """Parse and dump, by orjson alone."""
    for n, text in enumerate(load.texts):
        orjson.loads(text)
        for name in to:
            dump(load.ready[name][n])


def rules(load: Workload) -> None:
    """Tier 2 over the ready FHIR documents."""
    from adapter.formats.fhir.checks.rules import issues

    for document in load.ready["fhir"]:
        list(issues(document, load.terms))


def naive_fhir(load: Workload) -> None:
    """The usual way: models built through fhir.resources, dumped by them, parsed again to be sure."""
    from fhir.resources.R4B.bundle import Bundle

    for text, document in zip(load.texts, load.ready["fhir"], strict=True):
        orjson.loads(text)
        Bundle.model_validate_json(Bundle.model_validate(orjson.loads(dump(document))).model_dump_json())


def naive_packet(load: Workload) -> None:
    """The usual way: a message built by ParseDict, printed by MessageToJson, parsed again to be sure."""
    from google.protobuf.json_format import MessageToJson, Parse, ParseDict
    from phenopackets import Phenopacket

    for text, document in zip(load.texts, load.ready["phenopacket"], strict=True):
        orjson.loads(text)
        Parse(MessageToJson(ParseDict(orjson.loads(dump(document)), Phenopacket())), Phenopacket())


def forget() -> None:
    """Forget what was kept of a text or a variant, as if none had been met before."""
    from adapter.case.findings import implied
    from adapter.formats.phenopacket import variation

    found = (*vars(engines).values(), *vars(implied).values(), variation.of_allele, variation.copy_number_id)
    for kept in found:
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()


def _schema(to: str, document: Json) -> None:
    if to == "fhir":
        from adapter.formats.fhir.checks.schema import issues

        list(issues(document))
    else:
        from adapter.formats.phenopacket import schema

        list(schema.issues(document))


PACKET, FHIR = partial(convert, to="phenopacket"), partial(convert, to="fhir")
CHECKED = partial(convert, to="fhir", checked=True)
PACKET_FLOOR, FHIR_FLOOR = partial(floor, to="phenopacket"), partial(floor, to="fhir")
PACKET_JSON, FHIR_JSON = partial(json_floor, to=("phenopacket",)), partial(json_floor, to=("fhir",))
BOTH_JSON = partial(json_floor, to=("fhir", "phenopacket"))

PATIENTS = (
    Comparison("case to phenopacket over the floor", PACKET, PACKET_FLOOR, "<= 2", KEPT),
    Comparison(
        "case to phenopacket, every variant read anew, over the floor",
        partial(anew, to="phenopacket"),
        PACKET_FLOOR,
        note="as in a cohort of distinct variants",
    ),
    Comparison("case to FHIR with tiers 0 and 1 over the floor", CHECKED, FHIR_FLOOR, "<= 4"),
    Comparison("case to FHIR without a check over the floor", FHIR, FHIR_FLOOR),
    Comparison("tier 2 of FHIR over the floor", rules, FHIR_FLOOR, note="ready documents; not part of the row before"),
    Comparison("case to phenopacket over orjson alone", PACKET, PACKET_JSON, "<= 8"),
    Comparison("case to FHIR over orjson alone", FHIR, FHIR_JSON, "<= 8"),
    Comparison("naive fhir.resources over case to FHIR", naive_fhir, FHIR, ">= 40"),
    Comparison("naive protobuf over case to phenopacket", naive_packet, PACKET, ">= 15"),
)
"""The goals of the issues, over both patients of the seed report."""

NUMBERED = (
    Comparison("case to FHIR over orjson alone", FHIR, FHIR_JSON, "<= 2.5", number="P1"),
    Comparison("case to FHIR over the floor", FHIR, FHIR_FLOOR, number="P1"),
    Comparison("case to FHIR with tiers 0 and 1 over orjson alone", CHECKED, FHIR_JSON, "<= 5", number="P2"),
    Comparison("case to FHIR with tiers 0 and 1 over the floor", CHECKED, FHIR_FLOOR, number="P2"),
    Comparison("naive fhir.resources over case to FHIR", naive_fhir, FHIR, ">= 100", number="P3"),
    Comparison("naive fhir.resources over case to FHIR with tiers 0 and 1", naive_fhir, CHECKED, ">= 60", number="P3"),
    Comparison("case to phenopacket over orjson alone", PACKET, PACKET_JSON, "<= 2.5", number="P4"),
    Comparison("case to phenopacket over the floor", PACKET, PACKET_FLOOR, number="P4"),
    Comparison("naive protobuf over case to phenopacket", naive_packet, PACKET, ">= 20", number="P4"),
    Comparison("case to FHIR and phenopacket, both checked, over orjson alone", both, BOTH_JSON, "<= 4.5", number="P5"),
)
"""The numbered goals, over distinct synthetic cases."""


def rows() -> Iterator[Row]:
    """The goals of the issues over two patients, then the numbered ones over synthetic cases."""
    patients = workload([(samples() / f"{name}.json").read_bytes() for name in SAMPLES])
    for one in PATIENTS:
        yield one.row(patients)
    synthetic = workload([dump(case) for case in cases(SYNTHETIC)])
    for one in NUMBERED:
        yield one.row(synthetic, f", {SYNTHETIC} synthetic cases")
