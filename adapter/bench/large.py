"""One huge case: what a variant costs among 4,000 over what it costs among 40 (P11)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from adapter.bench import hgvs
from adapter.bench.cost import AT, forget
from adapter.bench.measure import Row, ratio
from adapter.case import read_case
from adapter.convert import write
from adapter.formats.document import dump, read_json
from adapter.report import Json
from adapter.terms import load

SMALL, LARGE = 40, 4_000


def rows() -> Iterator[Row]:
    """One row per target; every variant is another one."""
    terms = load()
    texts = {size: dump(_case(size)) for size in (SMALL, LARGE)}

    def convert(size: int, to: str) -> None:
        forget()
        dump(write(read_case(read_json(texts[size])), to, at=AT, terms=terms).document)

    for to in ("fhir", "phenopacket"):
        yield ratio(
            "large",
            f"a variant of a case of {LARGE:,} over one of a case of {SMALL}, to {to}",
            partial(convert, LARGE, to),
            partial(convert, SMALL, to),
            left_items=LARGE,
            right_items=SMALL,
            goal="<= 2",
            note="every variant is read anew on both sides",
            number="P11",
        )


def _case(size: int) -> Json:
    changes = hgvs.substitutions(size)
    findings = [{"kind": "sequence-variant", "hgvs": f"{nm}:c.{place}{ref}>{alt}"} for nm, place, ref, alt in changes]
    return {"case_format": "1", "id": f"synthetic-{size}", "findings": findings, "notes": "Synthetic: no such person."}
