"""Good documents spoiled anywhere: read with what is left or refused at a place, never an error of ours.

The default run is small; ``ADAPTER_NIGHTLY=1`` searches ``ADAPTER_HOSTILE`` documents of each format (50,000 when not
set, so 100,000 in all).
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapter import convert
from adapter.errors import CaseError, ReadError
from adapter.formats.document import dump, read_json
from adapter.terms import load
from adapter.web import create_app
from tests.hostile.spoiling import GOOD, spoiled

EXAMPLES = int(os.environ.get("ADAPTER_HOSTILE", "50000")) if os.environ.get("ADAPTER_NIGHTLY") else 60
AT = "2026-01-01T00:00:00Z"
TERMS = load()
CLIENT = create_app().test_client()
LIMITS = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
TARGETS = st.sampled_from(("case", "fhir", "phenopacket"))


@pytest.mark.parametrize("kind", GOOD)
def test_a_spoiled_document_is_read_or_refused_at_a_place(kind: str) -> None:
    @given(spoiled(kind), TARGETS)
    @LIMITS
    def law(document: dict[str, Any], target: str) -> None:
        parsed = _parsed(document)
        try:
            done = convert.convert(parsed, target, at=AT, source=kind, terms=TERMS)
        except (ReadError, CaseError):
            return
        for one in done:
            dump(one.document)
            assert all(loss.path.startswith("/") for loss in one.losses)

    law()


@pytest.mark.parametrize("kind", GOOD)
def test_the_service_answers_a_spoiled_document(kind: str) -> None:
    @given(spoiled(kind), TARGETS)
    @settings(LIMITS, max_examples=max(EXAMPLES // 20, 20))
    def law(document: dict[str, Any], target: str) -> None:
        answer = CLIENT.post(f"/v1/convert?to={target}", data=dump(document), content_type="application/json")
        assert answer.status_code in (200, 400, 422), answer.text

    law()


def _parsed(document: dict[str, Any]) -> Any:
    """The document as a reader gets it: through bytes."""
    return read_json(dump(document))
