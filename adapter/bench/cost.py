"""What a conversion costs, over the floor of reading, validating and dumping, and against the naive ways.

The floor is what no adapter can leave out: strict read of the case, validation of the case, dump of the ready document.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from adapter.bench.measure import Row, ratio
from adapter.case import read_case
from adapter.case.findings import engines
from adapter.convert import write
from adapter.formats.document import dump, read_json
from adapter.packaged import samples
from adapter.terms import load
from adapter.validate import check

SAMPLES = ("fonc-2026-1656404-patient-1", "fonc-2026-1656404-patient-2")
AT = "2026-01-01T00:00:00Z"
KEPT = "engine readings are kept: the same two patients are converted again and again"


def rows() -> Iterator[Row]:
    """One row per goal of the first issue, each over both patients of the seed report."""
    terms = load()
    texts = [(samples() / f"{name}.json").read_bytes() for name in SAMPLES]
    ready = {
        to: [write(read_case(read_json(text)), to, at=AT, terms=terms).document for text in texts]
        for to in ("phenopacket", "fhir")
    }

    def convert(to: str, *, checked: bool = False) -> None:
        for text in texts:
            document = write(read_case(read_json(text)), to, at=AT, terms=terms).document
            if checked:
                _schema(to, document)
            dump(document)

    def anew(to: str) -> None:
        forget()
        convert(to)

    def floor(to: str) -> None:
        for text, document in zip(texts, ready[to], strict=True):
            read_case(read_json(text))
            dump(document)

    def orjson_floor(to: str) -> None:
        for text, document in zip(texts, ready[to], strict=True):
            orjson.loads(text)
            dump(document)

    def rules(to: str) -> None:
        for document in ready[to]:
            check(document, tier="basic", source=to, terms=terms)

    yield ratio(
        "cost",
        "case to phenopacket over the floor",
        lambda: convert("phenopacket"),
        lambda: floor("phenopacket"),
        goal="<= 2",
        note=KEPT,
    )
    yield ratio(
        "cost",
        "case to phenopacket, every variant read anew, over the floor",
        lambda: anew("phenopacket"),
        lambda: floor("phenopacket"),
        note="as in a cohort of distinct variants",
    )
    yield ratio(
        "cost",
        "case to FHIR with tiers 0 and 1 over the floor",
        lambda: convert("fhir", checked=True),
        lambda: floor("fhir"),
        goal="<= 4",
    )
    yield ratio("cost", "case to FHIR without a check over the floor", lambda: convert("fhir"), lambda: floor("fhir"))
    yield ratio(
        "cost",
        "tiers 1 and 2 of FHIR over its conversion",
        lambda: rules("fhir"),
        lambda: convert("fhir"),
        goal="<= 2.5",
    )
    yield ratio(
        "cost",
        "tiers 1 and 2 of phenopacket over its conversion",
        lambda: rules("phenopacket"),
        lambda: convert("phenopacket"),
        goal="<= 2.5",
    )
    yield ratio(
        "cost",
        "case to phenopacket over orjson alone",
        lambda: convert("phenopacket"),
        lambda: orjson_floor("phenopacket"),
        goal="<= 8",
    )
    yield ratio(
        "cost", "case to FHIR over orjson alone", lambda: convert("fhir"), lambda: orjson_floor("fhir"), goal="<= 8"
    )
    yield ratio(
        "cost",
        "naive fhir.resources over case to FHIR",
        lambda: _naive_fhir(texts, ready["fhir"]),
        lambda: convert("fhir"),
        goal=">= 40",
    )
    yield ratio(
        "cost",
        "naive protobuf over case to phenopacket",
        lambda: _naive_packet(texts, ready["phenopacket"]),
        lambda: convert("phenopacket"),
        goal=">= 15",
    )


def forget() -> None:
    """Forget what was kept of a text or a variant, as if none had been met before."""
    from adapter.case.findings import implied
    from adapter.formats.phenopacket import variation

    found = (*vars(engines).values(), *vars(implied).values(), variation.of_allele, variation.copy_number_id)
    for kept in found:
        if hasattr(kept, "cache_clear"):
            kept.cache_clear()


def _schema(to: str, document: object) -> None:
    from adapter.formats.fhir.checks.schema import issues

    if to == "fhir":
        list(issues(document))


def _naive_fhir(texts: list[bytes], ready: list[dict[str, object]]) -> None:
    """The usual way: models built through fhir.resources, dumped by them, parsed again to be sure."""
    from fhir.resources.R4B.bundle import Bundle

    for text, document in zip(texts, ready, strict=True):
        orjson.loads(text)
        Bundle.model_validate_json(Bundle.model_validate(orjson.loads(dump(document))).model_dump_json())


def _naive_packet(texts: list[bytes], ready: list[dict[str, object]]) -> None:
    """The usual way: a message built by ParseDict, printed by MessageToJson, parsed again to be sure."""
    from google.protobuf.json_format import MessageToJson, Parse, ParseDict
    from phenopackets import Phenopacket

    for text, document in zip(texts, ready, strict=True):
        orjson.loads(text)
        Parse(MessageToJson(ParseDict(orjson.loads(dump(document)), Phenopacket())), Phenopacket())
